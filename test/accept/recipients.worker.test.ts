import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const rowOf = async (id: string) =>
  env.DB.prepare("SELECT profile, revision, updated_at FROM recipients WHERE key = ?")
    .bind(await keyOf(id))
    .first();
const proofsOf = async (id: string) => {
  const { results } = await env.DB.prepare("SELECT scope, channel, state FROM preferences WHERE recipient = ? ORDER BY at")
    .bind(await keyOf(id))
    .all();
  return results;
};
const decide = async (id: string, type: string) => {
  const { text } = await shop.post({ id: crypto.randomUUID(), source: "/shop", type, subject: id, data: { name: "x" } });
  return text.match(/"reason":"(\w+)"/)?.[1] ?? text.match(/"decision":"(\w+)"/)?.[1];
};

/** The Worker with some of its wiring in other hands. */
async function putThrough(over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]>, id: string, body: unknown): Promise<Response> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  return router.fetch(new Request(`${ORIGIN}/v1/recipients/${id}`, { method: "PUT", headers, body: JSON.stringify(body) }));
}

const whole = { addresses: { sms: "13800138000", email: "li@example.com" }, locale: "zh-CN", time_zone: "Asia/Shanghai", tags: ["vip"] };

describe("PUT /v1/recipients/{id}", () => {
  it("replaces the whole profile: what is left out is gone", async () => {
    expect(await shop.put("/v1/recipients/u1", whole)).toMatchObject({ status: 200, body: { id: "u1", revision: 1 } });
    expect(await decide("u1", "order.paid")).toBe("send");
    expect(await shop.put("/v1/recipients/u1", { addresses: { email: "li@example.com" } })).toMatchObject({ body: { revision: 2 } });
    expect(await decide("u1", "order.paid")).toBe("unreachable");
    const profile: unknown = JSON.parse(String((await rowOf("u1"))?.profile));
    expect(profile).toEqual({ id: expect.any(String), revision: 2, addresses: { email: expect.any(Object) }, tags: [], quiet_hours: [] });
  });

  it("writes no new revision for an equal profile, though it is sealed anew and its number written otherwise", async () => {
    await shop.put("/v1/recipients/u2", whole);
    const before = await rowOf("u2");
    const again = {
      tags: ["vip"],
      time_zone: "Asia/Shanghai",
      locale: "zh-CN",
      addresses: { email: "li@example.com", sms: "+86 138-0013-8000" },
    };
    expect(await shop.put("/v1/recipients/u2", again)).toMatchObject({ status: 200, body: { revision: 1 } });
    expect(await rowOf("u2")).toEqual(before);
  });

  it("appends preferences and never takes one away", async () => {
    const out = { scope: "service", channel: "*", state: "out", at: "2026-01-02T00:00:00Z" };
    await shop.put("/v1/recipients/u3", { ...whole, preferences: [out] });
    expect(await decide("u3", "parcel.late")).toBe("opted_out");
    await shop.put("/v1/recipients/u3", whole);
    await shop.put("/v1/recipients/u3", { ...whole, preferences: [{ ...out, state: "in", at: "2026-01-01T00:00:00Z" }] });
    expect(await decide("u3", "parcel.late")).toBe("opted_out");
    await shop.put("/v1/recipients/u3", { ...whole, preferences: [{ ...out, state: "in", at: "2026-01-03T00:00:00Z" }] });
    expect(await decide("u3", "parcel.late")).toBe("send");
    expect(await proofsOf("u3")).toMatchObject([{ state: "in" }, { state: "out" }, { state: "in" }]);
  });

  it("keeps an equal entry once", async () => {
    const preferences = [{ scope: "all", channel: "*", state: "out", at: "2026-01-02T08:00:00+08:00" }];
    await shop.put("/v1/recipients/u4", { preferences });
    await shop.put("/v1/recipients/u4", { preferences: [{ ...preferences[0], at: "2026-01-02T00:00:00Z" }] });
    expect(await proofsOf("u4")).toEqual([{ scope: "all", channel: "*", state: "out" }]);
  });

  it("takes ids that must be percent-encoded", async () => {
    for (const id of ["a/b", "李雷", "a b", "100%", "u?x=1", "..%2f"]) {
      expect(await shop.put(`/v1/recipients/${encodeURIComponent(id)}`, whole)).toMatchObject({ status: 200, body: { id } });
      expect(await decide(id, "order.paid")).toBe("send");
    }
    for (const id of ["%20a", "a%00b", "x".repeat(256)])
      expect(await shop.put(`/v1/recipients/${id}`, whole)).toMatchObject({ status: 422 });
  });

  it("points at everything that is wrong", async () => {
    const places = async (body: object) => (await shop.put("/v1/recipients/u5", body)).text.match(/(?<="pointer":")[^"]*/g);
    expect(await places({ addresses: { sms: "12", email: "x" } })).toEqual(["/addresses/sms", "/addresses/email"]);
    expect(await places({ id: "u5" })).toEqual(["/id"]);
    expect(await places({ locale: "zh_CN", time_zone: "x", tags: [""], quiet_hours: [{ from: "25:00", to: "08:00" }] })).toEqual([
      "/locale",
      "/time_zone",
      "/tags/0",
      "/quiet_hours/0/from",
    ]);
    expect(await places({ preferences: [{ scope: "all", channel: "fax", state: "out" }] })).toEqual(["/preferences/0/channel"]);
    expect(await rowOf("u5")).toBeNull();
  });

  it("has the proof of an `in` in D1 before the Recipient is asked", async () => {
    const seen: unknown[] = [];
    const over = ({ change }: Wiring["accept"]): Partial<Wiring["accept"]> => ({
      async change(...told) {
        seen.push(await proofsOf("u6"));
        return change(...told);
      },
    });
    const preferences = [
      { scope: "marketing", channel: "sms", state: "in" },
      { scope: "service", channel: "*", state: "out" },
    ];
    expect((await putThrough(over, "u6", { ...whole, preferences })).status).toBe(200);
    expect(seen).toEqual([[{ scope: "marketing", channel: "sms", state: "in" }]]);
    expect(await proofsOf("u6")).toHaveLength(2);
  });

  it("counts no `in` whose proof could not be written", async () => {
    const preferences = [{ scope: "marketing", channel: "sms", state: "in" }];
    const answer = await putThrough(() => ({ keepProofs: () => Promise.reject(new Error("D1 is away")) }), "u7", { ...whole, preferences });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("D1");
    expect(await decide("u7", "sale.offer")).toBe("unreachable");
  });

  it("keeps an `out` in the Recipient even where D1 fails afterwards, and the Recipient copies it to D1 by itself", async () => {
    const body = { ...whole, preferences: [{ scope: "all", channel: "*", state: "out", at: "2026-01-02T00:00:00Z" }] };
    const answer = await putThrough(() => ({ copyRecipients: () => Promise.reject(new Error("D1 is away")) }), "u8", body);
    expect([answer.status, await answer.json()]).toEqual([200, { id: "u8", revision: 1, copied: false }]);
    expect(await decide("u8", "parcel.late")).toBe("opted_out");
    expect([await rowOf("u8"), await proofsOf("u8")]).toEqual([null, []]);
    expect((await shop.get("/v1/recipients/u8/preferences")).body).toHaveProperty("uncopied_since");
    expect(await shop.put("/v1/recipients/u8", body)).toMatchObject({ status: 200, body: { revision: 1, copied: true } });
    expect(await rowOf("u8")).toMatchObject({ revision: 1 });
    expect(await proofsOf("u8")).toMatchObject([{ state: "out" }]);
  });

  it("says that it is to be repeated where neither D1 nor the Recipient could be told what is missing", async () => {
    const away = () => Promise.reject(new Error("away"));
    const answer = await putThrough(() => ({ copyRecipients: away, notCopied: away }), "u10", whole);
    expect(answer.status).toBe(503);
    expect(await shop.put("/v1/recipients/u10", whole)).toMatchObject({ status: 200, body: { revision: 1, copied: true } });
    expect(await rowOf("u10")).toMatchObject({ revision: 1 });
  });

  it("reads national numbers by the catalog's country, and needs whole ones where it names none", async () => {
    const other = await openTenant("other", { ...smallCatalog("other"), defaults: {} });
    const national = { addresses: { sms: "13800138000" } };
    expect(await shop.put("/v1/recipients/u9", national)).toMatchObject({ status: 200 });
    expect(await other.put("/v1/recipients/u9", national)).toMatchObject({
      status: 422,
      body: { errors: [{ detail: expect.stringContaining("country") }] },
    });
    expect(await other.put("/v1/recipients/u9", { addresses: { sms: "+86 13800138000" } })).toMatchObject({ status: 200 });
  });
});
