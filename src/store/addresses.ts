import * as z from "zod";
import type { Channel } from "../vocabulary/classes.ts";
import type { RecipientRow } from "./recipients.ts";

/** Whose an address is, or was: found by the hash of the address, which its channel is part of. */
const owner = z.strictObject({ hash: z.string(), recipient: z.string() });
export type AddressOwner = z.infer<typeof owner>;

/** So many people of one callback's numbers are asked; beyond, a number is shared by more than any household. */
const OWNERS_MAX = 1_000;

/** Writes whose the addresses of these profiles are; one that is known costs nothing. One statement however many there are. */
export function insertAddresses(people: D1Database, rows: readonly RecipientRow[]): D1PreparedStatement {
  return people
    .prepare(
      `INSERT INTO addresses (tenant, channel, hash, recipient)
       SELECT copy.value ->> 'tenant', address.key, address.value ->> 'hash', copy.value ->> 'key'
       FROM json_each(?1) AS copy, json_each(copy.value ->> 'profile', '$.addresses') AS address WHERE TRUE
       ON CONFLICT DO NOTHING`,
    )
    .bind(JSON.stringify(rows));
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
