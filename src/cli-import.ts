import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import * as z from "zod";
import { askLines, type Connection, legible, print, Refused, Unavailable } from "./cli-connection.ts";
import { pause } from "./support/clock.ts";
import { type Line, LineSplitter } from "./support/split-lines.ts";

/** As the router takes them. */
const LINE_MAX_BYTES = 65_536;
/** What is sent at once: less than one request may take, so that the router need not stop by itself. */
const PIECE_LINES = 1_000;
const PIECE_CHARACTERS = 2_000_000;
/** Pauses before it is tried again, counted anew with every line that is kept: some two minutes in all. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

/** How far an import has come: `through` is the last line that is kept or was told as wrong, `of` says which import it is. */
const state = z.object({ of: z.string(), through: z.number().int(), kept: z.number().int(), wrong: z.number().int() });
type State = z.infer<typeof state>;

const issues = z.array(z.object({ pointer: z.string(), detail: z.string() }));
const report = z.union([
  z.object({ line: z.number(), id: z.string().optional(), status: z.number().optional(), errors: issues }),
  z.object({ through: z.number(), more: z.boolean().optional() }),
  z.object({ done: z.literal(true) }),
]);
type Wrong = Extract<z.infer<typeof report>, { line: number }>;

/** Lines that follow one another in a file; `first` is the number of the first. */
interface Piece {
  readonly first: number;
  readonly lines: readonly string[];
}

export const importOptions = z.object({
  state: z.string().optional(),
  after: z.number().optional(),
  how: z.string().optional(),
});
export type ImportOptions = z.infer<typeof importOptions>;

/** The value of `--after`. */
export function lineNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be the number of a line, or 0 for none.");
}

/**
 * Imports a file of NDJSON through the address `where`: each wrong line is printed, progress goes to stderr. Goes on by itself where the
 * connection is lost or the router wants a pause, and over runs where it has a state file.
 */
export async function importFile(as: Connection, where: string, file: string, options: ImportOptions): Promise<void> {
  if (!existsSync(file)) throw new Refused(`${file} is not there`);
  const { state: stateFile, after, how } = options;
  const of = `${as.url} ${nameOfImport(where, file)}`;
  let at: State = stateAt(stateFile, of) ?? { of, through: after ?? 0, kept: 0, wrong: 0 };
  const keep = (next: State): void => {
    at = next;
    if (stateFile !== undefined) writeWhole(stateFile, JSON.stringify(at));
    process.stderr.write(`\r${at.through} lines, ${at.wrong} of them wrong `);
  };
  try {
    const tellUnsendable = (wrong: Wrong): void => {
      print(as, wrong, wordsOf(wrong));
      at = { ...at, wrong: at.wrong + 1 };
    };
    for await (const piece of piecesOf(file, at.through, tellUnsendable)) {
      for (let tried = 0; at.through < lastOf(piece); tried++) {
        const before = at.through;
        const failed = await sendPiece(as, `${where}${how === undefined ? "?" : `?how=${how}&`}`, piece, () => at, keep);
        if (at.through > before) tried = 0;
        if (at.through >= lastOf(piece)) break;
        const wait = AGAIN_MS[tried];
        if (wait === undefined) throw new Refused(`${failed}; every line up to ${at.through} is kept: go on with --after ${at.through}`);
        process.stderr.write(`\n${legible(failed ?? "")}; tried again in ${wait / 1_000} s\n`);
        await pause(wait);
      }
    }
  } finally {
    process.stderr.write("\n");
  }
  const { of: _, ...sums } = at;
  print(as, sums, `${at.kept} lines are kept, ${at.wrong} were wrong`);
  if (at.wrong > 0) process.exitCode = 2;
}

const lastOf = ({ first, lines }: Piece): number => first + lines.length - 1;

/** Sends what is left of a piece; answers why it is not all kept, where it is not. Wrong lines are told when what is before them is kept. */
async function sendPiece(
  as: Connection,
  where: string,
  piece: Piece,
  at: () => State,
  keep: (next: State) => void,
): Promise<string | undefined> {
  const from = Math.max(at().through + 1, piece.first);
  const lines = piece.lines.slice(from - piece.first);
  let wrong: Wrong[] = [];
  let why = "the answer broke off";
  const reach = (through: number): void => {
    const { through: before, ...sums } = at();
    const told = wrong.filter(({ status }) => status === undefined);
    for (const one of told) print(as, one, wordsOf(one));
    wrong = [];
    const sent = lines.slice(Math.max(before + 1, from) - from, through + 1 - from).filter((line) => line.trim() !== "").length;
    if (through > before) keep({ of: sums.of, through, kept: sums.kept + sent - told.length, wrong: sums.wrong + told.length });
  };
  try {
    for await (const value of askLines(as, "POST", `${where}first=${from}`, lines.join("\n"))) {
      const told = report.parse(value);
      if ("line" in told) {
        wrong.push(told);
        if (told.status !== undefined) why = `line ${told.line} ${told.errors[0]?.detail ?? "could not be kept"}`;
      } else if ("through" in told) reach(told.through);
      else reach(lastOf(piece));
    }
    return why;
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}

function wordsOf({ line, id, errors }: Wrong): string {
  const whose = id === undefined ? "" : ` (${id})`;
  return `line ${line}${whose}: ${errors.map(({ pointer, detail }) => `${pointer}${pointer === "" ? "" : " "}${detail}`).join("; ")}`;
}

/** The lines of a file after this one, piece by piece. A line that cannot be sent is told, and stands empty in its place. */
async function* piecesOf(file: string, after: number, tell: (wrong: Wrong) => void): AsyncGenerator<Piece> {
  const splitter = new LineSplitter(LINE_MAX_BYTES);
  let piece: { readonly first: number; readonly lines: string[] } = { first: after + 1, lines: [] };
  let characters = 0;
  const add = (line: Line): Piece | undefined => {
    if (line.n <= after) return undefined;
    if ("unreadable" in line) tell({ line: line.n, errors: [{ pointer: "", detail: line.unreadable }] });
    const text = "text" in line ? line.text : "";
    piece.lines.push(text);
    characters += text.length;
    if (piece.lines.length < PIECE_LINES && characters < PIECE_CHARACTERS) return undefined;
    const full = piece;
    piece = { first: line.n + 1, lines: [] };
    characters = 0;
    return full;
  };
  for await (const chunk of createReadStream(file)) {
    for (const line of splitter.push(chunk)) {
      const full = add(line);
      if (full) yield full;
    }
  }
  for (const line of splitter.end()) {
    const full = add(line);
    if (full) yield full;
  }
  if (piece.lines.length > 0) yield piece;
}

function stateAt(stateFile: string | undefined, of: string): State | undefined {
  if (stateFile === undefined || !existsSync(stateFile)) return undefined;
  const parsed = state.safeParse(jsonOf(readFileSync(stateFile, "utf8")));
  if (parsed.success && parsed.data.of === of) return parsed.data;
  const why = parsed.success ? "is of the import of another file, or of one that has changed since" : "is no state of an import";
  throw new Refused(`${stateFile} ${why}; name another file, or remove it to begin anew`);
}

const LOOKED_AT_BYTES = 65_536;

/** Tells one import from another: where it goes, and the file by its size and how it begins. */
function nameOfImport(where: string, file: string): string {
  const opened = openSync(file, "r");
  try {
    const begins = Buffer.alloc(LOOKED_AT_BYTES);
    const length = readSync(opened, begins);
    return `${where} ${statSync(file).size} ${createHash("sha256").update(begins.subarray(0, length)).digest("base64url")}`;
  } finally {
    closeSync(opened);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file is there whole or as it was before. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
