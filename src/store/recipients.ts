/** The copy of a recipient that lists and searches read; the truth is its Durable Object. */
export interface RecipientRow {
  readonly tenant: string;
  /** HMAC of the recipient's id. */
  readonly key: string;
  /** The profile as the Recipient keeps it: ids and addresses sealed. */
  readonly profile: string;
  /** Counts the Recipient's changes: an older copy never replaces a newer one. */
  readonly revision: number;
}

/** Writes rows, or replaces older ones; an equal revision costs nothing. One statement however many there are. */
export function upsertRecipients(people: D1Database, rows: readonly RecipientRow[], now: number): D1PreparedStatement {
  return people
    .prepare(
      `INSERT INTO recipients (tenant, key, profile, revision, updated_at)
       SELECT value ->> 'tenant', value ->> 'key', value ->> 'profile', value ->> 'revision', ?2 FROM json_each(?1) WHERE TRUE
       ON CONFLICT (tenant, key) DO UPDATE SET profile = excluded.profile, revision = excluded.revision, updated_at = excluded.updated_at
       WHERE excluded.revision > recipients.revision`,
    )
    .bind(JSON.stringify(rows), now);
}

/** Keys of all Recipients after this one of which the database knows, those without a profile who said what they want or are in a topic too; in order. */
export async function knownKeysAfter(people: D1Database, tenant: string, key: string, limit: number): Promise<string[]> {
  const { results } = await people
    .prepare(
      `SELECT key FROM (SELECT key FROM recipients WHERE tenant = ?1 AND key > ?2 ORDER BY key LIMIT ?3)
       UNION SELECT recipient FROM (SELECT DISTINCT recipient FROM preferences WHERE tenant = ?1 AND recipient > ?2 ORDER BY recipient LIMIT ?3)
       UNION SELECT recipient FROM (SELECT DISTINCT recipient FROM topic_members WHERE tenant = ?1 AND recipient > ?2 ORDER BY recipient LIMIT ?3)
       ORDER BY 1 LIMIT ?3`,
    )
    .bind(tenant, key, limit)
    .all();
  return results.map(({ key: found }) => String(found));
}

/** Keys of a tenant's recipients after this one, in order. */
export async function recipientKeysAfter(people: D1Database, tenant: string, key: string, limit: number): Promise<string[]> {
  const { results } = await people
    .prepare("SELECT key FROM recipients WHERE tenant = ? AND key > ? ORDER BY key LIMIT ?")
    .bind(tenant, key, limit)
    .all();
  return results.map(({ key: found }) => String(found));
}
