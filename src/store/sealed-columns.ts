import * as z from "zod";
import type { Reseal } from "../support/reseal-texts.ts";
import { cutByBytes } from "./cut-by-bytes.ts";

/** Most characters of a page, beside its last row. */
const PAGE_MAX_CHARACTERS = 2_000_000;
const STATEMENT_MAX_BYTES = 500_000;

/** A column of people's D1 that holds sealed texts, and its table's primary key but the tenant. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly key: readonly string[];
}

/** Every column that holds sealed texts. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: "recipients", column: "profile", key: ["key"] },
  { table: "preferences", column: "ip", key: ["recipient", "scope", "channel", "at", "state"] },
  { table: "address_blocks", column: "address", key: ["channel", "hash"] },
  { table: "topic_members", column: "id", key: ["topic", "recipient"] },
];

export interface ResealedRows {
  readonly changed: number;
  readonly unreadable: number;
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

const place = z.array(z.string());
const sealedRow = z.object({ place: z.string(), sealed: z.string().nullable() });

/**
 * Seals a page of a column anew, after a place (empty: from the beginning), shorter than `limit` where texts are long. A row that has changed meanwhile is left alone: who
 * writes now seals with the current key.
 */
export async function resealRows(
  people: D1Database,
  tenant: string,
  { table, column, key }: SealedColumn,
  after: string,
  limit: number,
  reseal: Reseal,
): Promise<ResealedRows> {
  const places = after === "" ? key.map(() => "") : place.parse(JSON.parse(after));
  const marks = key.map(() => "?").join(", ");
  const { results } = await people
    .prepare(
      `SELECT place, sealed FROM (
         SELECT json_array(${key.join(", ")}) AS place, ${column} AS sealed, SUM(length(${column})) OVER (ORDER BY ${key.join(", ")}) AS until
         FROM ${table} WHERE tenant = ? AND (${key.join(", ")}) > (${marks}) ORDER BY ${key.join(", ")} LIMIT ?
       ) WHERE COALESCE(until - length(sealed), 0) < ${PAGE_MAX_CHARACTERS}`,
    )
    .bind(tenant, ...places, limit)
    .all();
  const rows = z.array(sealedRow).parse(results);
  const resealed = rows.flatMap(({ place: at, sealed }) => (sealed === null ? [] : [{ at, was: sealed, ...reseal(sealed, tenant) }]));
  const changed = resealed.filter((one) => one.changed > 0).map(({ at, was, text }) => ({ at: JSON.parse(at), was, text }));
  const same = key.map((name, index) => `${table}.${name} = value ->> '$.at[${index}]'`).join(" AND ");
  for (const part of cutByBytes(changed, STATEMENT_MAX_BYTES))
    await people
      .prepare(
        `UPDATE ${table} SET ${column} = value ->> '$.text' FROM json_each(?2)
         WHERE ${table}.tenant = ?1 AND ${same} AND ${table}.${column} = value ->> '$.was'`,
      )
      .bind(tenant, JSON.stringify(part))
      .run();
  const characters = rows.reduce((sum, { sealed }) => sum + (sealed?.length ?? 0), 0);
  return {
    changed: resealed.reduce((sum, one) => sum + one.changed, 0),
    unreadable: resealed.reduce((sum, one) => sum + one.unreadable, 0),
    next: rows.length === limit || characters >= PAGE_MAX_CHARACTERS ? rows.at(-1)?.place : undefined,
  };
}
