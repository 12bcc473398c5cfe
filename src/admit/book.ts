import * as z from "zod";
import { milliseconds } from "../vocabulary/instant.ts";
import { packInstant, unpackInstant } from "./decision.ts";

/**
 * A book of short lines that are found by a hash and may be forgotten at a known time: `hash,until,rest`. A line stands in
 * the tail of its bucket, by the hash's first character; a full tail goes to the bucket's row beside the document. So a
 * look-up reads at most one row, and a row is written once for sixteen lines. docs/decisions/0001-admission-memory.md.
 */
export const book = z.strictObject({
  /** By bucket: lines, each begun by a line break, oldest first. */
  tails: z.array(z.string()),
  /** By bucket: when the last line of its row may be forgotten; 0 where there is no row. */
  rows: z.array(milliseconds),
});
export type Book = z.infer<typeof book>;

/** Reads a row beside the document; undefined where there is none. */
export interface PastRows {
  read(row: string): string | undefined;
}

/** A row to be written; without text, to be deleted. */
export interface RowWrite {
  readonly row: string;
  readonly text: string | undefined;
}

/** Lines that a tail holds before it is moved to its row: 64 buckets of 16 are at most some 60 KB. */
export const TAIL_LINES = 16;
const HASH_LENGTH = 12;
const BUCKETS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Lines outdated by later ones of the same book; by default none are. */
export type Compact = (lines: readonly string[]) => readonly string[];

/** A book opened for one step. Rows that the step itself wrote are read back. */
export class OpenBook {
  readonly #name: string;
  /** Copied by the first change. */
  #tails: string[];
  #rows: number[];
  readonly #beside: PastRows;
  readonly #written: Map<string, string | undefined>;
  readonly #compact: Compact;
  #changed = false;

  constructor(
    name: string,
    kept: Book | undefined,
    beside: PastRows,
    written: Map<string, string | undefined>,
    compact: Compact = (lines) => lines,
  ) {
    this.#name = name;
    this.#tails = kept?.tails ?? [];
    this.#rows = kept?.rows ?? [];
    this.#beside = beside;
    this.#written = written;
    this.#compact = compact;
  }

  /** What stands beside this hash and may not yet be forgotten, oldest first. */
  find(hash: string, now: number): string[] {
    const short = hash.slice(0, HASH_LENGTH);
    const bucket = bucketOf(hash);
    const lines = linesOf(this.#tails[bucket] ?? "", short);
    const beside = linesOf(this.#read(bucket), short);
    return [...beside, ...lines].filter((line) => untilOf(line) > now).map(restOf);
  }

  add(hash: string, until: number, rest: string, now: number): void {
    this.#change();
    const bucket = bucketOf(hash);
    const tail = `${this.#tails[bucket] ?? ""}\n${hash.slice(0, HASH_LENGTH)},${packInstant(until)},${rest}`;
    this.#tails[bucket] = tail;
    if (countOf(tail) >= TAIL_LINES) this.#spill(bucket, now);
  }

  /** Takes back one line with this hash and rest. */
  remove(hash: string, rest: string): void {
    const bucket = bucketOf(hash);
    const is = (line: string) => line.startsWith(`${hash.slice(0, HASH_LENGTH)},`) && restOf(line) === rest;
    this.#change();
    const tail = withoutOne(this.#tails[bucket] ?? "", is);
    const row = tail === undefined ? withoutOne(this.#read(bucket), is) : undefined;
    if (tail !== undefined) this.#tails[bucket] = tail;
    if (row !== undefined) this.#write(bucket, row);
  }

  /** Forgets what may be forgotten: lines of the tails, and rows whose last line is due. */
  sweep(now: number): void {
    this.#change();
    this.#tails = this.#tails.map((tail) => textOf(splitLines(tail).filter((line) => untilOf(line) > now)));
    for (const [bucket, until] of this.#rows.entries()) {
      if (until === 0 || until > now) continue;
      this.#rows[bucket] = 0;
      this.#write(bucket, undefined);
    }
  }

  get changed(): boolean {
    return this.#changed;
  }

  close(): Book {
    return { tails: this.#tails, rows: this.#rows };
  }

  #change(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#tails = this.#tails.length === 0 ? Array.from(BUCKETS, () => "") : this.#tails.slice();
    this.#rows = this.#rows.slice();
  }

  #spill(bucket: number, now: number): void {
    const all = splitLines(this.#read(bucket) + (this.#tails[bucket] ?? ""));
    const lines = this.#compact(all.filter((line) => untilOf(line) > now));
    if (this.#rows.length === 0) this.#rows = Array.from(BUCKETS, () => 0);
    this.#rows[bucket] = lines.reduce((latest, line) => Math.max(latest, untilOf(line)), now);
    this.#tails[bucket] = "";
    this.#write(bucket, textOf(lines));
  }

  #read(bucket: number): string {
    if (!this.#rows[bucket]) return "";
    const row = this.#rowOf(bucket);
    return (this.#written.has(row) ? this.#written.get(row) : this.#beside.read(row)) ?? "";
  }

  #write(bucket: number, text: string | undefined): void {
    this.#written.set(this.#rowOf(bucket), text);
  }

  #rowOf(bucket: number): string {
    return this.#name + BUCKETS.charAt(bucket);
  }
}

function bucketOf(hash: string): number {
  return BUCKETS.indexOf(hash.charAt(0));
}

function linesOf(text: string, short: string): string[] {
  const lines: string[] = [];
  for (let at = text.indexOf(`\n${short},`); at >= 0; at = text.indexOf(`\n${short},`, at + 1)) {
    const end = text.indexOf("\n", at + 1);
    lines.push(text.slice(at + 1, end < 0 ? undefined : end));
  }
  return lines;
}

function splitLines(text: string): string[] {
  return text === "" ? [] : text.slice(1).split("\n");
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `\n${line}`).join("");
}

function countOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function untilOf(line: string): number {
  return unpackInstant(line.slice(HASH_LENGTH + 1, line.indexOf(",", HASH_LENGTH + 1)));
}

/** What stands behind hash and time. */
export function restOf(line: string): string {
  return line.slice(line.indexOf(",", HASH_LENGTH + 1) + 1);
}

function withoutOne(text: string, is: (line: string) => boolean): string | undefined {
  const lines = splitLines(text);
  const at = lines.findIndex(is);
  return at < 0 ? undefined : textOf(lines.toSpliced(at, 1));
}
