import { addressesOf } from "../admit/addresses-of.ts";
import { type Profile, profile } from "../admit/document.ts";
import type { RecipientCopy } from "../store/recipient-copies.ts";
import { contextOf } from "../support/sealing.ts";
import { CHANNELS, type Channel } from "../vocabulary/classes.ts";
import { maskAddress } from "./mask-address.ts";
import type { ProfileDeps } from "./prepare-profile.ts";

/** An address as it is shown: in clear or masked. */
export interface ShownAddress {
  readonly address: string;
  readonly preferred?: true;
  /** A carrier refused it with this code: nothing goes there until it is set anew. */
  readonly suppressed?: string;
}

/** A profile with its id and addresses opened. */
export interface RecipientView {
  readonly id: string;
  readonly revision: number;
  readonly addresses: { readonly [Key in Channel]?: readonly ShownAddress[] };
  readonly locale?: string;
  readonly time_zone?: string;
  readonly tags: readonly string[];
  readonly quiet_hours: Profile["quiet_hours"];
}

/** A profile as the outside sees it; `clear` shows addresses whole. */
export async function recipientView(kept: Profile, tenant: string, clear: boolean, { sealer }: ProfileDeps): Promise<RecipientView> {
  const { revision, locale, time_zone, tags, quiet_hours } = kept;
  const addresses: { -readonly [Key in keyof RecipientView["addresses"]]: RecipientView["addresses"][Key] } = {};
  for (const channel of CHANNELS) {
    const list = addressesOf(kept, channel);
    if (list.length === 0) continue;
    addresses[channel] = await Promise.all(
      list.map(async ({ sealed, suppressed }, at) => {
        const address = await sealer.open(sealed, contextOf(tenant, "address"));
        return {
          address: clear ? address : maskAddress(channel, address),
          ...(at === 0 ? { preferred: true as const } : {}),
          ...(suppressed === undefined ? {} : { suppressed }),
        };
      }),
    );
  }
  return {
    id: await sealer.open(kept.id, contextOf(tenant, "recipient")),
    revision,
    addresses,
    ...(locale === undefined ? {} : { locale }),
    ...(time_zone === undefined ? {} : { time_zone }),
    tags,
    quiet_hours,
  };
}

/** The profile of a copy in D1. */
export function profileOf(row: RecipientCopy): Profile {
  return profile.parse(JSON.parse(row.profile));
}
