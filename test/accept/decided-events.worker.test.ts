import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const DAY_MS = 86_400_000;
const small = smallCatalog("shop");
const paid = { ...small.notices["order.paid"], templates: { sms: { en: "Hello" } } };
const series = [
  { step: "first", from: "time", offset: "-P1D", template: "t" },
  { step: "last", from: "time", offset: "P1D", template: "t" },
];
const catalog = {
  ...small,
  notices: {
    "order.paid": paid,
    "bill.due": { ...paid, series, templates: { t: paid.templates }, cancel: { on: ["bill.paid"], key: "{{ data.bill }}" } },
    "item.viewed": { ...paid, digest: { key: "{{ recipient.id }}", window: "P1D", max: 2 } },
    "price.fell": { ...paid, dedupe: { key: "{{ data.item }}", window: "P1D" } },
    "order.reminded": { ...paid, caps: [{ max: 1, per: "P7D", over: "suppress" as const }] },
    "order.large": { ...paid, when: "data.amount >= 100" },
  },
};

let shop: OpenTenant;
let person = "";
let people = 0;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop", catalog);
});
beforeEach(async () => {
  person = `u${++people}`;
  await shop.put(`/v1/recipients/${person}`, { addresses: { sms: `+861380015${String(people).padStart(4, "0")}` } });
});

let drawn = 0;
const eventOf = (type: string, over: object = {}) => ({ id: `e${++drawn}`, source: "/shop", type, subject: person, data: {}, ...over });
const post = async (...events: readonly object[]) => (await shop.post(events)).body;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

describe("An answer to an event", () => {
  it("names the step of each message of a series, and why one of them is missing", async () => {
    const time = ago(3_600_000);
    expect(await post(eventOf("bill.due", { time }))).toMatchObject({
      events: [
        {
          messages: [
            { notice: "bill.due", step: "first", decision: "suppress", reason: "missed" },
            {
              notice: "bill.due",
              step: "last",
              decision: "defer",
              channel: "sms",
              send_at: new Date(Date.parse(time) + DAY_MS).toISOString(),
            },
          ],
        },
      ],
    });
  });

  it("names the event that opened the digest into which it went, until the digest is full", async () => {
    const [one, two, three] = [eventOf("item.viewed"), eventOf("item.viewed"), eventOf("item.viewed")];
    expect(await post(one, two, three, two)).toMatchObject({
      events: [
        { messages: [{ decision: "defer" }] },
        { messages: [{ decision: "merge", into: one.id }] },
        { messages: [{ decision: "defer" }] },
        { messages: [{ decision: "merge", into: one.id, replayed: true }] },
      ],
    });
    expect(await shop.get(`/v1/messages?recipient=${person}`)).toMatchObject({
      body: { messages: [{ state: "scheduled" }, { state: "merged", decision: "merge" }, { state: "scheduled", digest: { events: 2 } }] },
    });
  });

  it("says when the recipient may next be told, where a cap or a content that was told stands against it", async () => {
    const next = { next_eligible_at: expect.stringMatching(/Z$/) };
    expect(await post(eventOf("order.reminded"), eventOf("order.reminded"))).toMatchObject({
      events: [{ messages: [{ decision: "send" }] }, { messages: [{ decision: "suppress", reason: "capped", ...next }] }],
    });
    const data = { item: "i1" };
    expect(await post(eventOf("price.fell", { data }), eventOf("price.fell", { data }))).toMatchObject({
      events: [{ messages: [{ decision: "send" }] }, { messages: [{ decision: "suppress", reason: "duplicate", ...next }] }],
    });
    expect(await post(eventOf("price.fell", { data: { item: "i2" } }))).toMatchObject({ events: [{ messages: [{ decision: "send" }] }] });
  });

  it("has no message where the condition says that the notice was not meant", async () => {
    expect(await post(eventOf("order.large", { data: { amount: 99 } }), eventOf("order.large", { data: { amount: 100 } }))).toMatchObject({
      events: [{ messages: [] }, { messages: [{ decision: "send" }] }],
    });
  });

  it("defers to `deliverat`, and sends at once where that has come", async () => {
    const deliverat = new Date(Date.now() + DAY_MS).toISOString();
    expect(await post(eventOf("order.paid", { deliverat }), eventOf("order.paid", { deliverat: ago(1_000) }))).toMatchObject({
      events: [{ messages: [{ decision: "defer", send_at: deliverat }] }, { messages: [{ decision: "send" }] }],
    });
  });

  it("takes an event that only cancels, and refuses what was canceled before it came", async () => {
    const data = { bill: "b1" };
    expect(await post(eventOf("bill.paid", { data }), eventOf("bill.due", { data, time: ago(60_000) }))).toMatchObject({
      events: [{ messages: [] }, { messages: [{ reason: "canceled" }, { reason: "canceled" }] }],
    });
  });

  it("keeps quiet hours and caps of classes by their defaults where the catalog says nothing", async () => {
    const other = await openTenant("other", {
      ...smallCatalog("other"),
      classes: { service: { quiet_hours: [] }, marketing: { caps: [] } },
    });
    const told = Array.from({ length: 11 }, () =>
      eventOf("parcel.late", { recipients: [{ id: "u1", addresses: { sms: "13800138000" } }] }),
    );
    const answer = await other.post(told);
    expect(answer.text.match(/"decision":"send"/g)).toHaveLength(10);
    expect(answer.text.match(/"reason":"capped"/g)).toHaveLength(1);
  });
});
