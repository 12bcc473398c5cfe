import * as z from "zod";
import { type DeadLetter, type DeadLetterReason, deadLetter } from "../vocabulary/dead-letter.ts";

/** A dead letter as it stands; instants in milliseconds. */
const storedLetter = deadLetter.extend({ at: z.number().int(), replayed_at: z.number().int().optional() });
export type StoredLetter = z.infer<typeof storedLetter>;

/** Which letters are meant; what is left out may be anything. Instants in milliseconds, `from` included and `to` not. */
export interface LetterFilter {
  readonly notice?: string | undefined;
  readonly class?: string | undefined;
  readonly reason?: DeadLetterReason | undefined;
  readonly carrier?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Those that were replayed; else those that stand. */
  readonly replayed?: boolean | undefined;
}

/** Where a page ended. */
export interface LetterCursor {
  readonly at: number;
  readonly id: string;
  readonly reason: DeadLetterReason;
}

const COLUMNS = "tenant, id, reason, class, notice, code, carrier, body, at, replayed_at";

/**
 * Writes letters, one statement however many there are, and gives those that did not stand already. One that stands stays as it
 * is; one that was replayed and died again stands anew.
 */
export async function insertDeadLetters(journal: D1Database, letters: readonly DeadLetter[], at: number): Promise<StoredLetter[]> {
  const { results } = await journal
    .prepare(
      `INSERT INTO dead_letters (tenant, id, reason, class, notice, code, carrier, body, at)
       SELECT value ->> 'tenant', value ->> 'id', value ->> 'reason', value ->> 'class', value ->> 'notice', value ->> 'code',
         value ->> 'carrier', value ->> 'body', ?2
       FROM json_each(?1) WHERE TRUE
       ON CONFLICT (tenant, id, reason) DO UPDATE
       SET class = excluded.class, notice = excluded.notice, code = excluded.code, carrier = excluded.carrier, at = excluded.at, replayed_at = NULL
       WHERE dead_letters.replayed_at IS NOT NULL
       RETURNING ${COLUMNS}`,
    )
    .bind(JSON.stringify(letters), at)
    .all();
  return results.map(letterOf);
}

/** A tenant's letters after a cursor, newest first. */
export async function listDeadLetters(
  journal: D1Database,
  tenant: string,
  { notice, class: noticeClass, reason, carrier, from, to, replayed = false }: LetterFilter,
  after: LetterCursor | undefined,
  limit: number,
): Promise<StoredLetter[]> {
  // One bound, whether it is the cursor or `to`: the index then leads to the page without a look at what is before it.
  const until = after && after.at < (to ?? Number.MAX_SAFE_INTEGER) ? after : { at: to ?? Number.MAX_SAFE_INTEGER, id: "", reason: "" };
  const { results } = await journal
    .prepare(
      `SELECT ${COLUMNS} FROM dead_letters
       WHERE tenant = ?1 AND (replayed_at IS NULL) = ?2 AND at >= ?3 AND (at, id, reason) < (?4, ?5, ?6)
         AND (?7 IS NULL OR notice = ?7) AND (?8 IS NULL OR class = ?8) AND (?9 IS NULL OR reason = ?9) AND (?10 IS NULL OR carrier = ?10)
       ORDER BY at DESC, id DESC, reason DESC LIMIT ?11`,
    )
    .bind(
      tenant,
      replayed ? 0 : 1,
      from ?? 0,
      until.at,
      until.id,
      until.reason,
      notice ?? null,
      noticeClass ?? null,
      reason ?? null,
      carrier ?? null,
      limit,
    )
    .all();
  return results.map(letterOf);
}

/** All letters of these ids, replayed ones too. */
export async function findDeadLetters(journal: D1Database, tenant: string, ids: readonly string[]): Promise<StoredLetter[]> {
  const { results } = await journal
    .prepare(`SELECT ${COLUMNS} FROM dead_letters WHERE tenant = ?1 AND id IN (SELECT value FROM json_each(?2))`)
    .bind(tenant, JSON.stringify(ids))
    .all();
  return results.map(letterOf);
}

/** Marks all letters of these ids as replayed. */
export async function markReplayed(journal: D1Database, tenant: string, ids: readonly string[], at: number): Promise<void> {
  await journal
    .prepare(
      `UPDATE dead_letters SET replayed_at = ?3
       WHERE tenant = ?1 AND id IN (SELECT value FROM json_each(?2)) AND replayed_at IS NULL`,
    )
    .bind(tenant, JSON.stringify(ids), at)
    .run();
}

function letterOf(row: Record<string, unknown>): StoredLetter {
  return storedLetter.parse(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}
