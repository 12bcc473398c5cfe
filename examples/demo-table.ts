import { percentile } from "./percentile.ts";
import type { PostedEvent } from "./play-day.ts";
import type { BookEntry, Reconciliation, RouterMessage } from "./reconcile.ts";
import { textTable } from "./text-table.ts";

type Row = readonly [what: string, value?: string | number];

/** What the demo shows at its end. Submitted, delivered and unknown are different numbers. */
export function demoTable(
  posted: readonly PostedEvent[],
  messages: readonly RouterMessage[],
  book: readonly BookEntry[],
  sums: Reconciliation,
): string {
  const accepted = posted.filter((event) => event.outcome.kind === "accepted");
  const states = (state: string) => messages.filter((message) => message.state === state).length;
  const accept = accepted.map((event) => event.answered_at - event.posted_at);
  const handset = acceptToHandset(posted, book);
  return textTable([
    ["events posted", posted.length],
    ["  accepted", accepted.length],
    ["  refused", posted.length - accepted.length],
    ["  of them repeats", posted.length - new Set(posted.map((event) => JSON.stringify([event.source, event.id]))).size],
    ["messages", messages.length],
    ["  sent (the carrier took them)", sums.messages_with_text],
    ["    delivered", states("delivered")],
    ["    undelivered", states("undelivered")],
    ["    unknown", states("unknown")],
    ...suppressedRows(messages),
    ["  failed", states("failed")],
    ["texts in the carrier's book", sums.texts],
    ["  sent again after an unclear call", sums.resent],
    ["accept p50 / p99", milliseconds(accept)],
    ["accept → handset p50 / p99", milliseconds(handset)],
  ]);
}

/** Whatever was not sent by decision, each reason by itself. */
function suppressedRows(messages: readonly RouterMessage[]): Row[] {
  const ended = messages.filter((message) => ["suppressed", "expired", "canceled", "merged"].includes(message.state));
  const byReason = [...Map.groupBy(ended, (message) => message.reason ?? message.state)].sort(([one], [other]) => one.localeCompare(other));
  return [["  suppressed", ended.length], ...byReason.map(([reason, those]): Row => [`    ${reason}`, those.length])];
}

/** From the first post of a message's event to the carrier's taking its first text, in milliseconds. */
export function acceptToHandset(posted: readonly PostedEvent[], book: readonly BookEntry[]): number[] {
  const takenAt = firstBy(book.map((entry) => [entry.message, entry.accepted_at]));
  const postedAt = firstBy(
    posted.flatMap((event) =>
      event.outcome.kind === "accepted" ? event.outcome.messages.map((message) => [message.id, event.posted_at] as const) : [],
    ),
  );
  return [...postedAt].flatMap(([message, at]) => {
    const taken = takenAt.get(message);
    return taken === undefined ? [] : [taken - at];
  });
}

function firstBy(pairs: readonly (readonly [key: string | undefined, at: number])[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const [key, at] of pairs) {
    if (key !== undefined) first.set(key, Math.min(at, first.get(key) ?? at));
  }
  return first;
}

function milliseconds(values: readonly number[]): string {
  const [middle, worst] = [percentile(values, 50), percentile(values, 99)];
  return middle === undefined || worst === undefined ? "–" : `${Math.round(middle)} / ${Math.round(worst)} ms`;
}
