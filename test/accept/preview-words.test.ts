import { describe, expect, it } from "vitest";
import type { Preview, PreviewQuestion } from "../../src/accept/preview.ts";
import { previewWords } from "../../src/accept/preview-words.ts";
import { type Catalog, catalog as catalogShape, type Notice } from "../../src/vocabulary/catalog.ts";

const NOW = Date.UTC(2026, 10, 13, 2, 30);

const ALIBABA = {
  adapter: "alibaba",
  base_url: "https://dysmsapi.aliyuncs.com",
  settings: { access_key_id: "LTAI5tExample0001", sign_name: "鲸落商城" },
  price: { CN: "0.045 CNY", GB: "0.30 CNY" },
};
const TENCENT = {
  adapter: "tencent",
  base_url: "https://sms.tencentcloudapi.com",
  settings: { secret_id: "AKIDexample0001", sdk_app_id: "1400006666", sign_name: "鲸落商城" },
  price: { CN: "0.05 CNY" },
};
const TWILIO = {
  adapter: "twilio",
  base_url: "https://api.twilio.com",
  settings: { account_sid: "AC00000000000000000000000000000001", from: "+15005550006" },
  price: { "*": "0.0079 USD" },
};

type Over = Partial<Omit<Catalog, "notices">> & { readonly notice?: Partial<Notice> };

/** One notice of a shop, changed as a test needs it. */
function shop({ notice, ...over }: Over = {}): Catalog {
  return catalogShape.parse({
    brand: { name: "鲸落商城" },
    defaults: { locale: "zh-CN", time_zone: "Asia/Shanghai", country: "CN", currency: "CNY" },
    carriers: { "alibaba-main": ALIBABA, tencent: TENCENT, twilio: TWILIO },
    routes: [{ channel: "sms", carriers: ["twilio"] }],
    ...over,
    notices: {
      "order.shipped": {
        class: "transactional",
        channels: ["sms"],
        data: { order_id: { type: "string", max: 12, charset: "alphanumeric", example: "D10001" } },
        templates: { sms: { segments: 1, "zh-CN": "订单{{ data.order_id }}已发出。", en: "Order {{ data.order_id }} is on its way." } },
        ...notice,
      },
    },
  });
}

function previews(catalog: Catalog, question: Partial<PreviewQuestion> = {}): readonly Preview[] {
  const found = previewWords(catalog, { notice: "order.shipped", ...question }, NOW);
  if (found.kind === "invalid") throw new Error(JSON.stringify(found.issues));
  return found.previews;
}

function only(catalog: Catalog, question: Partial<PreviewQuestion> = {}): Preview {
  const [first, ...more] = previews(catalog, question);
  if (!first || more.length > 0) throw new Error("one preview is meant");
  return first;
}

const details = ({ warnings }: Preview): string[] => warnings.map(({ detail }) => detail);

describe("The words of a preview", () => {
  it("are shown for each locale, signed and counted, with the declared examples", () => {
    expect(previews(shop())).toEqual([
      {
        channel: "sms",
        locale: "zh-CN",
        text: "【鲸落商城】订单D10001已发出。",
        ...{ encoding: "UCS-2", rule: "mainland", segments: 1, units: 18 },
        parts: [{ text: "【鲸落商城】订单D10001已发出。", units: 18 }],
        worst: { segments: 1, units: 24, longest: expect.stringContaining("【鲸落商城】订单"), blame: expect.stringContaining("order_id") },
        costs: [{ carrier: "twilio", segments: 1, cost: "0.0079 USD" }],
        warnings: [],
      },
      expect.objectContaining({ locale: "en", text: "【鲸落商城】Order D10001 is on its way." }),
    ]);
  });

  it("are those that a reader of the given locale gets, and it is said where they are another's", () => {
    expect(only(shop(), { locale: "en" })).toMatchObject({ locale: "en", warnings: [] });
    const fallen = only(shop(), { locale: "zh-TW" });
    expect(fallen).toMatchObject({ locale: "zh-CN", text: "【鲸落商城】订单D10001已发出。" });
    expect(fallen.warnings).toEqual([
      {
        pointer: "/notices/order.shipped/templates/sms",
        detail: "there are no words for zh-TW: its readers get those for zh-CN",
      },
    ]);
  });

  it("are those of the data given, as the words' own rules fit them", () => {
    const data = {
      item: { type: "string", max: 6, over: "shorten" },
      reason: { type: "string", max: 4, over: "variant" },
      lines: { type: "list", of: { type: "string", max: 3, over: "shorten" } },
    } as const;
    const templates = { sms: { "zh-CN": { text: "{{ data.item }}因{{ data.reason }}延误", short: "{{ data.item }}延误" } } };
    const shown = only(shop({ notice: { data, templates } }), {
      data: { item: "羊绒围巾和手套", reason: "台风登陆停运", lines: ["一二三四", "一"] },
    });
    expect(shown).toMatchObject({ text: "【鲸落商城】羊绒围巾和…延误", short: true });
    expect(shown.warnings).toEqual([
      { pointer: "/notices/order.shipped/data/item", detail: "data.item has 7 units, may have 6, and is shortened" },
      { pointer: "/notices/order.shipped/data/reason", detail: "data.reason has 6 units, may have 4, and asks for the short form" },
      { pointer: "/notices/order.shipped/data/lines/of", detail: "data.lines[0] has 4 units, may have 3, and is shortened" },
    ]);
  });

  it("have a made-up value where there is no example, and say so; examples that do not fit are told", () => {
    const templates = { sms: { en: "{{ data.order_id }} {{ data.left }}" } };
    const made = only(shop({ notice: { data: { order_id: "string", left: "integer" }, templates } }));
    expect(made.text).toBe("【鲸落商城】order_id 12");
    expect(made.warnings).toContainEqual({
      pointer: "/notices/order.shipped/data",
      detail: "data.order_id, data.left have no examples: made-up values stand in the text",
    });
    const unfit = only(shop({ notice: { data: { order_id: { type: "string", max: 2, example: "D10001" }, left: "integer" }, templates } }));
    expect(unfit.warnings).toContainEqual({
      pointer: "/notices/order.shipped/data/order_id",
      detail: "the example is 6 UTF-16 units long; at most 2 are taken",
    });
  });

  it("cannot be made without data where nothing is declared, and the others stand", () => {
    const templates = { sms: { "zh-CN": "订单{{ data.order_id }}", en: "It is on its way." } };
    const [first, second] = previews(shop({ notice: { data: undefined, templates } }));
    expect(first).toEqual({
      channel: "sms",
      locale: "zh-CN",
      problem: expect.stringContaining("data.order_id"),
      costs: [],
      warnings: [{ pointer: "/notices/order.shipped/data", detail: expect.stringContaining("give data") }],
    });
    expect(second).toMatchObject({ locale: "en", text: "【鲸落商城】It is on its way." });
  });

  it("are shown for each step of a series, or for the one named", () => {
    const step = (name: string) => ({ step: name, from: "data.due", offset: "P0D", time: "09:00" });
    const series = [{ ...step("full"), template: "whole" }, step("today")];
    const templates = { whole: { sms: { en: "Your bill" } }, today: { sms: { en: "It is due today" } } };
    const catalog = shop({ notice: { series, templates } });
    expect(previews(catalog).map((one) => [one.step, one.text])).toEqual([
      ["full", "【鲸落商城】Your bill"],
      ["today", "【鲸落商城】It is due today"],
    ]);
    const shown = only(catalog, { step: "full", locale: "fr" });
    expect(shown.warnings).toContainEqual(expect.objectContaining({ pointer: "/notices/order.shipped/templates/whole/sms" }));
  });

  it("hold what other channels carry besides, and are not counted there", () => {
    const templates = {
      sms: { en: "On its way." },
      push: { en: { title: "Order {{ data.order_id }}", body: "is on its way" } },
    };
    const routes = [{ channel: "sms" as const, carriers: ["twilio"] }];
    const shown = previews(shop({ routes, notice: { channels: ["push", "sms"], templates } }));
    expect(shown.map(({ channel }) => channel)).toEqual(["push", "sms"]);
    expect(shown[0]).toEqual({
      channel: "push",
      locale: "en",
      text: "Order D10001: is on its way",
      content: { channel: "push", title: "Order D10001", body: "is on its way" },
      costs: [],
      warnings: [{ pointer: "/routes", detail: "no route takes order.shipped by push" }],
    });
    expect(only(shop({ notice: { channels: ["push", "sms"], templates } }), { channel: "sms" })).toMatchObject({ channel: "sms" });
  });

  it("see the joined events of a digest, the event's time and the reader's tags and zone", () => {
    const text =
      "{{ digest.count }} {{ digest.items | map: 'order_id' | join: '+' }} {{ time | date: '%H:%M' }} {{ recipient.tags | join: ',' }}";
    const catalog = shop({ notice: { digest: { key: "x", window: "PT1H", max: 3 }, templates: { sms: { en: text } } } });
    const asked = { digest: [{ order_id: "D2" }, { order_id: "D3" }], tags: ["new", "vip"], time_zone: "Europe/London" };
    expect(only(catalog, asked).text).toBe("【鲸落商城】3 D10001+D2+D3 02:30 new,vip");
    expect(only(catalog, { ...asked, time_zone: undefined }).text).toContain(" 10:30 ");
  });
});

describe("The cost of a preview", () => {
  const long = { sms: { segments: 2, "zh-CN": `您的订单{{ data.order_id }}${"。".repeat(59)}` } };
  const carrier_templates = {
    "alibaba-main": { code: "SMS_1", params: { order: "{{ data.order_id }}" } },
    tencent: { code: "11", params: ["{{ data.order_id }}"] },
  };

  it("is that of each part, by every carrier of the route in its order, with the template that it would send", () => {
    const routes = [{ channel: "sms" as const, countries: ["CN"], carriers: ["tencent", "alibaba-main"] }];
    const shown = only(shop({ routes, notice: { templates: long, carrier_templates } }));
    expect(shown).toMatchObject({
      ...{ segments: 2, units: 75 },
      parts: [{ units: 67 }, { units: 8 }],
      costs: [
        { carrier: "tencent", segments: 2, cost: "0.1 CNY", template: { code: "11", params: ["D10001"] } },
        { carrier: "alibaba-main", segments: 2, cost: "0.09 CNY", template: { code: "SMS_1", params: { order: "D10001" } } },
      ],
      warnings: [],
    });
    expect(shown.parts?.map(({ text }) => text).join("")).toBe(shown.text);
  });

  it("stands by weight, heaviest first, and of equal ones the cheaper first", () => {
    const routes = [{ channel: "sms" as const, carriers: { tencent: 1, "alibaba-main": 1, twilio: 5 } }];
    const { costs } = only(shop({ routes, notice: { carrier_templates } }), { locale: "zh-CN" });
    expect(costs.map(({ carrier }) => carrier)).toEqual(["twilio", "alibaba-main", "tencent"]);
  });

  it("goes by the number's country, also by its calling code, and tells of routes for some of its numbers", () => {
    const routes = [
      { channel: "sms" as const, prefixes: ["+852"], carriers: ["alibaba-main"] },
      { channel: "sms" as const, prefixes: ["+4477"], carriers: ["tencent"] },
      { channel: "sms" as const, carriers: ["twilio"] },
    ];
    const catalog = shop({ routes, notice: { carrier_templates, templates: { sms: { en: "On its way." } } } });
    expect(only(catalog, { country: "HK" })).toMatchObject({ rule: "gsm", costs: [{ carrier: "alibaba-main" }] });
    expect(details(only(catalog, { country: "HK" }))).toContain("alibaba-main has no price for HK");
    const british = only(catalog, { country: "GB" });
    expect(british.costs).toEqual([{ carrier: "twilio", segments: 1, cost: "0.0079 USD" }]);
    expect(british.warnings).toContainEqual({ pointer: "/routes/1", detail: "numbers that begin with +4477 go by tencent instead" });
    expect(details(only(catalog)).filter((detail) => detail.includes("numbers that begin"))).toEqual([]);
  });

  it("is not known without a price, a template or a route, each of which is told", () => {
    const routes = [{ channel: "sms" as const, countries: ["CN"], carriers: ["alibaba-main"] }];
    const unpriced = { "alibaba-main": { ...ALIBABA, price: { GB: "1 CNY" } } };
    const shown = only(shop({ routes, carriers: unpriced }), { locale: "zh-CN" });
    expect(shown.costs).toEqual([{ carrier: "alibaba-main", segments: 1 }]);
    expect(shown.warnings).toEqual([
      { pointer: "/carriers/alibaba-main/price", detail: "alibaba-main has no price for CN" },
      {
        pointer: "/notices/order.shipped/carrier_templates/alibaba-main",
        detail: "alibaba-main sends approved templates only, and the notice has none for it",
      },
    ]);
    expect(only(shop({ routes }), { locale: "zh-CN", country: "US" })).toMatchObject({
      costs: [],
      warnings: [{ pointer: "/routes", detail: "no route takes order.shipped by sms to numbers of US" }],
    });
    const broken = { "alibaba-main": { code: "SMS_1", params: { by: "{{ data.until }}" } } };
    expect(details(only(shop({ routes, notice: { carrier_templates: broken } }), { locale: "zh-CN" }))).toEqual([
      expect.stringMatching(/^alibaba-main cannot send it: .*data\.until/),
    ]);
  });

  it("shows the template's values as they are sent to the mainland, without brackets of signatures", () => {
    const routes = [{ channel: "sms" as const, countries: ["CN"], carriers: ["alibaba-main"] }];
    const data = { item: { type: "string" as const, example: "【礼品】围巾" } };
    const templates = { sms: { "zh-CN": "{{ data.item }}已发出" } };
    const gifts = { "alibaba-main": { code: "SMS_1", params: { item: "{{ data.item }}" } } };
    const { costs } = only(shop({ routes, notice: { data, templates, carrier_templates: gifts } }));
    expect(costs[0]?.template).toEqual({ code: "SMS_1", params: { item: "[礼品]围巾" } });
  });

  it("tells of a carrier without its template once, however long the text is", () => {
    const routes = [{ channel: "sms" as const, carriers: ["alibaba-main"] }];
    const templates = { sms: { "zh-CN": "字".repeat(505) } };
    expect(
      details(only(shop({ routes, notice: { templates } }), { country: "GB" })).filter((detail) => detail.startsWith("alibaba-main")),
    ).toEqual(["alibaba-main sends approved templates only, and the notice has none for it"]);
  });
});

describe("The warnings of a preview", () => {
  const en = (text: string, sms = {}) => ({ templates: { sms: { ...sms, en: text } }, data: {} });

  it("name what makes a Latin text UCS-2, how often, and what plainer characters would save", () => {
    const text = `It’s on its way – it’s really on its way${".".repeat(40)}`;
    const shown = only(shop({ brand: { name: "Lark", signatures: { en: "Lark: " } }, notice: en(text) }), { country: "GB" });
    expect(shown).toMatchObject({ encoding: "UCS-2", segments: 2, units: 86 });
    expect(shown.warnings).toEqual([
      {
        pointer: "/notices/order.shipped/templates/sms/en",
        detail: "is UCS-2 because of “’” twice, “–” once; encoding: smart would save 1 segment",
      },
    ]);
    const smart = only(shop({ brand: { name: "Lark", signatures: { en: "Lark: " } }, notice: en(text, { encoding: "smart" }) }), {
      country: "GB",
    });
    expect(smart).toMatchObject({ encoding: "GSM-7", segments: 1, saved_segments: 1, warnings: [] });
    expect(smart.text).toContain("It's on its way - ");
  });

  it("name five characters at most, and the signature where it alone is to blame", () => {
    const shown = only(shop({ notice: en("On its way.") }), { country: "GB" });
    expect(shown.warnings).toEqual([
      {
        pointer: "/notices/order.shipped/templates/sms/en",
        detail: "is UCS-2 because of “【” once, “鲸” once, “落” once, “商” once, “城” once and 1 more",
      },
      { pointer: "/brand/signatures/en", detail: "a signature in GSM-7 would spare the text UCS-2: only its signature is not" },
    ]);
  });

  it("say nothing of encodings where the script needs UCS-2, or the mainland counts", () => {
    expect(only(shop(), { locale: "zh-CN", country: "HK" }).warnings).toEqual([]);
    expect(only(shop(), { locale: "en", country: "CN" }).warnings).toEqual([]);
  });

  it("show a text that takes more than its segments, and say that it would not be sent", () => {
    const templates = { sms: { segments: 1, "zh-CN": `订单{{ data.note }}${"。".repeat(50)}` } };
    const data = { note: { type: "string" as const, max: 40, example: "请放在门口".repeat(4) } };
    const shown = only(shop({ notice: { templates, data } }));
    expect(shown).toMatchObject({ segments: 2, units: 78, worst: { segments: 2, units: 98 } });
    expect(details(shown)).toEqual([expect.stringMatching(/^would not be sent: .*2 segments.*1$/), "can take 2 segments, and may take 1"]);
  });

  it("say where no brand is, or none is shown", () => {
    expect(only(shop({ brand: {} }), { locale: "en" }).warnings).toEqual([expect.objectContaining({ pointer: "/brand/name" })]);
    expect(only(shop({ brand: { name: "Lark", signature: "none" } }), { locale: "en" }).warnings).toEqual([
      expect.objectContaining({ pointer: "/brand/signature" }),
    ]);
  });

  it("say why there is no worst case", () => {
    const shown = only(shop({ notice: { templates: { sms: { en: "Order {{ data.order_id }}" } }, data: undefined } }), {
      data: { order_id: "D1" },
    });
    expect(shown.worst).toBeUndefined();
    expect(details(shown)).toEqual([expect.stringMatching(/^has no worst case: .*order_id/)]);
  });
});

describe("The worst case of a preview", () => {
  it("is that of publishing, which does not count the white space around the words", () => {
    const plain = { sms: { segments: 1, "zh-CN": "订单{{ data.order_id }}已发出。" } };
    const spaced = { sms: { segments: 1, "zh-CN": "\n 订单{{ data.order_id }}已发出。 \n" } };
    expect(only(shop({ notice: { templates: spaced } })).worst).toEqual(only(shop({ notice: { templates: plain } })).worst);
  });

  it("counts signature and opt-out, in front or behind, and the longer of the two forms", () => {
    const data = { reason: { type: "string" as const, max: 4, over: "variant" as const, example: "台风" } };
    const sms = { "zh-CN": { text: "因{{ data.reason }}改期", short: `改期${"。".repeat(10)}` } };
    for (const signature of ["front", "behind"] as const) {
      const shown = only(shop({ brand: { name: "鲸", signature }, notice: { class: "marketing", data, templates: { sms } } }));
      expect(shown.text).toBe(signature === "front" ? "【鲸】因台风改期拒收请回复R" : "因台风改期拒收请回复R【鲸】");
      expect(shown.worst).toMatchObject({ segments: 1, units: 3 + 12 + 6 });
    }
  });
});

describe("A question for a preview", () => {
  function issues(question: Partial<PreviewQuestion>, catalog = shop()) {
    const found = previewWords(catalog, { notice: "order.shipped", ...question }, NOW);
    return found.kind === "invalid" ? found.issues : [];
  }

  it("is refused where it asks for what there is not", () => {
    expect(issues({ notice: "order.shiped" })).toEqual([
      { pointer: "/notice", detail: "is not a notice of this catalog; the closest one is order.shipped" },
    ]);
    expect(issues({ notice: "constructor" })).toMatchObject([{ pointer: "/notice" }]);
    expect(issues({ step: "x", channel: "rcs", country: "ZZ", digest: [{}] }).map(({ pointer }) => pointer)).toEqual([
      "/step",
      "/channel",
      "/country",
      "/digest",
    ]);
  });

  it("is refused where an event could not bring its data, also those of a digest", () => {
    expect(issues({ data: { order_id: "D1234567890123" } })).toEqual([
      { pointer: "/data/order_id", detail: "is 14 UTF-16 units long; at most 12 are taken" },
    ]);
    const digest = shop({ notice: { digest: { key: "x", window: "PT1H", max: 3 } } });
    expect(issues({ digest: [{ order_id: "D1" }, { order_id: 5 }] }, digest)).toMatchObject([{ pointer: "/digest/1/order_id" }]);
    expect(issues({ digest: [{}, {}, {}] }, digest)).toMatchObject([{ pointer: "/digest", detail: expect.stringContaining("at most 3") }]);
    const usual = shop({ notice: { digest: { key: "x", window: "PT1H" } } });
    const joined = (count: number) => Array.from({ length: count }, () => ({ order_id: "D1" }));
    expect(issues({ digest: joined(99) }, usual)).toEqual([]);
    expect(issues({ digest: joined(100) }, usual)).toMatchObject([{ pointer: "/digest", detail: expect.stringContaining("at most 100") }]);
  });

  it("is refused where it would show too many texts", () => {
    const texts = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`en-x-${at}`, "Hello"]));
    const many = shop({ notice: { templates: { sms: texts } } });
    expect(issues({}, many)).toMatchObject([{ pointer: "/notice", detail: expect.stringContaining("201 texts") }]);
    expect(only(many, { locale: "en-x-7" }).text).toBe("【鲸落商城】Hello");
  });
});
