import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const FOLDER = "../fixtures/refused-catalogs/";
const catalogs = z.record(z.string(), z.string()).parse(
  import.meta.glob(["../fixtures/refused-catalogs/*.yaml", "../fixtures/refused-catalogs/*.json"], {
    query: "?raw",
    import: "default",
    eager: true,
  }),
);
const texts = z
  .record(z.string(), z.string())
  .parse(import.meta.glob("../fixtures/refused-catalogs/expected.ndjson", { query: "?raw", import: "default", eager: true }));
const issue = z.strictObject({ pointer: z.string(), detail: z.string() });
const expectation = z.strictObject({ catalog: z.string(), errors: z.array(issue).min(1) });
/** What each is told, written by hand: those named `several` break several rules, all others one. */
const expected = (texts[`${FOLDER}expected.ndjson`] ?? "")
  .split("\n")
  .filter(Boolean)
  .map((line) => expectation.parse(JSON.parse(line)));

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const typeOf = (name: string): string => (name.endsWith(".json") ? "application/json" : "application/yaml");
const problem = z.object({ detail: z.string(), errors: z.array(issue) });

describe("A catalog that is refused", () => {
  it("is one of at least sixty, each with what it is told", () => {
    expect(expected.map(({ catalog }) => catalog)).toEqual(
      Object.keys(catalogs)
        .map((path) => path.slice(FOLDER.length))
        .sort(),
    );
    expect(expected.filter(({ catalog }) => !catalog.includes("several")).length).toBeGreaterThanOrEqual(60);
  });

  it.each(expected)("is told exactly this, and changes nothing: $catalog", async ({ catalog, errors }) => {
    const text = catalogs[`${FOLDER}${catalog}`] ?? "";
    const headers = { "content-type": typeOf(catalog) };
    const checked = await ask("POST", "/v1/catalog/check", shop.admin, text, headers);
    expect(problem.parse(checked.body).errors).toEqual(errors);
    expect(checked.status).toBe(422);
    expect((await ask("PUT", "/v1/catalog", shop.admin, text, headers)).body).toEqual(checked.body);
    expect(await env.DB.prepare("SELECT MAX(version) AS version FROM catalog_versions").first()).toEqual({ version: 1 });
  });
});
