import * as z from "zod";
import { type NamingKey, nameOf } from "../support/hashing.ts";
import { type AuditEntry, auditRow } from "../vocabulary/audit.ts";

/** Where a tenant's chain ends: the last row's place (0 where there is none) and hash; `changes` counts its changes of configuration. */
const chainHead = z.strictObject({ seq: z.number().int(), hash: z.string(), changes: z.number().int() });
export type ChainHead = z.infer<typeof chainHead>;

/** Beginning of every chain. */
const FIRST: ChainHead = { seq: 0, hash: "", changes: 0 };
/** Less than 1 MB in UTF-8; D1 binds values up to 2 MB. */
const BOUND_MAX_CHARACTERS = 300_000;

/** A chain's end; `FIRST` where nothing was ever written. */
export async function readHead(configuration: D1Database, tenant: string): Promise<ChainHead> {
  const row = await configuration.prepare("SELECT seq, hash, changes FROM audit_heads WHERE tenant = ?").bind(tenant).first();
  return row ? chainHead.parse(row) : FIRST;
}

/** A row without its place in the chain. */
type Content = Omit<z.infer<typeof auditRow>, "hash">;

/** A row as its hash covers it: texts, whatever stands there. */
export type HashedRow = Readonly<Record<"at" | "actor" | "action" | "target" | "detail", string>> & { readonly seq: number };

/** The hash of a row: keyed, so that who can write rows cannot chain them; it covers the row before. */
export function hashOfRow(naming: NamingKey, tenant: string, before: string, row: HashedRow): Promise<string> {
  return nameOf(naming, "audit", tenant, before, String(row.seq), row.at, row.actor, row.action, row.target, row.detail);
}

export function chainHash(naming: NamingKey, tenant: string, before: string, row: Content): Promise<string> {
  return hashOfRow(naming, tenant, before, { ...row, at: String(row.at), detail: JSON.stringify(row.detail) });
}

/** Entries as the rows that follow the head. */
export async function chained(naming: NamingKey, tenant: string, head: ChainHead, entries: readonly AuditEntry[], at: number) {
  const rows: z.infer<typeof auditRow>[] = [];
  let { seq, hash } = head;
  for (const entry of entries) {
    const row: Content = { ...entry, seq: ++seq, at };
    hash = await chainHash(naming, tenant, hash, row);
    rows.push({ ...row, hash });
  }
  return rows;
}

/** The rows and the new head. Another writer's row at the same place fails the whole transaction. */
export function appending(
  configuration: D1Database,
  tenant: string,
  head: ChainHead,
  rows: Awaited<ReturnType<typeof chained>>,
  changes: 0 | 1,
): D1PreparedStatement[] {
  const last = rows.at(-1) ?? head;
  return [
    ...bound(rows).map((texts) =>
      configuration
        .prepare(
          `INSERT INTO audit (tenant, seq, at, actor, action, target, detail, hash)
           SELECT ?1, value ->> 'seq', value ->> 'at', value ->> 'actor', value ->> 'action', value ->> 'target', value ->> 'detail', value ->> 'hash'
           FROM json_each(?2)`,
        )
        .bind(tenant, `[${texts.join()}]`),
    ),
    configuration
      .prepare(
        `INSERT INTO audit_heads (tenant, seq, hash, changes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, changes = changes + excluded.changes`,
      )
      .bind(tenant, last.seq, last.hash, changes),
  ];
}

/** Rows as JSON, in as many lists as it takes to bind each at once. */
function bound(rows: Awaited<ReturnType<typeof chained>>): string[][] {
  const lists: string[][] = [[]];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify({ ...row, detail: JSON.stringify(row.detail) });
    length += text.length;
    if (length > BOUND_MAX_CHARACTERS) {
      lists.push([]);
      length = text.length;
    }
    lists.at(-1)?.push(text);
  }
  return lists;
}

/** Whether a transaction failed since another writer's row has the place of one of its rows. */
export function cameBetween(error: unknown): boolean {
  return error instanceof Error && error.message.includes("UNIQUE constraint failed: audit.");
}

const storedRow = auditRow.extend({ detail: z.string().transform((text) => auditRow.shape.detail.parse(JSON.parse(text))) });

/** Rows of a chain after a place, in order. */
export async function auditRowsAfter(configuration: D1Database, tenant: string, seq: number, limit: number) {
  const { results } = await configuration
    .prepare("SELECT seq, at, actor, action, target, detail, hash FROM audit WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?")
    .bind(tenant, seq, limit)
    .all();
  return z.array(storedRow).parse(results);
}
