import type { Claim, ClaimCommand, ClaimedMessage } from "../deliver/recipient-port.ts";
import { mayHaveSent, outcomeOf } from "../settle/attempt-outcome.ts";
import { nextAttemptAt, stateOf, type Timing } from "../settle/message-state.ts";
import { closesAccount } from "../settle/what-follows.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Attempt, Message, MessageState, Reason } from "../vocabulary/message.ts";
import type { PastRows } from "./book.ts";
import { chooseChannel, reachableBy, suppressedBy } from "./consent.ts";
import type { RecipientDocument } from "./document.ts";
import { dataOf, mergedOf } from "./keep-data.ts";

/** Opens attempts: the last look before carriers are called (rule 3). One claim per message however often it is asked. */
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
  const due = state === "sending" || state === "queued" ? dueAt(message, now, timing) : undefined;
  if (due === undefined) return { message: withState(message, state), claim: { kind: "done", id: message.id, state } };
  if (now < due) return { message, claim: { kind: "wait", id: message.id, until: due } };
  if (now < message.expires_at && command.paused.includes(message.notice))
    return { message, claim: { kind: "wait", id: message.id, until: now + PAUSED_AGAIN_MS } };
  if (now >= message.expires_at) return closed(message, "expired", "expired", now, timing);
  const choice = chooseChannel(message, reachableBy(document), document.preferences, suppressedBy(document));
  if (choice.kind === "no") return closed(message, "suppressed", choice.reason, now, timing);
  return open(
    document,
    { ...message, channel: choice.channel },
    choice.channel,
    { data: dataOf(message, beside), merged: mergedOf(message, beside) },
    command.lease_ms,
    now,
  );
}

/** When an attempt may be opened: a call under way is waited for; undefined where none may be. */
function dueAt(message: Message, now: number, timing: Timing): number | undefined {
  const last = message.attempts.at(-1);
  if (last && outcomeOf(last, now) === "calling") return last.lease_until;
  return nextAttemptAt(message, now, timing);
}

/** No further attempt. What may be with the person is not called expired or suppressed. */
function closed(message: Message, state: MessageState, reason: Reason, now: number, timing: Timing): Looked {
  const perhapsSent = message.attempts.some((made) => mayHaveSent(outcomeOf(made, now)));
  const last: Message = perhapsSent
    ? { ...message, closed: true, state: stateOf({ ...message, closed: true }, now, timing) }
    : { ...message, state, reason };
  return { message: last, claim: { kind: "done", id: message.id, state: last.state } };
}

function open(
  document: RecipientDocument,
  message: Message,
  channel: Channel,
  { data, merged }: { readonly data: string | undefined; readonly merged: readonly string[] },
  leaseMs: number,
  now: number,
): Looked {
  const { profile } = document;
  const address = profile?.addresses[channel];
  if (!profile || !address) throw new Error("a channel was chosen that has no address");
  const n = (message.attempts.at(-1)?.n ?? 0) + 1;
  const attempt: Attempt = { n, claimed_at: now, lease_until: now + leaseMs, address: address.hash, receipts: [] };
  const claimed: ClaimedMessage = {
    id: message.id,
    notice: message.notice,
    ...(message.step === undefined ? {} : { step: message.step }),
    class: message.class,
    catalog: message.catalog,
    channel,
    address,
    recipient: {
      id: profile.id,
      ...(profile.locale === undefined ? {} : { locale: profile.locale }),
      ...(profile.time_zone === undefined ? {} : { time_zone: profile.time_zone }),
      tags: profile.tags,
    },
    sealed: message.sealed,
    ...(data === undefined ? {} : { data }),
    merged,
    n,
    before: message.attempts.map((made) => ({
      ...(made.carrier === undefined ? {} : { carrier: made.carrier }),
      closed: closesAccount(made.answer),
    })),
  };
  return {
    message: { ...message, state: "sending", attempts: [...kept(message.attempts), attempt] },
    claim: { kind: "send", message: claimed },
  };
}

/** Attempts proven not sent say nothing to the rules once they are many; the newest are enough for people. */
const NOT_SENT_KEPT = 12;
function kept(attempts: readonly Attempt[]): Attempt[] {
  const superfluous = attempts.length - NOT_SENT_KEPT;
  return attempts.filter(
    (attempt, at) => at >= superfluous || closesAccount(attempt.answer) || attempt.receipts.length > 0 || !provenNotSent(attempt),
  );
}

function provenNotSent(attempt: Attempt): boolean {
  const kind = attempt.answer?.kind;
  return kind === "refused" || kind === "throttled" || kind === "unreachable";
}

function withState(message: Message, state: MessageState): Message {
  return message.state === state ? message : { ...message, state };
}
