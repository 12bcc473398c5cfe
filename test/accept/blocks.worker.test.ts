import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import type { LaneDelivery } from "../../src/deliver/lane-batch.ts";
import { routerOf } from "../../src/routes.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { type AskedSms, stubCarrier } from "./stub-carrier.ts";

let asked: AskedSms[];
let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  asked = stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other", smallCatalog("other"));
});

const block = (address: string, more: object = {}, tenant = shop): Promise<Answer> =>
  tenant.put("/v1/blocks", { channel: "sms", address, ...more });
const lift = (address: string, tenant = shop): Promise<Answer> => ask("DELETE", "/v1/blocks", tenant.admin, { channel: "sms", address });
const actions = async (): Promise<unknown[]> =>
  (await env.DB.prepare("SELECT action, target FROM audit WHERE tenant = 'shop' AND action LIKE 'block.%' ORDER BY seq").all()).results;
const rowOf = (hash: string) => env.DB.prepare("SELECT * FROM address_blocks WHERE hash = ?").bind(hash).first();
const hashIn = ({ text }: Answer): string => text.match(/"hash":"([^"]*)"/)?.[1] ?? "none";

/** The Worker with some of its wiring in other hands. */
async function throughRouter(over: Partial<Wiring["accept"]>, method: string, path: string, body: unknown): Promise<Response> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  return router.fetch(new Request(ORIGIN + path, { method, headers, body: JSON.stringify(body) }));
}

let events = 0;
/** Posts one event; what would stand in a lane is given, and is delivered when the test says so. */
async function post(type: string, ...recipients: string[]): Promise<{ readonly ids: string[]; deliver(): Promise<void> }> {
  const waiting: LaneMessage[] = [];
  const enqueue: Wiring["accept"]["enqueue"] = async (packs) => void waiting.push(...packs);
  const event = { id: `e${++events}`, source: "/shop", type, recipients, data: { name: "x" } };
  const text = await (await throughRouter({ enqueue }, "POST", "/v1/events", event)).text();
  return {
    ids: text.match(/[A-Za-z0-9_-]{44}/g) ?? [],
    async deliver() {
      const deliveries = waiting.map((body): LaneDelivery => ({ body, attempts: 1, ack() {}, retry() {} }));
      await consumeLane(deliveries, (await wire(env)).deliver);
    },
  };
}
const state = async (id: string) => (await shop.get(`/v1/messages/${id}`)).body;

describe("PUT /v1/blocks", () => {
  it("blocks an address once, however it is written and often it is asked, keeps it sealed, and is written down", async () => {
    const first = await block("13800138000", { reason: "asked by phone" });
    expect(first).toMatchObject({
      status: 200,
      body: {
        channel: "sms",
        address: "138****8000",
        reason: "asked by phone",
        set_by: `key:${shop.admin.split("_")[2]}`,
        at: expect.any(String),
      },
    });
    const again = await block("+86 138-0013-8000");
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await rowOf(hashIn(first))).toMatchObject({ address: expect.stringMatching(/^k1\./), lifted_at: null });
    expect((await actions()).slice(-2)).toEqual([
      { action: "block.set", target: hashIn(first) },
      { action: "block.set", target: hashIn(first) },
    ]);
  });

  it("points at what is wrong, and takes no reason that names somebody", async () => {
    expect(await block("12")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/address" }] } });
    for (const reason of ["it is 13800138000", "li@example.com wrote"])
      expect(await block("13800138001", { reason })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/reason" }] } });
    expect(await shop.put("/v1/blocks", { channel: "fax", address: "x", phone: "x" })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/channel" }, { pointer: "/phone" }] },
    });
  });
});

describe("GET /v1/blocks", () => {
  it("finds one address, and shows it in clear only to keys whose own scope allows it, which is written down", async () => {
    await block("13800138002");
    const path = "/v1/blocks?channel=sms&address=13800138002";
    const found = await shop.get(path);
    expect(found).toMatchObject({ status: 200, body: { blocks: [{ address: "138****8002" }] } });
    expect(await shop.get(`${path}&unmask=true`)).toMatchObject({ status: 403 });
    const before = (await actions()).length;
    const clear = await ask("GET", `${path}&unmask=true`, await shop.keyWith("read", "unmask"));
    expect(clear).toMatchObject({ status: 200, body: { blocks: [{ address: "+8613800138002" }] } });
    expect((await actions()).slice(before)).toEqual([{ action: "block.unmask", target: hashIn(found) }]);
    expect((await shop.get("/v1/blocks?channel=email&address=li@example.com")).body).toEqual({ blocks: [] });
    expect(await shop.get("/v1/blocks?address=13800138002")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/channel" }] } });
  });

  it("goes through all of them by cursors, each once, and by channel", async () => {
    for (let at = 0; at < 120; at++) await block(`+86 139${String(at).padStart(8, "0")}`, {}, other);
    await other.put("/v1/blocks", { channel: "email", address: "li@example.com" });
    const seen: string[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const page = await other.get(`/v1/blocks${next && `?cursor=${next}`}`);
      seen.push(...(page.text.match(/(?<="hash":")[^"]*/g) ?? []));
      next = page.text.match(/"next":"([^"]*)"/)?.[1];
    }
    expect([seen.length, new Set(seen).size]).toEqual([121, 121]);
    expect((await other.get("/v1/blocks?channel=email")).body).toMatchObject({ blocks: [{ address: "l***@example.com" }] });
    expect(await other.get("/v1/blocks?cursor=x")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/cursor" }] } });
  });

  it("keeps tenants apart", async () => {
    await block("13800138003");
    expect((await other.get("/v1/blocks?channel=sms&address=13800138003")).body).toEqual({ blocks: [] });
    const [theirs, nobodys] = [await lift("13800138003", other), await lift("13800138999", other)];
    expect([theirs.status, theirs.text]).toEqual([404, nobodys.text]);
  });
});

describe("A number that two share", () => {
  const shared = "13800138010";
  beforeAll(async () => {
    for (const id of ["ann", "ben"]) await shop.put(`/v1/recipients/${id}`, { addresses: { sms: shared } });
  });
  const texts = (): number => asked.filter(({ to }) => to === `+86${shared}`).length;

  it("gets nothing that waits in a lane when it is blocked, of no class, and again what comes after it is lifted", async () => {
    const before = await post("order.paid", "ann", "ben");
    const code = await post("login.code", "ann");
    await block(shared);
    await before.deliver();
    await code.deliver();
    expect(texts()).toBe(0);
    for (const id of [...before.ids, ...code.ids])
      expect(await state(id)).toMatchObject({ state: "suppressed", reason: "suppressed_address", attempts: [] });
    const next = await post("order.paid", "ann", "ben");
    for (const id of next.ids) expect(await state(id)).toMatchObject({ decision: "suppress", reason: "suppressed_address" });

    expect(await lift(shared)).toMatchObject({ status: 204 });
    expect(await lift(shared)).toMatchObject({ status: 404 });
    const after = await post("order.paid", "ann", "ben");
    await after.deliver();
    expect(texts()).toBe(2);
    for (const id of after.ids) expect(await state(id)).toMatchObject({ state: "sent" });
  });

  it("lets a message go on that was queued before the block was set and lifted", async () => {
    const waiting = await post("order.paid", "ann");
    await block(shared);
    await lift(shared);
    const before = texts();
    await waiting.deliver();
    expect(texts()).toBe(before + 1);
  });

  it("is lifted for all of them by the same request again, where one could not be told", async () => {
    const waiting = await post("order.paid", "ann", "ben");
    const blocked = await block(shared);
    await waiting.deliver();
    const { unblock } = (await wire(env)).accept;
    let told = 0;
    const failing: Wiring["accept"]["unblock"] = (...one) => (++told === 2 ? Promise.reject(new Error("away")) : unblock(...one));
    const answer = await throughRouter({ unblock: failing }, "DELETE", "/v1/blocks", { channel: "sms", address: shared });
    expect(answer.status).toBe(503);
    expect(await shop.get(`/v1/blocks?channel=sms&address=${shared}`)).toMatchObject({
      body: { blocks: [{ hash: hashIn(blocked), lifting_since: expect.any(String) }] },
    });
    expect(await lift(shared)).toMatchObject({ status: 204 });
    const after = await post("order.paid", "ann", "ben");
    const before = texts();
    await after.deliver();
    expect(texts()).toBe(before + 2);
    expect(await rowOf(hashIn(blocked))).toBeNull();
  });

  it("stays blocked where it is blocked anew while it is lifted", async () => {
    await block(shared);
    const { endLift } = (await wire(env)).accept;
    const ending: Wiring["accept"]["endLift"] = async (...one) => {
      await block(shared);
      await endLift(...one);
    };
    expect((await throughRouter({ endLift: ending }, "DELETE", "/v1/blocks", { channel: "sms", address: shared })).status).toBe(204);
    const waiting = await post("order.paid", "ann");
    const before = texts();
    await waiting.deliver();
    expect(texts()).toBe(before);
  });
});
