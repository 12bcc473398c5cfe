import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOf, whyNot } from "./rendering.ts";

const FORMS = "zero: '# Z', one: '# O', two: '# T', few: '# F', many: '# M', other: '# X'";
const plural = (tag: string, n: unknown, forms = FORMS): string =>
  textOf(`{{ data.n | plural: ${forms} }}`, { n }, { locale: tag, time_zone: "UTC" });

describe("plural", () => {
  it("goes by the rules of the language", () => {
    const russian = "one: '# товар', few: '# товара', many: '# товаров', other: '# товара'";
    expect([1, 2, 5, 11, 21, 22, 25, 1.5].map((n) => plural("ru", n, russian))).toEqual([
      "1 товар",
      "2 товара",
      "5 товаров",
      "11 товаров",
      "21 товар",
      "22 товара",
      "25 товаров",
      "1,5 товара",
    ]);
    expect([0, 1, 2, 3, 11, 100].map((n) => plural("ar", n))).toEqual(["0 Z", "1 O", "2 T", "3 F", "11 M", "100 X"]);
    expect([0, 1, 2].map((n) => plural("fr", n))).toEqual(["0 O", "1 O", "2 X"]);
    expect([0, 1, 2].map((n) => plural("en", n, "one: '# item', other: '# items'"))).toEqual(["0 items", "1 item", "2 items"]);
    expect([1, 2].map((n) => plural("zh-CN", n, "other: '#件商品'"))).toEqual(["1件商品", "2件商品"]);
  });

  it("writes the number as the locale does, wherever # stands", () => {
    expect(plural("de", 1234, "other: '# von #'")).toBe("1.234 von 1.234");
    expect(plural("en", "1234", "one: 'a', other: 'no figure'")).toBe("no figure");
  });

  it("takes other where a form is not given", () => {
    expect(plural("ru", 2, "one: '# O', other: '# X'")).toBe("2 X");
  });

  it("takes numbers alone, and texts for its forms", () => {
    expect(whyNot("{{ data.n | plural: other: '#' }}", { n: "many" })).toContain("plural takes a number and was given a text");
    expect(whyNot("{{ 1 | plural: other: data.n }}", { n: ["a"] })).toContain("plural takes a text and was given a list");
  });

  it("always chooses the form that Unicode names, in every language", () => {
    const letters: Readonly<Record<string, string>> = { zero: "Z", one: "O", two: "T", few: "F", many: "M", other: "X" };
    fc.assert(
      fc.property(
        fc.constantFrom("zh-CN", "en", "de", "fr", "ja", "ar", "hi", "ru", "pl", "cy", "lt"),
        fc.integer({ min: 0, max: 2_000 }),
        (tag, n) => {
          expect(plural(tag, n).at(-1)).toBe(letters[new Intl.PluralRules(tag).select(n)]);
        },
      ),
    );
  });
});
