import { describe, expect, it } from "vitest";
import { CHINA, smsOf } from "./words-of.ts";

const LARK = { brand: { name: "鲸落" } };
const inChina = { wanted: CHINA, catalog: LARK };
const MARKETING = { class: "marketing" };

describe("The signature of an SMS", () => {
  it("stands in front, is counted, and is left out for carriers that add it", () => {
    expect(smsOf({ "zh-CN": "订单已发出" }, inChina)).toEqual({
      kind: "words",
      locale: "zh-CN",
      text: "【鲸落】订单已发出",
      body: "订单已发出",
      count: { rule: "mainland", encoding: "UCS-2", units: 9, segments: 1 },
    });
  });

  it("counts a text of 67 characters as two segments with a signature of four", () => {
    const counts = [66, 67].map((length) => smsOf({ "zh-CN": "字".repeat(length) }, inChina));
    expect(counts).toMatchObject([{ count: { units: 70, segments: 1 } }, { count: { units: 71, segments: 2 } }]);
  });

  it("stands behind where the brand says so, and not at all where it wants none or has no name", () => {
    const behind = smsOf({ "zh-CN": "订单已发出" }, { ...inChina, catalog: { brand: { name: "鲸落", signature: "behind" } } });
    expect(behind).toMatchObject({ text: "订单已发出【鲸落】", body: "订单已发出" });
    for (const brand of [{ name: "鲸落", signature: "none" }, { link_host: "s.example" }])
      expect(smsOf({ "zh-CN": "订单已发出" }, { ...inChina, catalog: { brand } })).toMatchObject({
        text: "订单已发出",
        body: "订单已发出",
      });
  });

  it("is the brand's own for the text's locale abroad, and 【name】 for mainland China whatever the locale", () => {
    const catalog = { brand: { name: "鲸落", signatures: { en: "Whalefall: " } } };
    const reader = { locale: "en-GB" };
    expect(smsOf({ en: "Shipped." }, { catalog, reader, wanted: { country: "GB" } })).toMatchObject({
      text: "Whalefall: Shipped.",
      body: "Shipped.",
      count: { rule: "gsm", encoding: "GSM-7", units: 19 },
    });
    expect(smsOf({ en: "Shipped." }, { catalog, reader, wanted: CHINA })).toMatchObject({ text: "【鲸落】Shipped." });
    expect(smsOf({ "zh-CN": "已发出" }, { catalog, wanted: { country: "GB" } })).toMatchObject({ text: "【鲸落】已发出" });
  });

  it("is not put before words that have it already", () => {
    expect(smsOf({ "zh-CN": "【鲸落】订单已发出" }, inChina)).toMatchObject({ text: "【鲸落】订单已发出", body: "订单已发出" });
  });
});

describe("Marketing by SMS", () => {
  const telling = { ...inChina, notice: MARKETING };

  it.each([
    ["zh-CN", "全场五折", "【鲸落】全场五折拒收请回复R"],
    ["zh-Hant-TW", "全場五折", "【鲸落】全場五折拒收請回覆R"],
    ["en", "Half price.", "【鲸落】Half price. Reply STOP to opt out"],
  ])("ends in a way to refuse, in %s", (locale, words, text) => {
    expect(smsOf({ [locale]: words }, telling)).toMatchObject({ text, count: { units: text.length } });
  });

  it("says it for carriers that add the signature too, and before a signature behind", () => {
    const catalog = { brand: { name: "鲸落", signature: "behind" } };
    expect(smsOf({ "zh-CN": "全场五折" }, { ...telling, catalog })).toMatchObject({
      text: "全场五折拒收请回复R【鲸落】",
      body: "全场五折拒收请回复R",
    });
  });

  it("says it in the brand's own words where there are any, and never twice", () => {
    const catalog = { brand: { name: "鲸落", opt_out: { "zh-CN": "回T退订" } } };
    expect(smsOf({ "zh-CN": "全场五折" }, { ...telling, catalog })).toMatchObject({ body: "全场五折回T退订" });
    expect(smsOf({ "zh-CN": "全场五折，拒收请回复R" }, telling)).toMatchObject({ body: "全场五折，拒收请回复R" });
  });

  it("is the only class that does", () => {
    expect(smsOf({ "zh-CN": "全场五折" }, inChina)).toMatchObject({ body: "全场五折" });
  });
});

describe("The brackets of signatures", () => {
  const data = { name: "【抽奖】" };

  it("become plain in values for mainland China, where they are the signature's alone", () => {
    expect(smsOf({ "zh-CN": "{{ data.name }}您好" }, { ...inChina, data })).toMatchObject({
      text: "【鲸落】[抽奖]您好",
      body: "[抽奖]您好",
    });
    expect(smsOf({ "zh-CN": "您好{{ data.name }}" }, { ...inChina, data })).toMatchObject({ text: "【鲸落】您好[抽奖]" });
    expect(smsOf({ "zh-CN": "【鲸落】{{ data.name }}" }, { ...inChina, data })).toMatchObject({ text: "【鲸落】[抽奖]" });
  });

  it("stay for all other numbers", () => {
    expect(smsOf({ "zh-CN": "您好{{ data.name }}" }, { ...inChina, data, wanted: { country: "HK" } })).toMatchObject({
      body: "您好【抽奖】",
    });
  });
});

describe("Smart encoding", () => {
  const curly = (length: number) => `${"a".repeat(length - 1)}’`;

  it("makes look-alikes plain where that spares a segment, and says how many", () => {
    expect(smsOf({ encoding: "smart", en: curly(100) })).toEqual({
      kind: "words",
      locale: "en",
      text: `${"a".repeat(99)}'`,
      body: `${"a".repeat(99)}'`,
      count: { rule: "gsm", encoding: "GSM-7", units: 100, segments: 1 },
      saved: 1,
    });
  });

  it("changes nothing where that spares nothing, where it is not asked for, and for mainland China", () => {
    const untouched = { text: expect.stringContaining("’") };
    expect(smsOf({ encoding: "smart", en: curly(60) })).toMatchObject(untouched);
    expect(smsOf({ en: curly(100) })).toMatchObject(untouched);
    expect(smsOf({ encoding: "smart", en: curly(100) }, { wanted: CHINA })).toMatchObject(untouched);
    expect(smsOf({ encoding: "smart", en: curly(60) })).not.toHaveProperty("saved");
  });

  it("makes the words plain without the signature too", () => {
    const catalog = { brand: { signatures: { en: "Lark’s: " } } };
    const words = smsOf({ encoding: "smart", en: curly(100) }, { catalog });
    expect(words).toMatchObject({ text: `Lark's: ${"a".repeat(99)}'`, body: `${"a".repeat(99)}'`, saved: 1 });
  });
});

describe("A value that is too long", () => {
  const item = (over: string) => ({ data: { item: { type: "string", max: 6, over } } });
  const data = { item: "羊绒围巾两条装" };

  it("is cut before the text is made, where it may be shortened", () => {
    expect(smsOf({ "zh-CN": "{{ data.item }}到货" }, { data, notice: item("shorten") })).toMatchObject({ text: "羊绒围巾两…到货" });
  });

  it("has the short form taken, where it asks for that", () => {
    const template = { "zh-CN": { text: "{{ data.item }}到货", short: "您关注的商品到货" } };
    expect(smsOf(template, { data, notice: item("variant") })).toMatchObject({ text: "您关注的商品到货", short: true });
    expect(smsOf(template, { data: { item: "围巾" }, notice: item("variant") })).toEqual(expect.not.objectContaining({ short: true }));
  });

  it("has the short form taken for one of a digest's events too", () => {
    const template = { "zh-CN": { text: "{% for one in digest.items %}{{ one.item }}{% endfor %}", short: "{{ digest.count }}件" } };
    expect(smsOf(template, { data: { item: "a" }, merged: [data], notice: item("variant") })).toMatchObject({ text: "2件" });
  });

  it("fails a text without a short form, by the variable's name and not its value", () => {
    const words = smsOf({ "zh-CN": "{{ data.item }}到货" }, { data, notice: item("variant") });
    expect(words).toEqual({ kind: "unrenderable", why: "too_long: item is longer than its max, and the text has no short form" });
  });

  it("fails a short form that does not fit either", () => {
    const template = { segments: 1, "zh-CN": { text: "x", short: "{{ data.item }}" } };
    const words = smsOf(template, { data: { item: "字".repeat(71) }, notice: item("variant") });
    expect(words).toMatchObject({ kind: "unrenderable", why: "too_long: it takes 2 segments, and its template may take 1" });
  });
});

describe("A text over its segments", () => {
  const data = { item: "字".repeat(80) };

  it("gives way to the short form, where there is one", () => {
    const template = { segments: 1, "zh-CN": { text: "{{ data.item }}到货", short: "您关注的商品到货" } };
    expect(smsOf(template, { data })).toMatchObject({ text: "您关注的商品到货", short: true });
  });

  it("is refused without one, and says what it would have taken", () => {
    expect(smsOf({ segments: 1, "zh-CN": "{{ data.item }}到货" }, { data })).toEqual({
      kind: "unrenderable",
      why: "too_long: it takes 2 segments, and its template may take 1",
    });
    expect(smsOf({ segments: 2, "zh-CN": "{{ data.item }}到货" }, { data })).toMatchObject({ count: { segments: 2 } });
  });

  it("may be as long as it likes where nothing is declared, but for the 500 characters of mainland China", () => {
    const long = (length: number) => ({ data: { item: "字".repeat(length) } });
    const template = { "zh-CN": "{{ data.item }}" };
    expect(smsOf(template, long(501))).toMatchObject({ count: { segments: 8 } });
    expect(smsOf(template, { ...inChina, ...long(496) })).toMatchObject({ count: { units: 500, segments: 8 } });
    expect(smsOf(template, { ...inChina, ...long(497) })).toEqual({
      kind: "unrenderable",
      why: "too_long: it has 501 characters with its signature, and mainland China takes 500",
    });
  });
});

describe("Dates and figures", () => {
  const data = { amount: 1234.5, on: "2026-11-13" };
  const words = (locale: string, texts: object) => smsOf(texts, { data, reader: { locale } });

  it("are written as the reader's region does, where it speaks the text's language", () => {
    const text = { en: "{{ data.on | local_date: 'short' }}" };
    expect(words("en-US", text)).toMatchObject({ text: "11/13/26" });
    expect(words("en-GB", text)).toMatchObject({ text: "13/11/2026" });
  });

  it("are written in the text's language, where the reader reads another", () => {
    expect(words("fr", { en: "{{ data.on | local_date: 'long' }}" })).toMatchObject({ text: "November 13, 2026", locale: "en" });
  });

  it("are written as the text's own locale does, where the reader's region would take a segment more", () => {
    const filled = (length: number) => ({ segments: 1, "en-US": `${"a".repeat(length)}{{ data.on | local_date: 'short' }}` });
    expect(words("en-GB", filled(150))).toMatchObject({ text: expect.stringContaining("13/11/2026"), count: { units: 160 } });
    expect(words("en-GB", filled(151))).toMatchObject({ text: expect.stringContaining("11/13/26"), count: { units: 159 } });
    expect(words("en-GB", filled(153))).toMatchObject({ kind: "unrenderable" });
  });
});
