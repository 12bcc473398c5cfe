import { outcomeOf } from "../settle/attempt-outcome.ts";
import { nextAttemptAt, stateOf, type Timing, unknownFrom } from "../settle/message-state.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import type { RecipientDocument } from "./document.ts";
import { nextRelease, releaseDue } from "./release.ts";

/** What is to stand in a lane. */
export interface Due {
  readonly id: string;
  readonly class: NoticeClass;
}

/** What the alarm does: what was put into its lane leaves, and states that changed by the mere passing of time are written down. */
export function wake(document: RecipientDocument, enqueued: readonly Due[], now: number, timing: Timing): RecipientDocument {
  const released = releaseDue(document, now, new Set(enqueued.map(({ id }) => id))).document;
  const messages = released.messages.map((message) => {
    const state = stateOf(message, now, timing);
    return state === message.state ? message : { ...message, state };
  });
  return messages.every((message, at) => message === document.messages[at]) ? document : { ...document, messages };
}

/** What has come due and is to stand in its lane: in the order in which it was planned. */
export function dueIn(document: RecipientDocument, now: number): Due[] {
  return document.messages
    .filter((message) => message.state === "scheduled" && message.send_at <= now)
    .toSorted((a, b) => a.send_at - b.send_at)
    .map(({ id, class: noticeClass }) => ({ id, class: noticeClass }));
}

/** What should stand in a lane: accepted and never claimed, or due to be tried again. A claim absorbs what stands there already. */
export function waitingIn(document: RecipientDocument, now: number, timing: Timing): Due[] {
  return document.messages
    .filter((message) => {
      const state = stateOf(message, now, timing);
      if (state === "scheduled") return message.send_at <= now;
      return (state === "queued" || state === "sending") && nextAttemptAt(message, now, timing) !== undefined;
    })
    .map(({ id, class: noticeClass }) => ({ id, class: noticeClass }));
}

/** The platform takes no alarm beyond the year 2189; one that comes too early finds the next. */
const ALARM_AHEAD_MAX_MS = 366 * 86_400_000;

/** What should have been claimed before `since` (milliseconds) and was not: its queue was lost. */
export function overdueIn(document: RecipientDocument, since: number, now: number, timing: Timing): Due[] {
  return document.messages
    .filter((message) => {
      const state = stateOf(message, now, timing);
      const next = state === "queued" || state === "sending" ? nextAttemptAt(message, now, timing) : undefined;
      return (state === "scheduled" && message.send_at < since) || (next !== undefined && next < since);
    })
    .map(({ id, class: noticeClass }) => ({ id, class: noticeClass }));
}

/** When the document next wants to be woken; undefined where nothing is waited for. */
export function wakeAt(document: RecipientDocument, timing: Timing): number | undefined {
  let earliest = nextRelease(document);
  for (const message of document.messages) {
    if (message.state !== "sent") continue;
    // It becomes unknown when the last of its attempts that were sent is overdue, and no sooner.
    const sent = message.attempts.filter((attempt) => outcomeOf(attempt, attempt.claimed_at) === "sent");
    const overdue = Math.max(...sent.map((attempt) => unknownFrom(attempt, timing)));
    if (sent.length > 0) earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, overdue);
  }
  return earliest;
}

/**
 * The document with its alarm set where it must be. An alarm that is early enough stays: setting one costs a row, and one
 * that comes too early finds the next. One that is past counts as none, since the platform drops it after six failures.
 */
export function withAlarm(document: RecipientDocument, now: number, timing: Timing): RecipientDocument {
  const wanted = wakeAt(document, timing);
  if (wanted === undefined) return document;
  const set = document.alarm_at !== undefined && document.alarm_at > now ? document.alarm_at : undefined;
  if (set !== undefined && set <= wanted) return document;
  return { ...document, alarm_at: Math.min(Math.max(wanted, now + 1), now + ALARM_AHEAD_MAX_MS) };
}
