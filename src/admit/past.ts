import * as z from "zod";
import { milliseconds } from "../vocabulary/instant.ts";
import { type Book, book, type Compact, OpenBook, type PastRows, type RowWrite, restOf } from "./book.ts";
import { type Counted, counted, instantsOf, trimmed, withInstant, withoutInstant } from "./counted.ts";
import { packInstant, unpackInstant } from "./decision.ts";

/** What the rules need of messages and events that are not in the document any more (docs/decisions/0001-admission-memory.md). */
export const past = z.strictObject({
  /** Decisions by identity: `body,decision`, 30 days. */
  identities: book,
  /** Content that counts, by notice, step and dedupe key: when it was accepted, for the window of its rule. */
  contents: book,
  /** Cancels by notice and key: the event's `time`, 30 days. */
  cancels: book,
  counted: z.array(counted),
  /** When what was due was last forgotten everywhere. */
  swept_at: milliseconds,
});
export type Past = z.infer<typeof past>;

const SWEEP_EVERY_MS = 7 * 86_400_000;
/** Instants of a notice are looked through once for so many that come. */
const TRIM_EVERY = 64;

/** The past opened for one step: read and changed freely, closed once into the document and the rows beside it. */
export class OpenPast {
  readonly identities: OpenBook;
  readonly contents: OpenBook;
  readonly cancels: OpenBook;
  readonly #kept: Past | undefined;
  readonly #written = new Map<string, string | undefined>();
  #counted: readonly Counted[];
  #sweptAt: number;

  constructor(kept: Past | undefined, beside: PastRows, now: number) {
    this.#kept = kept;
    this.identities = new OpenBook("i", kept?.identities, beside, this.#written);
    this.contents = new OpenBook("c", kept?.contents, beside, this.#written);
    this.cancels = new OpenBook("x", kept?.cancels, beside, this.#written, withoutEarlierCancels);
    this.#counted = kept?.counted ?? [];
    this.#sweptAt = kept?.swept_at ?? now;
  }

  /** When content that counts was accepted (milliseconds). */
  contentsOf(hash: string, now: number): number[] {
    return this.contents.find(hash, now).map(unpackInstant);
  }

  addContent(hash: string, until: number, acceptedAt: number, now: number): void {
    this.contents.add(hash, until, packInstant(acceptedAt), now);
  }

  removeContent(hash: string, acceptedAt: number): void {
    this.contents.remove(hash, packInstant(acceptedAt));
  }

  /** When messages of a class, or of one notice of it, were to leave, later than `after` (milliseconds); in no order. */
  instantsOf(noticeClass: Counted["class"], notice: string | undefined, after: number): number[] {
    const lists = this.#counted.filter((kept) => kept.class === noticeClass && (notice === undefined || kept.notice === notice));
    const [only] = lists;
    return only && lists.length === 1 ? instantsOf(only, after) : lists.flatMap((kept) => instantsOf(kept, after));
  }

  /** Says which caps this notice is under, so that its instants are kept for them. */
  keepFor(noticeClass: Counted["class"], notice: string, caps: Counted["caps"]): void {
    const known = this.#find(noticeClass, notice);
    const same =
      known &&
      known.caps.length === caps.length &&
      known.caps.every((cap, at) => cap.max === caps[at]?.max && cap.per_ms === caps[at]?.per_ms);
    if (!same) this.#replace(known, { class: noticeClass, notice, caps, at: known?.at ?? [] });
  }

  count(noticeClass: Counted["class"], notice: string, instant: number, now: number): void {
    const known = this.#find(noticeClass, notice);
    const next = withInstant(known ?? { class: noticeClass, notice, caps: [], at: [] }, instant);
    this.#replace(known, next.at.length % TRIM_EVERY === 0 ? trimmed(next, now) : next);
  }

  uncount(noticeClass: Counted["class"], notice: string, instant: number): void {
    const known = this.#find(noticeClass, notice);
    if (known) this.#replace(known, withoutInstant(known, instant));
  }

  /** Once a week all that is due is forgotten; `open`: notices that have messages in the document. */
  sweep(open: ReadonlySet<string>, now: number): void {
    if (now < this.#sweptAt + SWEEP_EVERY_MS) return;
    for (const each of [this.identities, this.contents, this.cancels]) each.sweep(now);
    this.#counted = this.#counted.map((kept) => trimmed(kept, now)).filter((kept) => kept.at.length > 0 || open.has(kept.notice));
    this.#sweptAt = now;
  }

  /** The past as the document keeps it (the same where nothing changed) and the rows to be written beside it. */
  close(): { past: Past | undefined; rows: RowWrite[] } {
    const rows = Array.from(this.#written, ([row, text]) => ({ row, text }));
    const closed = { identities: this.#closed("identities"), contents: this.#closed("contents"), cancels: this.#closed("cancels") };
    const kept = this.#kept;
    const same = kept
      ? closed.identities === kept.identities &&
        closed.contents === kept.contents &&
        closed.cancels === kept.cancels &&
        this.#counted === kept.counted
      : this.#counted.length === 0 && ![this.identities, this.contents, this.cancels].some((each) => each.changed);
    return { past: same ? kept : { ...closed, counted: [...this.#counted], swept_at: this.#sweptAt }, rows };
  }

  #closed(name: "identities" | "contents" | "cancels"): Book {
    const kept = this.#kept?.[name];
    return kept && !this[name].changed ? kept : this[name].close();
  }

  #find(noticeClass: Counted["class"], notice: string): Counted | undefined {
    return this.#counted.find((kept) => kept.class === noticeClass && kept.notice === notice);
  }

  #replace(known: Counted | undefined, next: Counted): void {
    if (known === next) return;
    this.#counted = known ? this.#counted.map((kept) => (kept === known ? next : kept)) : [...this.#counted, next];
  }
}

/** Of two cancels with one key the later is remembered longer; where its event is not older either, the earlier says nothing more. */
const withoutEarlierCancels: Compact = (lines) => {
  const newest = new Map<string, number>();
  return lines
    .toReversed()
    .filter((line) => {
      const hash = line.slice(0, line.indexOf(","));
      const time = unpackInstant(restOf(line));
      if (time <= (newest.get(hash) ?? Number.NEGATIVE_INFINITY)) return false;
      newest.set(hash, time);
      return true;
    })
    .toReversed();
};
