import { stateOf } from "../settle/message-state.ts";
import { mayFollow, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { QuietWindow } from "../vocabulary/classes.ts";
import type { Message, MessageState } from "../vocabulary/message.ts";
import type { RecipientDocument } from "./document.ts";
import { closedAs } from "./hear-word.ts";
import type { NoticeRules } from "./notice-rules.ts";
import { endOfQuiet, isAlwaysQuiet } from "./quiet-hours.ts";

/** Which messages a command is about: one by its id, or those of a notice with a cancel key (hashed). */
export type Which = { readonly id: string } | { readonly notice: string; readonly key: string };

/** What became of a message that a command named. `changed`: the command did something to it. */
export interface TakenBack {
  readonly id: string;
  readonly state: MessageState;
  readonly changed: boolean;
}

interface Step {
  readonly document: RecipientDocument;
  readonly results: readonly TakenBack[];
}

/**
 * Cancels what still waits, in the document or in its lane (the claim refuses it then). What was sent stays sent, and where it would be
 * followed on another channel or by another carrier, that is canceled.
 */
export function cancelMessages(document: RecipientDocument, which: Which, now: number, timing: Timing): Step {
  return change(document, which, (message) => {
    const state = stateOf(message, now, timing);
    if (state === "scheduled" || state === "queued") return { ...message, state: "canceled", reason: "canceled" };
    const waits = state === "sent" || state === "unknown" ? mayFollow(message) : nextOf(message, now, timing).kind === "attempt";
    return waits ? stopped(message, "canceled", now, timing) : { ...message, state };
  });
}

/** The code was used: whatever would repeat it stops, a replay too. What may be with the person keeps its state. */
export function verifyMessage(document: RecipientDocument, id: string, now: number, timing: Timing): Step {
  return change(document, { id }, (message) => {
    const state = stateOf(message, now, timing);
    switch (state) {
      case "scheduled":
      case "queued":
        return { ...message, state: "suppressed", reason: "verified" };
      case "sending":
        return message.closed ? { ...message, state } : stopped(message, "verified", now, timing);
      case "sent":
      case "unknown":
        return mayFollow(message) ? stopped(message, "verified", now, timing) : { ...message, state };
      case "failed":
      case "expired":
        return { ...message, state, stopped: message.stopped ?? "verified" };
      default:
        return { ...message, state };
    }
  });
}

/** Something may have been sent and nothing more shall be. */
function stopped(message: Message, by: NonNullable<Message["stopped"]>, now: number, timing: Timing): Message {
  return closedAs({ ...message, stopped: message.stopped ?? by }, now, timing);
}

/** Hours of silence of a notice in the catalog in force, and whether the recipient's own come on top. */
export interface Silence {
  readonly quiet_hours: readonly QuietWindow[];
  readonly own: boolean;
  /** The catalog's zone, for recipients without one. */
  readonly time_zone: string;
}

/** Where waiting messages go: so much later (milliseconds, perhaps negative), or the first of them to an instant. */
export type Move = ({ readonly by_ms: number } | { readonly to: number }) & { readonly silence: Silence };

export function silenceOf({ quiet_hours, class: noticeClass, defaults }: NoticeRules): Silence {
  return { quiet_hours, own: noticeClass === "service" || noticeClass === "marketing", time_zone: defaults.time_zone ?? "UTC" };
}

/** The last instant that a timestamp of RFC 3339 can write: the end of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

/** Moves what is left of a series in one step: all by the same time, and never into the past or beyond all time. */
export function rescheduleMessages(document: RecipientDocument, which: Which, move: Move, now: number): Step {
  const waiting = document.messages.filter((message) => message.state === "scheduled" && isMeant(message, which));
  const first = Math.min(...waiting.map(({ send_at }) => send_at));
  const by = "to" in move ? move.to - first : move.by_ms;
  return change(document, which, (message) => {
    if (message.state !== "scheduled") return message;
    const life = message.expires_at - message.send_at;
    const sendAt = awake(Math.max(now, Math.min(message.send_at + by, LATEST_MS - life)), move.silence, document);
    return { ...message, send_at: sendAt, expires_at: sendAt + life };
  });
}

/** The instant itself, or the end of the silence that it falls into (gate 8). */
function awake(instant: number, { quiet_hours, own, time_zone }: Silence, { profile }: RecipientDocument): number {
  const windows = own ? [...quiet_hours, ...(profile?.quiet_hours ?? [])] : quiet_hours;
  if (isAlwaysQuiet(windows)) return instant;
  let at = instant;
  for (
    let end = endOfQuiet(at, windows, profile?.time_zone ?? time_zone);
    end !== undefined;
    end = endOfQuiet(at, windows, profile?.time_zone ?? time_zone)
  )
    at = end;
  return at;
}

function change(document: RecipientDocument, which: Which, how: (message: Message) => Message): Step {
  const results: TakenBack[] = [];
  const messages = document.messages.map((message) => {
    if (!isMeant(message, which)) return message;
    const next = how(message);
    const changed =
      next.state !== message.state ||
      next.send_at !== message.send_at ||
      next.closed !== message.closed ||
      next.stopped !== message.stopped;
    results.push({ id: message.id, state: next.state, changed });
    return changed ? next : message;
  });
  return { document: results.some(({ changed }) => changed) ? { ...document, messages } : document, results };
}

function isMeant(message: Message, which: Which): boolean {
  return "id" in which ? message.id === which.id : message.notice === which.notice && message.cancel_key === which.key;
}
