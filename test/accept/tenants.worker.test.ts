import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ask, ROOT_KEY } from "./open-tenant.ts";

const open = (body: unknown, key = ROOT_KEY) => ask("POST", "/v1/tenants", key, body);

describe("POST /v1/tenants", () => {
  it("creates a tenant and shows its admin key this once, and keeps only a hash of it", async () => {
    const made = await open({ id: "fresh", name: "Fresh" });
    expect(made).toMatchObject({
      status: 201,
      body: { tenant: "fresh", key: expect.stringMatching(/^ck_fresh_[A-Za-z0-9-]{16}_[A-Za-z0-9_-]{43}$/) },
    });
    const secret = made.text.match(/_([A-Za-z0-9_-]{43})"/)?.[1] ?? "none";
    const kept = await env.DB.prepare("SELECT * FROM keys WHERE tenant = 'fresh'").all();
    expect(kept.results).toMatchObject([{ scopes: "admin" }]);
    expect(JSON.stringify(kept.results)).not.toContain(secret);
  });

  it("gives a key that works at once", async () => {
    const { text } = await open({ id: "atonce" });
    const key = text.match(/ck_[^"]+/)?.[0];
    expect((await ask("GET", "/v1/messages?recipient=u1", key)).status).toBe(200);
  });

  it("refuses a tenant that exists by 409 and leaves its keys alone, also when two come at once", async () => {
    const first = await Promise.all([open({ id: "twice" }), open({ id: "twice" }), open({ id: "twice" })]);
    expect(first.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(await open({ id: "twice" })).toMatchObject({ status: 409 });
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM keys WHERE tenant = 'twice'").first()).toEqual({ n: 1 });
  });

  it("refuses ids with anything but 2 to 32 of a-z and 0-9", async () => {
    for (const id of ["", "a", "A1", "a_b", "a-b", "a b", "订单", "x".repeat(33), 5, null, undefined])
      expect(await open({ id })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/id" }] } });
  });

  it("refuses keys that it does not know and a name that is none", async () => {
    expect(await open({ id: "ok", scopes: ["admin"], name: "" })).toMatchObject({ status: 422 });
    expect(await open({ id: "ok", scopes: ["admin"] })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/scopes" }] } });
  });

  it("takes the root key alone", async () => {
    const { text } = await open({ id: "nonroot" });
    for (const key of ["", "root", `${ROOT_KEY}x`, ROOT_KEY.toUpperCase(), text.match(/ck_[^"]+/)?.[0] ?? ""])
      expect(await open({ id: "more" }, key)).toMatchObject({ status: 401 });
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM tenants WHERE id = 'more'").first()).toEqual({ n: 0 });
  });
});
