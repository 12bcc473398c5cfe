import type { KeptAddress } from "../vocabulary/address.ts";
import { CHANNELS, type Channel } from "../vocabulary/classes.ts";
import type { Profile } from "./document.ts";

/** Addresses by channel: the preferred one, and the others in their order beside it. */
export type AddressBook = Pick<Profile, "addresses" | "more_addresses">;

/** All addresses on this channel, the preferred one first. */
export function addressesOf(book: AddressBook | undefined, channel: Channel): readonly KeptAddress[] {
  const preferred = book?.addresses[channel];
  return preferred ? [preferred, ...(book.more_addresses?.[channel] ?? [])] : [];
}

/** Where this channel's messages go: the first address that no carrier has refused. */
export function addressFor(book: AddressBook | undefined, channel: Channel): KeptAddress | undefined {
  return addressesOf(book, channel).find(({ suppressed }) => suppressed === undefined);
}

/** An address book of these lists. `more_addresses` is left out where no channel has more than one. */
export function addressBookOf(listOf: (channel: Channel) => readonly KeptAddress[]): AddressBook {
  const addresses: AddressBook["addresses"] = {};
  const others: NonNullable<AddressBook["more_addresses"]> = {};
  for (const channel of CHANNELS) {
    const [preferred, ...more] = listOf(channel);
    if (preferred) addresses[channel] = preferred;
    if (more.length > 0) others[channel] = more;
  }
  return { addresses, ...(Object.keys(others).length > 0 ? { more_addresses: others } : {}) };
}
