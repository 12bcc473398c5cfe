import { beforeAll, describe, expect, it, vi } from "vitest";
import { type OpenTenant, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

const event = (id: string, over: object = {}) => ({
  id,
  source: "/shop",
  type: "order.paid",
  time: "2026-01-01T00:00:00Z",
  data: { name: "李雷" },
  ...over,
});
const idsIn = (text: string): string[] => text.match(/(?<="id":")[A-Za-z0-9_-]{44}/g) ?? [];
const nextIn = (text: string): string | undefined => text.match(/"next":"([^"]+)"/)?.[1];

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  await shop.put("/v1/recipients/u1", { addresses: { sms: "13800138000" } });
});

describe("GET /v1/messages/{id}", () => {
  it("tells decision, attempts and what became of it, and neither address nor data", async () => {
    const [id = ""] = idsIn((await shop.post({ ...event("e1"), time: undefined, subject: "u1" })).text);
    await vi.waitFor(async () => expect((await shop.get(`/v1/messages/${id}`)).body).toMatchObject({ state: "sent" }), 30_000);
    const shown = await shop.get(`/v1/messages/${id}`);
    expect(shown.body).toMatchObject({
      id,
      recipient: "u1",
      notice: "order.paid",
      class: "transactional",
      decision: "send",
      channel: "sms",
      catalog: 1,
      event: { id: "e1", source: "/shop", type: "order.paid" },
      attempts: [
        { n: 1, channel: "sms", carrier: "main", answer: { kind: "taken" }, reference: expect.stringMatching(/^SM/), receipts: [] },
      ],
    });
    expect(shown.text).not.toMatch(/13800138000|李雷|sealed/);
  });

  it("tells why a message was not sent, and for whom, though nobody knows that recipient", async () => {
    const [subject = "", listed = ""] = await Promise.all(
      [{ subject: "order-17" }, { subject: "order-17", recipients: ["unknown"] }].map(
        async (over, at) => idsIn((await shop.post(event(`why${at}`, { type: "parcel.late", time: undefined, ...over }))).text)[0],
      ),
    );
    expect(await shop.get(`/v1/messages/${subject}`)).toMatchObject({
      body: { recipient: "order-17", state: "suppressed", reason: "unreachable", attempts: [] },
    });
    expect(await shop.get(`/v1/messages/${listed}`)).toMatchObject({ body: { recipient: "unknown", state: "suppressed" } });
    expect(await shop.get("/v1/messages?recipient=unknown")).toMatchObject({ body: { messages: [{ id: listed, recipient: "unknown" }] } });
  });

  it("answers ids that are none, or of no message, by 404", async () => {
    for (const id of ["x", "m".repeat(44), `${"m".repeat(43)}%2F`, "constructor"])
      expect(await shop.get(`/v1/messages/${id}`)).toMatchObject({ status: 404 });
  });
});

describe("GET /v1/messages?recipient=", () => {
  it("lists a recipient's messages newest first, in pages whose cursors lead on without gap or repetition", async () => {
    const posted: string[] = [];
    for (let page = 0; page < 3; page++) {
      const batch = Array.from({ length: 70 }, (_, at) => event(`p${page}-${at}`, { recipients: ["paged"] }));
      posted.push(...idsIn((await shop.post(batch)).text));
    }
    const listed: string[] = [];
    let cursor = "";
    for (let page = 0; page < 3; page++) {
      const { status, text } = await shop.get(`/v1/messages?recipient=paged${cursor}`);
      expect(status).toBe(200);
      listed.push(...idsIn(text));
      expect(idsIn(text)).toHaveLength(page < 2 ? 100 : 10);
      cursor = `&cursor=${nextIn(text)}`;
      if (page === 2) expect(nextIn(text)).toBeUndefined();
    }
    expect(listed).toEqual(posted.toReversed());
  });

  it("leads on from where it was while new messages come", async () => {
    await shop.post(Array.from({ length: 100 }, (_, at) => event(`m${at}`, { recipients: ["moving"] })));
    await shop.post(event("m100", { recipients: ["moving"] }));
    const first = await shop.get("/v1/messages?recipient=moving");
    await shop.post(event("m101", { recipients: ["moving"] }));
    const second = await shop.get(`/v1/messages?recipient=moving&cursor=${nextIn(first.text)}`);
    expect(second.body).toMatchObject({ messages: [{ event: { id: "m0" } }] });
  });

  it("holds notice, state and time to what is asked for, over suppressed ones too", async () => {
    await shop.put("/v1/recipients/sought", { addresses: { sms: "13800138001" } });
    const out = { scope: "parcel.late", channel: "*", state: "out", at: "2026-01-01T00:00:00Z" };
    await shop.put("/v1/recipients/sought", { addresses: { sms: "13800138001" }, preferences: [out] });
    const begun = new Date().toISOString();
    const now = { time: undefined, subject: "sought", deliverat: new Date(Date.now() + 86_400_000).toISOString() };
    await shop.post([event("s1", now), event("s2", { ...now, type: "parcel.late" }), event("s3", { ...now, type: "login.code" })]);
    const listed = async (query: string) =>
      (await shop.get(`/v1/messages?recipient=sought${query}`)).text.match(/(?<="event":{"id":")\w+/g);
    expect(await listed("")).toEqual(["s3", "s2", "s1"]);
    expect(await listed("&notice=parcel.late")).toEqual(["s2"]);
    expect(await listed("&state=scheduled")).toEqual(["s3", "s1"]);
    expect(await listed("&state=suppressed&notice=parcel.late")).toEqual(["s2"]);
    expect(await listed("&state=suppressed&notice=order.paid")).toBeNull();
    expect(await listed(`&from=${begun}`)).toEqual(["s3", "s2", "s1"]);
    expect(await listed(`&to=${begun}`)).toBeNull();
    expect(await listed(`&from=${encodeURIComponent("2999-01-01T00:00:00+08:00")}`)).toBeNull();
  });

  it("is empty for who is not known", async () => {
    expect(await shop.get("/v1/messages?recipient=stranger")).toMatchObject({ status: 200, body: { messages: [] } });
  });

  it("refuses a cursor that it did not give, a missing recipient and parameters that it does not know", async () => {
    for (const query of [
      "recipient=u1&cursor=x",
      "recipient=u1&cursor=",
      `recipient=u1&cursor=${Buffer.from("m".repeat(44)).toString("base64url")}`,
      "",
      "recipient=",
      "recipient=%20u1",
      "recipient=u1&state=gone",
      "recipient=u1&from=yesterday",
      "recipient=u1&to=",
      "recipient=u1&notice=%20",
      "recipient=u1&limit=1000",
      "recipients=u1",
      "recipient=u1&recipient=u2",
    ]) {
      expect(await shop.get(`/v1/messages?${query}`)).toMatchObject({ status: 422 });
    }
  });
});
