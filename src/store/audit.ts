import * as z from "zod";
import { pause } from "../support/clock.ts";
import { type NamingKey, nameOf } from "../support/hashing.ts";
import { randomFraction } from "../support/random.ts";
import { type AuditEntry, auditRow } from "../vocabulary/audit.ts";

/** Where a tenant's chain ends: the last row's place (0 where there is none) and hash. */
const chainHead = z.strictObject({ seq: z.number().int(), hash: z.string() });
export type ChainHead = z.infer<typeof chainHead>;

/** A change of configuration and what the audit says of it; with no entries nothing is written. */
export interface AuditedChange<Answer> {
  readonly entries: readonly AuditEntry[];
  /** Written in one transaction with the entries. */
  readonly statements: readonly D1PreparedStatement[];
  readonly answer: Answer;
}

/** The one way into the audit. */
export interface Audit {
  /** Writes what is about to be done elsewhere; durable when it resolves. What is not written here is not done. */
  append(tenant: string, entries: readonly AuditEntry[]): Promise<void>;
  /**
   * Makes a change of configuration together with its entry, all or nothing. The chain is also the lock: where another change of
   * this tenant came between reading and writing, `decide` is asked anew, so that what it read is still so when it is written.
   */
  change<Answer>(tenant: string, decide: () => Promise<AuditedChange<Answer>>): Promise<Answer>;
}

/** Beginning of every chain. */
const FIRST: ChainHead = { seq: 0, hash: "" };
const TRIES = 30;
const PAUSE_MS = 20;

/** The audit of a deployment. Those of one isolate write one after the other, what only appends together. */
export function auditOf(configuration: D1Database, naming: NamingKey, now: () => number): Audit {
  const turns = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, { entries: AuditEntry[]; written: Promise<void> }>();
  /** Runs when all that was begun for this tenant is over. */
  const inTurn = <Answer>(tenant: string, work: () => Promise<Answer>): Promise<Answer> => {
    const turn = (turns.get(tenant) ?? Promise.resolve()).then(work, work);
    turns.set(tenant, turn);
    const over = (): void => {
      if (turns.get(tenant) === turn) turns.delete(tenant);
    };
    turn.then(over, over);
    return turn;
  };
  const write = async <Answer>(tenant: string, decide: () => Promise<AuditedChange<Answer>>): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      const head = await readHead(configuration, tenant);
      const { entries, statements, answer } = await decide();
      if (entries.length === 0) return answer;
      const rows = await chained(naming, tenant, head, entries, now());
      try {
        await configuration.batch([...appending(configuration, tenant, head, rows), ...statements]);
        return answer;
      } catch (error) {
        if (attempt === TRIES || !cameBetween(error)) throw error;
        await pause(PAUSE_MS * Math.min(attempt, 10) * (0.5 + randomFraction()));
      }
    }
  };
  return {
    change: (tenant, decide) => inTurn(tenant, () => write(tenant, decide)),
    append(tenant, entries) {
      const together = waiting.get(tenant);
      if (together) {
        together.entries.push(...entries);
        return together.written;
      }
      const own = { entries: [...entries], written: Promise.resolve() };
      waiting.set(tenant, own);
      own.written = inTurn(tenant, async () => {
        waiting.delete(tenant);
        await write(tenant, async () => ({ entries: own.entries, statements: [], answer: undefined }));
      });
      return own.written;
    },
  };
}

/** A chain's end; `FIRST` where nothing was ever written. */
export async function readHead(configuration: D1Database, tenant: string): Promise<ChainHead> {
  const row = await configuration.prepare("SELECT seq, hash FROM audit_heads WHERE tenant = ?").bind(tenant).first();
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

async function chained(naming: NamingKey, tenant: string, head: ChainHead, entries: readonly AuditEntry[], at: number) {
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
function appending(
  configuration: D1Database,
  tenant: string,
  head: ChainHead,
  rows: Awaited<ReturnType<typeof chained>>,
): D1PreparedStatement[] {
  const texts = rows.map(({ detail, ...row }) => ({ ...row, detail: JSON.stringify(detail) }));
  const last = rows.at(-1) ?? { seq: head.seq, hash: head.hash };
  return [
    configuration
      .prepare(
        `INSERT INTO audit (tenant, seq, at, actor, action, target, detail, hash)
         SELECT ?1, value ->> 'seq', value ->> 'at', value ->> 'actor', value ->> 'action', value ->> 'target', value ->> 'detail', value ->> 'hash'
         FROM json_each(?2)`,
      )
      .bind(tenant, JSON.stringify(texts)),
    configuration
      .prepare(
        `INSERT INTO audit_heads (tenant, seq, hash) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
      )
      .bind(tenant, last.seq, last.hash),
  ];
}

function cameBetween(error: unknown): boolean {
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
