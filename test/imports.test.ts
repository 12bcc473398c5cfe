import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");
/** Entries stand beside the stages: they may import anything, nothing imports them. */
const ENTRIES = new Set([
  "index.ts",
  "routes.ts",
  "routes-administration.ts",
  "routes-audit.ts",
  "routes-line.ts",
  "routes-messages.ts",
  "routes-recipients.ts",
  "routes-topics.ts",
  "parts.ts",
  "wiring.ts",
  "wiring-accept.ts",
  "wiring-administration.ts",
  "wiring-audit.ts",
  "wiring-keys.ts",
  "wiring-catalogs.ts",
  "wiring-needs.ts",
  "wiring-sealing.ts",
  "wiring-recipients.ts",
  "wiring-topics.ts",
  "cli.ts",
  "cli-audit.ts",
  "cli-blocks.ts",
  "cli-catalog.ts",
  "cli-connection.ts",
  "cli-delivery.ts",
  "cli-files.ts",
  "cli-findings.ts",
  "cli-folders.ts",
  "cli-keys.ts",
  "cli-import.ts",
  "cli-lint.ts",
  "cli-pages.ts",
  "cli-pauses.ts",
  "cli-places.ts",
  "cli-preferences.ts",
  "cli-program.ts",
  "cli-recover.ts",
  "cli-texts.ts",
  "cli-topics.ts",
  "cli-preview-lines.ts",
  "cli-preview-file.ts",
  "cli-recipients.ts",
  "cli-render.ts",
  "cli-segments.ts",
  "cli-sealing.ts",
  "cli-yaml.ts",
  "simulate.ts",
]);
const LINES_MAX = 250;

interface Source {
  /** Path below src/, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** What it imports: a path below src/ where it is ours, else the module's name. Type imports too. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    const specifiers = [...text.matchAll(/(?<![.\w])(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(([, specifier]) => specifier ?? []);
    const imports = specifiers.map((specifier) =>
      specifier.startsWith(".") ? relative(SRC, resolve(SRC, dirname(path), specifier)) : specifier,
    );
    return { path, text, imports };
  });

const isOurs = (path: string): boolean => path.endsWith(".ts");
const folderOf = (path: string): string => dirname(path);
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");

/** Files below src/ outside the given places whose code holds the pattern. */
function elsewhere(pattern: RegExp, ...places: readonly string[]): string[] {
  return sources
    .filter(({ path, text }) => !places.some((place) => path.startsWith(place)) && pattern.test(code(text)))
    .map(({ path }) => path);
}

describe("The layout of src/", () => {
  it("has sources to look at", () => {
    expect(sources.length).toBeGreaterThan(40);
  });

  it("lets imports point only down the listing, type imports too", () => {
    const up = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => isOurs(target) && !ENTRIES.has(path))
        .filter((target) => ENTRIES.has(target) || folderOf(path) > folderOf(target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(up).toEqual([]);
  });

  it("has no cycles, type imports included", () => {
    const graph = new Map(sources.map(({ path, imports }) => [path, imports.filter(isOurs)]));
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (done.has(path) || trail.includes(path)) return;
      for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(cycles).toEqual([]);
  });

  it("imports only files that there are", () => {
    const paths = new Set(sources.map(({ path }) => path));
    expect(
      sources.flatMap(({ path, imports }) =>
        imports.filter((target) => isOurs(target) && !paths.has(target)).map((target) => `${path} imports ${target}`),
      ),
    ).toEqual([]);
  });

  it("keeps vocabulary/ to zod alone", () => {
    const foreign = sources
      .filter(({ path }) => path.startsWith("vocabulary/"))
      .flatMap(({ imports }) => imports.filter((target) => !target.startsWith("vocabulary/")));
    expect(new Set(foreign)).toEqual(new Set(["zod"]));
  });

  it(`keeps every file to ${LINES_MAX} lines`, () => {
    expect(sources.filter(({ text }) => text.split("\n").length - 1 > LINES_MAX).map(({ path }) => path)).toEqual([]);
  });

  it("names no file utils, helpers, common, service, manager or types, and has no barrels", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|services?|managers?|types)\.ts$|\/(utils?|helpers?|common)\//;
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path) || path.endsWith("/index.ts"))).toEqual([]);
  });
});

describe("The doors", () => {
  it("opens the clock in support/ alone", () => {
    expect(elsewhere(/\bDate\.now\(|\bnew Date\(|\bDate\.parse\(|performance\.now\(|Temporal\.Now/, "support/")).toEqual([]);
  });

  it("draws randomness in support/ alone", () => {
    expect(elsewhere(/Math\.random\(|getRandomValues|randomUUID|generateKey/, "support/")).toEqual([]);
  });

  it("calls the outside in support/outgoing.ts alone", () => {
    expect(elsewhere(/(?<![.\w#])fetch\(/, "support/outgoing.ts", "index.ts", "cli-connection.ts")).toEqual([]);
  });

  it("speaks SQL in store/ and the shells of Durable Objects alone", () => {
    expect(
      elsewhere(/\.prepare\(|\bsql\.exec\(|\bSELECT\b|\bINSERT INTO\b/, "store/", "admit/recipient-storage.ts", "deliver/carrier-gate.ts"),
    ).toEqual([]);
  });

  it("knows the router in routes.ts alone", () => {
    expect(sources.filter(({ path, imports }) => imports.includes("itty-router") && path !== "routes.ts").map(({ path }) => path)).toEqual(
      [],
    );
  });

  it("knows the runtime in the shells of Durable Objects alone", () => {
    const allowed = new Set(["admit/recipient.ts", "deliver/carrier-gate.ts"]);
    expect(
      sources.filter(({ path, imports }) => imports.includes("cloudflare:workers") && !allowed.has(path)).map(({ path }) => path),
    ).toEqual([]);
  });

  it("imports zod as a namespace, which bundles a third of what the named import does", () => {
    expect(elsewhere(/import (type )?\{[^}]*\bz\b[^}]*\} from "zod"/)).toEqual([]);
  });

  it("has no `any`, no non-null `!` and no silenced types", () => {
    expect(elsewhere(/\bas any\b|: any\b|<any>|any\[\]|@ts-ignore|@ts-expect-error|@ts-nocheck|\bas unknown as\b/)).toEqual([]);
  });
});
