import { describe, expect, it } from "vitest";
import { adviseCatalog } from "../../src/accept/advise-catalog.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { goodCatalogWith } from "./good-catalog.ts";

/** What is advised, a line each. */
function advised(changes: Readonly<Record<string, unknown>>): string[] {
  return adviseCatalog(catalog.parse(goodCatalogWith(changes))).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const notice = "/notices/order.paid";
const sms = `${notice}/templates/sms`;
const rcs = {
  "/routes": [
    { channel: "sms", carriers: ["main"] },
    { channel: "inbox", carriers: ["main"] },
  ],
  "/notices/order.paid/channels": ["sms", "inbox"],
};

describe("A good catalog", () => {
  it("is told nothing", () => {
    expect(advised({})).toEqual([]);
  });
});

describe("Advice on a catalog", () => {
  it("asks for a brand", () => {
    const detail = "/brand/name is missing: nobody reads who writes; give brand: { name }, which stands in front of every SMS";
    expect(advised({ "/brand": undefined })).toEqual([detail]);
    expect(advised({ "/brand": { link_host: "s.example.com" } })).toEqual([detail]);
  });

  it("asks for the prices of carriers that routes of numbers lead to", () => {
    expect(advised({ "/carriers/main/price": undefined })).toEqual([
      '/carriers/main/price is missing: nothing can be said of cost; give it by country, such as { CN: 0.045 CNY, "*": 0.30 CNY }',
    ]);
    expect(advised({ "/carriers/main/price": { CN: "0.3 CNY" } })).toEqual([
      '/carriers/main/price/* is missing, and routes lead there; give it, such as "*": 0.30 CNY',
    ]);
    const routes = [{ channel: "sms", countries: ["CN", "HK"], carriers: { main: 1 } }];
    expect(advised({ "/carriers/main/price": { CN: "0.3 CNY" }, "/routes": routes })).toEqual([
      "/carriers/main/price/HK is missing, and routes lead there; give it, such as HK: 0.30 CNY",
    ]);
    expect(advised({ "/carriers/main/price": { CN: "0.3 CNY", HK: "1 CNY" }, "/routes": routes })).toEqual([]);
    expect(advised({ "/carriers/main/price": undefined, "/routes": [{ channel: "inbox", carriers: ["main"] }] })).toEqual([]);
  });

  it("finds a code's life too long beyond ten minutes", () => {
    const detail = "is PT11M: a code that comes after ten minutes helps nobody but a thief; make it PT10M at most";
    const silent = { "/notices/login.code/data/minutes/example": 11 };
    expect(advised({ ...silent, "/notices/login.code/ttl": "PT11M" })).toEqual([`/notices/login.code/ttl ${detail}`]);
    expect(advised({ ...silent, "/classes": { verification: { ttl: "PT11M" } } })).toEqual([`/classes/verification/ttl ${detail}`]);
    expect(advised({ ...silent, "/notices/login.code/ttl": "PT10M" })).toEqual([]);
  });

  it("asks what sells for hours of silence, where the notice or its class has none", () => {
    const detail = 'has no hours of silence, and sale.begins sells; give it some, such as { from: "21:00", to: "08:00" }';
    const own = { "/notices/sale.begins/quiet_hours": [] };
    expect(advised(own)).toEqual([`/notices/sale.begins/quiet_hours ${detail}`]);
    expect(advised({ "/classes": { marketing: { quiet_hours: [] } } })).toEqual([`/classes/marketing/quiet_hours ${detail}`]);
    expect(advised({ "/classes": { service: { quiet_hours: [] } } })).toEqual([]);
  });

  it("asks for examples, within objects too and not of what is true or false", () => {
    const detail = "has no example; give one as long as it may well be, so that previews show a real text";
    expect(advised({ [`${notice}/data/order_id`]: "string" })).toEqual([`${notice}/data/order_id ${detail}`]);
    const address = (street: object) => ({ type: "object", fields: { city: { type: "string", example: "上海" }, street } });
    const used = { [`${sms}/en`]: "{{ data.order_id }} {{ data.address.city }} {{ data.gift }}" };
    const data = { [`${notice}/data/gift`]: "boolean" };
    expect(advised({ ...used, ...data, [`${notice}/data/address`]: address({ type: "string" }) })).toEqual([
      `${notice}/data/address ${detail}`,
    ]);
    expect(advised({ ...used, ...data, [`${notice}/data/address`]: address({ type: "string", example: "1" }) })).toEqual([]);
  });

  it("finds variables that nothing uses", () => {
    const amount = { [`${notice}/data/amount`]: { type: "number", example: 5 } };
    const detail = `${notice}/data/amount is used in no text and no rule; leave it out, and events may bring it all the same`;
    expect(advised(amount)).toEqual([detail]);
    expect(advised({ ...amount, [`${sms}/en`]: "{{ data.order_id }} {{ data.amounts }} amount" })).toEqual([detail]);
    expect(advised({ ...amount, [`${notice}/when`]: "data.amount >= 100" })).toEqual([]);
    expect(advised({ ...amount, [`${sms}/en`]: "{{ data.order_id }} {{ data['amount'] }}" })).toEqual([]);
    expect(advised({ ...amount, [`${notice}/dedupe`]: { key: "{{ data.amount }}", window: "PT1H" } })).toEqual([]);
  });

  it("asks for the approved text of a carrier's template, of a series of each", () => {
    const detail = "has no text; give the approved one, so that its length is checked against the words";
    const at = `${notice}/carrier_templates`;
    expect(advised({ [at]: { main: { code: "1", params: ["{{ data.order_id }}"] } } })).toEqual([`${at}/main ${detail}`]);
    expect(advised({ [at]: { main: { code: "1", text: "订单{1}", params: ["{{ data.order_id }}"] } } })).toEqual([]);
    const series = {
      [`${notice}/series`]: [{ step: "one", from: "time", offset: "P1D" }],
      [`${notice}/templates`]: { one: { sms: { segments: 1, "zh-CN": "{{ data.order_id }}", en: "x" } } },
    };
    expect(advised({ ...series, [at]: { main: { one: { code: "1" } } } })).toEqual([`${at}/main/one ${detail}`]);
  });

  it("asks SMS to say how many segments they may take", () => {
    expect(advised({ [`${sms}/segments`]: undefined })).toEqual([
      `${sms} has no segments: an SMS of it may cost any number of parts; say how many it may take, such as segments: 1`,
    ]);
  });

  it("finds languages that one channel of a notice has and another has not", () => {
    const inbox = `${notice}/templates/inbox`;
    expect(advised({ ...rcs, [inbox]: { "zh-CN": "您好" } })).toEqual([
      `${inbox} has no words in en, which another channel of the notice has; add them`,
    ]);
    expect(advised({ ...rcs, [inbox]: { en: "Hi", "zh-CN": "您好" } })).toEqual([]);
    expect(advised({ [inbox]: { "zh-CN": "您好" } })).toEqual([]);
  });

  it("finds a channel without words in the catalog's own language, in whatever region", () => {
    expect(advised({ [`${sms}/zh-CN`]: undefined })).toEqual([`${sms} has no words in zh-CN, the catalog's own language; add them`]);
    expect(advised({ "/defaults/locale": "zh-TW" })).toEqual([]);
    expect(advised({ [`${sms}/zh-CN`]: undefined, "/defaults/locale": undefined })).toEqual([]);
  });
});
