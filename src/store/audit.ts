import { pause, settles } from "../support/clock.ts";
import type { NamingKey } from "../support/hashing.ts";
import { randomFraction } from "../support/random.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { appending, cameBetween, chained, readHead } from "./audit-chain.ts";
import { takingTurns } from "./turns.ts";

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

const TRIES = 30;
const PAUSE_MS = 20;
/** The row's place is the lock, so who waited so long for a turn goes without. */
const TURN_MS = 2_000;
/** Longer than a turn is waited for, so that who joined a request that is there goes with it. */
const JOINED_MS = 4_000;

/** `changes` is how many changes of configuration it makes: 1 or 0. */
type Write = <Answer>(tenant: string, changes: 0 | 1, decide: () => Promise<AuditedChange<Answer>>) => Promise<Answer>;

/** The audit of a deployment. Those of one isolate write one after the other, what only appends together. */
export function auditOf(configuration: D1Database, naming: NamingKey, now: () => number): Audit {
  const inTurn = takingTurns(TURN_MS);
  const write = writerOf(configuration, naming, now);
  return {
    append: joiningAppend((tenant, taken) =>
      inTurn(tenant, () => {
        const entries = taken();
        return write(tenant, 0, async () => ({ entries, statements: [], answer: undefined }));
      }),
    ),
    change: (tenant, decide) => inTurn(tenant, () => write(tenant, 1, decide)),
  };
}

function writerOf(configuration: D1Database, naming: NamingKey, now: () => number): Write {
  return async (tenant, changes, decide) => {
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
}

interface Group {
  readonly parts: Set<readonly AuditEntry[]>;
  written: Promise<void>;
}

/** Appends what comes while a request waits for its turn together with it. `writeInTurn` asks for the entries when the turn has come. */
function joiningAppend(writeInTurn: (tenant: string, taken: () => readonly AuditEntry[]) => Promise<void>): Audit["append"] {
  const waiting = new Map<string, Group>();
  const close = (tenant: string, group: Group): void => {
    if (waiting.get(tenant) === group) waiting.delete(tenant);
  };
  const append: Audit["append"] = async (tenant, entries) => {
    const part = [...entries];
    const joined = waiting.get(tenant);
    if (!joined) {
      const own: Group = { parts: new Set([part]), written: Promise.resolve() };
      waiting.set(tenant, own);
      own.written = writeInTurn(tenant, () => {
        close(tenant, own);
        return [...own.parts].flat();
      });
      return own.written;
    }
    joined.parts.add(part);
    if (await settles(joined.written, JOINED_MS)) return joined.written;
    // The request that was to write may be gone. It takes this no more; had it begun with it, better twice in the audit than not at all.
    joined.parts.delete(part);
    close(tenant, joined);
    return append(tenant, part);
  };
  return append;
}
