import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { crashInLog } from "../../examples/crash-in-log.ts";
import { keepRunning, weighDeaths } from "../../examples/keep-running.ts";
import { DiedStarting, LocalProblem, type LocalWorker } from "../../examples/local.ts";
import { lookAfterWaiting } from "../../examples/look-after-waiting.ts";

const folder = mkdtempSync(join(tmpdir(), "carillon-keep-"));
const log = join(folder, "router.log");
beforeEach(() => writeFileSync(log, "the last words\n"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A Worker that dies after each of its starts but the last, `whileStarting` the first of them. */
function mortal(starts: number, whileStarting = false) {
  const done: string[] = [];
  let died = Promise.resolve();
  const worker: LocalWorker = {
    url: "http://127.0.0.1:1",
    log,
    get died() {
      return died;
    },
    start: async () => {
      const nth = done.push("start") / 2;
      if (nth === starts) died = new Promise(() => {});
      if (whileStarting && nth === 1) throw new DiedStarting("it died while starting");
    },
    stop: async () => {},
    kill: async () => void done.push("kill"),
  };
  return { worker, done };
}

/** Keeps it until nothing more happens, or it is given up; a death comes every so many milliseconds. */
async function keep(worker: LocalWorker, everyMs: number) {
  let now = 0;
  let revived = 0;
  const said: string[] = [];
  const kept = keepRunning("router", worker, {
    say: (words) => said.push(words),
    revived: () => {
      revived++;
    },
    now: () => {
      now += everyMs / 2;
      return now;
    },
  });
  const end = await Promise.race([kept.catch((error: unknown) => error), new Promise((resolve) => setTimeout(resolve, 50))]);
  return { end, said, revived };
}

describe("A Worker that is kept running", () => {
  it("is ended whole and started again as often as it dies, and each time that is said and heard", async () => {
    const { worker, done } = mortal(5);
    const { end, said, revived } = await keep(worker, 30_001);
    expect(end).toBeUndefined();
    expect(done).toEqual(Array.from({ length: 5 }, () => ["kill", "start"]).flat());
    expect(revived).toBe(5);
    expect(said.slice(0, 2)).toEqual([
      `The router has died (see ${log}). It is started again on the same state …`,
      "http://127.0.0.1:1 answers again.",
    ]);
  });

  it("is given up at its third death within a minute, with the end of its log", async () => {
    const { worker, done } = mortal(9);
    const { end } = await keep(worker, 20_000);
    expect(end).toBeInstanceOf(LocalProblem);
    expect(String(end)).toMatch(/The router has died 3 times within a minute and is given up; the end of .*:\nthe last words$/);
    expect(done.filter((what) => what === "start")).toHaveLength(2);
  });

  it("has died once more where it dies while it is started again", async () => {
    const { worker, done } = mortal(2, true);
    const { end, revived } = await keep(worker, 30_001);
    expect([end, revived, done.length]).toEqual([undefined, 1, 4]);
  });

  it("has as many deaths against it as lie within a minute", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(120_000)), (deaths) => {
        const { recent, tooMany } = weighDeaths(deaths, 120_000);
        expect(recent).toEqual(deaths.filter((at) => 120_000 - at < 60_000));
        expect(tooMany).toBe(recent.length > 2);
      }),
    );
  });
});

describe("A crash in the log", () => {
  it("is found once it is written, in however many pieces, and not where it was before", () => {
    const line = "[wrangler:warn] The Workers runtime crashed unexpectedly and is being restarted (crash #1).\n";
    fc.assert(
      fc.property(fc.nat(line.length), fc.nat(line.length), (one, other) => {
        writeFileSync(log, line);
        const crashed = crashInLog(log);
        expect(crashed()).toBe(false);
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        for (const piece of [line.slice(0, from), line.slice(from, to), line.slice(to)]) {
          appendFileSync(log, piece);
          crashed();
        }
        expect(crashed()).toBe(true);
        appendFileSync(log, "Ready\n");
        expect(crashed()).toBe(true);
      }),
    );
  });
});

describe("Looking after people whom a stopped queue may have left waiting", () => {
  it("says what it does, page by page, and what came of it", async () => {
    const said: string[] = [];
    const recover = async (_: string, soFar?: (sums: { recipients: number; requeued: number; unavailable: number }) => void) => {
      soFar?.({ recipients: 500, requeued: 1, unavailable: 0 });
      return { recipients: 700, requeued: 2, unavailable: 3 };
    };
    await lookAfterWaiting({ recover }, "key", (words) => said.push(words));
    expect(said).toEqual([
      "Looking after people whom the stopped queues may have left waiting …",
      "  500 people looked after, 1 message put back so far …",
      "700 people looked after, 2 messages put back, done; 3 of them could not be asked: POST /v1/recover asks again.",
    ]);
  });

  it("says that it has broken off, and breaks nothing", async () => {
    const said: string[] = [];
    await lookAfterWaiting({ recover: () => Promise.reject(new LocalProblem("nobody answers")) }, "key", (words) => said.push(words));
    expect(said.at(-1)).toBe("Looking after people has broken off: nobody answers. The next start does it again.");
  });
});
