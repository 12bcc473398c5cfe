import type { Channel } from "../vocabulary/classes.ts";
import type { Attempt, Message, MessageState } from "../vocabulary/message.ts";
import { type AttemptOutcome, mayHaveSent, outcomeOf, saysDelivered } from "./attempt-outcome.ts";
import type { Timing } from "./timing.ts";
import { type Follow, refusesAccount, whatFollows } from "./what-follows.ts";

/**
 * One more attempt, due at `at` (milliseconds). `here`: on the channel in use; `next`: the channel gives way. `lane`: whoever was told
 * of the last attempt puts it back; `alarm`: nobody holds it, and the Recipient's alarm puts it into its lane when it is due.
 */
export interface NextAttempt {
  readonly kind: "attempt";
  readonly at: number;
  readonly on: "here" | "next";
  readonly by: "lane" | "alarm";
}

/** What comes next. `call`: an attempt is under way, or its answer, which decides, may still come until then. */
export type Next = NextAttempt | { readonly kind: "call"; readonly until: number } | { readonly kind: "nothing" };

const NOTHING: Next = { kind: "nothing" };
/** Ended by a decision and not by a carrier; nothing that comes later changes them. */
const ENDED: ReadonlySet<MessageState> = new Set(["suppressed", "merged", "canceled", "expired"]);

export function isEnded(state: MessageState): boolean {
  return ENDED.has(state);
}

interface Made {
  readonly attempt: Attempt;
  readonly outcome: AttemptOutcome;
}

/**
 * What comes next of a message, read from its attempts and the clock alone (docs/delivery.md). What the person said or wants, the
 * claim asks; this says what the answers and receipts so far allow.
 */
export function nextOf(message: Message, now: number, timing: Timing): Next {
  if (isEnded(message.state) || message.state === "scheduled") return NOTHING;
  const made = message.attempts.map((attempt): Made => ({ attempt, outcome: outcomeOf(attempt, now) }));
  if (made.some(({ attempt }) => saysDelivered(attempt, now))) return NOTHING;
  const calling = made.findLast(({ outcome }) => outcome === "calling");
  if (calling) return { kind: "call", until: calling.attempt.lease_until };
  if (message.closed) return NOTHING;
  const live = made.filter((one) => countsIn(message, one));
  if (live.length === 0) return { kind: "attempt", at: message.send_at, on: "here", by: "lane" };
  if (now >= message.expires_at && live.some(perhapsSent)) return NOTHING;
  const own = live.filter(({ attempt }) => channelOf(attempt, message) === message.channel);
  // Only a claim moves a message to another channel, when that is due; the attempt that it opened was returned without a call.
  if (own.length === 0) return { kind: "attempt", at: message.held_until ?? message.send_at, on: "here", by: "lane" };
  const next = own.some(perhapsSent) ? afterSending(message, own, live, now, timing) : afterNotSent(message, own, timing);
  return next.kind === "attempt" && next.by === "alarm" && next.at >= message.expires_at ? NOTHING : next;
}

/** Attempts that a replay has outdated count only where they may have reached the person after all. */
function countsIn({ replayed }: Message, { attempt, outcome }: Made): boolean {
  return attempt.n > (replayed?.after ?? 0) || mayHaveSent(outcome);
}

function perhapsSent({ outcome }: Made): boolean {
  return mayHaveSent(outcome);
}

export function channelOf(attempt: Attempt, message: Message): Channel | undefined {
  return attempt.channel ?? message.channel;
}

/** The channels that are left, in order: the one in use as long as it has not given way, then those without an attempt. */
export function channelsLeft(message: Message, { on }: Pick<NextAttempt, "on">, now: number): Channel[] {
  const live = message.attempts.filter((attempt) => countsIn(message, { attempt, outcome: outcomeOf(attempt, now) }));
  const tried = new Set(live.map((attempt) => channelOf(attempt, message)));
  const own = on === "here" && message.channel !== undefined && tried.has(message.channel) ? [message.channel] : [];
  return [...own, ...message.channels.filter((channel) => !tried.has(channel))];
}

/** Nothing on this channel can have reached the person. */
function afterNotSent(message: Message, own: readonly Made[], timing: Timing): Next {
  const last = lastOf(own);
  const ended = endOf(last);
  const follow = followOf(message, own, timing);
  const left = message.next_channel !== undefined;
  if (left && (follow.kind === "fail" || (refusesAccount(last.answer) && last.open === 0)))
    return { kind: "attempt", at: ended, on: "next", by: "lane" };
  if (!("delay_seconds" in follow)) return NOTHING;
  const at = ended + follow.delay_seconds * 1000;
  // A channel that cannot be reached is silent, too, once it was tried for so long.
  const patience = (own[0]?.attempt.claimed_at ?? ended) + (message.fallback_after_ms ?? Number.POSITIVE_INFINITY);
  if (left && at >= patience) return { kind: "attempt", at: Math.max(ended, patience), on: "next", by: "lane" };
  return { kind: "attempt", at, on: "here", by: "lane" };
}

/** Something on this channel may be with the person: at most one extra, then the next channel. */
function afterSending(message: Message, own: readonly Made[], live: readonly Made[], now: number, timing: Timing): Next {
  const sending = own.filter(perhapsSent);
  const [first] = sending;
  const spent = sending.length > 1 || extraElsewhere(message, own, live);
  const extra = first && !spent ? extraAfter(message, first, own, now, timing) : NOTHING;
  const fallback = fallbackAfter(message, sending);
  if (extra.kind !== "attempt") return extra.kind === "call" ? extra : fallback;
  if (fallback.kind !== "attempt") return extra;
  if (extra.at >= message.expires_at) return fallback;
  // After an unclear outcome the class's own rule comes first.
  const ownRule = first?.outcome === "unclear" && lastOf(own) === first.attempt;
  return ownRule || extra.at <= fallback.at ? extra : fallback;
}

/** One more attempt on this channel after `first`, the only one that may have reached the person; others since then did not. */
function extraAfter(message: Message, first: Made, own: readonly Made[], now: number, timing: Timing): Next {
  const last = lastOf(own);
  const tried = last !== first.attempt;
  if (first.outcome === "unclear") {
    if (message.on_unclear === "stop") return NOTHING;
    return afterLast(endOf(first.attempt), followOf(message, own, timing), last);
  }
  if (message.class !== "verification") return NOTHING;
  // Only the answer says whether a carrier is left, and a receipt may come before it.
  if (first.outcome === "undelivered" && !last.answer && now < last.lease_until) return { kind: "call", until: last.lease_until };
  const wait = first.outcome === "sent" ? message.resend_after_ms : 0;
  if (wait === undefined || !last.untried) return NOTHING;
  const due = endOf(first.attempt) + wait;
  return tried ? afterLast(due, followOf(message, own, timing), last) : { kind: "attempt", at: due, on: "here", by: "alarm" };
}

/** No sooner than `due`, and when what follows the last attempt's own answer allows it. */
function afterLast(due: number, follow: Follow, last: Attempt): Next {
  if (!("delay_seconds" in follow)) return NOTHING;
  return { kind: "attempt", at: Math.max(due, endOf(last) + follow.delay_seconds * 1000), on: "here", by: "lane" };
}

/** The next channel: at once where all that was sent here is undelivered, else when the last of it has been silent for so long. */
function fallbackAfter({ next_channel, fallback_after_ms }: Message, sending: readonly Made[]): Next {
  if (next_channel === undefined) return NOTHING;
  const silent = sending.filter(({ outcome }) => outcome !== "undelivered");
  if (silent.length === 0) {
    const at = Math.max(...sending.map(({ attempt }) => attempt.answered_at ?? attempt.claimed_at));
    return { kind: "attempt", at, on: "next", by: "alarm" };
  }
  if (fallback_after_ms === undefined) return NOTHING;
  const since = Math.max(...silent.map(({ attempt }) => endOf(attempt)));
  return { kind: "attempt", at: since + fallback_after_ms, on: "next", by: "alarm" };
}

/** Whether the message had its one extra on another channel. */
function extraElsewhere(message: Message, own: readonly Made[], live: readonly Made[]): boolean {
  const sent = new Map<Channel | undefined, number>();
  for (const one of live) {
    if (own.includes(one) || !perhapsSent(one)) continue;
    const channel = channelOf(one.attempt, message);
    sent.set(channel, (sent.get(channel) ?? 0) + 1);
  }
  return [...sent.values()].some((count) => count > 1);
}

/** What follows the last attempt of this channel by its own answer. */
function followOf(message: Message, own: readonly Made[], timing: Timing): Follow {
  const last = lastOf(own);
  const sending = own.filter(perhapsSent).length;
  return whatFollows(
    {
      answer: last.answer ?? { kind: "unclear", code: "lost" },
      on_unclear: message.on_unclear,
      untried: last.untried ?? 0,
      open: last.open ?? 1,
      may_have_sent: sending,
      not_sent: own.length - sending,
    },
    timing.receipt_wait_seconds,
  );
}

function lastOf(own: readonly Made[]): Attempt {
  const last = own.at(-1);
  if (!last) throw new Error("a channel without attempts was asked what follows");
  return last.attempt;
}

/** When an attempt was over, as far as is known. */
function endOf(attempt: Attempt): number {
  return attempt.answered_at ?? attempt.lease_until;
}

/** Whether anything could follow by what may still be told; where not, there is nothing to stop. */
export function mayFollow(message: Message): boolean {
  if (message.closed) return false;
  return message.next_channel !== undefined || (message.class === "verification" && (message.attempts.at(-1)?.untried ?? 1) > 0);
}
