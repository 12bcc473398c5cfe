import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { wire } from "../../src/wiring.ts";
import { countingDatabase } from "../store/counting-database.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const NOTICES = env.SOAK ? 5_000 : 500;

/** A catalog of many notices of a kilobyte, each on a type of its own. */
function largeCatalog() {
  const { notices: _, ...settings } = smallCatalog();
  const words = (name: string) => ({
    sms: { "zh-CN": `${name}：${"您的订单已发货。".repeat(8)}`, en: `${name} ${"Your order has shipped. ".repeat(14)}` },
  });
  const notices = Array.from({ length: NOTICES }, (_one, at) => [
    `n.${at}`,
    { class: "transactional", channels: ["sms"], templates: words(`n.${at}`) },
  ]);
  return { ...settings, notices: Object.fromEntries(notices) };
}

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  await shop.put("/v1/recipients/u1", { locale: "en", addresses: { sms: "+8613800150001" } });
});

/** A fresh isolate, and what it asks of D1. */
async function isolate() {
  const { database, asked } = countingDatabase(env.DB);
  const router = routerOf(await wire({ ...env, DB: database }));
  const ask = async (method: string, path: string, body?: unknown) => {
    asked.statements.length = 0;
    asked.characters = 0;
    const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await router.fetch(new Request(ORIGIN + path, { method, headers, ...sent }));
    return { status: response.status, text: await response.text() };
  };
  return { ask, asked };
}

describe(`A catalog of ${NOTICES} notices`, () => {
  it("is published by few queries, and once more with one change by fewer", async () => {
    const { ask, asked } = await isolate();
    expect(await ask("PUT", "/v1/catalog", largeCatalog())).toMatchObject({ status: 200 });
    expect(asked.statements.length).toBeLessThan(15 + NOTICES / 100);
    const changed = await ask("PATCH", "/v1/catalog/notices/n.7", { ttl: "PT1H" });
    expect(changed).toMatchObject({ status: 200 });
    expect(asked.statements.length).toBeLessThan(20 + NOTICES / 1_000);
    expect(await env.DB.prepare("SELECT COUNT(*) AS rows FROM notices WHERE tenant = 'shop' AND body LIKE '%n.%'").first()).toEqual({
      rows: NOTICES + 1,
    });
  });

  it("has one notice read for an event, and nothing of it for the next ones", async () => {
    const { ask, asked } = await isolate();
    const event = (id: string, type: string) => ({ id, source: "/shop", type, subject: "u1", data: {} });
    expect(await ask("POST", "/v1/events", event("a", "n.7"))).toMatchObject({ status: 202 });
    const ofCatalog = () =>
      asked.statements.flatMap((sql) => sql.match(/FROM (active_catalogs|notices|catalog_versions\s+WHERE tenant = \?\s)/)?.[1] ?? []);
    expect(ofCatalog().map((words) => words.split(" ")[0])).toEqual(["active_catalogs", "catalog_versions", "notices"]);
    // The manifest, and one notice.
    expect(asked.characters).toBeLessThan(NOTICES * 110 + 5_000);
    expect(await ask("POST", "/v1/events", event("b", "n.8"))).toMatchObject({ status: 202 });
    expect(ofCatalog()).toEqual(["notices"]);
    expect(asked.characters).toBeLessThan(3_000);
    for (const [id, type] of [
      ["c", "n.7"],
      ["d", "n.8"],
    ] as const) {
      expect(await ask("POST", "/v1/events", event(id, type))).toMatchObject({ status: 202 });
      expect(ofCatalog()).toEqual([]);
    }
  });

  it("is given back as it was published", async () => {
    const { ask, asked } = await isolate();
    const { text } = await ask("GET", "/v1/catalog");
    const wanted = largeCatalog();
    Object.assign(wanted.notices["n.7"], { ttl: "PT1H" });
    expect(JSON.parse(text)).toEqual(wanted);
    expect(asked.statements.length).toBeLessThan(5 + NOTICES / 1_000);
  });
});
