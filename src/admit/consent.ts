import { CHANNELS, type Channel, type ConsentRule, type NoticeClass } from "../vocabulary/classes.ts";
import { addressesOf, addressFor } from "./addresses-of.ts";
import type { KeptPreference, RecipientDocument } from "./document.ts";

/** Channels for which the recipient has an address that no carrier has refused. */
export function reachableBy({ profile }: RecipientDocument): ReadonlySet<Channel> {
  return new Set(CHANNELS.filter((channel) => addressFor(profile, channel) !== undefined));
}

/** Channels whose addresses carriers have refused, all of them. */
export function suppressedBy({ profile }: RecipientDocument): ReadonlySet<Channel> {
  return new Set(CHANNELS.filter((channel) => addressesOf(profile, channel).length > 0 && addressFor(profile, channel) === undefined));
}

export interface ConsentQuestion {
  readonly notice: string;
  readonly class: NoticeClass;
  readonly consent: ConsentRule;
  readonly channels: readonly Channel[];
}

export type ConsentDecision =
  | { readonly kind: "yes"; readonly channel: Channel }
  | { readonly kind: "no"; readonly reason: "unreachable" | "suppressed_address" | "opted_out" | "no_consent" };

/** Gate 4: the first channel in order of preference that has an address and consent, or the one reason why there is none. */
export function chooseChannel(
  question: ConsentQuestion,
  reachable: ReadonlySet<Channel>,
  preferences: readonly KeptPreference[],
  suppressed: ReadonlySet<Channel> = new Set(),
): ConsentDecision {
  const withAddress = question.channels.filter((channel) => reachable.has(channel));
  if (withAddress.length === 0) {
    const refused = question.channels.some((channel) => suppressed.has(channel));
    return { kind: "no", reason: refused ? "suppressed_address" : "unreachable" };
  }
  let saidOut = false;
  for (const channel of withAddress) {
    const word = decidingWord(question, channel, preferences);
    if (allows(question.consent, word)) return { kind: "yes", channel };
    saidOut ||= word === "out";
  }
  return { kind: "no", reason: saidOut ? "opted_out" : "no_consent" };
}

function allows(rule: ConsentRule, word: "in" | "out" | undefined): boolean {
  switch (rule) {
    case "required":
      return true;
    case "opt_out":
      return word !== "out";
    case "opt_in":
      return word === "in";
  }
}

/**
 * The entry that decides for one channel. A newest `all`/`*` "out" hides every entry that is not newer than itself; of the
 * rest the most specific level that has entries decides, by its newest entry, of equal times by the one added last.
 */
function decidingWord(question: ConsentQuestion, channel: Channel, preferences: readonly KeptPreference[]): "in" | "out" | undefined {
  const everything = newest(preferences, "all", "*");
  const visible =
    everything?.state === "out" ? preferences.filter((entry) => entry === everything || entry.at > everything.at) : preferences;
  for (const scope of [question.notice, question.class, "all"]) {
    for (const where of [channel, "*"] as const) {
      const entry = newest(visible, scope, where);
      if (entry) return entry.state;
    }
  }
  return undefined;
}

function newest(preferences: readonly KeptPreference[], scope: string, channel: Channel | "*"): KeptPreference | undefined {
  let found: KeptPreference | undefined;
  for (const entry of preferences) {
    if (entry.scope === scope && entry.channel === channel && (!found || entry.at >= found.at)) found = entry;
  }
  return found;
}
