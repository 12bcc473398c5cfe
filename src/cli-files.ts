import { basename, dirname, join } from "node:path";
import { existsAt, filesBelow, isFolderAt, readBounded } from "./cli-folders.ts";
import { type CatalogSources, placedLine, placeOf, placeOfIssue, standsTwice } from "./cli-places.ts";
import { addTexts } from "./cli-texts.ts";
import { type Fault, type Place, partsOn, placeOfKey, readSource, type Source } from "./cli-yaml.ts";
import { isMap } from "./support/is-map.ts";
import { type Issue, pointerOf } from "./support/issues.ts";

/** The file of a folder that makes it a catalog's; it alone takes the files beside it. */
export const CATALOG_FILE = "catalog.yaml";
const NOTICES = "notices";
const TEMPLATES = "templates";

/** A catalog as plain values, and where each of them stands. */
export interface LoadedCatalog {
  readonly value: unknown;
  /** Of a JSON pointer: the value's start, the key of a block, or the key of the nearest that there is. */
  placeOf(pointer: string): Place;
  /** Where an issue is to be mended: the name, where that is wrong, and the place in a text that Liquid tells. */
  placeOfIssue(issue: Issue): Place;
}

/** Files that make no catalog; the message has a line for each fault. */
export class BadCatalogFiles extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => placedLine(fault)).join("\n"));
    this.faults = faults;
  }
}

/**
 * Reads a catalog: a YAML or JSON file, or a folder that holds `catalog.yaml`. Beside a file of this name stand `notices/*.yaml`, each a
 * map of notices, and texts as `templates/<notice>/<channel>/<locale>.liquid`; a file of another name is whole by itself.
 * Throws BadCatalogFiles with all faults at once.
 */
export function loadCatalog(path: string): LoadedCatalog {
  const { loaded, faults } = readCatalog(path);
  if (!loaded || faults.length > 0) throw new BadCatalogFiles(faults);
  return loaded;
}

/** The same without throwing: where each file could be read, the catalog is there beside the faults, so that all can be told at once. */
export function readCatalog(path: string): { readonly loaded?: LoadedCatalog; readonly faults: readonly Fault[] } {
  const isFolder = isFolderAt(path);
  const file = isFolder ? join(path, CATALOG_FILE) : path;
  if (isFolder && !existsAt(file)) return { faults: [{ file: path, pointer: "", detail: `cannot be read: it holds no ${CATALOG_FILE}` }] };
  const main = readYaml(file);
  const folder = basename(file) === CATALOG_FILE ? dirname(file) : undefined;
  const beside = folder === undefined ? { faults: [], files: [] } : readNotices(join(folder, NOTICES));
  const unreadable = [...main.faults, ...beside.files.flatMap(({ faults }) => faults)];
  if (!main.source || unreadable.length > 0) return { faults: [...unreadable, ...beside.faults] };
  const sources = { main: main.source, notices: new Map<string, Source>(), texts: new Map<string, string>() };
  const value = main.value;
  const faults = [
    ...beside.faults,
    ...beside.files.flatMap((one) => (one.source ? addNotices(value, one.value, one.source, sources) : [])),
  ];
  if (folder !== undefined) faults.push(...addTexts(value, sources, join(folder, TEMPLATES)));
  return { loaded: loadedFrom(value, sources), faults };
}

function loadedFrom(value: unknown, sources: CatalogSources): LoadedCatalog {
  return {
    value,
    placeOf: (pointer) => placeOf(sources, pointer),
    placeOfIssue: (issue) => placeOfIssue(sources, issue),
  };
}

interface ReadYaml {
  readonly source?: Source;
  readonly value?: unknown;
  readonly faults: readonly Fault[];
}

function readYaml(file: string): ReadYaml {
  const read = readBounded(file);
  return read.kind === "text" ? readSource(file, read.text) : { faults: [read.fault] };
}

/** The files of notices, in the order of their names. */
function readNotices(folder: string): { readonly files: readonly ReadYaml[]; readonly faults: readonly Fault[] } {
  const { files, faults } = filesBelow(folder);
  const isNotices = (file: string): boolean => /^[^/\\]+\.yaml$/.test(file);
  const strays = files.filter((file) => !isNotices(file));
  return {
    files: files.filter(isNotices).map((file) => readYaml(join(folder, file))),
    faults: [...faults, ...strays.map((file) => strayFault(join(folder, file)))],
  };
}

function strayFault(file: string): Fault {
  return {
    file,
    line: 1,
    column: 1,
    pointer: "",
    detail: `is not read: ${NOTICES} holds files named *.yaml, each a map of notices; move it away`,
  };
}

/** Puts a file's notices behind those that are there. One that is there already is told with both its places, and the first stays. */
function addNotices(
  catalog: unknown,
  added: unknown,
  source: Source,
  sources: CatalogSources & { readonly notices: Map<string, Source> },
): Fault[] {
  if (added === null) return [];
  if (!isMap(added)) return [{ file: source.file, line: 1, column: 1, pointer: "", detail: "must be a map of notices, as under notices" }];
  if (!isMap(catalog)) return [];
  catalog.notices ??= {};
  const notices = catalog.notices;
  if (!isMap(notices)) return [];
  return Object.entries(added).flatMap(([name, notice]): Fault[] => {
    const pointer = pointerOf(["notices", name]);
    if (Object.hasOwn(notices, name)) {
      const key = partsOn(source, [name])[1];
      const place = (key && placeOfKey(source, key)) ?? { file: source.file, line: 1, column: 1 };
      return [{ ...place, pointer, detail: standsTwice(sources, pointer) }];
    }
    notices[name] = notice;
    sources.notices.set(name, source);
    return [];
  });
}
