import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { type AskedSms, stubCarrier } from "./stub-carrier.ts";

const event = (id: string, over: object = {}) => ({ id, source: "/shop", type: "order.paid", data: { name: "李雷" }, ...over });

let shop: OpenTenant;
let asked: AskedSms[];
beforeAll(async () => {
  asked = stubCarrier();
  shop = await openTenant("shop");
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const rowOf = async (id: string) =>
  env.DB.prepare("SELECT profile, revision FROM recipients WHERE key = ?")
    .bind(await keyOf(id))
    .first();
const proofsOf = async (id: string) => {
  const { results } = await env.DB.prepare("SELECT scope, channel, state, at FROM preferences WHERE recipient = ? ORDER BY at")
    .bind(await keyOf(id))
    .all();
  return results;
};

/** The Worker with some of its wiring in other hands. */
async function postThrough(over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]>, events: unknown): Promise<Response> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  return router.fetch(new Request(`${ORIGIN}/v1/events`, { method: "POST", headers, body: JSON.stringify(events) }));
}

describe("Recipients given whole in an event", () => {
  it("are created before the answer: they are told at once and their row stands in D1, sealed", async () => {
    const recipients = [{ id: "new1", addresses: { sms: "13800138001", email: "li@example.com" }, locale: "en" }];
    expect(await shop.post(event("new1", { recipients }))).toMatchObject({
      status: 202,
      body: { events: [{ messages: [{ recipient: "new1", decision: "send" }] }] },
    });
    const row = await rowOf("new1");
    expect(row).toMatchObject({ revision: 1 });
    expect(JSON.stringify(row)).not.toMatch(/13800138001|li@example|new1/);
  });

  it("are updated key by key: what is left out stays, an empty address goes", async () => {
    await shop.post(
      event("up1", { recipients: [{ id: "up", addresses: { sms: "13800138002", email: "up@example.com" }, tags: ["vip"] }] }),
    );
    await shop.post(event("up2", { recipients: [{ id: "up", locale: "en" }] }));
    const profile: unknown = JSON.parse(String((await rowOf("up"))?.profile));
    expect(profile).toMatchObject({ locale: "en", tags: ["vip"], addresses: { sms: { country: "CN" }, email: {} }, revision: 2 });
    expect(await shop.post(event("up3", { recipients: [{ id: "up", addresses: { sms: "" } }] }))).toMatchObject({
      body: { events: [{ messages: [{ reason: "unreachable" }] }] },
    });
    expect(await rowOf("up")).toMatchObject({ revision: 3 });
  });

  it("are changed once by an event that comes again", async () => {
    const posted = event("same", {
      time: "2026-01-01T00:00:00Z",
      type: "login.code",
      recipients: [{ id: "same", addresses: { sms: "13800138003" }, preferences: [{ scope: "all", channel: "*", state: "out" }] }],
    });
    for (let at = 0; at < 3; at++) await shop.post(posted);
    expect(await rowOf("same")).toMatchObject({ revision: 1 });
    expect(await proofsOf("same")).toEqual([{ scope: "all", channel: "*", state: "out", at: "2026-01-01T00:00:00.000Z" }]);
  });

  it("are not brought back to what they were by an event that comes again", async () => {
    const posted = event("first", { recipients: [{ id: "moved", addresses: { sms: "13800138008" }, locale: "en" }] });
    await shop.post(posted);
    await shop.put("/v1/recipients/moved", { addresses: { sms: "13800138009" } });
    expect(await shop.post(posted)).toMatchObject({ status: 202, body: { events: [{ messages: [{ replayed: true }] }] } });
    const row = await rowOf("moved");
    expect(row).toMatchObject({ revision: 2 });
    expect(JSON.parse(String(row?.profile))).not.toHaveProperty("locale");
  });

  it("need the event's own time for a preference that has none, since ours would be another when it comes again", async () => {
    const said = { scope: "marketing", channel: "sms", state: "in" };
    const recipients = ["untimed0", { id: "untimed", preferences: [{ ...said, at: "2026-01-01T00:00:00Z" }, said] }];
    expect(await shop.post(event("untimed", { recipients }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/recipients/1/preferences/1/at", detail: expect.stringContaining("time") }] },
    });
    expect(await proofsOf("untimed")).toEqual([]);
    const time = "2026-01-02T00:00:00.000Z";
    expect(await shop.post(event("timed", { recipients, time }))).toMatchObject({ status: 202 });
    expect(await proofsOf("untimed")).toMatchObject([{ at: "2026-01-01T00:00:00.000Z" }, { at: time }]);
  });

  it("bring preferences, which are added and proven in D1, and count for the event that brings them", async () => {
    const ask = (id: string, state: string, at: string) =>
      shop.post(
        event(id, {
          type: "sale.offer",
          recipients: [{ id: "prefs", addresses: { sms: "13800138004" }, preferences: [{ scope: "marketing", channel: "*", state, at }] }],
        }),
      );
    expect(await ask("in1", "in", "2026-01-01T00:00:00Z")).toMatchObject({ body: { events: [{ messages: [{ decision: "send" }] }] } });
    expect(await ask("out1", "out", "2026-01-02T00:00:00Z")).toMatchObject({ body: { events: [{ messages: [{ reason: "opted_out" }] }] } });
    expect(await ask("in2", "in", "2026-01-01T12:00:00Z")).toMatchObject({ body: { events: [{ messages: [{ reason: "opted_out" }] }] } });
    expect(await proofsOf("prefs")).toMatchObject([{ state: "in" }, { state: "in" }, { state: "out" }]);
  });

  it("are refused with a bad number, where it stands and why, and nothing is written", async () => {
    const recipients = [{ id: "bad", addresses: { sms: "123" } }];
    expect(await shop.post(event("bad", { recipients }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/recipients/0/addresses/sms", detail: expect.any(String) }] },
    });
    expect(await rowOf("bad")).toBeNull();
  });

  it("count an `in` only once D1 has its proof: without it they are not asked at all", async () => {
    const recipients = [
      { id: "unproven", addresses: { sms: "13800138005" }, preferences: [{ scope: "marketing", channel: "*", state: "in" }] },
    ];
    const posted = event("unproven", { type: "sale.offer", time: new Date().toISOString(), recipients });
    const answer = await postThrough(() => ({ keepProofs: () => Promise.reject(new Error("D1 is away: 13800138005")) }), posted);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toMatch(/D1|13800138005/);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(await shop.get("/v1/messages?recipient=unproven")).toMatchObject({ body: { messages: [] } });
  });

  it("are 1,000 of a request at most, also where no message goes to them", async () => {
    const catalog = smallCatalog("other");
    const paid = { class: "transactional" as const, channels: ["sms" as const], to: "data.buyer", templates: { sms: { en: "Hello" } } };
    const other = await openTenant("other", { ...catalog, notices: { "order.paid": paid } });
    const recipients = (batch: number) => Array.from({ length: 100 }, (_, at) => ({ id: `b${batch}-${at}` }));
    const batch = Array.from({ length: 11 }, (_, at) => event(`b${at}`, { recipients: recipients(at) }));
    expect(await other.post(batch)).toMatchObject({ status: 413, body: { detail: expect.stringContaining("1100") } });
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM recipients WHERE tenant = 'other'").first()).toEqual({ n: 0 });
  });
});

describe("A post that failed half-way", () => {
  it("arrives once when its queue send failed and it is posted again", async () => {
    const posted = event("lost-send", { recipients: [{ id: "lost", addresses: { sms: "13800138006" } }] });
    const failed = await postThrough(() => ({ enqueue: () => Promise.reject(new Error("the queue is away")) }), posted);
    expect(failed.status).toBe(503);
    expect(await failed.text()).not.toContain("the queue is away");
    expect(await shop.post(posted)).toMatchObject({
      status: 202,
      body: { events: [{ messages: [{ decision: "send", replayed: true }] }] },
    });
    await vi.waitFor(() => expect(asked.filter(({ to }) => to === "+8613800138006")).toHaveLength(1), 30_000);
  });

  it("arrives once when the copy to D1 failed and it is posted again, and then D1 has it", async () => {
    const posted = event("lost-copy", { recipients: [{ id: "copy", addresses: { sms: "13800138007" } }] });
    const failed = await postThrough(() => ({ copyRecipients: () => Promise.reject(new Error("D1 is away")) }), posted);
    expect(failed.status).toBe(503);
    expect(await rowOf("copy")).toBeNull();
    expect(await shop.post(posted)).toMatchObject({ status: 202 });
    expect(await rowOf("copy")).toMatchObject({ revision: 1 });
    await vi.waitFor(() => expect(asked.filter(({ to }) => to === "+8613800138007")).toHaveLength(1), 30_000);
  });

  it("spoils only the events of the Recipient that could not be asked", async () => {
    const gone = await keyOf("gone");
    const over = ({ admit }: Wiring["accept"]): Partial<Wiring["accept"]> => ({
      admit: (tenant, command) => (command.recipient.key === gone ? Promise.reject(new Error("away")) : admit(tenant, command)),
    });
    const answer = await postThrough(over, [
      event("g1", { subject: "gone" }),
      event("g2", { subject: "here" }),
      event("g3", { recipients: ["here", "gone"] }),
    ]);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      events: [
        { id: "g1", problem: { status: 503 } },
        { id: "g2", messages: [{}] },
        { id: "g3", problem: { status: 503 } },
      ],
    });
  });
});
