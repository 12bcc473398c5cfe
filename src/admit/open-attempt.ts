import type { AttemptBefore, Claim, ClaimedMessage } from "../deliver/recipient-port.ts";
import { mayHaveSent, outcomeOf } from "../settle/attempt-outcome.ts";
import { stateOf } from "../settle/message-state.ts";
import { channelOf, channelsLeft } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import { closesAccount, refusesAccount } from "../settle/what-follows.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Attempt, Message } from "../vocabulary/message.ts";
import { addressFor } from "./addresses-of.ts";
import type { PastRows } from "./book.ts";
import { chooseChannel, reachableBy, suppressedBy } from "./consent.ts";
import type { RecipientDocument } from "./document.ts";
import { dataOf, mergedOf } from "./keep-data.ts";

/** What an attempt is opened for, and how long its caller may take. Instants and lengths in milliseconds. */
export interface Opening {
  readonly channel: Channel;
  readonly due_at: number;
  readonly lease_ms: number;
  readonly now: number;
}

interface Opened {
  readonly message: Message;
  readonly claim: Extract<Claim, { kind: "send" }>;
}

/** Opens the next attempt: it stands in the message before the carrier is called. */
export function openAttempt(document: RecipientDocument, message: Message, opening: Opening, beside: PastRows, timing: Timing): Opened {
  const { channel, now, lease_ms } = opening;
  const address = addressFor(document.profile, channel);
  if (!address) throw new Error("a channel was chosen that has no address");
  const n = Math.max(message.last_n ?? 0, message.attempts.at(-1)?.n ?? 0) + 1;
  const { held_until: _held, woken_at: _woken, next_channel: _next, ...rest } = message;
  // Of attempts that say no channel it was the one in use, which may be another from now on.
  const before = message.attempts.map((made) => withChannel(made, channelOf(made, message)));
  const attempt: Attempt = { n, claimed_at: now, lease_until: now + lease_ms, channel, address: address.hash, receipts: [] };
  const opened: Message = { ...rest, channel, attempts: [...keptOf(before, channel), attempt] };
  const next = nextChannelOf(document, opened, now);
  const claimed: Message = { ...opened, ...(next === undefined ? {} : { next_channel: next }) };
  return {
    message: { ...claimed, state: stateOf(claimed, now, timing) },
    claim: { kind: "send", message: claimedOf(document, { ...message, attempts: before }, { ...opening, n }, beside) },
  };
}

/** The channel that would follow this one, as things stand; whether it still may, its claim asks. */
function nextChannelOf(document: RecipientDocument, message: Message, now: number): Channel | undefined {
  const channels = channelsLeft(message, { on: "next" }, now);
  const choice = chooseChannel({ ...message, channels }, reachableBy(document), document.preferences, suppressedBy(document));
  return choice.kind === "yes" ? choice.channel : undefined;
}

/** Everything that the call needs. */
function claimedOf(
  { profile }: RecipientDocument,
  message: Message,
  { channel, due_at, n, now }: Opening & { readonly n: number },
  beside: PastRows,
): ClaimedMessage {
  const address = addressFor(profile, channel);
  if (!profile || !address) throw new Error("a message was claimed for nobody");
  const data = dataOf(message, beside);
  return {
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
    merged: mergedOf(message, beside),
    n,
    due_at,
    expires_at: message.expires_at,
    before: beforeOf(message, channel, now),
  };
}

/**
 * The attempts made on this channel. A carrier that refused is closed, but where accounts as a whole were refused until none was
 * open, the message waits for people to mend them and all of those are open again; and so are all where it was replayed since.
 */
function beforeOf(message: Message, channel: Channel, now: number): AttemptBefore[] {
  const own = message.attempts.filter((made) => made.channel === channel);
  const round = lastRoundOf(own);
  return own.map((made, at) => ({
    n: made.n,
    channel,
    ...(made.carrier === undefined ? {} : { carrier: made.carrier }),
    closed: closesAccount(made.answer) && made.n > (message.replayed?.after ?? 0) && !(at <= round && refusesAccount(made.answer)),
    ...(outcomeOf(made, now) === "unclear" ? { unclear_since: made.claimed_at } : {}),
  }));
}

/** Where the last attempt stands that refused the last open account; -1 where none did. */
function lastRoundOf(own: readonly Attempt[]): number {
  return own.findLastIndex((made) => refusesAccount(made.answer) && made.open === 0);
}

/** Attempts proven not sent say nothing to the rules once they are many; the newest are enough for people. */
const NOT_SENT_KEPT = 12;

/** What the rules still need: what may have been sent, carriers that are closed, and of each channel that it was tried, and since when. */
function keptOf(attempts: readonly Attempt[], channel: Channel): Attempt[] {
  const superfluous = attempts.length - NOT_SENT_KEPT;
  const own = attempts.filter((made) => made.channel === channel);
  const reopened = own[lastRoundOf(own)]?.n ?? 0;
  return attempts.filter((made, at) => {
    const mayMatter = made.receipts.length > 0 || mayHaveSent(outcomeOf(made, made.claimed_at));
    const closes = closesAccount(made.answer) && !(refusesAccount(made.answer) && made.n <= reopened);
    const first = attempts.find((other) => other.channel === made.channel) === made;
    return at >= superfluous || mayMatter || closes || first;
  });
}

function withChannel(made: Attempt, channel: Channel | undefined): Attempt {
  return made.channel !== undefined || channel === undefined ? made : { ...made, channel };
}
