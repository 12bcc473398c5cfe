import * as z from "zod";
import type { Channel } from "../vocabulary/classes.ts";
import type { RecipientRow } from "./recipients.ts";

/** Whose an address is, or was: found by the hash of the address, which its channel is part of. */
const owner = z.strictObject({ hash: z.string(), recipient: z.string() });
export type AddressOwner = z.infer<typeof owner>;

/** So many people of one callback's numbers are asked; beyond, a number is shared by more than any household. */
const OWNERS_MAX = 1_000;

/**
 * Writes whose the addresses of these profiles are, preferred or not; one that is known costs nothing. One statement however many there
 * are. A copy that is late never brings back what was erased.
 */
export function insertAddresses(people: D1Database, rows: readonly RecipientRow[]): D1PreparedStatement {
  return people
    .prepare(
      `WITH copies AS (
         SELECT value ->> 'tenant' AS tenant, value ->> 'key' AS recipient, value ->> 'profile' AS profile, value ->> 'revision' AS revision
         FROM json_each(?1)
       ), found AS (
         SELECT tenant, recipient, revision, address.key AS channel, address.value ->> 'hash' AS hash
         FROM copies, json_each(profile, '$.addresses') AS address
         UNION ALL
         SELECT tenant, recipient, revision, channel.key, address.value ->> 'hash'
         FROM copies, json_each(profile, '$.more_addresses') AS channel, json_each(channel.value) AS address
       )
       INSERT INTO addresses (tenant, channel, hash, recipient)
       SELECT tenant, channel, hash, recipient FROM found WHERE NOT EXISTS (
         SELECT 1 FROM recipients AS known
         WHERE known.tenant = found.tenant AND known.key = found.recipient AND known.erased > found.revision
       ) ON CONFLICT DO NOTHING`,
    )
    .bind(JSON.stringify(rows));
}

/** Keys of those who have this address, or once had it, after this one and in order. */
export async function ownersAfter(
  people: D1Database,
  tenant: string,
  { channel, hash }: { readonly channel: Channel; readonly hash: string },
  after: string,
  limit: number,
): Promise<string[]> {
  const { results } = await people
    .prepare("SELECT recipient FROM addresses WHERE tenant = ? AND channel = ? AND hash = ? AND recipient > ? ORDER BY recipient LIMIT ?")
    .bind(tenant, channel, hash, after, limit)
    .all();
  return results.map(({ recipient }) => String(recipient));
}

/** The people whose addresses on these channels have these hashes, or once had. */
export async function ownersOf(
  people: D1Database,
  tenant: string,
  channels: readonly Channel[],
  hashes: readonly string[],
): Promise<AddressOwner[]> {
  const { results } = await people
    .prepare(
      `SELECT hash, recipient FROM addresses
       WHERE tenant = ?1 AND channel IN (SELECT value FROM json_each(?2)) AND hash IN (SELECT value FROM json_each(?3)) LIMIT ?4`,
    )
    .bind(tenant, JSON.stringify(channels), JSON.stringify(hashes), OWNERS_MAX)
    .all();
  return z.array(owner).parse(results);
}
