import { eraseMemberships } from "./topics.ts";
import { writeAgain } from "./write-again.ts";

/** Somebody whose Recipient is erased already. */
export interface ErasedPerson {
  readonly tenant: string;
  /** The recipient's key. */
  readonly recipient: string;
  /** The count of changes of the erased: no older copy may come after it. */
  readonly revision: number;
}

/** Takes one person out of one table of `people`; what must be kept it leaves, as an HMAC. */
export type Eraser = (people: D1Database, person: ErasedPerson, now: number) => D1PreparedStatement;

/** Of consent the yes goes; the no stays: it proves why nothing is sent. */
const eraseConsent: Eraser = (people, { tenant, recipient }) =>
  people.prepare("DELETE FROM preferences WHERE tenant = ? AND recipient = ? AND state = 'in'").bind(tenant, recipient);

const eraseProofs: Eraser = (people, { tenant, recipient }) =>
  people.prepare("UPDATE preferences SET ip = NULL WHERE tenant = ? AND recipient = ? AND ip IS NOT NULL").bind(tenant, recipient);

/** A block stands, by its HMAC; which address it is of is forgotten. */
const eraseBlocked: Eraser = (people, { tenant, recipient }) =>
  people
    .prepare(
      `UPDATE address_blocks SET address = NULL WHERE tenant = ?1 AND address IS NOT NULL
       AND (channel, hash) IN (SELECT channel, hash FROM addresses WHERE tenant = ?1 AND recipient = ?2)`,
    )
    .bind(tenant, recipient);

const eraseAddresses: Eraser = (people, { tenant, recipient }) =>
  people.prepare("DELETE FROM addresses WHERE tenant = ? AND recipient = ?").bind(tenant, recipient);

/** An empty profile of a higher revision keeps late copies out. */
const buryRecipient: Eraser = (people, { tenant, recipient, revision }, now) =>
  people
    .prepare(
      `INSERT INTO recipients (tenant, key, profile, revision, updated_at) VALUES (?, ?, '', ?, ?)
       ON CONFLICT (tenant, key) DO UPDATE SET profile = '', revision = excluded.revision, updated_at = excluded.updated_at
       WHERE excluded.revision > recipients.revision`,
    )
    .bind(tenant, recipient, revision, now);

/**
 * Every table that knows a person has its eraser here. In order: which addresses somebody had is known until `eraseAddresses`.
 */
const ERASERS: readonly Eraser[] = [eraseConsent, eraseProofs, eraseMemberships, eraseBlocked, eraseAddresses, buryRecipient];

/** Takes somebody out of every table of `people`, all or nothing. May be repeated. */
export async function erasePerson(people: D1Database, person: ErasedPerson, now: number): Promise<void> {
  const statements = ERASERS.map((eraser) => eraser(people, person, now));
  await writeAgain(() => people.batch(statements));
}
