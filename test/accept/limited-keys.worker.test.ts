import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { URL_TABLE } from "../../src/routes.ts";
import { insertDeadLetters } from "../../src/store/dead-letters.ts";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const event = (id: string, over: object = {}) => ({
  id,
  source: "/shop",
  type: "order.paid",
  recipients: ["u1"],
  data: { name: "x" },
  ...over,
});
const answered = z.object({ events: z.array(z.object({ messages: z.array(z.object({ id: z.string() })) })) });
const listed = z.object({ messages: z.array(z.object({ notice: z.string() })) });

let shop: OpenTenant;
let byType: string;
let byNotice: string;
const ids: Record<string, string> = {};
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  await shop.put("/v1/recipients/u1", { addresses: { sms: "13800138000" } });
  const make = async (limits: object) => {
    const { body } = await ask("POST", "/v1/keys", shop.admin, { name: "limited", scopes: ["events", "read"], ...limits });
    return z.object({ key: z.string() }).parse(body).key;
  };
  byType = await make({ event_types: ["order.*", "login.code"] });
  byNotice = await make({ notices: ["order.paid"] });
  for (const type of ["order.paid", "parcel.late"]) {
    const { body } = await shop.post(event(`from-${type}`, { type, deliverat: new Date(Date.now() + 3_600_000).toISOString() }));
    ids[type] = answered.parse(body).events[0]?.messages[0]?.id ?? "";
  }
});

describe("A key that is limited to event types", () => {
  it("posts events of these and no others, and a batch says which of them it may not", async () => {
    expect((await shop.post(event("t1"), byType)).status).toBe(202);
    expect(await shop.post(event("t2", { type: "parcel.late" }), byType)).toMatchObject({
      status: 403,
      body: { type: "urn:carillon:problem:forbidden", errors: [{ pointer: "/type" }] },
    });
    expect(await shop.post([event("t3"), event("t4", { type: "sale.offer" }), event("t5", { type: "login.code" })], byType)).toMatchObject({
      status: 202,
      body: { events: [{ messages: [{}] }, { id: "t4", source: "/shop", problem: { status: 403 } }, { messages: [{}] }] },
    });
    expect((await ask("GET", "/v1/messages?recipient=u1", byType)).text).not.toContain('"t4"');
  });

  it("reads what its scopes let it read", async () => {
    expect((await ask("GET", `/v1/messages/${ids["parcel.late"]}`, byType)).status).toBe(200);
    expect((await ask("GET", "/v1/carriers", byType)).status).toBe(200);
  });
});

describe("A key that is limited to notices", () => {
  it("posts events whose notices are all of these", async () => {
    expect((await shop.post(event("n1"), byNotice)).status).toBe(202);
    expect(await shop.post([event("n2"), event("n3", { type: "parcel.late" })], byNotice)).toMatchObject({
      body: { events: [{ messages: [{}] }, { problem: { status: 403 } }] },
    });
  });

  it("sees messages of these, and of others not even that there are any", async () => {
    const { body } = await ask("GET", "/v1/messages?recipient=u1", byNotice);
    expect(new Set(listed.parse(body).messages.map(({ notice }) => notice))).toEqual(new Set(["order.paid"]));
    expect((await ask("GET", `/v1/messages/${ids["order.paid"]}`, byNotice)).status).toBe(200);
    for (const [method, act] of [
      ["GET", ""],
      ["POST", "/cancel"],
      ["POST", "/verified"],
    ] as const) {
      const [hidden, none] = await Promise.all(
        [ids["parcel.late"], "m".repeat(44)].map((id) => ask(method, `/v1/messages/${id}${act}`, byNotice)),
      );
      expect(hidden).toMatchObject({ status: 404, text: none?.text });
    }
    expect(await shop.get(`/v1/messages/${ids["parcel.late"]}`)).toMatchObject({ body: { state: "scheduled" } });
    expect((await ask("POST", `/v1/messages/${ids["order.paid"]}/cancel`, byNotice)).status).toBe(200);
  });

  it("sees dead letters of these alone", async () => {
    const letter = (id: string, notice?: string) => ({
      tenant: "shop",
      id: id.repeat(44),
      reason: "failed" as const,
      ...(notice ? { notice } : {}),
    });
    await insertDeadLetters(env.DB, [letter("a", "order.paid"), letter("b", "parcel.late"), letter("c")], 1);
    const { body } = await ask("GET", "/v1/dead-letters", byNotice);
    expect(body).toMatchObject({ dead_letters: [{ id: "a".repeat(44) }] });
  });

  it("reaches no address that is about more than messages of notices", async () => {
    for (const { method, path, scope, byNotice: open } of URL_TABLE) {
      if (scope === "open" || open) continue;
      const answer = await ask(method, path.replace(/:\w+/g, "x"), byNotice, method === "GET" ? undefined : {});
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});
