import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { playBusyHour } from "./busy-hour.ts";
import { filesIn } from "./find-traces.ts";
import { type Everything, eventually, fastFolder, PATIENT_TEST_MS, startEverything } from "./start-everything.ts";

const PEOPLE = process.env.SOAK ? 200 : 20;
const K1 = `k1:${Buffer.alloc(32, 11).toString("base64")}`;
const K2 = `k2:${Buffer.alloc(32, 12).toString("base64")}`;
const OLDER = /(?<![\w.-])k1\.[\w-]{16}\.[\w-]{22,}/;

const stateFolder = mkdtempSync(join(fastFolder(), "carillon-reseal-"));
let running: Everything | undefined;
afterAll(async () => {
  await running?.local.kill();
  rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
}, PATIENT_TEST_MS);

/** The router with these keys, on the same state; it has ended before. The sandbox goes on. */
async function startWith(keys: string): Promise<Everything> {
  if (running) await running.local.router.start({ SEALING_KEYS: keys });
  else running = await startEverything({ stateFolder, vars: { SEALING_KEYS: keys } });
  return running;
}

const sealing = z.looseObject({
  state: z.string(),
  current: z.string(),
  recipients: z.number().optional(),
  unreadable: z.number().optional(),
});

async function askSealing({ local, key }: Everything, method: "GET" | "POST") {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = method === "POST" ? { body: JSON.stringify({ at_once: true }) } : {};
  const response = await fetch(`${local.router.url}/v1/sealing`, { method, headers, ...body });
  return sealing.parse(await response.json());
}

/** Every place of every database of the router where a text is sealed under the older key, as table.column. */
function olderPlaces(): string[] {
  const folder = join(stateFolder, "router/v3");
  const files = filesIn(folder).filter((file) => /^(d1|do)\/.*\.sqlite$/.test(file));
  return files.flatMap((file) => {
    const database = new DatabaseSync(join(folder, file));
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'").all();
      return tables.flatMap(({ name }) =>
        database
          .prepare(`SELECT * FROM "${name}"`)
          .all()
          .flatMap((row) => Object.entries(row).flatMap(([column, value]) => (OLDER.test(String(value)) ? [`${name}.${column}`] : []))),
      );
    } finally {
      database.close();
    }
  });
}

describe("A sealing key that is replaced", { timeout: 6 * PATIENT_TEST_MS }, () => {
  it("leaves nothing under the old one in any place, while messages go out, and all opens without it", async () => {
    const first = await startWith(K1);
    const { messages, waiting } = await playBusyHour(first, PEOPLE);
    await first.local.router.kill();
    const places = new Set(olderPlaces());
    for (const place of ["document.body", "recipients.profile", "preferences.ip", "address_blocks.address", "topic_members.id"])
      expect(places).toContain(place);

    const both = await startWith(`${K2},${K1}`);
    expect((await askSealing(both, "GET")).state).toBe("waiting");
    // A busy hour goes on meanwhile: what it claims, answers and gathers is sealed anew under its hands.
    const [later] = await Promise.all([
      playBusyHour(both, PEOPLE),
      eventually(
        () => askSealing(both, "POST"),
        ({ state }) => state === "finished",
      ),
    ]);
    expect(await askSealing(both, "GET")).toMatchObject({ current: "k2", state: "finished", unreadable: 0 });
    await both.local.router.kill();
    expect(olderPlaces()).toEqual([]);

    const alone = await startWith(K2);
    expect((await askSealing(alone, "GET")).state).toBe("one_key");
    for (const id of [...messages, ...later.messages].filter((_, at) => at % 10 === 0)) expect((await alone.message(id)).id).toBe(id);
    expect(waiting.length).toBeGreaterThan(0);
  });
});
