import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit } from "yaml";

/** Where something stands in a file: both counted from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a file of a catalog, before its meaning is looked at; without a line it is the file as a whole. */
export interface Fault {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** What the file would say of the catalog; empty where that cannot be told. */
  readonly pointer: string;
  readonly detail: string;
}

/** A YAML or JSON text, read, with where its parts stand. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** A part of a source: its value, and its key where it stands in a map. */
export interface Part {
  readonly key: unknown;
  readonly value: unknown;
}

const MERGE = "<<";
/** What the library would tell its callers, in words for who wrote the file. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "holds more than one document; take the --- between them away",
};

/** Reads YAML 1.2, of which JSON is a part, with anchors and merge keys; all that is wrong with it at once. */
export function readSource(file: string, text: string): { readonly source: Source; readonly value: unknown; readonly faults: Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const source: Source = { file, text, document, lines };
  const faults: Fault[] = [...document.errors, ...document.warnings].map(({ code, pos, message }) => ({
    ...placeAt(source, pos[0]),
    pointer: "",
    detail: OWN_WORDS[code] ?? message,
  }));
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document))
        faults.push({ ...placeOfNode(source, alias), pointer: "", detail: `names the anchor ${alias.source}, which is not set before it` });
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === "__proto__")
        faults.push({ ...placeOfNode(source, key), pointer: "", detail: "may not be a key; give it another name" });
    },
  });
  if (faults.length > 0) return { source, value: undefined, faults };
  try {
    return { source, value: plain(document.toJS()), faults };
  } catch (error) {
    return { source, value: undefined, faults: [{ file, line: 1, column: 1, pointer: "", detail: wordsOf(error) }] };
  }
}

/** The value as it goes over the wire: anchors written out, so that nothing stands in two places at once. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

/** JSON knows no value within itself; the other errors are the library's words on aliases. */
function wordsOf(error: unknown): string {
  return error instanceof TypeError ? "holds an anchor that stands within itself" : error instanceof Error ? error.message : String(error);
}

/** The parts on the way to a place, as far as there are any; the root is the first of them. */
export function partsOn({ document }: Source, steps: readonly string[]): readonly Part[] {
  const parts: Part[] = [{ key: undefined, value: document.contents }];
  for (const step of steps) {
    const part = parts.at(-1);
    const next = part && childOf(part, step, document);
    if (!next) break;
    parts.push(next);
  }
  return parts;
}

function childOf(part: Part, step: string, document: Document): Part | undefined {
  const parent = resolved(part.value, document);
  if (isMap(parent)) return pairOf(parent.items, step, document);
  if (isSeq(parent))
    return /^\d+$/.test(step) && Number(step) < parent.items.length ? { key: undefined, value: parent.items[Number(step)] } : undefined;
  // A text alone stands for a map with that text.
  return isScalar(parent) && typeof parent.value === "string" && step === "text" ? part : undefined;
}

/** A map's own keys come before those that it merges in, and of several maps the first has the word. */
function pairOf(items: readonly Pair[], step: string, document: Document): Part | undefined {
  const own = items.find(({ key }) => nameOf(key) === step);
  if (own) return own;
  for (const { value } of items.filter(({ key }) => nameOf(key) === MERGE)) {
    const merged = resolved(value, document);
    for (const one of isSeq(merged) ? merged.items : [merged]) {
      const map = resolved(one, document);
      const found = isMap(map) ? pairOf(map.items, step, document) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  return typeof value === "symbol" ? value.description : value === null ? "" : String(value);
}

/** Where a value stands: its start if it is a scalar or in flow style, else its key; undefined where it has neither. */
export function placeOfPart(source: Source, { key, value }: Part): Place | undefined {
  const block = isCollection(value) && value.flow !== true;
  const missing = !isSpanned(value) || value.range[0] === value.range[1];
  return (block || missing) && isSpanned(key) ? placeOfNode(source, key) : isSpanned(value) ? placeOfNode(source, value) : undefined;
}

export function placeOfKey(source: Source, part: Part): Place | undefined {
  return isSpanned(part.key) ? placeOfNode(source, part.key) : placeOfPart(source, part);
}

/**
 * Where a place in a block scalar's text stands in its file, found by the characters before it that are no white space: indentation
 * and folded lines differ in that alone. Undefined for scalars of other styles, which may hold escapes.
 */
export function placeInBlock(source: Source, { value: node }: Part, line: number, column: number): Place | undefined {
  const scalar = resolved(node, source.document);
  if (!isScalar(scalar) || typeof scalar.value !== "string" || !isSpanned(scalar)) return undefined;
  if (scalar.type !== "BLOCK_LITERAL" && scalar.type !== "BLOCK_FOLDED") return undefined;
  const before = [...scalar.value.split("\n").slice(0, line - 1), scalar.value.split("\n")[line - 1]?.slice(0, column - 1) ?? ""].join(
    "\n",
  );
  let left = before.replace(/\s/g, "").length;
  const header = source.text.indexOf("\n", scalar.range[0]);
  for (let at = header + 1; header >= 0 && at < scalar.range[1]; at++) {
    if (/\s/.test(source.text.charAt(at))) continue;
    if (left-- === 0) return placeAt(source, at);
  }
  return undefined;
}

interface Spanned {
  readonly range: readonly [number, number, number];
}

function isSpanned(node: unknown): node is Spanned {
  return node !== null && typeof node === "object" && "range" in node && Array.isArray(node.range);
}

function placeOfNode(source: Source, node: unknown): Place {
  return placeAt(source, isSpanned(node) ? node.range[0] : 0);
}

function placeAt({ file, lines }: Source, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}
