import * as z from "zod";
import { type Preference, preference } from "../vocabulary/recipient.ts";

/** An entry with its proof as it is kept: `ip` is sealed, `recorded_by` who told us, as an actor of the audit. */
export interface ProvenPreference extends Preference {
  readonly source?: string | undefined;
  readonly wording_version?: string | undefined;
  readonly ip?: string | undefined;
}

/** One entry of the history of a recipient's preferences: `recipient` is the recipient's key. */
export interface PreferenceRow extends ProvenPreference {
  readonly tenant: string;
  readonly recipient: string;
  readonly recorded_by?: string | undefined;
  /** The Recipient's count of changes when it took the entry; left out before it has. */
  readonly revision?: number | undefined;
}

/**
 * Adds entries to the history of preferences; an equal one is not added twice, and its proof stays the first that it had. What was taken
 * before its person was erased comes as the bare no, or not at all. One statement however many there are.
 */
export function insertPreferences(people: D1Database, rows: readonly PreferenceRow[], now: number): D1PreparedStatement {
  return people
    .prepare(
      `INSERT INTO preferences (tenant, recipient, scope, channel, at, state, recorded_at, source, wording_version, ip, recorded_by, revision)
       SELECT value ->> 'tenant', value ->> 'recipient', value ->> 'scope', value ->> 'channel', value ->> 'at', value ->> 'state', ?2,
         value ->> 'source', value ->> 'wording_version', iif(erased > value ->> 'revision', NULL, value ->> 'ip'),
         value ->> 'recorded_by', coalesce(value ->> 'revision', 0)
       FROM json_each(?1) LEFT JOIN recipients ON recipients.tenant = value ->> 'tenant' AND recipients.key = value ->> 'recipient'
       WHERE value ->> 'state' = 'out' OR coalesce(erased <= value ->> 'revision', TRUE)
       ON CONFLICT DO UPDATE SET
         wording_version = iif(preferences.source IS NULL, excluded.wording_version, preferences.wording_version),
         ip = iif(preferences.source IS NULL, excluded.ip, preferences.ip),
         recorded_by = iif(preferences.source IS NULL, excluded.recorded_by, preferences.recorded_by),
         source = coalesce(preferences.source, excluded.source),
         revision = max(preferences.revision, excluded.revision)
       WHERE (preferences.source IS NULL AND excluded.source IS NOT NULL) OR excluded.revision > preferences.revision`,
    )
    .bind(JSON.stringify(rows), now);
}

const nothing = z.null().transform(() => undefined);
const keptRow = z.strictObject({
  ...preference.shape,
  recorded_at: z.number().int(),
  source: z.string().or(nothing),
  wording_version: z.string().or(nothing),
  ip: z.string().or(nothing),
  recorded_by: z.string().or(nothing),
});
/** An entry as it stands in the history; `recorded_at` in milliseconds. */
export type KeptEntry = z.infer<typeof keptRow>;

const COLUMNS = "scope, channel, at, state, recorded_at, source, wording_version, ip, recorded_by";

/** Where a page of a history ended: time, scope, channel and state of its last entry. */
export type HistoryCursor = readonly [at: string, scope: string, channel: string, state: string];

/** A recipient's history after a cursor, newest first. */
export async function preferencesOfRecipient(
  people: D1Database,
  tenant: string,
  recipient: string,
  after: HistoryCursor | undefined,
  limit: number,
): Promise<KeptEntry[]> {
  const { results } = await people
    .prepare(
      `SELECT ${COLUMNS} FROM preferences
       WHERE tenant = ?1 AND recipient = ?2 AND (?3 IS NULL OR (at, scope, channel, state) < (?3, ?4, ?5, ?6))
       ORDER BY at DESC, scope DESC, channel DESC, state DESC LIMIT ?7`,
    )
    .bind(tenant, recipient, ...(after ?? [null, null, null, null]), limit)
    .all();
  return z.array(keptRow).parse(results);
}

const exportedRow = keptRow.extend({ recipient: z.string(), profile: z.string().or(nothing) });
/** An entry of whoever it is; `profile`: as the copy of the recipient has it, where there is one. */
export type ExportedEntry = z.infer<typeof exportedRow>;

/** What an export goes by. */
export type ExportPlace = Readonly<Record<"recipient" | "scope" | "channel" | "at" | "state", string>>;

/** A tenant's entries after this one, in the order of their keys. */
export async function preferencesAfter(
  people: D1Database,
  tenant: string,
  after: ExportPlace | undefined,
  limit: number,
): Promise<ExportedEntry[]> {
  const { results } = await people
    .prepare(
      `SELECT preferences.recipient, ${COLUMNS}, recipients.profile FROM preferences
       LEFT JOIN recipients ON recipients.tenant = preferences.tenant AND recipients.key = preferences.recipient
       WHERE preferences.tenant = ?1 AND (preferences.recipient, scope, channel, at, state) > (?2, ?3, ?4, ?5, ?6)
       ORDER BY preferences.recipient, scope, channel, at, state LIMIT ?7`,
    )
    .bind(tenant, after?.recipient ?? "", after?.scope ?? "", after?.channel ?? "", after?.at ?? "", after?.state ?? "", limit)
    .all();
  return z.array(exportedRow).parse(results);
}
