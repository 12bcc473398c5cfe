import { z } from "zod";
import type { BookTables } from "./book-tables";

/** Sums over everything since the last reset. `calls` = accepted + all refused + all broken. */
export interface Totals {
  calls: number;
  accepted: number;
  /** By the vendor's code. */
  refused: Record<string, number>;
  /** Calls that a fault kept from being taken, by fault. */
  broken: Record<string, number>;
  /** How often each fault struck, accepted calls included. */
  faults: Record<string, number>;
  handsets: number;
  handset_messages: number;
  /** Pairs of handset and text: what is missing to `handset_messages` came more than once. */
  distinct: number;
  /** `planned` is all of them: posted, failed for good, lost on purpose, and pending. */
  receipts: { planned: number; posted: number; failed: number; lost: number; pending: number };
}

const Sums = z.object({ handsets: z.number(), handset_messages: z.number(), distinct_texts: z.number() });
const StateCount = z.object({ state: z.string(), n: z.number() });

export function readTotals(tables: BookTables): Totals {
  const [sums] = z.tuple([Sums]).parse(
    tables.query(
      `SELECT COUNT(DISTINCT handset) AS handsets, COUNT(*) AS handset_messages,
         COUNT(DISTINCT handset || ' ' || body) AS distinct_texts
       FROM messages WHERE final_status = 'delivered'`,
    ),
  );
  return {
    calls: tables.countOf("call", ""),
    accepted: tables.countOf("accepted", ""),
    refused: Object.fromEntries(tables.counts("refused")),
    broken: Object.fromEntries(tables.counts("broken")),
    faults: Object.fromEntries(tables.counts("fault")),
    handsets: sums.handsets,
    handset_messages: sums.handset_messages,
    distinct: sums.distinct_texts,
    receipts: countReceipts(tables),
  };
}

function countReceipts(tables: BookTables): Totals["receipts"] {
  const rows = z.array(StateCount).parse(
    tables.query(
      `SELECT json_extract(receipt.value, '$.state') AS state, COUNT(*) AS n
         FROM messages, json_each(messages.receipts) AS receipt GROUP BY 1`,
    ),
  );
  const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
  const planned = rows.reduce((sum, { n }) => sum + n, 0);
  return { planned, posted: of("posted"), failed: of("failed"), lost: of("lost"), pending: of("planned") };
}

const PhoneSummary = z.object({
  number: z.string(),
  messages: z.number(),
  last_at: z.number(),
  last_from: z.string(),
  last_text: z.string(),
});
export type PhoneSummary = z.infer<typeof PhoneSummary>;

/** The handsets that got something, the latest first. */
export function listPhones(tables: BookTables, limit: number): PhoneSummary[] {
  // SQLite takes the bare columns from the row that holds the MAX.
  const rows = tables.query(
    `SELECT handset AS number, COUNT(*) AS messages, MAX(n), accepted_at AS last_at, from_sender AS last_from,
       body AS last_text
     FROM messages WHERE final_status = 'delivered' GROUP BY handset ORDER BY MAX(n) DESC LIMIT ?`,
    limit,
  );
  return z.array(PhoneSummary).parse(rows);
}
