import * as z from "zod";
import { parseJson } from "../support/parse-json.ts";
import { type AuditAction, OF_EVERYONE } from "../vocabulary/audit.ts";

const text = z.unknown().transform(String);

/** A row as it is to be verified: whatever stands there, since somebody may have changed it. `seq` is NaN where it is no number. */
const chainRow = z.object({
  seq: z.unknown().transform(Number),
  at: text,
  actor: text,
  action: text,
  target: text,
  detail: text,
  hash: text,
});
export type ChainRow = z.infer<typeof chainRow>;

const chainEnd = z.object({ seq: z.unknown().transform(Number), hash: text });
export type ChainEnd = z.infer<typeof chainEnd>;

/** A part of a chain, all of one instant. */
export interface ChainPage {
  /** The row that the page follows; undefined where it is not there. */
  readonly before: ChainEnd | undefined;
  readonly rows: readonly ChainRow[];
  /** Whether rows follow. */
  readonly more: boolean;
  /** Where the chain is to end; undefined where nothing says so. */
  readonly head: ChainEnd | undefined;
  /** The row at the place that was noted; undefined where it is not there. */
  readonly noted: ChainEnd | undefined;
}

const COLUMNS = "seq, at, actor, action, target, detail, hash";

/** Reads `limit` rows after a place, and with them the place itself, the head and the row at `noted`: one transaction. */
export async function readChainPage(
  configuration: D1Database,
  tenant: string,
  after: number,
  limit: number,
  noted: number,
): Promise<ChainPage> {
  // What stands before the first place was put there by somebody else, and is to be seen.
  const from = after === 0 ? Number.MIN_SAFE_INTEGER : after;
  const ends = "SELECT seq, hash FROM audit WHERE tenant = ? AND seq = ?";
  const [before, rows, head, place] = await configuration.batch([
    configuration.prepare(ends).bind(tenant, after),
    configuration.prepare(`SELECT ${COLUMNS} FROM audit WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?`).bind(tenant, from, limit + 1),
    configuration.prepare("SELECT seq, hash FROM audit_heads WHERE tenant = ?").bind(tenant),
    configuration.prepare(ends).bind(tenant, noted),
  ]);
  const found = z.array(chainRow).parse(rows?.results);
  const endOf = (result: D1Result | undefined): ChainEnd | undefined => z.array(chainEnd).parse(result?.results)[0];
  return {
    before: endOf(before),
    rows: found.slice(0, limit),
    more: found.length > limit,
    head: endOf(head),
    noted: endOf(place),
  };
}

/** A row as people see it. What somebody wrote there who should not have is shown as it is. */
const shownRow = z.object({
  seq: z.number(),
  at: z.number().min(0).max(8.64e15).catch(0),
  actor: text,
  action: text,
  target: text,
  detail: text.transform((written) => parseJson(z.unknown(), written) ?? written),
  hash: text,
});
export type ShownRow = z.infer<typeof shownRow>;

/** Which rows are meant; what is left out may be anything. Instants in milliseconds, `from` included and `to` not. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly target?: string | undefined;
  /** A recipient's key: all that was done to this person, messages and topics included, and what was done to everyone. */
  readonly recipient?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** How far back one page looks: a filter that finds little costs no more than that, and the next page goes on from there. */
const LOOKED_AT_ROWS = 20_000;

/** A tenant's rows before a place, newest first. `next` is the place to go on from; undefined where there is nothing older. */
export async function listAudit(
  configuration: D1Database,
  tenant: string,
  { actor, action, target, recipient, from, to }: AuditFilter,
  before: number | undefined,
  limit: number,
): Promise<{ readonly rows: readonly ShownRow[]; readonly next: number | undefined }> {
  const end = before ?? (await lastSeq(configuration, tenant)) + 1;
  const floor = Math.max(1, end - LOOKED_AT_ROWS);
  const { results } = await configuration
    .prepare(
      `SELECT ${COLUMNS} FROM audit
       WHERE tenant = ?1 AND seq < ?2 AND seq >= ?3 AND at >= ?4 AND at < ?5
         AND (?6 IS NULL OR actor = ?6) AND (?7 IS NULL OR action = ?7) AND (?8 IS NULL OR target = ?8)
         AND (?9 IS NULL OR instr(target, ?9) > 0 OR instr(detail, ?9) > 0
           OR (target = '' AND action IN (SELECT value FROM json_each(?11))))
       ORDER BY seq DESC LIMIT ?10`,
    )
    .bind(
      tenant,
      end,
      floor,
      from ?? 0,
      to ?? Number.MAX_SAFE_INTEGER,
      actor ?? null,
      action ?? null,
      target ?? null,
      recipient ?? null,
      limit,
      JSON.stringify([...OF_EVERYONE]),
    )
    .all();
  const rows = z.array(shownRow).parse(results);
  const last = rows.length === limit ? rows.at(-1)?.seq : floor;
  return { rows, next: last !== undefined && last > 1 ? last : undefined };
}

async function lastSeq(configuration: D1Database, tenant: string): Promise<number> {
  const row = await configuration
    .prepare("SELECT seq FROM audit WHERE tenant = ? AND seq <= ? ORDER BY seq DESC LIMIT 1")
    .bind(tenant, Number.MAX_SAFE_INTEGER)
    .first();
  return row ? chainEnd.pick({ seq: true }).parse(row).seq : 0;
}
