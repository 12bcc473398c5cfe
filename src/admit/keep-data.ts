import * as z from "zod";
import { isFinal } from "../settle/message-state.ts";
import { mayFollow } from "../settle/next-attempt.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import type { RecipientDocument } from "./document.ts";

/** Sealed data longer than this stands in a row of its own until its message is final; where very much waits, all of it. */
const INSIDE_MAX_CHARACTERS = 4096;
const CROWDED_FROM_BYTES = 400_000;

/** A row may have 2 MB; what claims and answers add to open messages must still find room. */
const DOCUMENT_MAX_BYTES = 1_200_000;
/** What a message takes beside its sealed texts, and an attempt with its answer and receipts, at the most that is usual. */
const MESSAGE_BYTES = 1_000;
const ATTEMPT_BYTES = 500;
/** What an entry of preferences takes at the most; one that D1 misses has its proof too, and takes twice as much. */
const PREFERENCE_BYTES = 250;
/** Words to scopes and channels that one may have said: scopes are free names, and most of the document is for messages. */
const PREFERENCES_MAX = 1_000;
const WIDE_SCOPES: ReadonlySet<string> = new Set(["all", ...NOTICE_CLASSES]);

/** Whether no more can be kept of what waits: even with all data beside, the document would come near the end of its row. */
export function isFull({ messages, preferences, uncopied }: RecipientDocument): boolean {
  const wants = (preferences.length + (uncopied?.preferences.length ?? 0) * 2) * PREFERENCE_BYTES;
  return messages.reduce((sum, message) => sum + baseBytesOf(message), wants) > DOCUMENT_MAX_BYTES;
}

/**
 * Whether what was added finds no room. Codes are short-lived and few: they find room where nothing else does, and so does a no to all
 * or to a class, of which there are few as well. A word in the place of an older one takes none.
 */
export function hasNoRoom(before: RecipientDocument, after: RecipientDocument): boolean {
  const full = isFull(after);
  if (full && after.messages.slice(before.messages.length).some((message) => message.class !== "verification")) return true;
  if (after.preferences === before.preferences || !(full || after.preferences.length > PREFERENCES_MAX)) return false;
  const known = new Set(before.preferences.map(placeOf));
  return after.preferences.some((entry) => !known.has(placeOf(entry)) && (entry.state === "in" || !WIDE_SCOPES.has(entry.scope)));
}

function placeOf({ scope, channel }: RecipientDocument["preferences"][number]): string {
  return `${channel} ${scope}`;
}

function baseBytesOf({ sealed, attempts }: Message): number {
  return MESSAGE_BYTES + sealed.length + attempts.length * ATTEMPT_BYTES;
}

function insideBytesOf(message: Message): number {
  const { data, digest } = message;
  const merged = digest?.merged.reduce((sum, { length }) => sum + length, 0) ?? 0;
  return baseBytesOf(message) + merged + (data && "sealed" in data ? Math.min(data.sealed.length, INSIDE_MAX_CHARACTERS) : 0);
}

const rowOf = (id: string): string => `data ${id}`;

const mergedRowOf = (id: string, at: number): string => `merged ${id} ${at}`;
const mergedRow = z.array(z.string());

/** The sealed data of a message, wherever it stands. */
export function dataOf({ id, data }: Message, beside: PastRows): string | undefined {
  if (data === undefined || "gone" in data) return undefined;
  return "sealed" in data ? data.sealed : beside.read(rowOf(id));
}

/** The sealed data of the events that joined a digest, oldest first, wherever it stands. */
export function mergedOf({ id, digest }: Message, beside: PastRows): string[] {
  if (!digest) return [];
  const rows = Array.from({ length: digest.beside ?? 0 }, (_, at) => mergedRow.parse(JSON.parse(beside.read(mergedRowOf(id, at)) ?? "[]")));
  return [...rows.flat(), ...digest.merged];
}

/** Whether a final message keeps its data: one that gave up may be replayed, one whose outcome is unknown go to its next channel. */
function mayBegin(message: Message): boolean {
  return isReplayable(message) || (message.state === "unknown" && mayFollow(message));
}

/** Nothing was sent, and nobody wants it unsent. */
export function isReplayable({ state, stopped }: Pick<Message, "state" | "stopped">): boolean {
  return (state === "failed" || state === "expired") && stopped === undefined;
}

/**
 * Puts large data beside the document and drops what is not of use any more: a message that is over has no data. `before` is the
 * document as it is stored.
 */
export function keepData(
  before: RecipientDocument,
  next: RecipientDocument,
): { readonly document: RecipientDocument; readonly rows: readonly RowWrite[] } {
  const rows: RowWrite[] = [];
  const crowded = next.messages.reduce((sum, message) => sum + insideBytesOf(message), 0) > CROWDED_FROM_BYTES;
  const longest = crowded ? 0 : INSIDE_MAX_CHARACTERS;
  const messages = next.messages.map((message) =>
    isFinal(message.state) && !mayBegin(message) ? withoutData(message) : withLargeBeside(message, longest, rows),
  );
  const kept = new Set(messages.flatMap(rowsOf));
  for (const row of before.messages.flatMap(rowsOf)) if (!kept.has(row)) rows.push({ row, text: undefined });
  const same = messages.every((message, at) => message === next.messages[at]);
  return { document: same ? next : { ...next, messages }, rows };
}

/** The message with what is too long for the document moved to rows of its own. */
function withLargeBeside(message: Message, longest: number, rows: RowWrite[]): Message {
  let kept = message;
  if (message.data && "sealed" in message.data && message.data.sealed.length > longest) {
    rows.push({ row: rowOf(message.id), text: message.data.sealed });
    kept = { ...kept, data: { beside: true } };
  }
  const { digest } = message;
  if (digest && digest.merged.reduce((sum, { length }) => sum + length, 0) > INSIDE_MAX_CHARACTERS) {
    const at = digest.beside ?? 0;
    rows.push({ row: mergedRowOf(message.id, at), text: JSON.stringify(digest.merged) });
    kept = { ...kept, digest: { ...digest, merged: [], beside: at + 1 } };
  }
  return kept;
}

/** The rows beside the document that a message has. */
export function rowsOf({ id, data, digest }: Message): string[] {
  const merged = Array.from({ length: digest?.beside ?? 0 }, (_, at) => mergedRowOf(id, at));
  return data && "beside" in data ? [rowOf(id), ...merged] : merged;
}

/** A message as history keeps it: what has rows beside the document leaves them, and only small data of what may be replayed stays. */
export function forHistory(message: Message): Message {
  return isReplayable(message) && rowsOf(message).length === 0 ? message : withoutData(message);
}

/** Of what may yet turn out to have failed, that there was data is remembered: it cannot be replayed without. */
function withoutData(message: Message): Message {
  const hasData = message.data !== undefined && !("gone" in message.data);
  if (!hasData && !message.digest?.merged.length && !message.digest?.beside) return message;
  const { data: _, ...rest } = message;
  const kept: Message = message.state === "unknown" || isReplayable(message) ? { ...rest, data: { gone: true } } : rest;
  if (!kept.digest) return kept;
  const { beside: _rows, ...digest } = kept.digest;
  return { ...kept, digest: { ...digest, merged: [] } };
}
