import { runInDurableObject } from "cloudflare:test";
import type { Recipient } from "../../src/admit/recipient.ts";

export interface Counted {
  /** Rows written, alarms included: each costs one. */
  written: number;
  read: number;
}

/** Counts from now on, by the platform's own counters, what one Recipient reads and writes, until it is evicted. */
export async function counting(stub: DurableObjectStub<Recipient>): Promise<Counted> {
  const counted: Counted = { written: 0, read: 0 };
  await runInDurableObject(stub, (_: Recipient, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    Reflect.set(storage.sql, "exec", (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      const rows = cursor.toArray();
      counted.written += cursor.rowsWritten;
      counted.read += cursor.rowsRead;
      return { toArray: () => rows };
    });
    const setAlarm = storage.setAlarm.bind(storage);
    Reflect.set(storage, "setAlarm", (at: number) => {
      counted.written++;
      return setAlarm(at);
    });
  });
  return counted;
}

/** What a step reads and writes. */
export async function costOf(counted: Counted, step: () => Promise<unknown>): Promise<Counted> {
  const before = { ...counted };
  await step();
  return { written: counted.written - before.written, read: counted.read - before.read };
}
