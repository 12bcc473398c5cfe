import { beforeAll, describe, expect, it } from "vitest";
import { ask, type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ID = expect.stringMatching(/^[A-Za-z0-9_-]{44}$/);
const event = (id: string, over: object = {}) => ({ id, source: "/shop", type: "order.paid", data: { name: "李雷" }, ...over });
const phone = (at: number): string => `+861380013${String(at).padStart(4, "0")}`;

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
  await shop.put("/v1/recipients/u1", { addresses: { sms: "13800138000" } });
});

describe("POST /v1/events", () => {
  it("answers an event by its messages, to the letter", async () => {
    const answer = await shop.post(event("letter", { recipients: ["u1", "nobody"] }));
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer).toMatchObject({ status: 202 });
    expect(answer.body).toEqual({
      events: [
        {
          id: "letter",
          source: "/shop",
          messages: [
            { id: ID, recipient: "u1", notice: "order.paid", decision: "send", channel: "sms", send_at: expect.stringMatching(ISO) },
            { id: ID, recipient: "nobody", notice: "order.paid", decision: "suppress", reason: "unreachable" },
          ],
        },
      ],
    });
  });

  it("answers the same event again equally but for `replayed`, in any mode, and however many come at once", async () => {
    const posted = event("again", { recipients: ["u1", "nobody"], time: "2026-01-01T00:00:00Z", type: "login.code" });
    const fresh = event("once", { subject: "u1", data: {} });
    const first = await shop.post(posted);
    const replayed = first.text.replace(/"reason":"(\w+)"\}/g, '"reason":"$1","replayed":true}');
    expect((await shop.post(posted)).text).toBe(replayed);
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.post(fresh)));
    expect(answers.filter(({ text }) => !text.includes('"replayed":true'))).toHaveLength(1);
    expect(new Set(answers.map(({ text }) => text.replace(',"replayed":true', ""))).size).toBe(1);
    const binary = { "ce-specversion": "1.0", "ce-id": "once", "ce-source": "/shop", "ce-type": "order.paid", "ce-subject": "u1" };
    const mode = await ask("POST", "/v1/events", shop.admin, {}, binary);
    expect(mode).toMatchObject({ status: 202, body: { events: [{ messages: [{ replayed: true }] }] } });
  });

  it("refuses the same id with another body by 422 at its id, for whom it reached before", async () => {
    await shop.post(event("changed", { subject: "u1" }));
    const changed = event("changed", { subject: "u1", data: { name: "韩梅梅" } });
    expect(await shop.post(changed)).toMatchObject({
      status: 422,
      body: { type: "urn:carillon:problem:changed-event", errors: [{ pointer: "/id" }] },
    });
    expect(await shop.post([changed, event("other", { subject: "u1" })])).toMatchObject({
      status: 202,
      body: {
        events: [
          { id: "changed", source: "/shop", problem: { status: 422 } },
          { id: "other", messages: [{ decision: "send" }] },
        ],
      },
    });
  });

  it("tells a changed event within one batch too", async () => {
    const answer = await shop.post([
      event("within", { subject: "u1" }),
      event("within", { subject: "u1" }),
      event("within", { subject: "u1", data: 1 }),
    ]);
    expect(answer.body).toMatchObject({
      events: [{ messages: [{ decision: "send" }] }, { messages: [{ replayed: true }] }, { problem: { status: 422 } }],
    });
  });

  it("lets the others of a batch stand where some are bad, and says which those are", async () => {
    const answer = await shop.post([
      event("good1", { subject: "u1" }),
      event(" x"),
      5,
      event("typo", { type: "order.payed" }),
      event("good2", { subject: "u1" }),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      events: [
        { id: "good1", source: "/shop", messages: [expect.objectContaining({ decision: "send" })] },
        { source: "/shop", problem: expect.objectContaining({ status: 422, errors: [{ pointer: "/id", detail: expect.any(String) }] }) },
        { problem: expect.objectContaining({ status: 422, errors: [{ pointer: "", detail: expect.any(String) }] }) },
        { id: "typo", source: "/shop", problem: expect.objectContaining({ status: 422, detail: expect.stringContaining("order.paid") }) },
        { id: "good2", source: "/shop", messages: [expect.objectContaining({ decision: "send" })] },
      ],
    });
  });

  it("answers a single event that is bad by its problem itself, and a batch of one as a batch", async () => {
    const bad = event("bad", { type: "order.payed" });
    expect(await shop.post(bad)).toMatchObject({ status: 422, body: { status: 422, errors: [{ pointer: "/type" }] } });
    expect(await shop.post([bad])).toMatchObject({ status: 202, body: { events: [{ id: "bad", problem: { status: 422 } }] } });
    expect(await shop.post({ ...bad, data: "x".repeat(64 * 1024) })).toMatchObject({ status: 413 });
    expect(await shop.post(event("late", { time: "2999-01-01T00:00:00Z" }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/time" }] },
    });
  });

  it("refuses an event that is nested too deeply alone, not the batch", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const body = `[{"id":"deep","source":"/shop","type":"order.paid","data":${deep}},${JSON.stringify(event("beside", { subject: "u1" }))}]`;
    expect(await ask("POST", "/v1/events", shop.admin, body)).toMatchObject({
      status: 202,
      body: {
        events: [
          { id: "deep", problem: { status: 422, errors: [{ pointer: "/data" }] } },
          { id: "beside", messages: [{}] },
        ],
      },
    });
  });

  it("says of each that is not sent why, with exactly one reason", async () => {
    await shop.put("/v1/recipients/refused", { addresses: { sms: phone(1) }, preferences: [{ scope: "all", channel: "*", state: "out" }] });
    const recipients = ["refused", "u1", "nobody"];
    const reasons = async (type: string, over: object = {}) => {
      const { body } = await shop.post(event(`why-${type}`, { type, recipients, ...over }));
      const found = JSON.stringify(body).match(/"decision":"(\w+)"(,"reason":"(\w+)")?/g);
      return found?.map((one) => one.replace(/.*"(\w+)"$/, "$1"));
    };
    expect(await reasons("parcel.late")).toEqual(["opted_out", "send", "unreachable"]);
    expect(await reasons("sale.offer")).toEqual(["opted_out", "no_consent", "unreachable"]);
    expect(await reasons("order.paid")).toEqual(["send", "send", "unreachable"]);
    expect(await reasons("login.code", { time: "2026-01-01T00:00:00Z" })).toEqual(["expired", "expired", "expired"]);
  });

  it("refuses events of Carillon's own types from outside, also where a notice is on them", async () => {
    const small = smallCatalog("other");
    const alerted = { ...small.notices["order.paid"], on: ["carillon.alert.balance.low"], to: "recipient:ops" };
    const other = await openTenant("other", { ...small, notices: { ...small.notices, "ops.alert": alerted } });
    await other.put("/v1/recipients/ops", { addresses: { sms: phone(2) } });
    const forged = event("forged", { type: "carillon.alert.balance.low", source: "carillon" });
    const refused = { status: 422, detail: expect.stringContaining("Carillon's own"), errors: [{ pointer: "/type" }] };
    expect(await other.post(forged)).toMatchObject({ status: 422, body: refused });
    expect(await other.post([forged, event("beside", { subject: "ops" })])).toMatchObject({
      status: 202,
      body: { events: [{ id: "forged", problem: refused }, { messages: [{ decision: "send" }] }] },
    });
    const binary = { "ce-specversion": "1.0", "ce-id": "b", "ce-source": "/x", "ce-type": "carillon.alert.unclear.many" };
    expect(await ask("POST", "/v1/events", other.admin, {}, binary)).toMatchObject({ status: 422, body: refused });
    expect(await other.get("/v1/messages?recipient=ops")).toMatchObject({ body: { messages: [{ notice: "order.paid" }] } });
  });

  it("takes an event that is for nobody and makes no message of it", async () => {
    expect(await shop.post(event("nobody"))).toMatchObject({ status: 202, body: { events: [{ id: "nobody", messages: [] }] } });
  });

  it("takes 100 recipients of an event and not 101", async () => {
    const recipients = Array.from({ length: 101 }, (_, at) => `many${at}`);
    expect(await shop.post(event("101", { recipients }))).toMatchObject({ status: 422, body: { errors: [{ pointer: "/recipients" }] } });
    const { status, text } = await shop.post(event("100", { recipients: recipients.slice(1) }));
    expect([status, text.match(/"decision"/g)?.length]).toEqual([202, 100]);
  });

  it("takes 1,000 messages of a request and not one more, and then does nothing at all", async () => {
    const recipients = Array.from({ length: 100 }, (_, at) => `crowd${at}`);
    const batch = Array.from({ length: 10 }, (_, at) => event(`crowd${at}`, { recipients }));
    const over = await shop.post([...batch, event("crowd10", { recipients: ["crowd0"] })]);
    expect(over).toMatchObject({ status: 413, body: { detail: expect.stringContaining("1001") } });
    expect(await shop.get("/v1/messages?recipient=crowd0")).toMatchObject({ body: { messages: [] } });
    const { status, text } = await shop.post(batch);
    expect([status, text.match(/"decision"/g)?.length]).toEqual([202, 1_000]);
  });

  it("needs a catalog", async () => {
    const other = await openTenant("nocatalog", { notices: {} });
    expect(await other.post(event("e1", { subject: "u1" }))).toMatchObject({
      status: 422,
      body: { type: "urn:carillon:problem:unknown-type" },
    });
  });
});
