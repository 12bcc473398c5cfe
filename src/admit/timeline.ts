import { stateOf } from "../settle/message-state.ts";
import type { Timing } from "../settle/timing.ts";
import type { Message, MessageState } from "../vocabulary/message.ts";
import type { RecipientDocument } from "./document.ts";
import type { HistoryRow } from "./recipient-storage.ts";

/** A message as it stands now, with the recipient's id, both still sealed. */
export interface Timeline {
  readonly message: Message;
  /** The recipient's id, sealed. */
  readonly recipient: string | undefined;
}

/** What is looked for; what is left out may be anything. Instants in milliseconds, `from` included and `to` not. */
export interface TimelineQuestion {
  readonly id?: string;
  readonly notice?: string;
  readonly state?: MessageState;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly after?: TimelineCursor;
}

/** Where a page ended: the history row that it came from, none for the document, and the last message's id. */
export interface TimelineCursor {
  readonly seq?: number;
  readonly id: string;
}

export interface TimelinePage {
  readonly found: readonly Timeline[];
  readonly next?: TimelineCursor;
}

export interface History {
  findHistory(id: string): HistoryRow | undefined;
  /** The newest row older than this one; without one, the newest. */
  historyBefore(seq: number | undefined): HistoryRow | undefined;
}

/** Rows of history that one page reads at most; a page may then be short, and goes on from its cursor. */
const ROWS_PER_PAGE = 50;

/** A page of messages with their state at `now`, newest first: those of the document, then those of history. */
export function timelineOf(
  document: RecipientDocument,
  history: History,
  question: TimelineQuestion,
  now: number,
  timing: Timing,
): TimelinePage {
  const recipient = document.profile?.id ?? document.id;
  const seen = (message: Message): Timeline => ({ message: { ...message, state: stateOf(message, now, timing) }, recipient });
  const { id, after, limit = 100 } = question;
  if (id !== undefined) {
    const message = document.messages.find((one) => one.id === id) ?? history.findHistory(id)?.messages.find((one) => one.id === id);
    return { found: message ? [seen(message)] : [] };
  }
  const found: { readonly seen: Timeline; readonly cursor: TimelineCursor }[] = [];
  const take = (messages: readonly Message[], seq: number | undefined): void => {
    const newestFirst = messages.toReversed();
    const place = after && after.seq === seq ? newestFirst.findIndex((message) => message.id === after.id) : -1;
    for (const message of newestFirst.slice(place + 1)) {
      const one = seen(message);
      if (isMeant(one.message, question)) found.push({ seen: one, cursor: { ...(seq === undefined ? {} : { seq }), id: message.id } });
    }
  };
  let last: TimelineCursor | undefined;
  if (after?.seq === undefined) take(document.messages, undefined);
  let row = history.historyBefore(after?.seq === undefined ? undefined : after.seq + 1);
  for (let read = 0; row && found.length <= limit; row = history.historyBefore(row.seq)) {
    if (++read > ROWS_PER_PAGE) break;
    take(row.messages, row.seq);
    last = { seq: row.seq, id: row.messages[0]?.id ?? "" };
  }
  const page = found.slice(0, limit);
  const next = found.length > limit ? page.at(-1)?.cursor : row ? last : undefined;
  return { found: page.map((one) => one.seen), ...(next ? { next } : {}) };
}

function isMeant(message: Message, { notice, state, from, to }: TimelineQuestion): boolean {
  return (
    (notice === undefined || message.notice === notice) &&
    (state === undefined || message.state === state) &&
    (from === undefined || message.accepted_at >= from) &&
    (to === undefined || message.accepted_at < to)
  );
}
