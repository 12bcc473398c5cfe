import { outcomeOf } from "../settle/attempt-outcome.ts";
import { isFinal, stateOf, unknownFrom } from "../settle/message-state.ts";
import { type NextAttempt, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import type { Message } from "../vocabulary/message.ts";
import type { RecipientDocument } from "./document.ts";
import { nextRelease, releaseDue } from "./release.ts";

/** What is to stand in a lane. */
export interface Due {
  readonly id: string;
  readonly class: NoticeClass;
}

/**
 * What the alarm does: what was put into its lane leaves, or is known to stand there, and states that changed by the mere passing of
 * time are written down.
 */
export function wake(document: RecipientDocument, enqueued: readonly Due[], now: number, timing: Timing): RecipientDocument {
  const ids = new Set(enqueued.map(({ id }) => id));
  const released = releaseDue(document, now, ids).document;
  const messages = released.messages.map((message) => {
    const state = stateOf(message, now, timing);
    const woken = ids.has(message.id) && isDueByAlarm(message, now, timing);
    return state === message.state && !woken ? message : { ...message, state, ...(woken ? { woken_at: now } : {}) };
  });
  return messages.every((message, at) => message === document.messages[at]) ? document : { ...document, messages };
}

/** What has come due and is to stand in its lane, in the order in which it was planned; follow-ups that nobody holds among it. */
export function dueIn(document: RecipientDocument, now: number, timing: Timing): Due[] {
  return document.messages
    .filter((message) => (message.state === "scheduled" ? message.send_at <= now : isDueByAlarm(message, now, timing)))
    .toSorted((a, b) => a.send_at - b.send_at)
    .map(dueOf);
}

/**
 * What should stand in a lane: accepted and never claimed, or due to be tried again, as far as no alarm sees to it. A claim absorbs
 * what stands there already.
 */
export function waitingIn(document: RecipientDocument, now: number, timing: Timing): Due[] {
  return document.messages
    .filter((message) => {
      if (message.state === "scheduled") return message.send_at <= now;
      const next = pendingOf(message, now, timing);
      if (!next || next.by === "lane" || next.at <= now) return next !== undefined;
      return document.alarm_at === undefined || document.alarm_at <= now || document.alarm_at > next.at;
    })
    .map(dueOf);
}

/**
 * Lets go what was told to come later, since its lane may be lost: the copies that are put there now are not absorbed. Where the lane was
 * not lost, each time adds one copy to those that wait, until the message is sent and absorbs them all.
 */
export function letGo(document: RecipientDocument, put: readonly Due[], now: number): RecipientDocument {
  const ids = new Set(put.map(({ id }) => id));
  const isHeld = (message: Message): boolean => ids.has(message.id) && (message.held_until ?? 0) > now;
  if (!document.messages.some(isHeld)) return document;
  return { ...document, messages: document.messages.map((message) => (isHeld(message) ? { ...message, held_until: now } : message)) };
}

/** What should have been claimed before `since` (milliseconds) and was not: its queue was lost. */
export function overdueIn(document: RecipientDocument, since: number, now: number, timing: Timing): Due[] {
  return document.messages
    .filter((message) => {
      if (message.state === "scheduled") return message.send_at < since;
      const next = pendingOf(message, now, timing);
      return next !== undefined && Math.max(next.at, message.held_until ?? 0) < since;
    })
    .map(dueOf);
}

function dueOf({ id, class: noticeClass }: Message): Due {
  return { id, class: noticeClass };
}

/** The attempt that a message waits for; undefined where it waits for none. */
function pendingOf(message: Message, now: number, timing: Timing): NextAttempt | undefined {
  if (isFinal(message.state)) return undefined;
  const next = nextOf(message, now, timing);
  return next.kind === "attempt" ? next : undefined;
}

/** A follow-up that has come due and stands in no lane. */
function isDueByAlarm(message: Message, now: number, timing: Timing): boolean {
  const at = alarmFor(message, now, timing);
  return at !== undefined && at <= now;
}

/**
 * When the alarm is to put a message into its lane; undefined where it is not, or has done so, or whoever returned it does: that copy comes
 * when it was told to, and once it has come it starts nothing that only a later receipt allows.
 */
function alarmFor(message: Message, now: number, timing: Timing): number | undefined {
  const next = pendingOf(message, now, timing);
  if (next?.by !== "alarm") return undefined;
  const heldUntil = message.held_until !== undefined && message.held_until > now ? message.held_until : 0;
  return Math.max(message.woken_at ?? 0, heldUntil) >= next.at ? undefined : next.at;
}

/** The platform takes no alarm beyond the year 2189; one that comes too early finds the next. */
const ALARM_AHEAD_MAX_MS = 366 * 86_400_000;

/** When the document next wants to be woken; undefined where nothing is waited for. */
export function wakeAt(document: RecipientDocument, now: number, timing: Timing): number | undefined {
  let earliest = Math.min(nextRelease(document) ?? Number.POSITIVE_INFINITY, document.uncopied?.next_at ?? Number.POSITIVE_INFINITY);
  for (const message of document.messages) {
    if (message.state === "scheduled" || isFinal(message.state)) continue;
    const at = alarmFor(message, now, timing) ?? unknownAt(message, now, timing);
    earliest = Math.min(earliest, at);
  }
  return Number.isFinite(earliest) ? earliest : undefined;
}

/** When what was sent becomes unknown: when the last of its attempts is overdue and nothing follows any more, and no sooner. */
function unknownAt(message: Message, now: number, timing: Timing): number {
  const sent = message.attempts.filter((attempt) => outcomeOf(attempt, attempt.claimed_at) === "sent");
  if (sent.length === 0) return Number.POSITIVE_INFINITY;
  const overdue = Math.max(...sent.map((attempt) => unknownFrom(attempt, timing)));
  if (now < overdue) return overdue;
  const next = nextOf(message, now, timing);
  return next.kind === "call" ? next.until : next.kind === "attempt" ? message.expires_at : overdue;
}

/**
 * The document with its alarm set where it must be. An alarm that is early enough stays: setting one costs a row, and one
 * that comes too early finds the next. One that is past counts as none, since the platform drops it after six failures.
 */
export function withAlarm(document: RecipientDocument, now: number, timing: Timing): RecipientDocument {
  const wanted = wakeAt(document, now, timing);
  if (wanted === undefined) return document;
  const set = document.alarm_at !== undefined && document.alarm_at > now ? document.alarm_at : undefined;
  if (set !== undefined && set <= wanted) return document;
  return { ...document, alarm_at: Math.min(Math.max(wanted, now + 1), now + ALARM_AHEAD_MAX_MS) };
}
