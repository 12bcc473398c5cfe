import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { playBusyHour } from "./busy-hour.ts";
import { CLEAR_TAG, SEEDS } from "./busy-hour-seeds.ts";
import { filesIn, tracesIn, tracesInFolder } from "./find-traces.ts";
import { eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

const everything = useEverything("dump");

const PEOPLE = process.env.SOAK ? 1_000 : 60;
const ENOUGH_OVER = 0.5;
const OVER = new Set(["delivered", "undelivered", "suppressed", "merged", "failed", "expired", "unknown"]);

/** Wrangler and Miniflare note the address of every request, in lines and a database of their own; deployed there is neither. */
const ofTheTool = (file: string): boolean => file.startsWith("v3/observability/");

describe("All that a router leaves behind after a busy hour", { timeout: (process.env.SOAK ? 20 : 3) * PATIENT_TEST_MS }, () => {
  it("holds no number, address, name, code or order in clear: not in its databases, nor in their logs of writes, nor in what it logged", async () => {
    const { local, message } = everything();
    const { messages, waiting } = await playBusyHour(everything(), PEOPLE);
    const sample = messages.filter((_, at) => at % Math.ceil(messages.length / 100) === 0);
    await eventually(
      async () => (await Promise.all(sample.map((id) => message(id)))).filter(({ state }) => OVER.has(state)).length / sample.length,
      (over) => over >= ENOUGH_OVER,
    );
    await local.router.kill();

    const state = dirname(local.router.log);
    const written = (...texts: string[]) => tracesInFolder(join(state, "router"), texts, ofTheTool);
    const logged = readFileSync(local.router.log, "utf8").replaceAll(/^.*\[wrangler:info\].*$/gm, "");
    // What must be there is found by the same look, in D1 and in Recipients, so that finding nothing means something.
    const clear = new Set(written(CLEAR_TAG).map(({ file }) => file));
    expect([...clear].filter((file) => file.includes("Recipient")).length).toBeGreaterThan(PEOPLE / 2);
    expect([...clear].some((file) => file.includes("/d1/"))).toBe(true);
    // Objects that were idle for long have closed theirs.
    expect(filesIn(join(state, "router")).filter((file) => file.endsWith("-wal")).length).toBeGreaterThan(0);
    for (const id of [messages[0], waiting[0]]) expect(written(id ?? "").length).toBeGreaterThan(0);
    expect(logged).toContain('{"what":');
    // The carrier has it all: that is what it was told.
    for (const seed of [SEEDS.number, SEEDS.code, SEEDS.name])
      expect(tracesInFolder(join(state, "sandbox"), [seed]).length).toBeGreaterThan(0);

    const traces = [...written(...Object.values(SEEDS)), ...tracesIn("router.log", Buffer.from(logged), Object.values(SEEDS))];
    expect(traces).toEqual([]);
  });
});
