import { beforeAll, describe, expect, it } from "vitest";
import { type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";
import { stubCarrier } from "./stub-carrier.ts";

const small = smallCatalog("shop");
const words = { templates: { sms: { en: "Order {{ data.order_id }} of {{ data.items | size }} items" } } };
const item = { type: "object" as const, fields: { name: { type: "string" as const, max: 8 } } };
const order = { order_id: { type: "string" as const, charset: "digits" as const }, items: { type: "list" as const, max: 3, of: item } };
const paid = { ...small.notices["order.paid"], ...words, data: order };
const catalog = {
  ...small,
  notices: {
    "order.paid": { ...paid, cancel: { on: ["order.lost"], key: "{{ data.order_id }}" } },
    "order.large": { ...paid, on: ["order.paid"], when: "data.amount >= 100", data: { ...order, amount: "integer" as const } },
  },
};
const FIT = { order_id: "1001", items: [{ name: "Watch" }] };

let shop: OpenTenant;
let drawn = 0;
const eventOf = (data: unknown, over: object = {}) => ({
  id: `d${++drawn}`,
  source: "/shop",
  type: "order.paid",
  subject: "u1",
  data,
  ...over,
});

beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop", catalog);
  await shop.put("/v1/recipients/u1", { addresses: { sms: "+8613800150001" } });
});

const messagesOf = async (recipient: string) =>
  (await shop.get(`/v1/messages?recipient=${recipient}`)).text.match(/"state":/g)?.length ?? 0;

describe("An event whose data does not fit the words", () => {
  it("is answered by 422 with every place, and nothing of it is admitted", async () => {
    const data = { order_id: "D-1", items: [{ name: "Watch" }, {}, { name: "Grandfather clock" }], amount: 120 };
    const before = await messagesOf("u1");
    const answer = await shop.post(eventOf(data, { recipients: ["u1", { id: "u9", addresses: { sms: "+8613800150009" } }] }));
    expect(answer).toMatchObject({
      status: 422,
      body: {
        type: "urn:carillon:problem:invalid",
        errors: [
          { pointer: "/data/order_id", detail: 'holds "D"; may hold digits alone' },
          { pointer: "/data/items/1/name", detail: "is missing; the notices order.paid, order.large need it" },
          { pointer: "/data/items/2/name", detail: "is 17 UTF-16 units long; at most 8 are taken" },
        ],
      },
    });
    expect(await messagesOf("u1")).toBe(before);
    expect((await shop.get("/v1/messages?recipient=u9")).body).toMatchObject({ messages: [] });
  });

  it("has its problem in a batch while the others stand", async () => {
    const before = await messagesOf("u1");
    const [good, bad, alsoGood] = [eventOf(FIT), eventOf({ items: [] }), eventOf(FIT)];
    const answer = await shop.post([good, bad, alsoGood]);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        events: [
          { id: good.id, messages: [{ notice: "order.paid", decision: "send" }] },
          {
            id: bad.id,
            source: "/shop",
            problem: { status: 422, errors: [{ pointer: "/data/order_id", detail: "is missing; the notice order.paid needs it" }] },
          },
          { id: alsoGood.id, messages: [{ notice: "order.paid", decision: "send" }] },
        ],
      },
    });
    expect(await messagesOf("u1")).toBe(before + 2);
  });

  it("may be posted again under its id once it is mended", async () => {
    const { id } = eventOf({});
    expect(await shop.post(eventOf({ order_id: null, items: [] }, { id }))).toMatchObject({ status: 422 });
    expect(await shop.post(eventOf(FIT, { id }))).toMatchObject({ status: 202, body: { events: [{ messages: [{ decision: "send" }] }] } });
  });

  it("is no such thing where it only cancels", async () => {
    expect(await shop.post(eventOf({ order_id: "none of digits" }, { type: "order.lost" }))).toMatchObject({ status: 202 });
  });
});
