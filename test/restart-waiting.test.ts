import { describe, expect, it } from "vitest";
import { shopCatalogAt } from "../examples/open-shop.ts";
import { routerClient } from "../examples/router-client.ts";
import { newPerson } from "./shop-events.ts";
import { eventually, PATIENT_TEST_MS, useEverything } from "./start-everything.ts";

const everything = useEverything("restart-waiting");

const SHARE = process.env.SOAK ? 20 : 1;
const PAUSED = 25 * SHARE;
const DEFERRED = 3 * SHARE;
const DIGESTS = SHARE;
const SOON_MS = 4_000;

/** The shop's catalog with a notice that is gathered, and no hours of silence for the classes that this test posts. */
async function catalogAt(carrier: string): Promise<object> {
  const shop = Object(shopCatalogAt(carrier));
  const words = { sms: { "zh-CN": "您的商品有{{ digest.count }}次浏览。" } };
  return {
    ...shop,
    classes: { ...shop.classes, service: { quiet_hours: [], caps: [] } },
    notices: {
      ...shop.notices,
      "item.viewed": { class: "service", channels: ["sms"], digest: { key: "{{ data.item }}", window: "PT4S" }, templates: words },
    },
  };
}

describe("A router that is killed while messages wait", { timeout: 2 * PATIENT_TEST_MS }, () => {
  it("loses nothing and repeats nothing: what was paused, deferred and gathered reaches each handset once", async () => {
    const { local, key, accept, texts, message, restartRouter, readBook } = everything();
    const router = routerClient(local.router.url);
    const pause = async (method: "POST" | "DELETE"): Promise<void> => {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const answer = await fetch(`${local.router.url}/v1/pauses`, { method, headers, body: JSON.stringify({ lane: "transactional" }) });
      expect(answer.status).toBe(200);
    };
    await router.publishCatalog(key, await catalogAt(local.sandbox.url));
    await pause("POST");
    const shipped = { type: "order.shipped", data: { order_id: "D1", tracking: "JL1", eta: "2026-11-13" } };
    const people = { paused: many(PAUSED), deferred: many(DEFERRED), gathered: many(DIGESTS) };
    const due = new Date(Date.now() + SOON_MS).toISOString();
    const events = [
      ...people.paused.map((person) => ({ ...shipped, recipients: [person] })),
      ...people.deferred.map((person) => ({ type: "item.arrived", data: { item: "雨伞", left: 8 }, deliverat: due, recipients: [person] })),
      ...[...people.gathered, ...people.gathered, ...people.gathered].map((person) => ({
        type: "item.viewed",
        data: { item: "i1" },
        recipients: [person],
      })),
    ].map((event, at) => ({ id: `e${at}`, source: "/restart", ...event }));
    const accepted = [];
    for (let at = 0; at < events.length; at += 50) accepted.push(...(await accept(events.slice(at, at + 50))));
    expect(new Set(accepted.map(({ decision }) => decision))).toEqual(new Set(["send", "defer", "merge"]));

    await restartRouter();
    expect((await readBook()).messages.length).toBeLessThanOrEqual(DEFERRED + DIGESTS);
    await pause("DELETE");
    await router.recover(key);
    for (const { id, decision } of accepted) {
      await eventually(
        () => message(id),
        ({ state }) => state === (decision === "merge" ? "merged" : "delivered"),
      );
    }
    const everyone = [...people.paused, ...people.deferred, ...people.gathered];
    const seen = await Promise.all(everyone.map(async ({ addresses }) => texts(addresses.sms)));
    expect(seen.map((each) => each.length)).toEqual(everyone.map(() => 1));
    for (const [text] of seen.slice(-DIGESTS)) expect(text).toBe("【鲸落商城】您的商品有3次浏览。");
  });
});

function many(count: number): ReturnType<typeof newPerson>[] {
  return Array.from({ length: count }, () => newPerson());
}
