import * as z from "zod";
import { noticeClass } from "../vocabulary/classes.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import { milliseconds } from "../vocabulary/instant.ts";
import type { MessageState } from "../vocabulary/message.ts";

const DAY_MS = 86_400_000;

/**
 * What is kept where no cap asks for more, so that a cap published tomorrow knows this week: the newest 256 of seven days.
 */
const AT_LEAST = { max: 255, per_ms: 7 * DAY_MS } as const;

/** When messages of one notice that are no longer in the document, and count, were to leave. */
export const counted = z.strictObject({
  class: noticeClass,
  notice: catalogName,
  /** Caps of class and notice as last seen: how far back and how many. */
  caps: z.array(z.strictObject({ max: z.number().int(), per_ms: milliseconds })),
  /** Ascending: the first in milliseconds since 1970, each further one as milliseconds after the one before it. */
  at: z.array(milliseconds),
});
export type Counted = z.infer<typeof counted>;

/** Whether a message takes a slot in caps and answers for its content. A slot is given back once its message ends unsent. */
export function counts(state: MessageState): boolean {
  switch (state) {
    case "scheduled":
    case "queued":
    case "sending":
    case "sent":
    case "delivered":
    case "unknown":
      return true;
    case "suppressed":
    case "merged":
    case "canceled":
    case "expired":
    case "failed":
    case "undelivered":
      return false;
  }
}

/** The instants after `after`, ascending, all in milliseconds since 1970. */
export function instantsOf({ at }: Counted, after = 0): number[] {
  const instants: number[] = [];
  let instant = 0;
  for (const step of at) {
    instant += step;
    if (instant > after) instants.push(instant);
  }
  return instants;
}

function newestOf({ at }: Counted): number {
  let instant = 0;
  for (const step of at) instant += step;
  return instant;
}

export function withInstant(kept: Counted, instant: number): Counted {
  const newest = newestOf(kept);
  if (instant >= newest) return { ...kept, at: [...kept.at, instant - newest] };
  const instants = instantsOf(kept);
  const after = instants.findLastIndex((other) => other <= instant);
  return withInstants(kept, instants.toSpliced(after + 1, 0, instant));
}

export function withoutInstant(kept: Counted, instant: number): Counted {
  const instants = instantsOf(kept);
  const at = instants.indexOf(instant);
  return at < 0 ? kept : withInstants(kept, instants.toSpliced(at, 1));
}

/**
 * Forgets what no cap can need. Windows that are still open are full of the newest: beyond the `max` newest of a cap's
 * length (one is spare, for a slot that is given back) an older one changes no answer.
 */
export function trimmed(kept: Counted, now: number): Counted {
  const needed = Math.max(...[...kept.caps, AT_LEAST].map((cap) => neededBy(cap, kept, now)));
  return needed === kept.at.length ? kept : withInstants(kept, instantsOf(kept).slice(kept.at.length - needed));
}

function neededBy({ max, per_ms }: Counted["caps"][number], kept: Counted, now: number): number {
  const { at } = kept;
  let instant = newestOf(kept);
  let needed = 0;
  while (needed <= max && needed < at.length && instant > now - per_ms) {
    instant -= at[at.length - 1 - needed] ?? 0;
    needed++;
  }
  return needed;
}

function withInstants(kept: Counted, instants: readonly number[]): Counted {
  return { ...kept, at: instants.map((instant, index) => instant - (instants[index - 1] ?? 0)) };
}
