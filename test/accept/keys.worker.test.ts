import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { routerOf } from "../../src/routes.ts";
import { auditRowsAfter } from "../../src/store/audit-chain.ts";
import { insertKey, noteKeyUse } from "../../src/store/keys.ts";
import { wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, ORIGIN, openTenant, ROOT_KEY } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const KEY = /^ck_shop_[A-Za-z0-9-]{16}_[A-Za-z0-9_-]{43}$/;
const made = z.looseObject({ id: z.string(), key: z.string() });
const list = z.object({ keys: z.array(z.looseObject({ id: z.string() })), next: z.string().optional() });

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

afterEach(() => void vi.useRealTimers());

const create = (body: object, key = shop.admin) => ask("POST", "/v1/keys", key, { name: "test", scopes: ["read"], ...body });
const createdKey = async (body: object = {}) => {
  const answer = await create(body);
  expect(answer.status).toBe(201);
  return made.parse(answer.body);
};
const rotate = (id: string, body: object = {}, key = shop.admin) => ask("POST", `/v1/keys/${id}/rotate`, key, body);
const revoke = (id: string, key = shop.admin) => ask("DELETE", `/v1/keys/${id}`, key);
const idOf = (key: string): string => key.split("_")[2] ?? "";
const listed = async (id: string) => list.parse((await shop.get("/v1/keys")).body).keys.find((key) => key.id === id);
const reads = async (key: string): Promise<number> => (await ask("GET", "/v1/messages?recipient=u1", key)).status;
/** A tenant without a catalog; its admin key. */
const bareTenant = async (id: string) => z.object({ key: z.string() }).parse((await ask("POST", "/v1/tenants", ROOT_KEY, { id })).body).key;
const audited = async (tenant: string) => auditRowsAfter(env.DB, tenant, 0, 1000);

describe("POST /v1/keys", () => {
  it("shows the key this once, keeps a hash of it, and lets it do what its scopes say at once", async () => {
    const answer = await create({ name: " a server ", scopes: ["events", "events"] });
    const { id, key } = made.parse(answer.body);
    expect(answer.body).toEqual({
      key: expect.stringMatching(KEY),
      id,
      prefix: `ck_shop_${id}`,
      name: "a server",
      scopes: ["events"],
      created_at: expect.stringMatching(ISO),
      created_by: `key:${idOf(shop.admin)}`,
    });
    expect(await shop.post({ id: "e1", source: "/shop", type: "order.paid", subject: "u1", data: { name: "x" } }, key)).toMatchObject({
      status: 202,
    });
    expect(await reads(key)).toBe(403);
    const everything = JSON.stringify([
      (await shop.get("/v1/keys")).body,
      (await env.DB.prepare("SELECT * FROM keys").all()).results,
      await audited("shop"),
    ]);
    expect(everything).not.toContain(key.split("_").slice(3).join("_"));
    expect(await audited("shop")).toContainEqual(
      expect.objectContaining({ actor: `key:${idOf(shop.admin)}`, action: "key.create", target: id, detail: { scopes: ["events"] } }),
    );
  });

  it.each([
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["root"] }, "/scopes/0"],
    [{ name: "" }, "/name"],
    [{ name: "x".repeat(101) }, "/name"],
    [{ name: "\u001b[31mred\u0007" }, "/name"],
    [{ name: "a\u0000b" }, "/name"],
    [{ name: "a\u2028b" }, "/name"],
    [{ notices: [] }, "/notices"],
    [{ notices: ["a b"] }, "/notices/0"],
    [{ event_types: ["*"] }, "/event_types/0"],
    [{ expires_at: "2020-01-01T00:00:00Z" }, "/expires_at"],
    [{ expires_at: "soon" }, "/expires_at"],
    [{ scopes: ["read", "admin"], notices: ["a"] }, "/scopes/1"],
    [{ scopes: ["unmask"], event_types: ["a"] }, "/scopes/0"],
    [{ tenant: "other" }, "/tenant"],
  ])("refuses %j at %s", async (body, pointer) => {
    expect(await create(body)).toMatchObject({ status: 422, body: { errors: [{ pointer, detail: expect.any(String) }] } });
  });

  it("tells of a time that is over whatever else is wrong, and of one that is none as that alone", async () => {
    const past = { expires_at: "2020-01-01T00:00:00Z" };
    const pointers = async (body: object) => [...(await create(body)).text.matchAll(/"pointer":"([^"]*)"/g)].map(([, pointer]) => pointer);
    expect(await pointers({ scopes: ["root"], ...past })).toEqual(["/scopes/0", "/expires_at"]);
    expect((await pointers({ scopes: ["admin"], notices: ["a"], ...past })).sort()).toEqual(["/expires_at", "/scopes/0"]);
    expect(await pointers({ expires_at: "soon" })).toEqual(["/expires_at"]);
  });

  it("makes a key for names that the catalog in force does not know yet, and says which and what is closest", async () => {
    const answer = await create({ scopes: ["events"], notices: ["order.paid", "order.payed"], event_types: ["order.*", "nothing.*"] });
    expect(answer).toMatchObject({ status: 201, body: { notices: ["order.paid", "order.payed"] } });
    expect(answer.body).toMatchObject({
      warnings: [{ pointer: "/notices/1", detail: expect.stringContaining("order.paid") }, { pointer: "/event_types/1" }],
    });
    expect((await create({ scopes: ["events"], notices: ["order.paid"] })).body).not.toHaveProperty("warnings");
    const bare = await bareTenant("warned");
    expect((await create({ scopes: ["events"], notices: ["order.payed"] }, bare)).body).not.toHaveProperty("warnings");
  });

  it("makes none beyond 500 that stand, by the root key alone: the way back in", async () => {
    const admin = await bareTenant("crowded");
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
       INSERT INTO keys (id, tenant, hash, scopes, created_at) SELECT 'crowded' || i, 'crowded', '#', 'read', 0 FROM n`,
    ).run();
    const refused = { status: 409, body: { type: "urn:carillon:problem:full", detail: expect.stringContaining("500") } };
    expect(await create({}, admin)).toMatchObject(refused);
    expect(await rotate("crowded1", {}, admin)).toMatchObject(refused);
    expect(await ask("POST", "/v1/tenants/crowded/keys", ROOT_KEY, {})).toMatchObject({ status: 201 });
    expect(await revoke("crowded1", admin)).toMatchObject({ status: 204 });
    expect(await revoke("crowded2", admin)).toMatchObject({ status: 204 });
    expect(await create({}, admin)).toMatchObject({ status: 201 });
  });

  it("gives a key that expires, and takes it no more from then on", async () => {
    const { id, key } = await createdKey({ expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect(await reads(key)).toBe(200);
    const soon = await createdKey({ expires_at: new Date(Date.now() + 60_000).toISOString() });
    await env.DB.prepare("UPDATE keys SET expires_at = 1 WHERE id = ?").bind(soon.id).run();
    expect(await reads(soon.key)).toBe(401);
    expect(await listed(id)).toMatchObject({ expires_at: expect.stringMatching(ISO) });
    expect(await listed(soon.id)).toBeUndefined();
  });
});

describe("GET /v1/keys", () => {
  it("lists newest first, page by page, and goes by its cursor alone", async () => {
    const admin = await bareTenant("pages");
    const made = { tenant: "pages", hash: "#", name: "", scopes: ["read" as const], created_by: "root" };
    for (let at = 0; at < 104; at++) await insertKey(env.DB, { ...made, id: `k${at}` }, at % 3);
    const page = async (query: string) => list.parse((await ask("GET", `/v1/keys${query}`, admin)).body);
    const first = await page("");
    const second = await page(`?cursor=${first.next}`);
    expect([first.keys.length, second.keys.length, second.next]).toEqual([100, 5, undefined]);
    expect(new Set([...first.keys, ...second.keys].map(({ id }) => id)).size).toBe(105);
    for (const bad of ["?cursor=x", "?cursor=", "?limit=5"]) expect((await ask("GET", `/v1/keys${bad}`, admin)).status).toBe(422);
  });

  it("keeps revoked keys for 30 days", async () => {
    const { id } = await createdKey();
    await revoke(id);
    expect(await listed(id)).toMatchObject({ revoked_at: expect.stringMatching(ISO) });
    await env.DB.prepare("UPDATE keys SET revoked_at = ? WHERE id = ?")
      .bind(Date.now() - 30 * 86_400_000, id)
      .run();
    expect(await listed(id)).toBeUndefined();
  });

  it("notes when a key was last used, to the hour, and never goes back", async () => {
    const { id, key } = await createdKey();
    expect(await listed(id)).not.toHaveProperty("last_used_at");
    await reads(key);
    await expect.poll(async () => (await listed(id))?.last_used_at).toMatch(/:00:00\.000Z$/);
    await env.DB.prepare("UPDATE keys SET last_used_at = 9000000000000 WHERE id = ?").bind(id).run();
    await Promise.all([reads(key), reads(key), noteKeyUse(env.DB, id, 8_000_000_000_000)]);
    expect(await env.DB.prepare("SELECT last_used_at FROM keys WHERE id = ?").bind(id).first()).toEqual({
      last_used_at: 9_000_000_000_000,
    });
  });
});

describe("POST /v1/keys/{id}/rotate", () => {
  it("has two keys valid at once until the overlap is over", async () => {
    const old = await createdKey({ scopes: ["read"], name: "pair", notices: ["order.paid"] });
    const answer = await rotate(old.id, { overlap: "PT1H" });
    const next = made.parse(answer.body);
    expect(answer).toMatchObject({ status: 201, body: { name: "pair", scopes: ["read"], notices: ["order.paid"], rotated_from: old.id } });
    expect([await reads(old.key), await reads(next.key)]).toEqual([200, 200]);
    const shown = await listed(old.id);
    expect(shown).toMatchObject({ rotated_to: next.id });
    const ends = Date.parse(z.string().parse(shown?.expires_at));
    expect(Math.abs(ends - Date.now() - 3_600_000)).toBeLessThan(60_000);
    expect(await audited("shop")).toContainEqual(expect.objectContaining({ action: "key.rotate", target: old.id }));
  });

  it("ends the old key at once where no overlap is wanted", async () => {
    const old = await createdKey();
    expect(await reads(old.key)).toBe(200);
    const next = made.parse((await rotate(old.id, { overlap: "PT0S" })).body);
    expect([await reads(old.key), await reads(next.key)]).toEqual([401, 200]);
  });

  it("is won by one of twenty that come at once", async () => {
    const old = await createdKey({ name: "raced" });
    const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(old.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM keys WHERE rotated_from = ?").bind(old.id).first()).toEqual({ n: 1 });
  });

  it("refuses an overlap of more than 90 days, and one that is none", async () => {
    const { id } = await createdKey();
    for (const overlap of ["P91D", "P2161D", "7d", "-P1D", 5])
      expect(await rotate(id, { overlap })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/overlap" }] } });
    expect((await rotate(id, { overlap: "P90D" })).status).toBe(201);
  });

  it("answers 409 for a key that is revoked", async () => {
    const { id } = await createdKey();
    await revoke(id);
    expect(await rotate(id)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("over") } });
  });
});

describe("DELETE /v1/keys/{id}", () => {
  it("ends a key at once where it was revoked, and a second time changes nothing", async () => {
    const { id, key } = await createdKey();
    expect(await reads(key)).toBe(200);
    expect(await revoke(id)).toMatchObject({ status: 204, text: "" });
    expect(await reads(key)).toBe(401);
    const rows = (await audited("shop")).length;
    expect((await revoke(id)).status).toBe(204);
    expect(await audited("shop")).toHaveLength(rows);
  });

  it("ends a key within 10 s where another isolate revoked it, and at the end of its overlap where one knows it already", async () => {
    const elsewhere = routerOf(await wire(env));
    const readsThere = async (key: string): Promise<number> => {
      const headers = { authorization: `Bearer ${key}` };
      return (await elsewhere.fetch(new Request(`${ORIGIN}/v1/messages?recipient=u1`, { headers }))).status;
    };
    const begun = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: begun });
    const [revoked, rotated] = [await createdKey(), await createdKey()];
    await rotate(rotated.id, { overlap: "PT5S" });
    expect([await readsThere(revoked.key), await readsThere(rotated.key)]).toEqual([200, 200]);
    await revoke(revoked.id);
    vi.setSystemTime(begun + 5_000);
    expect(await readsThere(rotated.key)).toBe(401);
    vi.setSystemTime(begun + 10_000);
    expect(await readsThere(revoked.key)).toBe(401);
  });

  it("refuses the last admin key that does not expire, also where two such are revoked at once", async () => {
    const first = await bareTenant("lone");
    expect(await revoke(idOf(first), first)).toMatchObject({ status: 409, body: { type: "urn:carillon:problem:needed" } });
    const second = made.parse((await create({ scopes: ["admin"] }, first)).body);
    const both = await Promise.all([revoke(idOf(first), first), revoke(second.id, first)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    const left = await Promise.all([first, second.key].map((key) => ask("GET", "/v1/keys", key)));
    expect(left.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});

describe("Another tenant's keys", () => {
  it("are not there, in the words of what does not exist", async () => {
    const { id } = await createdKey();
    for (const act of [(key: string) => revoke(key, other.admin), (key: string) => rotate(key, {}, other.admin)]) {
      const [own, none] = [await act(id), await act("k".repeat(16))];
      expect([own.status, none.status]).toEqual([404, 404]);
      expect(own.text).toBe(none.text);
    }
    expect((await ask("GET", "/v1/keys", other.admin)).text).not.toContain(id);
  });
});

describe("POST /v1/tenants/{id}/keys", () => {
  it("makes an admin key for a tenant that lost its own, and none for a tenant that there is not", async () => {
    const answer = await ask("POST", "/v1/tenants/shop/keys", ROOT_KEY, {});
    expect(answer).toMatchObject({ status: 201, body: { scopes: ["admin"], created_by: "root" } });
    const { id, key } = made.parse(answer.body);
    expect((await ask("GET", "/v1/keys", key)).status).toBe(200);
    expect(await audited("shop")).toContainEqual(expect.objectContaining({ actor: "root", action: "key.create", target: id }));
    for (const tenant of ["nobody", "SHOP", "a%20b"])
      expect((await ask("POST", `/v1/tenants/${tenant}/keys`, ROOT_KEY, {})).status).toBe(404);
    expect((await ask("POST", "/v1/tenants/shop/keys", shop.admin, {})).status).toBe(401);
  });
});
