import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { cursorOf } from "../../src/accept/cursor.ts";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});

const catalogOf = (body: unknown) => z.object({ notices: z.record(z.string(), z.unknown()) }).parse(body);
const yaml = (method: string, path: string, text: string, type = "application/yaml") =>
  ask(method, path, shop.admin, text, { "content-type": type });

describe("A catalog in YAML", () => {
  it("is the catalog that the same JSON is", async () => {
    const text = JSON.stringify(smallCatalog(), undefined, 1);
    for (const type of ["application/yaml", "text/yaml; charset=utf-8", "application/x-yaml"])
      expect(await yaml("PUT", "/v1/catalog", text, type)).toMatchObject({ status: 200 });
    expect((await shop.get("/v1/catalog")).body).toEqual(smallCatalog());
  });

  it("is refused where it is none, says a key twice, or stands for more than it is", async () => {
    const laughs = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [at, name] of [..."bcdefgh"].entries())
      laughs.push(`${name}: &${name} [${Array(10).fill(`*${"abcdefgh"[at]}`).join(", ")}]`);
    const bad = [
      "",
      "a: 1\na: 2",
      "a: [",
      "__proto__: 1",
      "a: *b",
      "a: &a [*a]",
      "--- 1\n--- 2",
      laughs.join("\n"),
      `a: ${"[".repeat(500)}`,
    ];
    for (const text of bad) {
      const answer = await yaml("PUT", "/v1/catalog", text);
      expect({ text: text.slice(0, 20), status: answer.status }).toEqual({ text: text.slice(0, 20), status: 400 });
      expect(answer.body).toMatchObject({ type: "urn:carillon:problem:bad-yaml" });
    }
    expect((await yaml("POST", "/v1/catalog/check", "a: 1\na: 2")).text).toContain("line 2, column 1");
  });

  it("has its anchors written out", async () => {
    const { notices: _, ...settings } = smallCatalog();
    const notice = "&one { class: transactional, channels: [sms], templates: { sms: { en: Hi } } }";
    const text = `${JSON.stringify(settings).slice(0, -1)}, notices: { a: ${notice}, b: { <<: *one, ttl: PT1H }, c: *one } }`;
    expect(await yaml("PUT", "/v1/catalog", text)).toMatchObject({ status: 200 });
    const a = { class: "transactional", channels: ["sms"], templates: { sms: { en: "Hi" } } };
    expect((await shop.get("/v1/catalog")).body).toMatchObject({ notices: { a, b: { ...a, ttl: "PT1H" }, c: a } });
  });
});

describe("A notice that is patched", () => {
  it("is merged, made or taken away, and the catalog is checked whole", async () => {
    await shop.put("/v1/catalog", smallCatalog());
    const patch = (name: string, body: unknown) =>
      ask("PATCH", `/v1/catalog/notices/${name}`, shop.admin, JSON.stringify(body), { "content-type": "application/merge-patch+json" });
    expect((await patch("order.paid", { ttl: "PT1H", templates: { sms: { en: null, fr: "Bonjour" } } })).status).toBe(200);
    expect((await patch("order.new", smallCatalog().notices["order.paid"])).status).toBe(200);
    expect((await patch("sale.offer", null)).status).toBe(200);
    const { notices } = catalogOf((await shop.get("/v1/catalog")).body);
    expect(Object.keys(notices)).toEqual(["login.code", "order.paid", "parcel.late", "order.new"]);
    expect(notices["order.paid"]).toMatchObject({ ttl: "PT1H", templates: { sms: { "zh-CN": "您好{{ data.name }}", fr: "Bonjour" } } });
    expect((await patch("order.paid", { channels: ["email"] })).body).toMatchObject({
      detail: "The catalog with this change is not valid in 2 places; nothing was published.",
      errors: [{ pointer: "/notices/order.paid/channels/0" }, { pointer: "/notices/order.paid/templates/email" }],
    });
    expect((await patch("order.lost", null)).body).toMatchObject({ status: 422, errors: [{ pointer: "" }] });
    const mistyped = await patch("order.payed", { ttl: "PT2H" });
    expect(mistyped.body).toMatchObject({
      status: 422,
      detail:
        "The catalog has no notice order.payed, and the patch alone makes none; the closest one is order.paid. The catalog with this change is not valid in 2 places; nothing was published.",
      errors: [
        { pointer: "/notices/order.payed/class", detail: "is missing; must be one of verification, transactional, service, marketing" },
        { pointer: "/notices/order.payed/channels", detail: "is missing; must be a list" },
      ],
    });
    expect((await patch("order.fresh", { ...smallCatalog().notices["order.paid"], ttl: "soon" })).body).toMatchObject({
      detail: "The catalog with this change is not valid in 1 place; nothing was published.",
    });
  });

  it("is not patched where the patch has one name twice, of which one would be lost", async () => {
    const text = '{"ttl": "PT1H", "data": {"a": "string", "a": "date"}, "ttl": "PT2H"}';
    expect((await ask("PATCH", "/v1/catalog/notices/order.paid", shop.admin, text)).body).toMatchObject({
      status: 422,
      detail: "The body is not valid in 2 places.",
      errors: [
        { pointer: "/data/a", detail: "stands twice; keep one" },
        { pointer: "/ttl", detail: "stands twice; keep one" },
      ],
    });
  });
});

describe("A tenant without a catalog", () => {
  it("is told so, and how to publish the first", async () => {
    const { admin } = await openTenant("fresh", null);
    const detail = "The tenant has no catalog yet. Publish one with PUT /v1/catalog.";
    for (const path of ["/v1/catalog", "/v1/catalog?version=1"])
      expect((await ask("GET", path, admin)).body).toMatchObject({ status: 404, detail });
    expect((await ask("GET", "/v1/catalog/versions", admin)).body).toEqual({ versions: [] });
    expect((await ask("POST", "/v1/catalog/activate", admin, { version: 1 })).body).toMatchObject({ status: 422, detail });
  });
});

describe("Versions", () => {
  it("are listed with who, when, why and what changed, newest first, page by page", async () => {
    await other.put("/v1/catalog?note=spring", { ...smallCatalog("other"), brand: { name: "B" } });
    const { notices } = smallCatalog("other");
    await other.put("/v1/catalog", {
      ...smallCatalog("other"),
      notices: {
        "order.paid": { ...notices["order.paid"], ttl: "PT1H" },
        "login.code": notices["login.code"],
        "a.new": notices["order.paid"],
      },
    });
    const first = await other.get("/v1/catalog/versions?limit=2");
    expect(first.body).toMatchObject({
      versions: [
        {
          version: 3,
          active: true,
          published_by: expect.stringMatching(/^key:/),
          summary: {
            added: ["a.new"],
            removed: ["parcel.late", "sale.offer"],
            changed: ["order.paid"],
            settings: ["brand", "order"],
            counts: { added: 1, removed: 2, changed: 1 },
          },
        },
        { version: 2, active: false, note: "spring", summary: { settings: ["brand"], counts: { added: 0, removed: 0, changed: 0 } } },
      ],
      next: cursorOf(2),
    });
    expect((await other.get(`/v1/catalog/versions?cursor=${cursorOf(2)}`)).body).toMatchObject({ versions: [{ version: 1 }] });
    expect(await other.get("/v1/catalog/versions?limit=0")).toMatchObject({ status: 422 });
  });

  it("come back by their number, unless the caller has them, and are another tenant's nowhere", async () => {
    const old = await other.get("/v1/catalog?version=1");
    expect(old).toMatchObject({ status: 200, body: smallCatalog("other") });
    expect(old.headers.get("etag")).toBe('"1"');
    expect((await ask("GET", "/v1/catalog?version=1", other.admin, undefined, { "if-none-match": 'W/"1"' })).status).toBe(304);
    expect((await shop.get("/v1/catalog?version=9999")).body).toMatchObject({ status: 404 });
    expect(await shop.get("/v1/catalog?version=x")).toMatchObject({ status: 422 });
  });

  it("are put in force again where today's rules let them, once, and only where If-Match holds", async () => {
    const activate = (version: unknown, headers = {}) => ask("POST", "/v1/catalog/activate", other.admin, { version }, headers);
    expect(await activate(1, { "if-match": '"1"' })).toMatchObject({ status: 412 });
    expect(await activate(1, { "if-match": '"3"' })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await activate(1)).toMatchObject({ status: 200 });
    expect(await activate(99)).toMatchObject({ status: 422, body: { errors: [{ pointer: "/version" }] } });
    expect((await other.get("/v1/catalog/versions")).body).toMatchObject({
      versions: [{ active: false }, { active: false }, { active: true }],
    });
    const audit = (await other.get("/v1/audit?action=catalog.activate")).text;
    expect(audit.match(/catalog\.activate/g)).toHaveLength(1);
    expect((await other.get("/v1/audit?action=catalog.publish")).text).toContain('"target":"3"');
  });

  it("are not made by a check, which says what they would change", async () => {
    const body = { ...smallCatalog("other"), defaults: {} };
    expect(await ask("POST", "/v1/catalog/check", other.admin, body)).toMatchObject({
      status: 200,
      body: { valid: true, against: 1, summary: { settings: ["defaults"], counts: { added: 0, removed: 0, changed: 0 } } },
    });
    expect((await other.get("/v1/catalog")).headers.get("etag")).toBe('"1"');
  });
});
