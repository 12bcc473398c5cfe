import type { KeptAddress } from "../vocabulary/address.ts";
import type { Channel } from "../vocabulary/classes.ts";
import { addressBookOf, addressesOf } from "./addresses-of.ts";
import type { Profile } from "./document.ts";

/** The profile with this address marked, so that nothing more is planned for it; the same where it has none such, or it is marked. */
export function suppressAddress(profile: Profile, channel: Channel, hash: string, code: string): Profile {
  return changeAddress(profile, (address, on) =>
    on === channel && address.hash === hash && address.suppressed === undefined ? { ...address, suppressed: code } : address,
  );
}

/** The profile with this address free again where it was marked with this code; the same where it was not. */
export function freeAddress(profile: Profile, hash: string, code: string): Profile {
  return changeAddress(profile, (address) => {
    if (address.hash !== hash || address.suppressed !== code) return address;
    const { suppressed: _, ...free } = address;
    return free;
  });
}

function changeAddress(profile: Profile, change: (address: KeptAddress, channel: Channel) => KeptAddress): Profile {
  let same = true;
  const book = addressBookOf((channel) =>
    addressesOf(profile, channel).map((address) => {
      const changed = change(address, channel);
      same &&= changed === address;
      return changed;
    }),
  );
  return same ? profile : { ...profile, ...book, revision: profile.revision + 1 };
}
