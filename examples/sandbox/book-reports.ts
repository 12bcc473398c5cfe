import * as z from "zod";
import type { BookTables, CountKind } from "./book-tables.ts";
import { CARRIERS, type CarrierName } from "./call.ts";

/** What was counted of one carrier, or of all. `texts` = accepted + all refused + all broken. */
export interface CarrierTotals {
  /** Calls that want something sent; one may hold many texts. */
  calls: number;
  /** Calls that ask after a message, or a balance. */
  queries: number;
  texts: number;
  accepted: number;
  /** By the vendor's code. A call that was turned away before its texts were read counts as one. */
  refused: Record<string, number>;
  /** Texts that a fault kept from being taken, by fault. */
  broken: Record<string, number>;
}

/** Sums over everything since the last reset. */
export interface Totals extends CarrierTotals {
  /** How often each fault struck, accepted calls included. */
  faults: Record<string, number>;
  handsets: number;
  handset_messages: number;
  /** Pairs of handset and text: what is missing to `handset_messages` came more than once. */
  distinct: number;
  /** `planned` is all of them: posted, failed for good, lost on purpose, and pending. */
  receipts: { planned: number; posted: number; failed: number; lost: number; pending: number };
  carriers: Record<CarrierName, CarrierTotals>;
}

const Sums = z.object({ handsets: z.number(), handset_messages: z.number(), distinct_texts: z.number() });
const StateCount = z.object({ state: z.string(), n: z.number() });

export function readTotals(tables: BookTables): Totals {
  const [sums] = z.tuple([Sums]).parse(
    tables.query(
      `SELECT COUNT(DISTINCT handset) AS handsets, COUNT(*) AS handset_messages,
         COUNT(DISTINCT handset || ' ' || body) AS distinct_texts
       FROM book WHERE final_status = 'delivered'`,
    ),
  );
  return {
    ...carrierTotals(tables, CARRIERS),
    faults: Object.fromEntries(tables.counts("fault")),
    handsets: sums.handsets,
    handset_messages: sums.handset_messages,
    distinct: sums.distinct_texts,
    receipts: countReceipts(tables),
    carriers: {
      twilio: carrierTotals(tables, ["twilio"]),
      alibaba: carrierTotals(tables, ["alibaba"]),
      tencent: carrierTotals(tables, ["tencent"]),
    },
  };
}

function carrierTotals(tables: BookTables, carriers: readonly CarrierName[]): CarrierTotals {
  const total = (counts: Iterable<number>) => [...counts].reduce((sum, n) => sum + n, 0);
  const plain = (kind: CountKind) => total(carriers.map((carrier) => tables.countOf(kind, carrier)));
  const named = (kind: CountKind) => {
    const sums: Record<string, number> = {};
    for (const [name, n] of tables.counts(kind)) {
      const [carrier = "", of = ""] = name.split(" ");
      if (carriers.some((known) => known === carrier)) sums[of] = (sums[of] ?? 0) + n;
    }
    return sums;
  };
  const [accepted, refused, broken] = [plain("accepted"), named("refused"), named("broken")];
  const texts = accepted + total(Object.values(refused)) + total(Object.values(broken));
  return { calls: plain("call"), queries: plain("query"), texts, accepted, refused, broken };
}

function countReceipts(tables: BookTables): Totals["receipts"] {
  const rows = z.array(StateCount).parse(
    tables.query(
      `SELECT json_extract(receipt.value, '$.state') AS state, COUNT(*) AS n
         FROM book, json_each(book.receipts) AS receipt GROUP BY 1`,
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
     FROM book WHERE final_status = 'delivered' GROUP BY handset ORDER BY MAX(n) DESC LIMIT ?`,
    limit,
  );
  return z.array(PhoneSummary).parse(rows);
}
