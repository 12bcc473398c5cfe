import * as z from "zod";

/** Somebody as `people` has a copy of them: `profile` is the text of it, ids and addresses sealed. */
const recipientCopy = z.strictObject({ key: z.string(), profile: z.string() });
export type RecipientCopy = z.infer<typeof recipientCopy>;
const scannedRow = recipientCopy.extend({ scanned: z.number() });

export interface CopiesPage {
  readonly copies: readonly RecipientCopy[];
  /** The last key that was looked at; undefined where nobody comes after it. */
  readonly next: string | undefined;
}

/** So many are looked through for a tag at a time; a page may then be short, and goes on from its cursor. */
const SCANNED_MAX = 2_000;

/** A tenant's recipients after this key, in order of keys; who was erased is not among them. */
export async function listCopies(
  people: D1Database,
  tenant: string,
  tag: string | undefined,
  after: string,
  limit: number,
): Promise<CopiesPage> {
  return tag === undefined ? listAll(people, tenant, after, limit) : listTagged(people, tenant, tag, after, limit);
}

async function listAll(people: D1Database, tenant: string, after: string, limit: number): Promise<CopiesPage> {
  const { results } = await people
    .prepare("SELECT key, profile FROM recipients WHERE tenant = ?1 AND key > ?2 AND profile <> '' ORDER BY key LIMIT ?3")
    .bind(tenant, after, limit)
    .all();
  const found = z.array(recipientCopy).parse(results);
  return { copies: found, next: found.length === limit ? found.at(-1)?.key : undefined };
}

async function listTagged(people: D1Database, tenant: string, tag: string, after: string, limit: number): Promise<CopiesPage> {
  const { results } = await people
    .prepare(
      `WITH scanned AS (
         SELECT key, profile, iif(json_valid(profile), EXISTS (SELECT 1 FROM json_each(profile, '$.tags') WHERE value = ?3), 0) AS meant
         FROM recipients WHERE tenant = ?1 AND key > ?2 AND profile <> '' ORDER BY key LIMIT ?4
       )
       SELECT key, CASE meant WHEN 1 THEN profile ELSE '' END AS profile, (SELECT count(*) FROM scanned) AS scanned FROM scanned
       WHERE meant = 1 OR key = (SELECT max(key) FROM scanned) ORDER BY key LIMIT ?5`,
    )
    .bind(tenant, after, tag, SCANNED_MAX, limit)
    .all();
  const rows = z.array(scannedRow).parse(results);
  const last = rows.at(-1);
  // Either the page is full, or its last row is the last one that was looked through.
  const more = rows.length === limit || last?.scanned === SCANNED_MAX;
  return {
    copies: rows.flatMap(({ key, profile }) => (profile === "" ? [] : [{ key, profile }])),
    next: more ? last?.key : undefined,
  };
}

/** Those with these keys, as far as there are any; in order of keys. */
export async function findCopies(people: D1Database, tenant: string, keys: readonly string[]): Promise<RecipientCopy[]> {
  const { results } = await people
    .prepare(
      "SELECT key, profile FROM recipients WHERE tenant = ?1 AND key IN (SELECT value FROM json_each(?2)) AND profile <> '' ORDER BY key",
    )
    .bind(tenant, JSON.stringify(keys))
    .all();
  return z.array(recipientCopy).parse(results);
}
