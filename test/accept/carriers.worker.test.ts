import { beforeAll, describe, expect, it, vi } from "vitest";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";

const SECRET = "fakeAuthToken0000000000000000001";
const NUMBER = "+8613800138000";
const FINE = { sid: `SM${"0".repeat(32)}`, status: "queued", num_segments: "1", error_code: null, error_message: null };
const PACKAGES = [
  { PackageEffectiveTime: 0, PackageExpiredTime: 4_000_000_000, PackageAmount: 1_000, CurrentUsage: 990 },
  { PackageEffectiveTime: 0, PackageExpiredTime: 1, PackageAmount: 1_000, CurrentUsage: 0 },
];

/** Two carriers, one of whose vendors tells what is left. */
function catalogOf(tenant = "shop") {
  const small = smallCatalog(tenant);
  const counted = {
    adapter: "tencent",
    base_url: "https://sms.tencentcloudapi.com",
    settings: { secret_id: "AKID0000000000000001", sdk_app_id: "1400006666", sign_name: "鲸落商城" },
    secrets: { secret_key: `CARRIER_${tenant.toUpperCase()}_TWILIO` },
    per_second: 20,
    balance_low: "500 messages",
  };
  return { ...small, carriers: { ...small.carriers, counted } };
}

let shop: OpenTenant;
const calls: string[] = [];
let refused = false;
beforeAll(async () => {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const text = String(init.body);
    calls.push(`${init.method} ${url} ${text}`);
    if (url.includes("tencent")) return Response.json({ Response: { SmsPackagesStatisticsSet: PACKAGES, RequestId: "r" } });
    return refused ? Response.json({ code: 20003, message: `denied ${SECRET}` }, { status: 401 }) : Response.json(FINE, { status: 201 });
  });
  shop = await openTenant("shop", catalogOf());
  await openTenant("other");
});

const test = (name: string, body: unknown) => ask("POST", `/v1/carriers/${name}/test`, shop.admin, body);

describe("GET /v1/carriers", () => {
  it("shows the carriers of the catalog in force, their health and what is left on them", async () => {
    const gate = { breaker: "closed", share: 1, rate: expect.anything(), waiting: {}, last_troubles: [] };
    expect(await shop.get("/v1/carriers")).toMatchObject({
      status: 200,
      body: {
        catalog: 1,
        carriers: [
          { name: "main", adapter: "twilio", channels: ["sms"], secrets: { auth_token: "set" }, paused: false, gate },
          { name: "counted", adapter: "tencent", per_second: 20, gate, balance: { amount: "10", unit: "messages", low: "500 messages" } },
        ],
      },
    });
  });

  it("names no secret, neither its value nor where the deployment has it", async () => {
    const { text } = await shop.get("/v1/carriers");
    expect(text).not.toMatch(new RegExp(`${SECRET}|CARRIER_SHOP`));
  });

  it("shows what is paused, and what a carrier's refusals did to its health", async () => {
    await ask("POST", "/v1/pauses", shop.admin, { carrier: "counted" });
    refused = true;
    await shop.post({
      id: "e1",
      source: "/shop",
      type: "order.paid",
      recipients: [{ id: "u1", addresses: { sms: NUMBER } }],
      data: { name: "x" },
    });
    await vi.waitFor(async () => {
      expect(await shop.get("/v1/carriers")).toMatchObject({
        body: {
          carriers: [
            {
              name: "main",
              gate: {
                breaker: "open",
                share: 0,
                since: expect.any(String),
                cause: expect.any(String),
                last_troubles: [{ kind: "credentials", code: "20003" }],
              },
            },
            { name: "counted", paused: true },
          ],
        },
      });
    }, 30_000);
    refused = false;
    await ask("DELETE", "/v1/pauses", shop.admin, { carrier: "counted" });
  });

  it("is empty for a tenant that has published nothing, and asks nobody", async () => {
    const made = await ask("POST", "/v1/tenants", "root-key-of-the-tests", { id: "bare" });
    const before = calls.length;
    expect(await ask("GET", "/v1/carriers", String(made.text.match(/ck_[\w-]+/)?.[0]))).toMatchObject({
      status: 200,
      body: { carriers: [] },
    });
    expect(calls).toHaveLength(before);
  });
});

describe("POST /v1/carriers/{name}/test", () => {
  it("sends one message and shows the call as it was made, without its secrets, and the answer", async () => {
    const before = calls.length;
    const told = await test("main", { to: "13800138000", text: "您好" });
    expect(told).toMatchObject({
      status: 200,
      body: {
        request: {
          method: "POST",
          url: "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json",
          headers: { authorization: "Basic ***" },
          body: new URLSearchParams({ To: NUMBER, Body: "您好", From: "+15005550006" }).toString(),
        },
        answer: { kind: "taken", reference: FINE.sid },
        took_ms: expect.any(Number),
        response: { status: 201, body: JSON.stringify(FINE) },
      },
    });
    expect(calls).toHaveLength(before + 1);
  });

  it("sends nothing to a blocked address, however it is written, until the block is lifted", async () => {
    const block = { channel: "sms", address: "13800138009" };
    await shop.put("/v1/blocks", block);
    const before = calls.length;
    for (const to of ["13800138009", "+86 138 0013 8009"])
      expect(await test("main", { to, text: "x" })).toMatchObject({ status: 409, body: { detail: expect.stringContaining("blocked") } });
    expect(calls).toHaveLength(before);
    await ask("DELETE", "/v1/blocks", shop.admin, block);
    expect(await test("main", { to: "13800138009", text: "x" })).toMatchObject({ status: 200 });
    expect(calls).toHaveLength(before + 1);
  });

  it("answers 200 where the carrier refuses, and quotes no secret that the carrier quotes", async () => {
    refused = true;
    const told = await test("main", { to: NUMBER, text: "x" });
    refused = false;
    expect(told).toMatchObject({
      status: 200,
      body: { answer: { kind: "refused", because: "config", code: "20003" }, response: { status: 401 } },
    });
    expect(told.text).not.toContain(SECRET);
    expect(told.text).toContain("denied ***");
  });

  it("refuses a carrier that there is not, a number that is none, and one that is paused", async () => {
    const before = calls.length;
    expect(await test("mian", { to: NUMBER, text: "x" })).toMatchObject({ status: 404, body: { detail: expect.stringContaining("main") } });
    expect(await test("main", { to: "12", text: "x" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/to" }] } });
    await ask("POST", "/v1/pauses", shop.admin, { carrier: "main" });
    expect(await test("main", { to: NUMBER, text: "x" })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("paused") },
    });
    await ask("DELETE", "/v1/pauses", shop.admin, { carrier: "main" });
    expect(calls).toHaveLength(before);
  });

  it("reaches no other tenant's carriers", async () => {
    expect(await ask("POST", "/v1/carriers/counted/test", (await openAgain()).admin, { to: NUMBER, text: "x" })).toMatchObject({
      status: 404,
    });
  });
});

/** A tenant with the small catalog, whose carriers are its own. */
async function openAgain(): Promise<OpenTenant> {
  return openTenant("third", { ...smallCatalog("third"), carriers: {}, routes: [], notices: {} });
}
