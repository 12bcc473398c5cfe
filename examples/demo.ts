import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import { z } from "zod";
import { planDay, readDay } from "./day-plan.ts";
import { demoTable } from "./demo-table.ts";
import { followMessages } from "./follow-messages.ts";
import { startLocal } from "./local.ts";
import { mayResend, openShop, SHOP_FOLDER } from "./open-shop.ts";
import { type PostedEvent, playDay } from "./play-day.ts";
import { progressLine } from "./progress.ts";
import { type RouterMessage, reconcile } from "./reconcile.ts";
import { type RouterClient, routerClient } from "./router-client.ts";
import { runEntry } from "./run-entry.ts";
import { sandboxClient } from "./sandbox-client.ts";

const DAY_MS = 18_000;
/** Enough for the slowest end: a hanging call, the wait for its receipt, one more send, and a receipt that never comes. */
const PATIENCE_MS = 130_000;
const PUTS_AT_ONCE = 8;
/** Exit code of a program that Ctrl-C has ended (128 + SIGINT). */
const INTERRUPTED = 130;

/**
 * The carrier's bad day. Drawn from the seed, To and Body, so that each run has the same. A hang outlasts the router's
 * deadline of 10 s; with this seed four calls hang, one of them with its receipt lost, and the urgent ones after the
 * rush: on one machine a lane has one batch at a time, so that whoever comes behind a hanging call waits with it.
 */
const FAULTS = {
  seed: 1_372_972,
  rules: [
    { fault: "timeout_after", share: 0.015, ms: 12_000 },
    { fault: "status_429", share: 0.03, retry_after: 1 },
    { fault: "status_521", share: 0.02 },
    { fault: "undelivered", share: 0.02 },
    { fault: "refuse", code: 21614, to: "+8613800000015" },
    { fault: "receipt_lost", share: 0.03 },
    { fault: "receipt_repeated", share: 0.05, times: 3 },
    { fault: "receipt_reordered", share: 0.05 },
  ],
};

/** Seconds that nobody wants to watch are cut short. */
const DEMO_VARS = { UNKNOWN_AFTER_SECONDS: "60", RECEIPT_WAIT_SECONDS: "15" };

const person = z.looseObject({ id: z.string() });

/** Plays the day against a router of its own. Returns the exit code: 0 only where all is final and the sums add up. */
async function demo(stateFolder: string): Promise<number> {
  console.log("Starting the router and the sandbox carrier …");
  const local = await startLocal({ stateFolder, built: true, vars: DEMO_VARS });
  const key = await openShop(local, stateFolder, true);
  const router = routerClient(local.router.url);
  const sandbox = sandboxClient(local.sandbox.url);
  await sandbox.setFaults(FAULTS);
  console.log(`${await introducePeople(router, key)} people introduced; the carrier has a bad day.`);

  const posted = await play(router, key);
  const messages = await follow(posted, router, key);
  const book = await sandbox.readBook();
  const sums = reconcile(messages, book, mayResend());
  const refused = posted.flatMap((event) =>
    event.outcome.kind === "refused" ? [`${event.source} ${event.id} was not accepted: ${event.outcome.why}`] : [],
  );
  const problems = [...refused, ...sums.problems];
  console.log(`\n${demoTable(posted, messages, book.texts, sums)}\n`);
  console.log(
    problems.length === 0
      ? "Every message came to its end, and the carrier's book agrees."
      : `What does not add up:\n${problems.join("\n")}`,
  );
  console.log(`\nrouter ${local.router.url}  key ${key}\nhandsets ${local.sandbox.url}/phones`);
  return problems.length === 0 ? 0 : 1;
}

async function introducePeople(router: RouterClient, key: string): Promise<number> {
  const lines = (await readFile(join(SHOP_FOLDER, "people.ndjson"), "utf8")).split("\n").filter((line) => line !== "");
  const limit = pLimit(PUTS_AT_ONCE);
  const put = (line: string) => {
    const { id, ...profile } = person.parse(JSON.parse(line));
    return router.putRecipient(key, id, profile);
  };
  await Promise.all(lines.map((line) => limit(put, line)));
  return lines.length;
}

async function play(router: RouterClient, key: string): Promise<PostedEvent[]> {
  const day = readDay(await readFile(join(SHOP_FOLDER, "day.ndjson"), "utf8"));
  const startMs = Date.now() + 200;
  const progress = progressLine(process.stdout);
  let answered = 0;
  const posted = await playDay(planDay(day, startMs, DAY_MS), startMs, router, key, (events) => {
    answered += events.length;
    progress.say(`playing the day: ${answered} of ${day.length} events answered`);
  });
  progress.end();
  return posted;
}

async function follow(posted: readonly PostedEvent[], router: RouterClient, key: string): Promise<RouterMessage[]> {
  const ids = new Set(
    posted.flatMap((event) => (event.outcome.kind === "accepted" ? event.outcome.messages.map((message) => message.id) : [])),
  );
  const progress = progressLine(process.stdout);
  const messages = await followMessages([...ids], router, key, PATIENCE_MS, (seen) => {
    const states = [...Map.groupBy(seen, (message) => message.state)].map(([state, those]) => `${those.length} ${state}`);
    progress.say(`following ${seen.length} messages: ${states.sort().join(", ")}`);
  });
  progress.end();
  return messages;
}

/** Each write is synced, so memory is much faster than a disk where there is some to write to. */
function fastFolder(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}

await runEntry(async (interrupted) => {
  const { values } = parseArgs({ options: { stay: { type: "boolean", default: false } } });
  const stateFolder = mkdtempSync(join(fastFolder(), "carillon-demo-"));
  // The Workers end with the process, and after them their state; what went wrong keeps its logs.
  process.once("exit", (code) => {
    if (code === 1) console.error(`state and logs: ${stateFolder}`);
    else rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
  });
  const code = await Promise.race([demo(stateFolder), interrupted.then(() => INTERRUPTED)]);
  if (values.stay && code !== INTERRUPTED) {
    console.log("Ctrl-C stops both.");
    await interrupted;
  }
  return code;
});
