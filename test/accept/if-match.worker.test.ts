import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { type Wiring, wire } from "../../src/wiring.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  await shop.put("/v1/catalog", { ...smallCatalog("shop"), brand: { name: "鲸落" } });
});

/** What is read, kept or decided of catalogs besides which version stands. */
const WORK = ["findManifest", "findNotices", "keepNotices", "changeCatalog"] as const;

/** Sends a change for the version that stood before, and tells what was done of it. */
async function late(method: string, path: string, body: unknown): Promise<{ readonly status: number; readonly done: string[] }> {
  const { accept, ...rest } = await wire(env);
  const done: string[] = [];
  const watched: Partial<Wiring["accept"]> = {};
  for (const name of WORK) {
    const real = accept[name];
    Object.assign(watched, {
      [name]: (...told: unknown[]) => {
        done.push(name);
        return Reflect.apply(real, accept, told);
      },
    });
  }
  const router = routerOf({ ...rest, accept: { ...accept, ...watched } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json", "if-match": '"1"' };
  const answer = await router.fetch(new Request(ORIGIN + path, { method, headers, body: JSON.stringify(body) }));
  return { status: answer.status, done };
}

describe("A change that names another version than the one in force", () => {
  it.each([
    ["PUT", "/v1/catalog", smallCatalog("shop")],
    ["PUT", "/v1/catalog", { notices: { broken: {} } }],
    ["PATCH", "/v1/catalog/notices/order.paid", { ttl: "PT1H" }],
    ["PATCH", "/v1/catalog/notices/order.paid", { ttl: "broken" }],
    ["POST", "/v1/catalog/activate", { version: 1 }],
  ])("is refused before any work is done: %s %s %j", async (method, path, body) => {
    expect(await late(method, path, body)).toEqual({ status: 412, done: [] });
  });

  it("leaves no trace of it", async () => {
    const { results } = await env.DB.prepare("SELECT action FROM audit WHERE tenant = 'shop' AND action LIKE 'catalog.%'").all();
    expect(results).toHaveLength(2);
    expect((await shop.get("/v1/catalog")).headers.get("etag")).toBe('"2"');
  });
});
