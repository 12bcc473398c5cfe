import { errorName } from "../support/error-name.ts";
import type { Issue } from "../support/issues.ts";
import { log } from "../support/log.ts";
import { type Line, LineSplitter } from "../support/split-lines.ts";
import type { Outcome } from "./problem.ts";
import { parseJson } from "./read-json.ts";

/** A line of NDJSON, read; `id` says whose it is, where that can be told, so that its report can be found. */
export type ReadLine<Item> = { readonly id?: string } & (
  | { readonly ok: true; readonly item: Item }
  | { readonly ok: false; readonly issues: readonly Issue[] }
);

/** What became of one item. `unavailable`: it could not be kept now, or only half of it: it must come again. Issues: what was not taken of it. */
export type Fate = "imported" | "unchanged" | "unavailable" | readonly Issue[];

/** What is done with the lines of an import. A line that comes again changes nothing more. */
export interface LineSteps<Item> {
  readonly read: (value: unknown) => ReadLine<Item> | Promise<ReadLine<Item>>;
  /** Keeps one pack, in its order; what is not `unavailable` is durable when it resolves. */
  readonly keep: (items: readonly Item[]) => Promise<readonly Fate[]>;
}

/** Of one line, of one pack, which is what is held at a time, and of one request. */
export interface LineLimits {
  readonly line_bytes: number;
  readonly pack_lines: number;
  readonly pack_bytes: number;
  readonly lines: number;
  readonly packs: number;
}

/**
 * A pack costs a call for each line and four queries of D1. An invocation may make 10,000 calls and 1,000 queries: half of the calls are
 * left for those that are made again.
 */
const LINE_LIMITS: LineLimits = { line_bytes: 65_536, pack_lines: 100, pack_bytes: 262_144, lines: 5_000, packs: 150 };

/** Where a request begins: the number of its first line, and the last line that is kept already and is skipped. */
export interface LinePlace {
  readonly first: number;
  readonly after: number;
}

/**
 * Takes NDJSON line by line and tells of it: each line that is wrong, `through` after each pack (every line up to there is kept or was
 * told as wrong), and `done` at the end. `more` ends it before: whoever sends goes on behind `through`. Reads no further than one pack
 * before that is kept, and no pack before its report was taken: it holds a pack, a line and a chunk.
 */
export async function* takeLines<Item>(
  body: AsyncIterable<Uint8Array>,
  { first, after }: LinePlace,
  steps: LineSteps<Item>,
  limits: LineLimits = LINE_LIMITS,
): AsyncGenerator<object> {
  const sum: Sum = { lines: 0, imported: 0, unchanged: 0, failed: 0 };
  let through = Math.max(after, first - 1);
  let packs = 0;
  for await (const pack of packsOf(body, first, through, limits)) {
    const lines = await Promise.all(pack.lines.map((line) => readLine(line, steps)));
    const fates = await keepAll(
      lines.flatMap(({ read }) => (read.ok ? [read.item] : [])),
      steps,
    );
    const told = tellPack(lines, fates);
    yield* told.reports;
    if (!told.sum) return yield { through, more: true, ...sum };
    for (const key of SUMS) sum[key] += told.sum[key];
    through = pack.through;
    if (sum.lines >= limits.lines || ++packs >= limits.packs) return yield { through, more: true, ...sum };
    yield { through };
  }
  yield { done: true, ...sum };
}

const SUMS = ["lines", "imported", "unchanged", "failed"] as const;
type Sum = Record<(typeof SUMS)[number], number>;

/** What is told of a pack, and what it adds to the sums: nothing where part of it must come again. */
function tellPack(
  lines: readonly NumberedRead<unknown>[],
  fates: readonly Fate[],
): { readonly reports: readonly object[]; readonly sum?: Sum } {
  const sum: Sum = { lines: lines.length, imported: 0, unchanged: 0, failed: 0 };
  const wrong: object[] = [];
  const unavailable: object[] = [];
  let item = 0;
  for (const { n, read } of lines) {
    const line = { line: n, ...(read.id === undefined ? {} : { id: read.id }) };
    const fate = read.ok ? (fates[item++] ?? "unavailable") : read.issues;
    if (fate === "unavailable") unavailable.push({ ...line, status: 503, errors: [{ pointer: "", detail: AGAIN }] });
    else if (typeof fate === "string") sum[fate]++;
    else {
      wrong.push({ ...line, errors: fate });
      sum.failed++;
    }
  }
  return unavailable.length > 0 ? { reports: unavailable } : { reports: wrong, sum };
}

const AGAIN = "could not be kept now; send it again";

async function keepAll<Item>(items: readonly Item[], steps: LineSteps<Item>): Promise<readonly Fate[]> {
  if (items.length === 0) return [];
  try {
    return await steps.keep(items);
  } catch (error) {
    log("error", "import.pack.failed", { error: errorName(error) });
    return items.map(() => "unavailable");
  }
}

interface NumberedRead<Item> {
  readonly n: number;
  readonly read: ReadLine<Item>;
}

async function readLine<Item>(line: Line, steps: LineSteps<Item>): Promise<NumberedRead<Item>> {
  if ("unreadable" in line) return { n: line.n, read: wrongLine(line.unreadable) };
  const json: Outcome<unknown> = parseJson(line.text, "The line");
  return { n: line.n, read: json.ok ? await steps.read(json.value) : wrongLine(json.problem.detail) };
}

function wrongLine(detail: string): ReadLine<never> {
  return { ok: false, issues: [{ pointer: "", detail }] };
}

interface Pack {
  /** Those that are not blank, numbered as in the whole. */
  readonly lines: readonly Line[];
  readonly through: number;
}

async function* packsOf(body: AsyncIterable<Uint8Array>, first: number, after: number, limits: LineLimits): AsyncGenerator<Pack> {
  const splitter = new LineSplitter(limits.line_bytes);
  let lines: Line[] = [];
  let bytes = 0;
  let through = after;
  const add = (line: Line): Pack | undefined => {
    const n = line.n + first - 1;
    if (n <= after) return undefined;
    through = n;
    if (!("text" in line) || line.text.trim() !== "") lines.push({ ...line, n });
    bytes += "text" in line ? line.text.length : 0;
    if (lines.length < limits.pack_lines && bytes < limits.pack_bytes) return undefined;
    const pack = { lines, through };
    lines = [];
    bytes = 0;
    return pack;
  };
  for await (const chunk of body) {
    for (const line of splitter.push(chunk)) {
      const pack = add(line);
      if (pack) yield pack;
    }
  }
  for (const line of splitter.end()) {
    const pack = add(line);
    if (pack) yield pack;
  }
  if (lines.length > 0) yield { lines, through };
}
