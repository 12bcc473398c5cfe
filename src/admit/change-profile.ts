import type { KeptAddress } from "../vocabulary/address.ts";
import type { Channel } from "../vocabulary/classes.ts";
import { type AddressBook, addressBookOf, addressesOf } from "./addresses-of.ts";
import type { KeptPreference, Profile, RecipientDocument } from "./document.ts";

type Told = Exclude<keyof Profile, "id" | keyof AddressBook | "revision">;

/** A profile as the outside gave it, sealed. `replace`: what is left out is gone; `merge`: what is left out stays. */
export interface ProfileChange {
  readonly how: "replace" | "merge";
  readonly profile: { readonly id: string } & { readonly [Key in Told]?: Profile[Key] };
  /** By channel the preferred one; null is none. */
  readonly addresses: { readonly [Key in Channel]?: KeptAddress | null };
  /** Further ones of the channels that `addresses` names, in order; of a channel that is named without any there are none. */
  readonly more_addresses?: { readonly [Key in Channel]?: readonly KeptAddress[] };
  readonly preferences: readonly KeptPreference[];
  /** A person changes single things on purpose: what is removed, and tags besides those that there are. */
  readonly patch?: {
    readonly remove: readonly Extract<Told, "locale" | "time_zone">[];
    readonly add_tags: readonly string[];
    readonly remove_tags: readonly string[];
  };
}

/** The document with its profile changed and preferences added. An equal change gives the same document. */
export function changeProfile(document: RecipientDocument, change: ProfileChange): RecipientDocument {
  const known = document.profile;
  const empty = { id: change.profile.id, revision: document.erased?.revision ?? 0, addresses: {}, tags: [], quiet_hours: [] };
  const base: Profile = change.how === "merge" && known ? known : { ...empty, ...(known && { id: known.id, revision: known.revision }) };
  const { more_addresses: _, ...rest } = { ...base, ...change.profile };
  const profile = patched({ ...rest, id: base.id, ...bookOf(change, base, known) }, change.patch);
  const preferences = change.preferences.reduce(withPreference, document.preferences);
  const same = known !== undefined && canonical(profile) === canonical(known);
  if (same && preferences === document.preferences) return document;
  const { erased: _erased, ...kept } = document;
  return { ...kept, profile: same ? known : { ...profile, revision: base.revision + 1 }, preferences };
}

/** Equal profiles are equal texts, whatever the order in which their keys were given. */
function canonical(profile: Profile): string {
  const { addresses, more_addresses, locale, time_zone, tags, quiet_hours } = profile;
  return JSON.stringify([addresses, more_addresses, locale, time_zone, tags, quiet_hours]);
}

function patched(profile: Profile, patch: ProfileChange["patch"]): Profile {
  if (!patch) return profile;
  const changed = { ...profile };
  for (const key of patch.remove) delete changed[key];
  return { ...changed, tags: tagsAfter(profile.tags, patch) };
}

/** Tags without those that a patch removes, and with those that it adds. */
export function tagsAfter(tags: readonly string[], patch: Pick<NonNullable<ProfileChange["patch"]>, "add_tags" | "remove_tags">): string[] {
  return [...new Set([...tags.filter((tag) => !patch.remove_tags.includes(tag)), ...patch.add_tags])];
}

/**
 * Sealing the same address twice gives two texts: an address that did not change keeps its first one. One that a carrier
 * refused stays suppressed when an event merely names it again; who sets the profile as a whole, or patches it, sets it anew.
 */
function bookOf({ how, addresses, more_addresses, patch }: ProfileChange, base: AddressBook, known: AddressBook | undefined): AddressBook {
  return addressBookOf((channel) => {
    const preferred = addresses[channel];
    if (preferred === undefined) return addressesOf(base, channel);
    if (preferred === null) return [];
    return [preferred, ...(more_addresses?.[channel] ?? [])].map((address) => {
      const before = addressesOf(known, channel).find(({ hash }) => hash === address.hash);
      if (!before) return address;
      return how === "merge" && !patch ? before : { ...address, sealed: before.sealed };
    });
  });
}

/**
 * Adds an entry. Of one scope and channel only the newest entry can ever decide (of equal times the one added last), so
 * an entry that it outdates is dropped; D1 keeps the history. Scopes are free names: how many find room, `hasNoRoom` says.
 */
export function withPreference(preferences: KeptPreference[], entry: KeptPreference): KeptPreference[] {
  const at = preferences.findIndex((other) => other.scope === entry.scope && other.channel === entry.channel);
  const known = preferences[at];
  if (!known) return [...preferences, entry];
  if (known.at > entry.at || (known.at === entry.at && known.state === entry.state)) return preferences;
  return [...preferences.toSpliced(at, 1), entry];
}
