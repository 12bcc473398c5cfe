import type { KeptAddress } from "../vocabulary/address.ts";
import { CHANNELS, type Channel } from "../vocabulary/classes.ts";
import type { KeptPreference, Profile, RecipientDocument } from "./document.ts";

/** A profile as the outside gave it, sealed. `replace`: what is left out is gone; `merge`: what is left out stays. */
export interface ProfileChange {
  readonly how: "replace" | "merge";
  readonly profile: { readonly id: string } & { readonly [Key in Exclude<keyof Profile, "id" | "addresses" | "revision">]?: Profile[Key] };
  /** By channel; null is none. */
  readonly addresses: { readonly [Key in Channel]?: KeptAddress | null };
  readonly preferences: readonly KeptPreference[];
}

/** The document with its profile changed and preferences added. An equal change gives the same document. */
export function changeProfile(document: RecipientDocument, change: ProfileChange): RecipientDocument {
  const known = document.profile;
  const empty = { id: change.profile.id, revision: 0, addresses: {}, tags: [], quiet_hours: [] };
  const base: Profile = change.how === "merge" && known ? known : { ...empty, ...(known && { id: known.id, revision: known.revision }) };
  const addresses = withKnownSeals({ ...base.addresses, ...change.addresses }, known?.addresses ?? {}, change.how);
  const profile: Profile = { ...base, ...change.profile, id: base.id, addresses };
  const preferences = change.preferences.reduce(withPreference, document.preferences);
  const same = known !== undefined && canonical(profile) === canonical(known);
  if (same && preferences === document.preferences) return document;
  return { ...document, profile: same ? known : { ...profile, revision: base.revision + 1 }, preferences };
}

/** Equal profiles are equal texts, whatever the order in which their keys were given. */
function canonical(profile: Profile): string {
  return JSON.stringify([profile.addresses, profile.locale, profile.time_zone, profile.tags, profile.quiet_hours]);
}

/**
 * Sealing the same address twice gives two texts: an address that did not change keeps its first one. One that a carrier
 * refused stays suppressed when an event merely names it again; setting the profile as a whole sets it anew.
 */
function withKnownSeals(given: ProfileChange["addresses"], known: Profile["addresses"], how: ProfileChange["how"]): Profile["addresses"] {
  const kept: Profile["addresses"] = {};
  for (const channel of CHANNELS) {
    const address = given[channel];
    const before = known[channel];
    if (!address) continue;
    if (before?.hash !== address.hash) kept[channel] = address;
    else kept[channel] = how === "merge" ? before : { ...address, sealed: before.sealed };
  }
  return kept;
}

/**
 * Adds an entry. Of one scope and channel only the newest entry can ever decide (of equal times the one added last), so
 * an entry that it outdates is dropped: the document stays bounded; D1 keeps the history.
 */
export function withPreference(preferences: KeptPreference[], entry: KeptPreference): KeptPreference[] {
  const at = preferences.findIndex((other) => other.scope === entry.scope && other.channel === entry.channel);
  const known = preferences[at];
  if (!known) return [...preferences, entry];
  if (known.at > entry.at || (known.at === entry.at && known.state === entry.state)) return preferences;
  return [...preferences.toSpliced(at, 1), entry];
}
