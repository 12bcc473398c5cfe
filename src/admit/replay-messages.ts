import { stateOf } from "../settle/message-state.ts";
import type { Timing } from "../settle/timing.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import type { Message, MessageState } from "../vocabulary/message.ts";
import type { PastRows } from "./book.ts";
import { wasCanceledBefore } from "./cancel.ts";
import type { RecipientDocument } from "./document.ts";
import { isFull, isReplayable } from "./keep-data.ts";
import { OpenPast } from "./past.ts";
import type { HistoryRow } from "./recipient-storage.ts";
import { letGo } from "./wake.ts";

/** How a message that begins anew is sent: by this version of the catalog, and for so long (milliseconds; left out, as long as at first). */
export interface ReplayHow {
  readonly catalog: number;
  readonly ttl_ms?: number;
  /** Only what would become of them is asked. */
  readonly foresee?: true;
}

/**
 * What became of a message that was to be replayed. `queued`: it is to be put into its lane, also where it only waited there in vain.
 * `not_replayable`: it was sent, or may have been, or nobody wants it sent any more, or what it would say is gone.
 */
export type Replayed =
  | { readonly id: string; readonly result: "queued"; readonly state: MessageState; readonly class: NoticeClass }
  | { readonly id: string; readonly result: "not_replayable"; readonly state: MessageState }
  | { readonly id: string; readonly result: "not_found" };

export interface ReplayStep {
  readonly document: RecipientDocument;
  /** Rows of history that changed: what is replayed out of them is in the document again. */
  readonly history: readonly HistoryRow[];
  readonly results: readonly Replayed[];
}

/**
 * Begins messages anew that failed or expired, in the document or in history. What was or may have been sent never is. It
 * takes a slot again, and its claim asks for consent and address like any other. Asked again it answers the same and changes nothing.
 */
export function replayMessages(
  document: RecipientDocument,
  findHistory: (id: string) => HistoryRow | undefined,
  ids: readonly string[],
  how: ReplayHow,
  beside: PastRows,
  now: number,
  timing: Timing,
): ReplayStep {
  const past = new OpenPast(document.past, beside, now);
  const history = new Map<number, HistoryRow>();
  let next = document;
  const results = ids.map((id): Replayed => {
    const open = next.messages.find((message) => message.id === id);
    const row = open ? undefined : rowOf(id, findHistory, history);
    const message = open ?? row?.messages.find((one) => one.id === id);
    if (!message) return { id, result: "not_found" };
    const state = stateOf(message, now, timing);
    if (open && (state === "queued" || state === "sending")) {
      next = letGo(next, [open], now);
      return { id, result: "queued", state, class: message.class };
    }
    if (!mayBeginAnew({ ...message, state }, past, now) || (row && isFull(next))) return { id, result: "not_replayable", state };
    const anew = begunAnew(message, how, now);
    if (row) history.set(row.seq, { ...row, messages: row.messages.filter((one) => one !== message) });
    const messages = row ? [...next.messages, anew] : next.messages.map((one) => (one === message ? anew : one));
    next = { ...next, messages };
    return { id, result: "queued", state: anew.state, class: anew.class };
  });
  return { document: next, history: [...history.values()], results };
}

/** The row as this step has changed it already, else as it is stored. */
function rowOf(
  id: string,
  findHistory: (id: string) => HistoryRow | undefined,
  changed: ReadonlyMap<number, HistoryRow>,
): HistoryRow | undefined {
  const row = findHistory(id);
  return row && (changed.get(row.seq) ?? row);
}

/** Neither sent nor unwanted, and its words can still be said. A cancel that came when it was over holds, too. */
function mayBeginAnew(message: Message, past: OpenPast, now: number): boolean {
  if (!isReplayable(message) || (message.data && "gone" in message.data)) return false;
  return message.cancel_key === undefined || !wasCanceledBefore(past, message.cancel_key, message.event_time, now);
}

/** What its attempts came to does not end it any more; they stay, since they say which carriers were tried. */
function begunAnew(message: Message, { catalog, ttl_ms }: ReplayHow, now: number): Message {
  const { reason: _reason, closed: _closed, held_until: _held, woken_at: _woken, next_channel: _next, ...rest } = message;
  return {
    ...rest,
    state: "queued",
    catalog,
    send_at: now,
    expires_at: now + (ttl_ms ?? message.expires_at - message.send_at),
    replayed: { at: now, after: Math.max(message.last_n ?? 0, message.attempts.at(-1)?.n ?? 0) },
  };
}
