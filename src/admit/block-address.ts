import type { ToldBlocked } from "../deliver/recipient-port.ts";
import { channelOf, channelsLeft, nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import { CHANNELS } from "../vocabulary/classes.ts";
import type { Message } from "../vocabulary/message.ts";
import { addressesOf } from "./addresses-of.ts";
import { ended } from "./claim-messages.ts";
import { chooseChannel, reachableBy, suppressedBy } from "./consent.ts";
import type { Profile, RecipientDocument } from "./document.ts";
import { freeAddress, suppressAddress } from "./suppress-address.ts";

/** What an address bears that is blocked by the tenant, in the place of a carrier's code. */
const BLOCKED = "blocked";
/** Clocks of two machines differ by no more; in milliseconds. */
const CLOCKS_DIFFER_MS = 5_000;
/** Whether the block stands is asked again after this. */
const ASKED_AGAIN_MS = 3_000;
/** A look at the blocks is told within this. */
const LIFTED_KEPT_MS = 3_600_000;

export interface HeardBlock {
  readonly message: Message;
  readonly profile: Profile | undefined;
  /** The look is older than the lifting: it is to be looked at again then. */
  readonly again_at?: number;
}

/**
 * The address of an attempt is blocked, and the attempt, which made no call, is gone (`heard`). The address is marked, so that nothing
 * more is planned for it. The message goes on to its next channel where there is one, else this ends it.
 */
export function hearBlock(
  document: RecipientDocument,
  before: Message,
  heard: Message,
  word: ToldBlocked,
  now: number,
  timing: Timing,
): HeardBlock {
  const attempt = before.attempts.find((one) => one.n === word.n);
  const hash = attempt?.address;
  if (!attempt || hash === undefined || heard === before) return { message: heard, profile: document.profile };
  const lifted = document.lifted?.find((one) => one.hash === hash);
  if (lifted && word.looked_at <= lifted.at + CLOCKS_DIFFER_MS)
    return { message: heard, profile: document.profile, again_at: now + ASKED_AGAIN_MS };
  const channel = channelOf(attempt, before);
  const profile = document.profile && channel ? suppressAddress(document.profile, channel, hash, BLOCKED) : document.profile;
  const marked = { ...document, ...(profile ? { profile } : {}) };
  const next = nextOf(heard, now, timing);
  if (next.kind !== "attempt") return { message: heard, profile };
  const question = { ...heard, channels: channelsLeft(heard, next, now) };
  const choice = chooseChannel(question, reachableBy(marked), document.preferences, suppressedBy(marked));
  return { message: choice.kind === "yes" ? heard : ended(heard, "suppressed", "suppressed_address", now, timing), profile };
}

/** The block of an address is lifted (`hash`): messages may go there again, and words of a look from before say nothing more. */
export function liftBlock(document: RecipientDocument, hash: string, now: number): RecipientDocument {
  const { profile } = document;
  if (!profile || !CHANNELS.some((channel) => addressesOf(profile, channel).some((address) => address.hash === hash))) return document;
  const others = (document.lifted ?? []).filter((one) => one.hash !== hash && one.at > now - LIFTED_KEPT_MS);
  return { ...document, profile: freeAddress(profile, hash, BLOCKED), lifted: [...others, { hash, at: now }] };
}
