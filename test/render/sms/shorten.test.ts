import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGsm } from "../../../src/render/sms/count-segments.ts";
import { shorten } from "../../../src/render/sms/shorten.ts";

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const partsIn = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/** Of all beginnings of whole graphemes the longest that leaves room for the dots and does not end in white space. */
function slowly(text: string, max: number): string {
  const dots = isGsm(text) ? "..." : "…";
  const ending = max < dots.length ? "" : dots;
  const beginnings = ["", ...partsIn(text).map((_, at, all) => all.slice(0, at + 1).join(""))];
  const fitting = beginnings.filter((each) => each.length + ending.length <= max && (ending === "" || each === each.trimEnd()));
  return (fitting.at(-1) ?? "") + ending;
}

describe("Shortening", () => {
  it.each([
    ["a text that fits", "Whalefall", 9, "Whalefall"],
    ["a text of GSM-7 with three dots", "Whalefall store", 9, "Whalef..."],
    ["another text with an ellipsis", "鲸落商城旗舰店", 5, "鲸落商城…"],
    ["without white space before the dots", "Blue whale cup", 8, "Blue..."],
    ["a family as one", "给👨‍👩‍👧‍👦的礼物", 12, "给…"],
    ["a family that fits", "给👨‍👩‍👧‍👦的礼物", 13, "给👨‍👩‍👧‍👦…"],
    ["a flag as one", "🇨🇳🇫🇷🇩🇪", 6, "🇨🇳…"],
    ["a letter with its accents as one", "Cafe\u0301s et thés", 5, "Caf…"],
    ["the end of a line as one", "ab\r\ncdefgh", 6, "ab..."],
    ["to the ellipsis alone", "鲸落商城", 1, "…"],
    ["to the dots alone", "Whalefall", 3, "..."],
    ["to whole graphemes where the dots do not fit", "Whalefall", 2, "Wh"],
    ["to nothing where nothing fits", "鲸落商城", 0, ""],
    ["an empty text", "", 0, ""],
  ])("cuts %s", (_, text, max, shortened) => {
    expect(shorten(text, max)).toBe(shortened);
  });

  it("never exceeds, cuts no grapheme, keeps as much as may stay, and stays GSM-7", () => {
    const unit = fc.oneof(
      fc.string({ unit: "grapheme-composite", minLength: 1, maxLength: 1 }),
      fc.constantFrom("👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", " ", "\r\n", "क्षि", "\u0600", "a", "中", "\ud83d"),
    );
    const texts = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.string({ unit: fc.constantFrom("a", " ", "€", "\n"), maxLength: 40 }));
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const shortened = shorten(text, max);
        expect(shortened.length).toBeLessThanOrEqual(max);
        expect(shortened).toBe(text.length <= max ? text : slowly(text, max));
        if (isGsm(text)) expect(isGsm(shortened)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
