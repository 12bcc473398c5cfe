import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocal } from "../examples/local.ts";
import { openShop, shopCatalogAt } from "../examples/open-shop.ts";
import { percentile } from "../examples/percentile.ts";
import { routerClient } from "../examples/router-client.ts";
import { sandboxClient } from "../examples/sandbox-client.ts";
import { mostInASecond } from "./deliver/gate/most-in-a-second.ts";

/**
 * How long a code waits from its 202 to its carrier's call, on an idle system and behind marketing that saturates the carrier,
 * and how many calls a second the carrier then gets. Everything over real HTTP: the built Worker in workerd, the sandbox carrier.
 * `node test/lanes.bench.ts`, or with CARILLON_BENCH_MARKETING=1000 for a short one.
 */
const MARKETING = Number(process.env.CARILLON_BENCH_MARKETING ?? 10_000);
const CODES = Number(process.env.CARILLON_BENCH_CODES ?? 200);
const PER_SECOND = Number(process.env.CARILLON_BENCH_PER_SECOND ?? 20);
const CODE_EVERY_MS = 150;
const BATCH = 100;
const MARKETING_RATE_SECONDS = 20;

const stateFolder = mkdtempSync(join(process.env.CARILLON_BENCH_FOLDER ?? tmpdir(), "carillon-lanes-"));
const local = await startLocal({ stateFolder, built: true, sandboxVars: { SANDBOX_SENT_MS: "20", SANDBOX_DELIVERED_MS: "60" } });
try {
  const key = await openShop(local, stateFolder, true);
  const router = routerClient(local.router.url);
  const catalog = Object(shopCatalogAt(local.sandbox.url, true));
  const main = { ...catalog.carriers.main, per_second: PER_SECOND };
  await router.publishCatalog(key, { ...catalog, carriers: { ...catalog.carriers, main } });
  await tellCodes(key, 20, "warm");
  const idle = await tellCodes(key, CODES, "idle");
  print("idle", idle);

  const began = Date.now();
  for (let from = 0; from < MARKETING; from += BATCH)
    await post(
      key,
      Array.from({ length: BATCH }, (_, at) => promotion(from + at)),
    );
  console.log(
    `${MARKETING} marketing messages accepted in ${((Date.now() - began) / 1000).toFixed(1)} s; the carrier takes ${PER_SECOND}/s`,
  );
  const busy = await tellCodes(key, CODES, "busy");
  print("behind marketing", busy);
  const [p99, most] = [percentile(busy, 99) ?? Number.NaN, percentile(idle, 99) ?? Number.NaN];
  console.log(`p99 ${p99.toFixed(0)} ms against ${most.toFixed(0)} ms idle: allowed ${Math.max(1.5 * most, most + 100).toFixed(0)} ms`);

  const from = Date.now();
  await new Promise((resolve) => setTimeout(resolve, MARKETING_RATE_SECONDS * 1000));
  const to = Date.now();
  const { texts } = await sandboxClient(local.sandbox.url).readBook();
  const instants = texts.map(({ accepted_at }) => accepted_at).filter((at) => at >= from && at < to);
  console.log(
    `marketing by itself: ${(instants.length / ((to - from) / 1000)).toFixed(1)}/s; the most in any one second ${mostInASecond(instants)}`,
  );
} finally {
  await local.kill();
  rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
}

/** Posts codes one after the other and gives how long each waited for its carrier's call, in milliseconds. */
async function tellCodes(key: string, count: number, name: string): Promise<number[]> {
  const sent = new Map<string, number>();
  for (let at = 0; at < count; at++) {
    const number = `+86139${String(at).padStart(4, "0")}${name.length}${String(Math.floor(Math.random() * 999)).padStart(3, "0")}`;
    const event = {
      id: `${name}-${at}`,
      source: "/bench",
      type: "login.code",
      data: { code: "214013", minutes: 5 },
      recipients: [{ id: `${name}-${at}`, addresses: { sms: number } }],
    };
    await post(key, [event]);
    sent.set(number, Date.now());
    await new Promise((resolve) => setTimeout(resolve, CODE_EVERY_MS));
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { texts } = await sandboxClient(local.sandbox.url).readBook();
  const waits = texts.flatMap(({ to, accepted_at }) => {
    const posted = sent.get(to);
    return posted === undefined ? [] : [Math.max(0, accepted_at - posted)];
  });
  if (waits.length < count) console.log(`${name}: ${count - waits.length} of ${count} codes have not reached the carrier`);
  return waits;
}

function promotion(at: number): object {
  return {
    id: `m${at}`,
    source: "/bench",
    type: "promotion",
    data: { title: "秋季大促", offer: "满300减50", until: "今晚12点" },
    recipients: [
      {
        id: `buyer-${at}`,
        addresses: { sms: `+86137${String(at).padStart(8, "0")}` },
        preferences: [{ scope: "marketing", channel: "*", state: "in", at: "2026-01-01T00:00:00Z" }],
      },
    ],
  };
}

async function post(key: string, events: readonly object[]): Promise<void> {
  const response = await fetch(`${local.router.url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`answered ${response.status}: ${text.slice(0, 300)}`);
}

function print(name: string, waits: readonly number[]): void {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(waits, percent)?.toFixed(0));
  console.log(`${name}: ${waits.length} codes, accept to carrier p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
}
