import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOf, whyNot } from "./rendering.ts";

const masked = (value: unknown, kind: string): string => textOf("{{ data.value | mask: data.kind }}", { value, kind });

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
const graphemesOf = (text: string): readonly string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
const isMainland = (phone: string): boolean => /^(?:(?:\+|00)?86)?1[3-9]\d{9}$/.test(phone.replaceAll(/[^0-9+]/g, ""));

describe("mask", () => {
  it.each([
    ["张三", "张*"],
    ["张三丰", "张**"],
    ["欧阳娜娜", "欧***"],
    ["Ada Lovelace", "A** L*******"],
    ["  Ada   Lovelace ", "A** L*******"],
    ["Wolfeschlegelsteinhausen", "W********"],
    ["é\u0301lodie", "é\u0301*****"],
    ["👨‍👩‍👧张", "👨‍👩‍👧*"],
    ["محمد علي", "م*** ع**"],
  ])("keeps of the name %s the first character of each word", (name, shown) => {
    expect(masked(name, "name")).toBe(shown);
  });

  it.each([
    ["+8613800138000", "138****8000"],
    ["13800138000", "138****8000"],
    ["0086 138-0013-8000", "138****8000"],
    [13_800_138_000, "138****8000"],
    ["+14155550123", "*******0123"],
    ["021-6226 8888", "*******8888"],
    ["+85291234567", "*******4567"],
    ["12345", "****2345"],
    ["1234", "****4"],
    ["no number", "****"],
  ])("keeps of the phone number %s what tells it from others", (phone, shown) => {
    expect(masked(phone, "phone")).toBe(shown);
  });

  it.each([
    ["D20260301003287", "****3287"],
    ["6222 0211 1111 3287", "****3287"],
    ["3287", "****7"],
    ["7", "****7"],
    [1_234_567, "****4567"],
  ])("keeps of the number %s the end", (number, shown) => {
    expect(masked(number, "number")).toBe(shown);
  });

  it("is told what it hides", () => {
    expect(whyNot("{{ data.value | mask: data.kind }}", { value: "a", kind: "e-mail" })).toContain("mask needs what it hides");
    expect(whyNot("{{ data.value | mask: 'name' }}", { value: ["a"] })).toContain("mask takes a text and was given a list");
  });

  it("never shows more than it may", () => {
    const any = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("*"));
    fc.assert(
      fc.property(any, (value) => {
        const shown = (kind: string): readonly string[] => graphemesOf(masked(value, kind).replaceAll(/[* ]/g, ""));
        const words = value.trim().split(/\s+/u);
        expect(shown("name").length).toBeLessThanOrEqual(words.length);
        expect(masked(value, "name").length).toBeLessThanOrEqual(value.length);
        expect(shown("phone").length).toBeLessThanOrEqual(isMainland(value) ? 7 : 4);
        expect(masked(value, "number")).toMatch(/^\*{4}/);
        expect(shown("number").length).toBeLessThanOrEqual(graphemesOf(value.trim()).length > 4 ? 4 : 1);
      }),
    );
  });

  it("shows seven digits of a mainland mobile number and four of any other", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 5, maxLength: 15 });
    fc.assert(
      fc.property(digits, (phone) => {
        const shown = masked(phone, "phone");
        expect(shown.replaceAll("*", "")).toHaveLength(isMainland(phone) ? 7 : 4);
        expect(shown.split("*").length - 1).toBeGreaterThanOrEqual(4);
      }),
    );
  });
});
