import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./cli-yaml.ts";

/** What `PUT /v1/catalog` takes at once. */
const FILE_MAX_BYTES = 16 * 1024 * 1024;

export type ReadText = { readonly kind: "text"; readonly text: string } | { readonly kind: "fault"; readonly fault: Fault };

/** A file as text: UTF-8 of at most 16 MB; a byte order mark is taken away. */
export function readBounded(file: string): ReadText {
  try {
    const { size } = statSync(file);
    if (size > FILE_MAX_BYTES) return faulty(file, `cannot be read: it has ${size} bytes, and a file may have ${FILE_MAX_BYTES}; split it`);
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(readFileSync(file)) };
  } catch (error) {
    return faulty(file, `cannot be read: ${error instanceof TypeError ? "it is not UTF-8; save it as UTF-8" : whyOf(error)}`);
  }
}

/** What the system says, and of a link in words. */
function whyOf(error: unknown): string {
  const says = error instanceof Error ? error.message : String(error);
  const [, link] = /^ELOOP\b.*'(.*)'$/.exec(says) ?? [];
  return link === undefined ? says : `${link} is a link that leads back to itself; take it away`;
}

/** Whether something stands there, a link to nothing too. */
export function existsAt(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

export function isFolderAt(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function faulty(file: string, detail: string): ReadText {
  return { kind: "fault", fault: { file, pointer: "", detail } };
}

/** All files below a folder, paths from there, in the order of their names; none where there is no folder. Names that begin with a dot are left out. */
export function filesBelow(folder: string): { readonly files: readonly string[]; readonly faults: readonly Fault[] } {
  try {
    return { files: listed(folder, "", []), faults: [] };
  } catch (error) {
    return { files: [], faults: [{ file: folder, pointer: "", detail: `cannot be read: ${whyOf(error)}` }] };
  }
}

/** `holders`: the folders around, by where they really are: a link to one of them would never come to an end. */
function listed(folder: string, below: string, holders: readonly string[]): string[] {
  const here = join(folder, below);
  if (!statSync(here, { throwIfNoEntry: false })) return [];
  const real = realpathSync(here);
  if (holders.includes(real)) throw new Error(`${here} is a link that leads back to a folder around it; take it away`);
  const names = readdirSync(here).filter((name) => !name.startsWith("."));
  return names.sort().flatMap((name) => {
    const path = join(below, name);
    return statSync(join(here, name)).isDirectory() ? listed(folder, path, [...holders, real]) : [path];
  });
}
