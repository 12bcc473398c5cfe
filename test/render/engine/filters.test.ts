import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chinese, english, textOf, whyNot } from "./rendering.ts";

const locale = (tag: string) => ({ locale: tag, time_zone: "Asia/Shanghai" });

describe("money", () => {
  it.each([
    ["zh-CN", 1234.5, "CNY", "¥1,234.50"],
    ["zh-CN", 99, "CNY", "¥99"],
    ["zh-CN", 99, "USD", "US$99"],
    ["zh-TW", 1280, "TWD", "$1,280"],
    ["en", 1234.5, "USD", "$1,234.50"],
    ["en", 1200, "CNY", "CN¥1,200"],
    ["de", 1234.5, "EUR", "1.234,50 €"],
    ["fr", 1234.5, "EUR", "1 234,50 €"],
    ["ja", 1200, "JPY", "￥1,200"],
    ["ar", 1200, "AED", "1,200 د.إ."],
    ["hi", 123456.7, "INR", "₹1,23,456.70"],
    ["ru", 1234.5, "RUB", "1 234,50 ₽"],
    ["en", -5, "USD", "-$5"],
    ["en", 0.005, "USD", "$0.01"],
  ])("writes in %s the amount %d %s as %s", (tag, amount, currency, written) => {
    expect(textOf("{{ data.amount | money: data.currency }}", { amount, currency }, locale(tag))).toBe(written);
    expect(textOf("{{ data.amount | money: data.currency }}", { amount: String(amount), currency }, locale(tag))).toBe(written);
  });

  it("counts in the catalog's currency where none is named, and is an error where there is none", () => {
    expect(textOf("{{ 12 | money }}", {}, chinese)).toBe("¥12");
    expect(whyNot("{{ 12 | money }}", {}, english)).toContain(
      "money needs a currency, such as money: 'CNY', or defaults.currency in the catalog",
    );
    expect(whyNot("{{ 12 | money: data.currency }}", { currency: "yuan" })).toContain("money needs a three-letter currency code");
  });

  it("takes numbers and nothing else", () => {
    for (const amount of ["12 yuan", "", "1,200", "0x10", "Infinity", true, null, [1], { a: 1 }, Number.NaN])
      expect(whyNot("{{ data.amount | money }}", { amount })).toContain("money takes a number and was given");
  });

  it("never changes an amount: what is written reads as the same figure", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000_00, max: 10_000_000_00 }), fc.constantFrom("zh-CN", "en", "hi", "ja"), (cents, tag) => {
        const written = textOf("{{ data.amount | money: 'USD' }}", { amount: cents / 100 }, locale(tag));
        expect(Math.round(Number(written.replace(/[^0-9.-]/g, "")) * 100)).toBe(cents);
        expect(written).toMatch(cents % 100 === 0 ? /^[^.]*$/ : /\.\d{2}$/);
      }),
    );
  });
});

describe("number", () => {
  it.each([
    ["zh-CN", "1,234,567.891"],
    ["en", "1,234,567.891"],
    ["de", "1.234.567,891"],
    ["fr", "1 234 567,891"],
    ["hi", "12,34,567.891"],
    ["ru", "1 234 567,891"],
    ["ar", "1,234,567.891"],
  ])("writes as they write in %s, with three decimals and plain spaces", (tag, written) => {
    expect(textOf("{{ 1234567.8912 | number }}", {}, locale(tag))).toBe(written);
  });

  it("writes no space and no mark that people cannot see or type", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom("ar", "fa", "he", "fr", "de-CH", "ru", "pl"),
        (n, tag) => {
          const written = textOf("{{ data.n | number }} {{ data.n | money: 'EUR' }}", { n }, locale(tag));
          expect(written).not.toMatch(/[\u00a0\u2000-\u200f\u202a-\u202f\u2066-\u2069\u061c]/);
        },
      ),
    );
  });
});

describe("filters that reckon", () => {
  it("take numbers and texts that are numbers", () => {
    expect(textOf("{{ '12.5' | plus: 1 }} {{ 7 | minus: '2' }} {{ 2 | times: 3 }} {{ 7 | divided_by: 2 }} {{ 7 | modulo: 4 }}")).toBe(
      "13.5 5 6 3.5 3",
    );
    expect(
      textOf(
        "{{ 2.5 | round }} {{ 2.345 | round: 2 }} {{ 2.9 | floor }} {{ 2.1 | ceil }} {{ -3 | abs }} {{ 3 | at_least: 5 }} {{ 3 | at_most: 1 }}",
      ),
    ).toBe("3 2.35 2 3 3 5 1");
  });

  it("never take anything else for zero", () => {
    for (const name of ["plus", "minus", "times", "divided_by", "modulo", "at_least", "at_most"]) {
      expect(whyNot(`{{ data.x | ${name}: 1 }}`, { x: "a" })).toContain(`${name} takes a number and was given a text`);
      expect(whyNot(`{{ 1 | ${name}: data.x }}`, { x: null })).toContain(`${name} takes a number and was given nothing`);
    }
    for (const name of ["round", "floor", "ceil", "abs", "number"])
      expect(whyNot(`{{ data.x | ${name} }}`, { x: [] })).toContain(`${name} takes a number and was given a list`);
  });

  it("make numbers or an error", () => {
    expect(whyNot("{{ 1 | divided_by: 0 }}")).toContain("divided_by makes no number of what it was given");
    expect(whyNot("{{ 1 | modulo: 0 }}")).toContain("modulo makes no number of what it was given");
  });
});

describe("filters of text", () => {
  it("do what their names say", () => {
    expect(textOf("{{ 'ab' | append: 'c' | prepend: 1 }} {{ 'aß' | upcase }} {{ 'ÄB' | downcase }} {{ 'über uns' | capitalize }}")).toBe(
      "1abc ASS äb Über uns",
    );
    expect(textOf("[{{ ' a ' | strip }}] [{{ ' a ' | lstrip }}] [{{ ' a ' | rstrip }}] [{{ '-a-' | strip: '-' }}]")).toBe(
      "[a] [a ] [ a] [a]",
    );
    expect(
      textOf(
        "{{ 'a-b-c' | replace: '-', '+' }} {{ 'a-b-c' | replace_first: '-' }} {{ 'a-b-c' | remove: '-' }} {{ 'a-b-c' | remove_first: '-' }}",
      ),
    ).toBe("a+b+c ab-c abc ab-c");
    expect(textOf("{{ 'a $& b' | replace_first: 'a', '$&' }} {{ '订单 a&b' | url_encode }}")).toBe("$& $& b %E8%AE%A2%E5%8D%95+a%26b");
    expect(textOf("{{ data.a | strip_newlines }} {{ 'a,b' | split: ',' | join: '+' }}", { a: "a\r\nb" })).toBe("ab a+b");
  });

  it("write numbers as they are and refuse what is no text", () => {
    expect(textOf("{{ 12.5 | append: '%' }} {{ true | upcase }}")).toBe("12.5% TRUE");
    for (const name of ["upcase", "downcase", "capitalize", "strip", "escape", "url_encode", "strip_newlines", "newline_to_br", "truncate"])
      for (const [x, kind] of [
        [null, "nothing: it is missing"],
        [["a"], "a list"],
        [{ a: 1 }, "a map"],
      ] as const)
        expect(whyNot(`{{ data.x | ${name} }}`, { x })).toContain(`${name} takes a text and was given ${kind}`);
  });

  const people = "👨‍👩‍👧‍👦é̂🇨🇳啊";

  it("truncate and slice by what people see as characters", () => {
    expect(textOf("{{ data.t | truncate: 3 }}|{{ data.t | truncate: 3, '…' }}|{{ data.t | truncate: 4, '…' }}", { t: people })).toBe(
      `...|👨‍👩‍👧‍👦é̂…|${people}`,
    );
    expect(
      textOf("{{ data.t | slice: 0 }}|{{ data.t | slice: -2, 2 }}|{{ data.t | slice: 1, 9 }}|{{ data.t | slice: -9 }}", { t: people }),
    ).toBe("👨‍👩‍👧‍👦|🇨🇳啊|é̂🇨🇳啊|");
    expect(textOf("{{ '您的订单已经发货' | truncate: 5, '…' }} {{ 'abc' | truncate: 2, '.....' }} {{ 'short' | truncate }}")).toBe(
      "您的订单… ..... short",
    );
    expect(textOf("{{ data.list | slice: 1, 2 | join }}", { list: [1, 2, 3, 4] })).toBe("2 3");
  });

  it("never cut a grapheme, whatever the text", () => {
    const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
    const graphemes = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
    const piece = fc.constantFrom("a", "\r\n", "\r", "\n", "啊", "👨‍👩‍👧", "🇨🇳", "e\u0301", "각", "\u1100", "\u1161", "1️⃣", "〰️", "ﷺ", "〪");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(8), fc.nat(8), (pieces, begin, length) => {
        const t = pieces.join("").toWellFormed();
        const whole = graphemes(t);
        expect(textOf("{{ data.t | slice: data.begin, data.length }}", { t, begin, length })).toBe(
          whole.slice(begin, begin + length).join(""),
        );
        const cut = textOf("{{ data.t | truncate: data.length, '' }}", { t, length });
        expect(cut).toBe(whole.slice(0, length).join(""));
      }),
    );
  });

  it("shorten to so many units, with an ellipsis that keeps GSM-7", () => {
    expect(textOf("{{ '您的订单已经发货' | shorten: 5 }} {{ 'Hello world' | shorten: 8 }} {{ 'Hello' | shorten: 8 }}")).toBe(
      "您的订单… Hello... Hello",
    );
    for (const most of [-1, 1.5, "a"]) expect(whyNot("{{ 'a' | shorten: data.most }}", { most })).toContain("shorten ");
  });
});

describe("filters of lists", () => {
  const data = { items: [{ name: "b", n: 2, gift: true }, { name: "a", n: 10 }, { n: 1 }], mixed: ["b", null, "a", "b"] };

  it("do what their names say", () => {
    expect(
      textOf("{{ data.items | map: 'n' | join: ',' }} {{ data.items | sort: 'n' | map: 'n' | join: ',' }} {{ data.items | size }}", data),
    ).toBe("2,10,1 1,2,10 3");
    expect(
      textOf("{{ data.items | where: 'gift' | map: 'name' | first }} {{ data.items | where: 'n', 10 | map: 'name' | last }}", data),
    ).toBe("b a");
    expect(
      textOf("{{ data.mixed | compact | uniq | sort | reverse | join }} {{ data.mixed | compact | concat: data.mixed | size }}", data),
    ).toBe("b a 7");
    expect(textOf("{{ data.items | sort: 'name' | first | default: data.none }}", { ...data, items: [], none: "-" })).toBe("-");
    expect(textOf("{% assign s = data.items | sort: 'name' %}{% for i in s %}{{ i.n }} {% endfor %}", data)).toBe("10 2 1 ");
  });

  it("leave no empty place for an item that is nothing", () => {
    expect(whyNot("{{ data.mixed | join }}", data)).toContain("join cannot write an item that is nothing: it is missing");
    expect(whyNot("{{ data.items | map: 'name' | join }}", data)).toContain("join cannot write an item that is nothing");
    expect(whyNot("{{ data.items | join }}", data)).toContain("join cannot write an item that is a map");
    expect(whyNot("{{ data.items | where: 'none' | first }}", data)).toContain("is nothing: it is missing");
  });

  it("take lists and nothing else", () => {
    for (const use of ["join", "first", "last", "map: 'a'", "where: 'a'", "sort", "uniq", "reverse", "compact", "concat: data.x"])
      for (const x of ["a", 1, null, {}]) expect(whyNot(`{{ data.x | ${use} }}`, { x })).toContain(" takes a list and was given ");
    expect(whyNot("{{ data.x | size }}", { x: 5 })).toContain("size takes a text or a list and was given");
  });
});
