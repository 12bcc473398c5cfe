import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type Answer, ask, type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
let other: OpenTenant;
let seeing: string;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
  seeing = await shop.keyWith("read", "unmask");
});

const keyOf = async (id: string) => recipientKeyOf(await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64"))), "shop", id);
const patch = (id: string, body: unknown): Promise<Answer> => ask("PATCH", `/v1/recipients/${id}`, shop.admin, body);
const erase = (id: string, key = shop.admin): Promise<Answer> => ask("DELETE", `/v1/recipients/${id}`, key);
const audited = async (id: string) => {
  const { results } = await env.DB.prepare("SELECT action FROM audit WHERE tenant = 'shop' AND target = ? ORDER BY seq")
    .bind(await keyOf(id))
    .all();
  return results.map(({ action }) => action);
};
const whole = {
  addresses: { sms: ["13800138000", "+14155552671"], email: "zhang@example.com", push: "fcm-token-1" },
  locale: "zh-CN",
  time_zone: "Asia/Shanghai",
  tags: ["vip"],
  quiet_hours: [{ from: "22:00", to: "08:00" }],
  preferences: [{ scope: "marketing", channel: "*", state: "out", at: "2026-01-02T00:00:00Z" }],
};

describe("GET /v1/recipients/{id}", () => {
  it("shows what is kept, addresses masked and marked", async () => {
    await shop.put("/v1/recipients/g1", whole);
    expect(await shop.get("/v1/recipients/g1")).toMatchObject({
      status: 200,
      body: {
        id: "g1",
        revision: 1,
        addresses: {
          sms: [{ address: "138****8000", preferred: true }, { address: "+1415***2671" }],
          email: [{ address: "z***@example.com", preferred: true }],
          push: [{ address: "fcm***", preferred: true }],
        },
        locale: "zh-CN",
        time_zone: "Asia/Shanghai",
        tags: ["vip"],
        quiet_hours: [{ from: "22:00", to: "08:00" }],
        preferences: [{ scope: "marketing", channel: "*", state: "out", at: "2026-01-02T00:00:00.000Z" }],
      },
    });
    expect(await audited("g1")).toEqual(["recipient.put"]);
  });

  it("shows addresses in clear to a key that has the scope itself, once the audit has it", async () => {
    await shop.put("/v1/recipients/g2", whole);
    for (const key of [shop.admin, await shop.keyWith("read")])
      expect(await ask("GET", "/v1/recipients/g2?unmask=true", key)).toMatchObject({ status: 403 });
    expect((await ask("GET", "/v1/recipients/g2", seeing)).text).not.toContain("13800138000");
    expect(await audited("g2")).toEqual(["recipient.put"]);
    expect(await ask("GET", "/v1/recipients/g2?unmask=true", seeing)).toMatchObject({
      status: 200,
      body: { addresses: { sms: [{ address: "+8613800138000" }, { address: "+14155552671" }], email: [{ address: "zhang@example.com" }] } },
    });
    expect(await audited("g2")).toEqual(["recipient.put", "recipient.unmask"]);
  });

  it("shows nothing in clear where the audit cannot be written", async () => {
    await shop.put("/v1/recipients/g3", whole);
    const answer = await through(
      () => ({ audit: () => Promise.reject(new Error("D1 is away")) }),
      "GET",
      "/v1/recipients/g3?unmask=true",
      seeing,
    );
    expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining("13800138000")]);
  });

  it("answers for another tenant's, and for what is no id, as for what there is not", async () => {
    await shop.put("/v1/recipients/g4", whole);
    const nobody = await shop.get("/v1/recipients/nobody");
    expect(nobody.status).toBe(404);
    for (const path of ["/v1/recipients/g4", "/v1/recipients/%20x"]) expect((await other.get(path)).text).toBe(nobody.text);
    await shop.post({ id: "e", source: "/s", type: "order.paid", subject: "named-only", data: { name: "x" } });
    expect((await shop.get("/v1/recipients/named-only")).text).toBe(nobody.text);
  });
});

describe("PATCH /v1/recipients/{id}", () => {
  it("replaces what is given, takes away what is null and leaves the rest", async () => {
    await shop.put("/v1/recipients/p1", whole);
    expect(await patch("p1", { addresses: { email: null, sms: "13800138001" }, locale: null, quiet_hours: null })).toMatchObject({
      status: 200,
      body: { id: "p1", revision: 2 },
    });
    const { body } = await shop.get("/v1/recipients/p1");
    expect(body).toEqual({
      id: "p1",
      revision: 2,
      addresses: { sms: [{ address: "138****8001", preferred: true }], push: [{ address: "fcm***", preferred: true }] },
      time_zone: "Asia/Shanghai",
      tags: ["vip"],
      quiet_hours: [],
      preferences: [expect.any(Object)],
    });
    expect(await patch("p1", { addresses: null, tags: ["a", "b"] })).toMatchObject({ body: { revision: 3 } });
    expect(await shop.get("/v1/recipients/p1")).toMatchObject({ body: { addresses: {}, tags: ["a", "b"] } });
    expect(await patch("p1", {})).toMatchObject({ status: 200, body: { revision: 3 } });
    expect(await audited("p1")).toEqual(["recipient.put", ...Array(3).fill("recipient.patch")]);
  });

  it("loses no tag that others add or remove at the same time", async () => {
    await shop.put("/v1/recipients/p2", { tags: Array.from({ length: 10 }, (_, at) => `old-${at}`) });
    await Promise.all(Array.from({ length: 10 }, (_, at) => patch("p2", { add_tags: [`new-${at}`], remove_tags: [`old-${at}`] })));
    const { body } = await shop.get("/v1/recipients/p2");
    expect(body).toMatchObject({ revision: 11, tags: expect.arrayContaining(Array.from({ length: 10 }, (_, at) => `new-${at}`)) });
    expect(JSON.stringify(body)).not.toContain("old-");
    const much = { add_tags: Array.from({ length: 60 }, (_, at) => `more-${at}`) };
    expect(await patch("p2", much)).toMatchObject({ status: 422, body: { errors: [{ pointer: "/add_tags" }] } });
  });

  it("makes nobody, and points at all that is wrong", async () => {
    const nobody = await patch("p3", { tags: [] });
    expect(nobody.status).toBe(404);
    expect((await shop.get("/v1/recipients/p3")).text).toBe(nobody.text);
    await shop.put("/v1/recipients/p4", whole);
    const places = async (body: object) => (await patch("p4", body)).text.match(/(?<="pointer":")[^"]*/g);
    expect(await places({ addresses: { sms: ["12", "13800138000", "+8613800138000"], email: "x" } })).toEqual([
      "/addresses/sms/0",
      "/addresses/sms/2",
      "/addresses/email",
    ]);
    expect(await places({ addresses: { sms: Array(6).fill("13800138000") }, locale: "zh_CN" })).toEqual(["/addresses/sms", "/locale"]);
    expect(await places({ tags: ["a"], add_tags: ["b"] })).toEqual(["/tags"]);
    expect(await places({ preferences: [] })).toEqual(["/preferences"]);
    expect(await shop.get("/v1/recipients/p4")).toMatchObject({ body: { revision: 1 } });
  });
});

describe("GET /v1/recipients", () => {
  it("finds people by an address that they have now, however it is written, on any channel or on one", async () => {
    await shop.put("/v1/recipients/s1", { addresses: { sms: ["13900139000", "13900139001"] }, tags: ["one"] });
    await shop.put("/v1/recipients/s2", { addresses: { rcs: "+86 139 0013 9001", email: "s2@example.com" } });
    const ids = async (query: string) => (await shop.get(`/v1/recipients?${query}`)).text.match(/(?<="id":")[^"]*/g);
    expect((await ids("address=139-0013-9001"))?.sort()).toEqual(["s1", "s2"]);
    expect(await ids("address=13900139001&channel=rcs")).toEqual(["s2"]);
    expect(await ids("address=%2B8613900139000&tag=one")).toEqual(["s1"]);
    expect(await ids("address=13900139000&tag=two")).toBeNull();
    expect(await ids("address=s2%40example.com")).toEqual(["s2"]);
    await patch("s1", { addresses: { sms: "13900139002" } });
    expect(await ids("address=13900139001")).toEqual(["s2"]);
    expect((await shop.get("/v1/recipients?address=13900139001")).text).not.toContain("13900139001");
    expect(await other.get("/v1/recipients?address=13900139001")).toMatchObject({ status: 200, body: { recipients: [] } });
    expect(await shop.get("/v1/recipients?address=12&channel=sms")).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/address" }] },
    });
    expect(await shop.get("/v1/recipients?channel=sms")).toMatchObject({ status: 422, body: { errors: [{ pointer: "/channel" }] } });
  });

  it("lists everyone once, page by page, or those with a tag", async () => {
    for (let at = 0; at < 7; at++) await other.put(`/v1/recipients/l${at}`, { tags: [at % 3 === 0 ? "third" : "rest"] });
    const all = async (query: string): Promise<string[]> => {
      const found: string[] = [];
      for (let next: string | undefined = ""; next !== undefined; ) {
        const { text }: Answer = await other.get(`/v1/recipients?limit=2${query}${next === "" ? "" : `&cursor=${next}`}`);
        const ids = text.match(/(?<="id":")[^"]*/g) ?? [];
        expect(ids.length).toBeLessThanOrEqual(2);
        found.push(...ids);
        next = text.match(/(?<="next":")[^"]*/)?.[0];
      }
      return found;
    };
    expect((await all("")).sort()).toEqual(["l0", "l1", "l2", "l3", "l4", "l5", "l6"]);
    expect((await all("&tag=third")).sort()).toEqual(["l0", "l3", "l6"]);
    expect(await all("&tag=none")).toEqual([]);
  });
});

describe("DELETE /v1/recipients/{id}", () => {
  const dumped = async (id: string): Promise<string> => {
    const key = await keyOf(id);
    const stub = env.RECIPIENT.getByName(`shop/${key}`);
    const kept = await runInDurableObject(stub, (_, { storage }) =>
      storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray()
        .map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${String(name)}`).toArray()]),
    );
    const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'").all();
    const rows = await Promise.all(
      tables.results.map(async ({ name }) => (await env.DB.prepare(`SELECT * FROM ${String(name)}`).all()).results),
    );
    return JSON.stringify([kept, rows.flat().filter((row) => JSON.stringify(row).includes(key))]);
  };

  it("leaves nothing of somebody but the out, in the object and in D1", async () => {
    const body = { ...whole, preferences: [...whole.preferences, { scope: "all", channel: "sms", state: "in" }] };
    await shop.put("/v1/recipients/d1", body);
    const sent = await shop.post({ id: "d1", source: "/s", type: "order.paid", subject: "d1", data: { name: "x" } });
    const id = sent.text.match(/"id":"([A-Za-z0-9_-]{44})"/)?.[1];
    const before = await dumped("d1");
    const secrets = [...before.matchAll(/k1\.[\w-]+\.[\w-]+|\\"hash\\":\\"([\w-]{22})/g)].map(([text, hash]) => hash ?? text);
    expect(secrets.length).toBeGreaterThan(8);
    expect(await erase("d1")).toMatchObject({ status: 204, text: "" });
    const after = await dumped("d1");
    for (const secret of secrets) expect(after).not.toContain(secret);
    for (const word of ["vip", "Asia/Shanghai", "22:00", '\\"in\\"', '"state":"in"']) expect(after).not.toContain(word);
    expect(after).toContain('\\"state\\":\\"out\\"');
    expect(await shop.get("/v1/recipients/d1")).toMatchObject({ status: 404 });
    expect(await shop.get(`/v1/messages/${id}`)).toMatchObject({ status: 404 });
    expect(await shop.get("/v1/messages?recipient=d1")).toMatchObject({ body: { messages: [] } });
    expect(await shop.get("/v1/recipients?address=13800138000")).toMatchObject({
      body: { recipients: expect.not.arrayContaining([{ id: "d1" }]) },
    });
    expect(await audited("d1")).toEqual(["recipient.put", "recipient.erase"]);
  });

  it("lets what was under way go: its claim is gone and late words change nothing", async () => {
    await shop.put("/v1/recipients/d2", whole);
    const stub = env.RECIPIENT.getByName(`shop/${await keyOf("d2")}`);
    const { text } = await shop.post({ id: "d2", source: "/s", type: "order.paid", subject: "d2", data: { name: "x" } });
    const id = text.match(/"id":"([A-Za-z0-9_-]{44})"/)?.[1] ?? "";
    await erase("d2");
    expect(await stub.claim({ ids: [id], lease_ms: 1_000, paused: [] })).toEqual([{ kind: "done", id, state: "gone" }]);
    const word = { kind: "receipt", id, carrier: "main", status: "delivered", arrived_at: 1 } as const;
    expect(await stub.tell([word])).toEqual([{ id, matched: false }]);
    expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  it("keeps the no: who is made anew has it still, and goes on from a higher revision that no late copy passes", async () => {
    await shop.put("/v1/recipients/d3", whole);
    const late = await env.DB.prepare("SELECT tenant, key, profile, revision FROM recipients WHERE key = ?")
      .bind(await keyOf("d3"))
      .first();
    await erase("d3");
    const wiring = await wire(env);
    await wiring.accept.copyRecipients([{ tenant: "shop", key: String(late?.key), profile: String(late?.profile), revision: 1 }], []);
    const rows = async () =>
      (
        await env.DB.prepare("SELECT 1 FROM addresses WHERE recipient = ?")
          .bind(await keyOf("d3"))
          .all()
      ).results;
    expect(await rows()).toEqual([]);
    expect((await shop.get("/v1/recipients?limit=100")).text).not.toContain('"d3"');
    const { preferences: _, ...again } = whole;
    expect(await shop.put("/v1/recipients/d3", again)).toMatchObject({ status: 200, body: { revision: 3 } });
    expect(await shop.get("/v1/recipients/d3")).toMatchObject({ body: { preferences: [{ scope: "marketing", state: "out" }] } });
    expect((await shop.get("/v1/recipients?limit=100")).text).toContain('"d3"');
    expect(await rows()).toHaveLength(4);
  });

  it("is completed by the same request again where D1 failed after the object was erased, and may be repeated", async () => {
    await shop.put("/v1/recipients/d4", whole);
    const away = { eraseCopies: () => Promise.reject(new Error("D1 is away")) };
    expect((await through(() => away, "DELETE", "/v1/recipients/d4", shop.admin)).status).toBe(503);
    expect(await shop.get("/v1/recipients/d4")).toMatchObject({ status: 404 });
    for (let times = 0; times < 2; times++) expect(await erase("d4")).toMatchObject({ status: 204 });
    expect(await dumped("d4")).not.toMatch(/vip|k1\./);
  });

  it("finds nobody who was never known, and nobody of another tenant", async () => {
    await shop.put("/v1/recipients/d5", whole);
    const never = await erase("never");
    expect(never.status).toBe(404);
    expect((await erase("d5", other.admin)).text).toBe(never.text);
    expect(await shop.get("/v1/recipients/d5")).toMatchObject({ status: 200 });
    expect(await audited("never")).toEqual([]);
  });
});

/** The Worker with some of its wiring in other hands. */
async function through(
  over: (accept: Wiring["accept"]) => Partial<Wiring["accept"]>,
  method: string,
  path: string,
  key: string,
): Promise<Response> {
  const wiring = await wire(env);
  const router = routerOf({ ...wiring, accept: { ...wiring.accept, ...over(wiring.accept) } });
  return router.fetch(new Request(`${ORIGIN}${path}`, { method, headers: { authorization: `Bearer ${key}` } }));
}
