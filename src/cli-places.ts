import { type Fault, type Place, partsOn, placeInBlock, placeOfKey, placeOfPart, type Source } from "./cli-yaml.ts";
import { type Issue, pathOf } from "./support/issues.ts";

/** What a catalog was read from. */
export interface CatalogSources {
  readonly main: Source;
  /** Notices that stand in files of their own, by name. */
  readonly notices: ReadonlyMap<string, Source>;
  /** Texts that are files of their own, by pointer. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `catalog.yaml:12:5: error: /notices/x/ttl must be longer than nothing`; of a file as a whole, what is wrong with it. */
export function placedLine({ file, line, column, pointer, detail }: Fault, severity?: string): string {
  if (line === undefined) return `${file} ${detail}`;
  const parts = [`${file}:${line}:${column}:`, severity === undefined ? "" : `${severity}:`, pointer, detail];
  return parts.filter(Boolean).join(" ");
}

/** Of something that would stand at a pointer where something stands already. */
export function standsTwice(sources: CatalogSources, pointer: string): string {
  const { file, line } = placeOf(sources, pointer);
  return `stands in ${file}:${line} already; keep one of them`;
}

const START = { line: 1, column: 1 };

/**
 * Where the value at a pointer stands. Scalars and values in flow style stand where they begin, blocks at their key, and what is missing
 * at the key of the nearest that there is.
 */
export function placeOf(sources: CatalogSources, pointer: string): Place {
  const { source, parts, whole } = look(sources, pointer);
  const last = parts.at(-1);
  const found = whole && last && placeOfPart(source, last);
  return found || textAt(sources, pointer) || nearestKey(source, parts);
}

/** Where an issue is to be mended: at the name where that is what is wrong, and in words at the place that Liquid names. */
export function placeOfIssue(sources: CatalogSources, { pointer, detail, at: within }: Issue): Place {
  const { source, parts, whole } = look(sources, pointer);
  const last = parts.at(-1);
  const [, said, saidColumn] = LIQUID_PLACE.exec(detail) ?? [];
  const at = within ?? (said === undefined ? undefined : { line: Number(said), column: Number(saidColumn) });
  const file = textAt(sources, pointer);
  if (at && !whole && file) return { ...file, ...at };
  if (at && whole && last) return placeInBlock(source, last, at.line, at.column) ?? placeOf(sources, pointer);
  return (whole && last && isAboutName(pointer, detail) && placeOfKey(source, last)) || placeOf(sources, pointer);
}

/** How liquidjs ends what it says. */
const LIQUID_PLACE = /, line:(\d+), col:(\d+)$/;

/** Details of issues that speak of a key and not of what stands there. */
const ABOUT_NAMES =
  /^(is not known here|as a name:|is not a country|is not a carrier of this catalog|is not a channel|may not be|begins with \S+, which is reserved for|is not a language tag|is the same locale as)/;

/** A locale may be a name, as under `templates`, or a value, as in `defaults`. */
function isAboutName(pointer: string, detail: string): boolean {
  return ABOUT_NAMES.test(detail) && !(detail.startsWith("is not a language tag") && pointer.endsWith("/locale"));
}

function look(sources: CatalogSources, pointer: string) {
  const steps = pathOf(pointer);
  const [top, name, ...rest] = steps;
  const own = top === "notices" && name !== undefined ? sources.notices.get(name) : undefined;
  const way = own && name !== undefined ? [name, ...rest] : steps;
  const source = own ?? sources.main;
  const parts = partsOn(source, way);
  return { source, parts, whole: parts.length === way.length + 1 && pointer !== "" };
}

/** The file that holds the text at a pointer, or the first that holds a part of it, or that which holds more. */
function textAt({ texts }: CatalogSources, pointer: string): Place | undefined {
  if (pointer === "") return undefined;
  const files = [...texts];
  const found =
    texts.get(pointer) ??
    texts.get(`${pointer}/text`) ??
    files.find(([text]) => text.startsWith(`${pointer}/`) || pointer.startsWith(`${text}/`))?.[1];
  return found === undefined ? undefined : { file: found, ...START };
}

function nearestKey(source: Source, parts: ReturnType<typeof partsOn>): Place {
  const nearest = parts.findLast(({ key }) => key !== undefined);
  return (nearest && placeOfKey(source, nearest)) ?? { file: source.file, ...START };
}
