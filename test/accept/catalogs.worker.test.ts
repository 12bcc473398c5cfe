import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const event = (id: string, type = "order.paid") => ({ id, source: "/shop", type, subject: "u1", data: { name: "x" } });

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

async function versions(tenant: string) {
  const { results } = await env.DB.prepare("SELECT version, manifest FROM catalog_versions WHERE tenant = ? ORDER BY version")
    .bind(tenant)
    .all();
  return results;
}

describe("PUT /v1/catalog", () => {
  it("writes a new version each time, is in force at once and leaves the old one as it was", async () => {
    const [before] = await versions("shop");
    const answer = await shop.put("/v1/catalog", { ...smallCatalog(), notices: { "order.lost": smallCatalog().notices["order.paid"] } });
    expect(answer).toMatchObject({ status: 200, body: { version: 2 } });
    expect(answer.headers.get("etag")).toBe('"2"');
    expect((await versions("shop"))[0]).toEqual(before);
    expect(await shop.post(event("gone"))).toMatchObject({ status: 422, body: { errors: [{ pointer: "/type" }] } });
    expect(await shop.post(event("new", "order.lost"))).toMatchObject({ status: 202 });
    expect(await shop.put("/v1/catalog", smallCatalog())).toMatchObject({ body: { version: 3 } });
  });

  it("lets messages remember the version that made them", async () => {
    const idOf = (text: string): string => text.match(/[A-Za-z0-9_-]{44}/)?.[0] ?? "none";
    const id = idOf((await shop.post(event("old"))).text);
    const made = await shop.get(`/v1/messages/${id}`);
    await shop.put("/v1/catalog", { ...smallCatalog(), defaults: {} });
    expect((await shop.get(`/v1/messages/${id}`)).body).toEqual(made.body);
    expect(made.body).toMatchObject({ catalog: 3 });
    const later = idOf((await shop.post(event("later"))).text);
    expect(await shop.get(`/v1/messages/${later}`)).toMatchObject({ body: { catalog: 4 } });
  });

  it("gives each of several at once a version of its own, the last of which is in force, and the same one only once", async () => {
    const other = await openTenant("other");
    const answers = await Promise.all(
      ["A", "B", "C", "D", "E"].map((name) => other.put("/v1/catalog", { ...smallCatalog("other"), brand: { name } })),
    );
    expect(answers.map(({ text }) => text).sort()).toEqual([2, 3, 4, 5, 6].map((version) => JSON.stringify({ version })));
    expect(await env.DB.prepare("SELECT version FROM active_catalogs WHERE tenant = 'other'").first()).toEqual({ version: 6 });
    const same = await Promise.all(Array.from({ length: 5 }, () => other.put("/v1/catalog", smallCatalog("other"))));
    expect(same.map(({ text }) => text).sort()).toEqual([...Array(4).fill('{"version":7,"unchanged":true}'), '{"version":7}']);
  });

  it("writes nothing where the catalog is the one in force, and says so, If-Match or not", async () => {
    const { carriers, ...rest } = smallCatalog();
    const rows = async () => [
      await versions("shop"),
      await env.DB.prepare("SELECT * FROM active_catalogs WHERE tenant = 'shop'").first(),
      (await env.DB.prepare("SELECT * FROM audit WHERE tenant = 'shop'").all()).results,
    ];
    const named = z.object({ version: z.number() });
    const { version } = named.parse((await shop.put("/v1/catalog", { ...rest, carriers, brand: { name: "B" } })).body);
    const before = await rows();
    for (const headers of [{}, { "if-match": `"${version}"` }, { "if-match": "*" }]) {
      const again = await ask("PUT", "/v1/catalog?note=again", shop.admin, { carriers, brand: { name: "B" }, ...rest }, headers);
      expect(again).toMatchObject({ status: 200, body: { version, unchanged: true } });
      expect(again.headers.get("etag")).toBe(`"${version}"`);
      const patched = await ask("PATCH", "/v1/catalog/notices/order.paid", shop.admin, {}, headers);
      expect(patched).toMatchObject({ status: 200, body: { version, unchanged: true } });
    }
    const outdated = await ask("PUT", "/v1/catalog", shop.admin, { ...rest, carriers, brand: { name: "B" } }, { "if-match": '"1"' });
    expect(outdated).toMatchObject({ status: 412 });
    expect(await rows()).toEqual(before);
    expect((await shop.put("/v1/catalog", smallCatalog())).body).toEqual({ version: version + 1 });
    const active = await ask("POST", "/v1/catalog/activate", shop.admin, { version: version + 1 });
    expect(active).toMatchObject({ body: { version: version + 1, unchanged: true } });
    const moved = Object.fromEntries(Object.entries(rest.notices).reverse());
    expect((await shop.put("/v1/catalog", { ...smallCatalog(), notices: moved })).body).toEqual({ version: version + 2 });
  });

  it("says all that is wrong at once, in form or in meaning, and publishes nothing", async () => {
    const count = (await versions("shop")).length;
    const meaning = {
      ...smallCatalog(),
      routes: [{ channel: "sms", carriers: ["mian"] }],
      notices: { all: { class: "service", channels: ["email"] } },
    };
    const refused = await shop.put("/v1/catalog", meaning);
    expect(refused).toMatchObject({
      status: 422,
      body: {
        detail: "The catalog is not valid in 4 places; nothing was published.",
        errors: [
          { pointer: "/routes/0/carriers/0" },
          { pointer: "/notices/all" },
          { pointer: "/notices/all/channels/0" },
          { pointer: "/notices/all/templates/email" },
        ],
      },
    });
    const form = { colours: 1, notices: { "order.paid": { class: "urgent", channels: [] } } };
    expect(await shop.put("/v1/catalog", form)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/notices/order.paid/class" }, { pointer: "/notices/order.paid/channels" }, { pointer: "/colours" }] },
    });
    expect(await versions("shop")).toHaveLength(count);
  });

  it("takes a catalog above the limit of other requests, a notice of up to 1.9 MB", async () => {
    const padded = (units: number) => ({
      ...smallCatalog(),
      notices: {
        "order.paid": {
          ...smallCatalog().notices["order.paid"],
          templates: {
            sms: { en: "Hello" },
            inbox: Object.fromEntries(Array.from({ length: units }, (_, at) => [`en-x-${at}`, "x".repeat(10_000)])),
          },
        },
      },
    });
    expect(await shop.put("/v1/catalog", padded(170))).toMatchObject({ status: 200 });
    const detail = expect.stringMatching(/^has \d+ bytes, and may have 1900000$/);
    expect(await shop.put("/v1/catalog", padded(195))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/notices/order.paid", detail }] },
    });
    await shop.put("/v1/catalog", smallCatalog());
  });
});
