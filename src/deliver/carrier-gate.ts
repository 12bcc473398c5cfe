import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { clock } from "../support/clock.ts";
import { log } from "../support/log.ts";
import { parseJson } from "../support/parse-json.ts";
import { breaker } from "./gate/breaker.ts";
import { type GateMemory, type Kept, keptOf, openGate } from "./gate/gate-memory.ts";
import { hearReceipt, hearReport } from "./gate/hear-report.ts";
import type { GateReport, GateStatus, Heard, Reservation, Reserved, WatchedReceipt } from "./gate/reservation.ts";
import { reserveSlots } from "./gate/reserve-slots.ts";
import { showStatus } from "./gate/show-status.ts";

const keptRow = z.object({ name: z.string(), body: z.string() });

/**
 * The gate of one carrier of one tenant. A call is a pure step over its memory, which is a cache: two rows outlive it, the breaker
 * and the ceiling of what was given, each written when it changes and before it is remembered. A reservation writes a row only where it
 * moves the ceiling (more than half of the pace in use, at most once a second) or the breaker.
 */
export class CarrierGate extends DurableObject<Env> {
  #memory: GateMemory | undefined;

  reserve(reservation: Reservation): Reserved {
    const now = clock();
    const { memory, reserved } = reserveSlots(this.#load(now), reservation, now);
    this.#save(memory);
    return reserved;
  }

  report(report: GateReport): Heard {
    const now = clock();
    const { memory, heard } = hearReport(this.#load(now), report, now);
    this.#save(memory);
    return heard;
  }

  hear(receipt: WatchedReceipt): void {
    const now = clock();
    this.#save(hearReceipt(this.#load(now), receipt, now));
  }

  /** Writes nothing. */
  status(): GateStatus {
    const now = clock();
    return showStatus(this.#load(now), now);
  }

  #load(now: number): GateMemory {
    this.#memory ??= openGate(this.#read(), now);
    return this.#memory;
  }

  /** The platform holds the answer back until the rows are durable: no slot is known of before its ceiling is. */
  #save(memory: GateMemory): void {
    const before = this.#memory ? keptOf(this.#memory) : {};
    const after = keptOf(memory);
    if (after.breaker !== before.breaker) this.#write("breaker", after.breaker);
    if (after.ceiling !== before.ceiling) this.#write("ceiling", after.ceiling);
    this.#memory = memory;
  }

  #read(): Kept {
    const { sql } = this.ctx.storage;
    if (sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'kept'").toArray().length === 0) return {};
    const rows = sql.exec("SELECT name, body FROM kept").toArray();
    const bodies = new Map(
      z
        .array(keptRow)
        .parse(rows)
        .map(({ name, body }) => [name, body]),
    );
    const known = this.#readRow("breaker", breaker, bodies);
    const ceiling = this.#readRow("ceiling", z.number(), bodies);
    return { ...(known ? { breaker: known } : {}), ...(ceiling === undefined ? {} : { ceiling }) };
  }

  /** A row that cannot be read stops no delivery: the gate begins as a new one would. */
  #readRow<Value>(name: keyof Kept, schema: z.ZodType<Value>, bodies: ReadonlyMap<string, string>): Value | undefined {
    const body = bodies.get(name);
    if (body === undefined) return undefined;
    const read = parseJson(schema, body);
    if (read === undefined) log("error", "gate.row.unreadable", { gate: this.ctx.id.name ?? "", row: name });
    return read;
  }

  #write(name: keyof Kept, body: unknown): void {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID");
    sql.exec(
      "INSERT INTO kept (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
      name,
      JSON.stringify(body),
    );
  }
}
