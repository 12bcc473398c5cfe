import { eraseMemberships } from "./topics.ts";
import { writeAgain } from "./write-again.ts";

/** Somebody whose Recipient is erased already. */
export interface ErasedRecipient {
  readonly tenant: string;
  /** The recipient's key. */
  readonly recipient: string;
  /** The count of changes of the erased: no older copy may come after it. */
  readonly revision: number;
}

/** Takes one person out of one table of `people`; what must be kept it leaves, as an HMAC. */
export type Eraser = (people: D1Database, erased: ErasedRecipient, now: number) => D1PreparedStatement;

/** Of consent the yes goes; the no stays: it proves why nothing is sent. */
const eraseConsent: Eraser = (people, { tenant, recipient, revision }) =>
  people
    .prepare("DELETE FROM preferences WHERE tenant = ? AND recipient = ? AND state = 'in' AND revision < ?")
    .bind(tenant, recipient, revision);

const eraseProofs: Eraser = (people, { tenant, recipient, revision }) =>
  people
    .prepare("UPDATE preferences SET ip = NULL WHERE tenant = ? AND recipient = ? AND ip IS NOT NULL AND revision < ?")
    .bind(tenant, recipient, revision);

/** A block stands, by its HMAC; which address it is of is forgotten. */
const eraseBlocked: Eraser = (people, { tenant, recipient }) =>
  people
    .prepare(
      `UPDATE address_blocks SET address = NULL WHERE tenant = ?1 AND address IS NOT NULL
       AND (channel, hash) IN (SELECT channel, hash FROM addresses WHERE tenant = ?1 AND recipient = ?2)`,
    )
    .bind(tenant, recipient);

/** Those of a profile that came after the erasure stay. */
const eraseAddresses: Eraser = (people, { tenant, recipient, revision }) =>
  people
    .prepare(
      `DELETE FROM addresses WHERE tenant = ?1 AND recipient = ?2 AND NOT EXISTS (
         SELECT 1 FROM recipients WHERE tenant = ?1 AND key = ?2 AND revision > ?3 AND instr(profile, addresses.hash) > 0
       )`,
    )
    .bind(tenant, recipient, revision);

/** An empty profile of a higher revision keeps late copies out; a newer one stays, and only the erasure is noted. */
const buryRecipient: Eraser = (people, { tenant, recipient, revision }, now) =>
  people
    .prepare(
      `INSERT INTO recipients (tenant, key, profile, revision, updated_at, erased) VALUES (?1, ?2, '', ?3, ?4, ?3)
       ON CONFLICT (tenant, key) DO UPDATE SET profile = iif(?3 > revision, '', profile), revision = max(revision, ?3), updated_at = ?4,
         erased = max(erased, ?3)`,
    )
    .bind(tenant, recipient, revision, now);

/**
 * Every table that knows a person has its eraser here. In order: which addresses somebody had is known until `eraseAddresses`.
 */
const ERASERS: readonly Eraser[] = [eraseConsent, eraseProofs, eraseMemberships, eraseBlocked, eraseAddresses, buryRecipient];

/** Whether a table of `people` knows somebody. */
export async function knowsRecipient(people: D1Database, tenant: string, recipient: string): Promise<boolean> {
  const tables = ["topic_members", "preferences", "addresses"].map(
    (table) => `SELECT 1 FROM ${table} WHERE tenant = ?1 AND recipient = ?2`,
  );
  return (
    (await people
      .prepare(`${tables.join(" UNION ALL ")} LIMIT 1`)
      .bind(tenant, recipient)
      .first()) !== null
  );
}

/** Takes somebody out of every table of `people`, all or nothing; what is newer than the erasure stays. May be repeated. */
export async function eraseCopies(people: D1Database, erased: ErasedRecipient, now: number): Promise<void> {
  const statements = ERASERS.map((eraser) => eraser(people, erased, now));
  await writeAgain(() => people.batch(statements));
}
