import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { cursorOf } from "../../src/accept/cursor.ts";
import { routerOf } from "../../src/routes.ts";
import { upsertRecipients } from "../../src/store/recipients.ts";
import { wire } from "../../src/wiring.ts";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { type AskedSms, stubCarrier } from "./stub-carrier.ts";

const DAY_MS = 86_400_000;

let shop: OpenTenant;
let other: OpenTenant;
let asked: AskedSms[];
beforeAll(async () => {
  asked = stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

const recover = (query = "", tenant = shop): Promise<Answer> => ask("POST", `/v1/recover${query}`, tenant.admin);
const askedFor = (number: string): AskedSms[] => asked.filter(({ to }) => to === number);

/** Posts through a Worker that writes the rows and then loses what it would put into the lanes. */
async function postLost(events: unknown): Promise<void> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, enqueue: async () => {} } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  const request = new Request(`${ORIGIN}/v1/events`, { method: "POST", headers, body: JSON.stringify(events) });
  expect((await router.fetch(request)).status).toBe(202);
}

const eventFor = (id: string, number: string, over: object = {}) => ({
  id: `event-${id}`,
  source: "/shop",
  type: "order.paid",
  recipients: [{ id, addresses: { sms: number } }],
  data: { name: "x" },
  ...over,
});

describe("POST /v1/recover", () => {
  it("puts back what a lost queue left behind, which arrives once however often it is asked", async () => {
    const number = "+8613800135001";
    await postLost(eventFor("lost", number));
    expect(askedFor(number)).toEqual([]);
    const answers = [await recover(), await recover()];
    expect(answers[0]).toMatchObject({ status: 200, body: { recipients: 1, requeued: 1 } });
    expect(answers[0]?.body).not.toHaveProperty("next");
    await vi.waitFor(() => expect(askedFor(number)).toHaveLength(1), 30_000);
    await vi.waitFor(async () => expect(await recover()).toMatchObject({ body: { requeued: 0 } }), 30_000);
    expect(askedFor(number)).toHaveLength(1);
  });

  it("leaves alone what is not due, and another tenant's", async () => {
    const number = "+8613800135002";
    await postLost(eventFor("later", number, { deliverat: new Date(Date.now() + DAY_MS).toISOString() }));
    await postLost(eventFor("now", "+8613800135003"));
    expect(await recover("", other)).toMatchObject({ body: { recipients: 0, requeued: 0 } });
    expect(await recover()).toMatchObject({ body: { recipients: 3, requeued: 1 } });
    await vi.waitFor(() => expect(askedFor("+8613800135003")).toHaveLength(1), 30_000);
    expect(askedFor(number)).toEqual([]);
  });

  it("goes on where one recipient cannot be asked, and says of how many that is so", async () => {
    await postLost(["away", "there"].map((id, at) => eventFor(id, `+861380013500${at + 4}`)));
    const wiring = await wire(env);
    let asking = 0;
    const waiting: typeof wiring.accept.waiting = async (tenant, key) => {
      if (++asking === 1) throw new Error("away");
      return wiring.accept.waiting(tenant, key);
    };
    const router = routerOf({ ...wiring, accept: { ...wiring.accept, waiting } });
    const headers = { authorization: `Bearer ${shop.admin}` };
    const answer = await router.fetch(new Request(`${ORIGIN}/v1/recover`, { method: "POST", headers }));
    expect([answer.status, await answer.json()]).toMatchObject([200, { unavailable: 1 }]);
    await recover();
    for (const number of ["+8613800135004", "+8613800135005"]) await vi.waitFor(() => expect(askedFor(number)).toHaveLength(1), 30_000);
  });

  it("goes by pages of 500 recipients, whose cursors lead through all of them once", async () => {
    const keys = Array.from({ length: 1_001 }, (_, at) => String(at).padStart(22, "k")).sort();
    const rows = keys.map((key) => ({ tenant: "other", key, profile: "{}", revision: 1 }));
    await upsertRecipients(env.DB, rows, 0).run();
    const first = await recover("", other);
    expect(first.body).toEqual({ recipients: 500, requeued: 0, unavailable: 0, next: cursorOf(keys[499] ?? "") });
    const second = await recover(`?cursor=${cursorOf(keys[499] ?? "")}`, other);
    expect(second.body).toEqual({ recipients: 500, requeued: 0, unavailable: 0, next: cursorOf(keys[999] ?? "") });
    expect((await recover(`?cursor=${cursorOf(keys[999] ?? "")}`, other)).body).toEqual({ recipients: 1, requeued: 0, unavailable: 0 });
  });

  it("refuses cursors that it did not give and parameters that it does not know", async () => {
    for (const query of [
      "?cursor=",
      "?cursor=x",
      `?cursor=${cursorOf("k".repeat(23))}`,
      "?after=x",
      `?cursor=${cursorOf("k".repeat(22))}&cursor=${cursorOf("k".repeat(22))}`,
    ])
      expect(await recover(query)).toMatchObject({ status: 422 });
  });
});
