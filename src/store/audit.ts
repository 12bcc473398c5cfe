import * as z from "zod";
import { pause, settles } from "../support/clock.ts";
import { type NamingKey, nameOf } from "../support/hashing.ts";
import { randomFraction } from "../support/random.ts";
import { type AuditEntry, auditRow } from "../vocabulary/audit.ts";

/** Where a tenant's chain ends: the last row's place (0 where there is none) and hash; `changes` counts its changes of configuration. */
const chainHead = z.strictObject({ seq: z.number().int(), hash: z.string(), changes: z.number().int() });
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
   * this tenant came between reading and writing, `decide` is asked anew, so that what it read is still so when it is written; where
   * others only appended, what it decided is written after theirs.
   */
  change<Answer>(tenant: string, decide: () => Promise<AuditedChange<Answer>>): Promise<Answer>;
}

/** Beginning of every chain. */
const FIRST: ChainHead = { seq: 0, hash: "", changes: 0 };
const TRIES = 30;
const PAUSE_MS = 20;
/** Turns only spare collisions, the row's place is the lock: nobody waits longer than this for a request that may be gone. */
const TURN_MS = 2_000;
/** Longer than a turn is waited for, so that who joined a request that is there goes with it. */
const JOINED_MS = 4_000;
/** Less than 1 MB in UTF-8; D1 binds values up to 2 MB. */
const BOUND_MAX_CHARACTERS = 300_000;

interface Group {
  readonly parts: Set<readonly AuditEntry[]>;
  written: Promise<void>;
}

/** The audit of a deployment. Those of one isolate write one after the other, what only appends together. */
export function auditOf(configuration: D1Database, naming: NamingKey, now: () => number): Audit {
  const turns = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, Group>();
  const closeGroup = (tenant: string, group: Group): void => {
    if (waiting.get(tenant) === group) waiting.delete(tenant);
  };
  /** Runs when what was begun for this tenant is over, or was waited for long enough. */
  const inTurn = <Answer>(tenant: string, work: () => Promise<Answer>): Promise<Answer> => {
    const before = turns.get(tenant);
    const turn = (before ? settles(before, TURN_MS) : Promise.resolve()).then(work);
    turns.set(tenant, turn);
    const over = (): void => {
      if (turns.get(tenant) === turn) turns.delete(tenant);
    };
    turn.then(over, over);
    return turn;
  };
  /** `changes` is how many changes of configuration it makes: 1 or 0. */
  const write = async <Answer>(tenant: string, changes: 0 | 1, decide: () => Promise<AuditedChange<Answer>>): Promise<Answer> => {
    let head = await readHead(configuration, tenant);
    let decided = await decide();
    for (let attempt = 1; ; attempt++) {
      const { entries, statements, answer } = decided;
      if (entries.length === 0) return answer;
      const rows = await chained(naming, tenant, head, entries, now());
      try {
        await configuration.batch([...appending(configuration, tenant, head, rows, changes), ...statements]);
        return answer;
      } catch (error) {
        if (attempt === TRIES || !cameBetween(error)) throw error;
      }
      // Who appends steps back further from time to time; a change does not, and comes through between them.
      await pause(PAUSE_MS * (changes ? 1 : Math.min(attempt, 10)) * (0.5 + randomFraction()));
      const known = head.changes;
      head = await readHead(configuration, tenant);
      if (head.changes !== known) decided = await decide();
    }
  };
  const append = async (tenant: string, entries: readonly AuditEntry[]): Promise<void> => {
    const part = [...entries];
    const joined = waiting.get(tenant);
    if (!joined) {
      const own: Group = { parts: new Set([part]), written: Promise.resolve() };
      waiting.set(tenant, own);
      own.written = inTurn(tenant, async () => {
        closeGroup(tenant, own);
        const together = [...own.parts].flat();
        await write(tenant, 0, async () => ({ entries: together, statements: [], answer: undefined }));
      });
      return own.written;
    }
    joined.parts.add(part);
    if (await settles(joined.written, JOINED_MS)) return joined.written;
    // The request that was to write may be gone. It takes this no more; had it begun with it, better twice in the audit than not at all.
    joined.parts.delete(part);
    closeGroup(tenant, joined);
    return append(tenant, part);
  };
  return { append, change: (tenant, decide) => inTurn(tenant, () => write(tenant, 1, decide)) };
}

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
