import { mayFollow } from "../settle/next-attempt.ts";
import type { Message } from "../vocabulary/message.ts";
import { packInstant, unpackInstant } from "./decision.ts";
import type { OpenPast } from "./past.ts";

const CANCELS_KEPT_MS = 30 * 86_400_000;

/** An event that cancels: the notice, the hash of its rendered key, and which event it is and when it happened. */
export interface Cancel {
  readonly notice: string;
  readonly key: string;
  readonly event_key: string;
  readonly event_time: number;
}

/**
 * What a cancel makes of a message: what still waits is canceled, what may have been sent is not followed. Where a call is under way,
 * its answer says which of the two. The same message where it is not meant.
 */
export function withCancel(message: Message, cancel: Cancel): Message {
  if (!isMeantBy(message, cancel)) return message;
  switch (message.state) {
    case "scheduled":
    case "queued":
      return { ...message, state: "canceled", reason: "canceled" };
    case "sending":
      return { ...message, closed: true, stopped: message.stopped ?? "canceled" };
    case "sent":
    case "unknown":
      return mayFollow(message) ? { ...message, closed: true, stopped: message.stopped ?? "canceled" } : message;
    default:
      return message;
  }
}

/** Another event made it, not a later one, with an equal key. */
function isMeantBy(message: Message, cancel: Cancel): boolean {
  return (
    message.notice === cancel.notice &&
    message.cancel_key === cancel.key &&
    message.event !== cancel.event_key &&
    message.event_time <= cancel.event_time
  );
}

/** Remembers a cancel for 30 days after the clock, for events that happened before it and come after it. */
export function rememberCancel(past: OpenPast, cancel: Cancel, now: number): void {
  past.cancels.add(cancel.key, now + CANCELS_KEPT_MS, packInstant(cancel.event_time), now);
}

/** Whether a cancel with this key is remembered whose event happened later than this time (milliseconds). */
export function wasCanceledBefore(past: OpenPast, key: string, eventTime: number, now: number): boolean {
  return past.cancels.find(key, now).some((time) => unpackInstant(time) > eventTime);
}
