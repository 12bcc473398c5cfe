import type { Claim, ClaimCommand } from "../deliver/recipient-port.ts";
import { mayHaveSent, outcomeOf } from "../settle/attempt-outcome.ts";
import { stateOf } from "../settle/message-state.ts";
import { channelsLeft, type NextAttempt, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { Message, MessageState, Reason } from "../vocabulary/message.ts";
import type { PastRows } from "./book.ts";
import { type ConsentDecision, chooseChannel, reachableBy, suppressedBy } from "./consent.ts";
import type { RecipientDocument } from "./document.ts";
import { closedAs } from "./hear-word.ts";
import { openAttempt } from "./open-attempt.ts";

/** Opens attempts: the last look before carriers are called. One claim per message however often it is asked. */
export function claimMessages(
  document: RecipientDocument,
  command: ClaimCommand,
  beside: PastRows,
  now: number,
  timing: Timing,
): { document: RecipientDocument; claims: Claim[] } {
  let messages = document.messages;
  const claims = command.ids.map((id): Claim => {
    const message = messages.find((candidate) => candidate.id === id);
    if (!message) return { kind: "done", id, state: "gone" };
    const looked = look({ ...document, messages }, dueOf(message, now), command, beside, now, timing);
    if (looked.message !== message) messages = messages.map((other) => (other === message ? looked.message : other));
    return looked.claim;
  });
  return { document: messages === document.messages ? document : { ...document, messages }, claims };
}

/** What is paused is asked for again after this. */
const PAUSED_AGAIN_MS = 15_000;
/**
 * The copy that was told to come later comes by another machine's clock. A little early it is still that one: taken for a stray
 * copy it would be gone, and with it the message.
 */
const CLOCKS_DIFFER_MS = 1_000;

interface Looked {
  readonly message: Message;
  readonly claim: Claim;
}

/** What has come due may be claimed before the alarm has written that it is queued: the lane is told first. */
function dueOf(message: Message, now: number): Message {
  return message.state === "scheduled" && message.send_at <= now ? { ...message, state: "queued" } : message;
}

function look(document: RecipientDocument, message: Message, command: ClaimCommand, beside: PastRows, now: number, timing: Timing): Looked {
  const state = stateOf(message, now, timing);
  const next = nextOf(message, now, timing);
  const wait = (until: number): Looked => ({ message, claim: { kind: "wait", id: message.id, until } });
  const done = (as: Message): Looked => ({ message: as, claim: { kind: "done", id: as.id, state: as.state } });
  if (next.kind === "nothing") return done(withState(message, state));
  if (next.kind === "call") return wait(next.until);
  // Whoever was told to come later comes then, with a slot or after all; every other copy of it would only add to those that wait.
  if (now < (message.held_until ?? 0) - CLOCKS_DIFFER_MS && !command.has_slots) return done(withState(message, state));
  if (now < next.at) return next.by === "lane" ? wait(next.at) : done(withState(message, state));
  if (now < message.expires_at && command.paused.includes(message.notice)) return wait(now + (command.paused_for_ms ?? PAUSED_AGAIN_MS));
  if (now >= message.expires_at) return done(ended(message, "expired", "expired", now, timing));
  const question = { ...message, channels: channelsLeft(message, next, now) };
  const choice = chooseChannel(question, reachableBy(document), document.preferences, suppressedBy(document));
  if (choice.kind === "no") return done(withoutChannel(message, next, choice, now, timing));
  const opening = { channel: choice.channel, due_at: next.at, lease_ms: command.lease_ms, now };
  return openAttempt(document, message, opening, beside, timing);
}

/** No channel is left. Where one has failed and the others cannot be reached any more, it is the failure that ends the message. */
function withoutChannel(
  message: Message,
  { on }: NextAttempt,
  { reason }: Extract<ConsentDecision, { kind: "no" }>,
  now: number,
  timing: Timing,
): Message {
  const failed = on === "next" && (reason === "unreachable" || reason === "suppressed_address");
  return failed ? closedAs(message, now, timing) : ended(message, "suppressed", reason, now, timing);
}

/** No further attempt. What may be with the person is not called expired or suppressed. */
export function ended(message: Message, state: MessageState, reason: Reason, now: number, timing: Timing): Message {
  const perhapsSent = message.attempts.some((made) => mayHaveSent(outcomeOf(made, now)));
  return perhapsSent ? closedAs(message, now, timing) : { ...message, state, reason };
}

function withState(message: Message, state: MessageState): Message {
  return message.state === state ? message : { ...message, state };
}
