import type { ProfileChange } from "../admit/change-profile.ts";
import type { NamingKey } from "../support/hashing.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { addressHashOf } from "../support/names.ts";
import { contextOf, type Sealer } from "../support/sealing.ts";
import type { KeptAddress } from "../vocabulary/address.ts";
import { CHANNELS, type Channel } from "../vocabulary/classes.ts";
import type { Addresses } from "../vocabulary/recipient.ts";
import { parseAddress } from "./parse-address.ts";

/** What seals a profile, and names it. */
export interface SealingDeps {
  readonly naming: NamingKey;
  readonly sealer: Sealer;
}

/** Addresses of a profile as the Recipient is told them. */
export type ChangedAddresses = Required<Pick<ProfileChange, "addresses" | "more_addresses">>;

/** Brings addresses into their one form, then seals them; what is wrong is added to `issues`. `country`: of numbers without one. */
export async function prepareAddresses(
  given: { readonly [Key in Channel]?: Addresses[Key] | null },
  { tenant, country, path }: { readonly tenant: string; readonly country: string | undefined; readonly path: readonly PropertyKey[] },
  issues: Issue[],
  deps: SealingDeps,
): Promise<ChangedAddresses> {
  const keep = async (channel: Channel, text: string): Promise<KeptAddress | string> => {
    const parsed = parseAddress(channel, text, country);
    if (!parsed.ok) return parsed.why;
    const [sealed, hash] = await Promise.all([
      deps.sealer.seal(parsed.address, contextOf(tenant, "address")),
      addressHashOf(deps.naming, tenant, channel, parsed.address),
    ]);
    return { sealed, hash, ...(parsed.country === undefined ? {} : { country: parsed.country }) };
  };
  const kept: KeptByChannel = {};
  for (const { channel, texts, places } of listsOf(given)) {
    const list: KeptAddress[] = [];
    for (const [at, text] of texts.entries()) {
      const one = text === "" ? "is empty; leave it out" : await keep(channel, text);
      const why = typeof one === "string" ? one : list.some(({ hash }) => hash === one.hash) ? TWICE : undefined;
      if (why !== undefined) issues.push(issueAt([...path, "addresses", channel, ...(places[at] ?? [])], why));
      else if (typeof one !== "string") list.push(one);
    }
    kept[channel] = list;
  }
  return changedAddresses(kept);
}

const TWICE = "stands before it already; give each address of a channel once";

export type KeptByChannel = { [Key in Channel]?: readonly KeptAddress[] };

/** Lists of addresses by channel as a change of a profile has them: an empty list takes the channel's addresses away. */
export function changedAddresses(kept: KeptByChannel): ChangedAddresses {
  const addresses: { -readonly [Key in Channel]?: KeptAddress | null } = {};
  const others: { -readonly [Key in Channel]?: readonly KeptAddress[] } = {};
  for (const channel of CHANNELS) {
    const list = kept[channel];
    if (!list) continue;
    const [preferred, ...more] = list;
    addresses[channel] = preferred ?? null;
    if (more.length > 0) others[channel] = more;
  }
  return { addresses, more_addresses: others };
}

interface GivenList {
  readonly channel: Channel;
  readonly texts: readonly string[];
  /** Of each text its path below the channel: none where it was not given as a list. */
  readonly places: readonly (readonly PropertyKey[])[];
}

/** The channels that are named, each with its addresses as a list; a single one that is empty is none, and so is null. */
export function listsOf(given: { readonly [Key in Channel]?: Addresses[Key] | null }): GivenList[] {
  return CHANNELS.flatMap((channel): GivenList[] => {
    const one = given[channel];
    if (one === undefined) return [];
    if (one === null) return [{ channel, texts: [], places: [] }];
    if (typeof one !== "string") return [{ channel, texts: one.map((text) => text.trim()), places: one.map((_, at) => [at]) }];
    const text = one.trim();
    return [{ channel, texts: text === "" ? [] : [text], places: [[]] }];
  });
}
