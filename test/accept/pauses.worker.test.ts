import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const EACH = [{ lane: "marketing" }, { notice: "order.paid" }, { carrier: "main" }, { tenant: true }];

let shop: OpenTenant;
let other: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  other = await openTenant("other");
});
beforeEach(async () => {
  for (const what of EACH) await goOn(what);
});

const pause = (what: unknown) => ask("POST", "/v1/pauses", shop.admin, what);
const goOn = (what: unknown) => ask("DELETE", "/v1/pauses", shop.admin, what);
const since = expect.stringMatching(ISO);

describe("/v1/pauses", () => {
  it.each(EACH)("holds %j until it is let go, and shows it as it was named", async (what) => {
    expect(await pause(what)).toMatchObject({ status: 200, body: { pauses: [{ ...what, since }] } });
    expect(await shop.get("/v1/pauses")).toMatchObject({ status: 200, body: { pauses: [{ ...what, since }] } });
    expect(await goOn(what)).toMatchObject({ status: 200, body: { pauses: [] } });
    expect((await shop.get("/v1/pauses")).body).toEqual({ pauses: [] });
  });

  it("holds several at once and lets go of the one that is named", async () => {
    for (const what of EACH) await pause(what);
    const { body } = await goOn({ notice: "order.paid" });
    const kept = EACH.filter((what) => !("notice" in what)).map((what) => ({ ...what, since }));
    expect(body).toEqual({ pauses: expect.arrayContaining(kept) });
    expect(body).toMatchObject({ pauses: { length: kept.length } });
  });

  it("leaves what is paused already as it is, with its time", async () => {
    const first = await pause({ lane: "service" });
    expect((await pause({ lane: "service" })).body).toEqual(first.body);
    await goOn({ lane: "service" });
  });

  it("answers 404 for what is not paused, though something like it is", async () => {
    await pause({ notice: "order.paid" });
    for (const what of [{ lane: "marketing" }, { notice: "order" }, { carrier: "order.paid" }, { tenant: true }])
      expect(await goOn(what)).toMatchObject({ status: 404, body: { detail: expect.stringContaining("GET /v1/pauses") } });
    expect(await shop.get("/v1/pauses")).toMatchObject({ body: { pauses: [{ notice: "order.paid" }] } });
  });

  it.each([
    [{}, ""],
    [[], ""],
    [{ lane: "service", tenant: true }, ""],
    [{ lane: "urgent" }, "/lane"],
    [{ tenant: false }, "/tenant"],
    [{ tenant: "shop" }, "/tenant"],
    [{ notice: "" }, "/notice"],
    [{ carrier: "a b" }, "/carrier"],
    [{ lane: "service", all: true }, "/all"],
  ])("refuses %j, which names no one thing, at %j", async (what, pointer) => {
    for (const answer of [await pause(what), await goOn(what)])
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer, detail: expect.any(String) }] } });
    expect((await shop.get("/v1/pauses")).body).toEqual({ pauses: [] });
  });

  it("keeps tenants apart", async () => {
    await pause({ tenant: true });
    expect((await other.get("/v1/pauses")).body).toEqual({ pauses: [] });
    expect(await ask("DELETE", "/v1/pauses", other.admin, { tenant: true })).toMatchObject({ status: 404 });
    expect(await shop.get("/v1/pauses")).toMatchObject({ body: { pauses: [{ tenant: true }] } });
  });

  it("warns of a name that the catalog in force does not have, and pauses it all the same: older messages may wait for it", async () => {
    const mistyped = await pause({ notice: "order.piad" });
    expect(mistyped).toMatchObject({
      status: 200,
      body: { warnings: [{ pointer: expect.any(String), detail: expect.stringContaining("order.paid") }] },
    });
    expect(JSON.stringify(mistyped.body)).toContain('{"notice":"order.piad"');
    await goOn({ notice: "order.piad" });
    const known = await pause({ notice: "order.paid" });
    expect(known.body).not.toHaveProperty("warnings");
    await goOn({ notice: "order.paid" });
  });
});
