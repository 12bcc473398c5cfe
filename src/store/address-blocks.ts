import * as z from "zod";
import { type Channel, channel } from "../vocabulary/classes.ts";
import { writeAgain } from "./write-again.ts";

/** An address as blocks know it: the hash of the address, which its channel is part of. */
export interface NamedAddress {
  readonly channel: Channel;
  readonly hash: string;
}

const nothing = z.null().transform(() => undefined);
const blockRow = z.strictObject({
  channel,
  hash: z.string(),
  /** Sealed; gone with the person whose it was. */
  address: z.string().or(nothing),
  reason: z.string().or(nothing),
  /** Who set it, as an actor of the audit, and when, in milliseconds. */
  set_by: z.string(),
  at: z.number().int(),
  /** Since when it is being lifted: it is not in force any more, and not all who have the address are told yet. */
  lifted_at: z.number().int().or(nothing),
});
export type AddressBlock = z.infer<typeof blockRow>;

const COLUMNS = "channel, hash, address, reason, set_by, at, lifted_at";

/** Blocks an address. One that is blocked already keeps who set it and when; a new reason replaces the old one. */
export async function upsertBlock(people: D1Database, tenant: string, block: Omit<AddressBlock, "lifted_at">): Promise<AddressBlock> {
  const statement = people
    .prepare(
      `INSERT INTO address_blocks (tenant, channel, hash, address, reason, set_by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (tenant, channel, hash) DO UPDATE SET
         address = COALESCE(address_blocks.address, excluded.address),
         reason = COALESCE(excluded.reason, address_blocks.reason),
         set_by = CASE WHEN lifted_at IS NULL THEN address_blocks.set_by ELSE excluded.set_by END,
         at = CASE WHEN lifted_at IS NULL THEN address_blocks.at ELSE excluded.at END,
         lifted_at = NULL
       RETURNING ${COLUMNS}`,
    )
    .bind(tenant, block.channel, block.hash, block.address ?? null, block.reason ?? null, block.set_by, block.at);
  const row = await writeAgain(() => statement.first());
  return blockRow.parse(row);
}

/** One block, in force or being lifted. */
export async function findBlock(people: D1Database, tenant: string, address: NamedAddress): Promise<AddressBlock | undefined> {
  const row = await people
    .prepare(`SELECT ${COLUMNS} FROM address_blocks WHERE tenant = ? AND channel = ? AND hash = ?`)
    .bind(tenant, address.channel, address.hash)
    .first();
  return row ? blockRow.parse(row) : undefined;
}

/** A tenant's blocks after this one, of one channel or of all, in the order of their keys. */
export async function blocksAfter(
  people: D1Database,
  tenant: string,
  only: Channel | undefined,
  after: NamedAddress | undefined,
  limit: number,
): Promise<AddressBlock[]> {
  const { results } = await people
    .prepare(
      `SELECT ${COLUMNS} FROM address_blocks
       WHERE tenant = ?1 AND (?2 IS NULL OR channel = ?2) AND (channel, hash) > (?3, ?4) ORDER BY channel, hash LIMIT ?5`,
    )
    .bind(tenant, only ?? null, after?.channel ?? "", after?.hash ?? "", limit)
    .all();
  return z.array(blockRow).parse(results);
}

/** The hashes of those of these addresses that are blocked: one query for a batch, a look-up for each address. */
export async function blockedAmong(people: D1Database, tenant: string, addresses: readonly NamedAddress[]): Promise<ReadonlySet<string>> {
  const { results } = await people
    .prepare(
      `SELECT block.hash FROM json_each(?2) AS one
       CROSS JOIN address_blocks AS block
         ON block.tenant = ?1 AND block.channel = one.value ->> 'channel' AND block.hash = one.value ->> 'hash'
       WHERE block.lifted_at IS NULL`,
    )
    .bind(tenant, JSON.stringify(addresses))
    .all();
  return new Set(results.map(({ hash }) => String(hash)));
}

/** Takes a block out of force; its row stays until `endLift`, so that a lifting that broke off can be gone on with. */
export async function beginLift(people: D1Database, tenant: string, address: NamedAddress, now: number): Promise<void> {
  const statement = people
    .prepare(
      `UPDATE address_blocks SET lifted_at = COALESCE(lifted_at, ?4)
       WHERE tenant = ?1 AND channel = ?2 AND hash = ?3`,
    )
    .bind(tenant, address.channel, address.hash, now);
  await writeAgain(() => statement.run());
}

/** Forgets a block whose lifting all have been told; one that was set again meanwhile stays. */
export async function endLift(people: D1Database, tenant: string, address: NamedAddress): Promise<void> {
  const statement = people
    .prepare("DELETE FROM address_blocks WHERE tenant = ? AND channel = ? AND hash = ? AND lifted_at IS NOT NULL")
    .bind(tenant, address.channel, address.hash);
  await writeAgain(() => statement.run());
}
