import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { countSegments, isGsm, MAINLAND_MAX_UNITS, partsOf, ruleFor, septetsOf } from "../../../src/render/sms/count-segments.ts";

const cases = z
  .array(z.object({ tag: z.string(), text: z.string(), encoding: z.enum(["GSM-7", "UCS-2"]), segments: z.number(), units: z.number() }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures/segments.json"), "utf8")));

/** Code points of GSM-7 by hand, as the tables of 3GPP TS 23.038 print them, row by row. */
const ESCAPED = new Set([0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac]);
const FOREIGN = [
  0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398,
  0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
];
function slowSeptets(point: number): number | undefined {
  if (ESCAPED.has(point)) return 2;
  if (point === 0x0a || point === 0x0d || FOREIGN.includes(point)) return 1;
  return point >= 0x20 && point < 0x7f && point !== 0x60 ? 1 : undefined;
}

/** Counts one code point after the other into lists: slow, and nothing like the code that it checks. */
function slowly(text: string): { encoding: string; units: number; segments: number } {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const septets = points.map(slowSeptets);
  const gsm = !septets.includes(undefined);
  const widths = gsm ? septets.map((width) => width ?? 0) : points.map((point) => (point > 0xffff ? 2 : 1));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const parts = widths.reduce<number[][]>((done, width) => {
    const last = done.at(-1);
    if (last && sum(last) + width <= (gsm ? 153 : 67)) last.push(width);
    else done.push([width]);
    return done;
  }, []);
  const units = sum(widths);
  return { encoding: gsm ? "GSM-7" : "UCS-2", units, segments: units <= (gsm ? 160 : 70) ? 1 : parts.length };
}

const gsmCharacter = fc.constantFrom(..."aZ09 @£è\nΔ_^{}€€€[~]\f");
const anyCharacter = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("中", "😀", "𠮷", "a", "’", "👩‍👧", "é", "\ud83d", "\ude00") },
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);
/** Lengths around the ends of parts, where counts go wrong. */
const near = fc.constantFrom(0, 1, 66, 67, 70, 71, 132, 134, 135, 152, 153, 160, 161, 200, 305, 306, 307, 460);
const texts = fc.oneof(
  fc.string({ unit: gsmCharacter, maxLength: 500 }),
  fc.string({ unit: anyCharacter, maxLength: 300 }),
  fc
    .tuple(
      near,
      fc.string({ unit: gsmCharacter, maxLength: 40 }),
      fc.string({ unit: anyCharacter, maxLength: 40 }),
      fc.constantFrom("a", "中", "€"),
    )
    .map(([length, gsm, any, filler]) => filler.repeat(length) + gsm + any),
);
const RUNS = { numRuns: 2_000 };

describe("Counting segments", () => {
  it("has the cases to compare with", () => {
    expect(cases).toHaveLength(175);
  });

  it.each(cases)("counts as the cases say: $tag", ({ text, encoding, segments, units }) => {
    expect(countSegments(text, "gsm")).toEqual({ rule: "gsm", encoding, segments, units });
    expect(partsOf(text, "gsm")).toHaveLength(segments);
  });

  it("counts every text as one does who counts slowly", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(countSegments(text, "gsm")).toEqual({ rule: "gsm", ...slowly(text) });
      }),
      RUNS,
    );
  });

  it("knows the same alphabet as one who looks up each character", () => {
    const wrong = Array.from({ length: 0x10000 }, (_, point) => point).filter((point) => {
      const width = slowSeptets(point);
      const text = String.fromCharCode(point);
      return isGsm(text) !== (width !== undefined) || septetsOf(text) !== (width ?? Number.POSITIVE_INFINITY);
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    [0, 1],
    [1, 1],
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
    [160, 3],
    [201, 3],
    [202, 4],
    [MAINLAND_MAX_UNITS, 8],
    [MAINLAND_MAX_UNITS + 1, 8],
    [1_000, 15],
  ])("counts %i characters on the mainland as %i", (units, segments) => {
    for (const character of ["a", "中", "€"])
      expect(countSegments(character.repeat(units), "mainland")).toEqual({ rule: "mainland", encoding: "UCS-2", units, segments });
  });

  it("takes a number of China for the mainland's and every other for the standard's", () => {
    expect(["CN", "HK", "MO", "TW", "US", undefined].map(ruleFor)).toEqual(["mainland", "gsm", "gsm", "gsm", "gsm", "gsm"]);
  });
});

describe("Parts", () => {
  it("join to the text, fit, split no pair, and are as many as segments by the standard", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { segments, encoding } = countSegments(text, "gsm");
        const parts = partsOf(text, "gsm");
        expect(parts.join("")).toBe(text);
        expect(parts).toHaveLength(segments);
        const [single, part] = encoding === "GSM-7" ? [160, 153] : [70, 67];
        const width = (each: string): number => (encoding === "GSM-7" ? slowly(each).units : each.length);
        for (const each of parts) expect(width(each)).toBeLessThanOrEqual(parts.length === 1 ? single : part);
        expect(parts.flatMap((each) => [...each])).toEqual([...text]);
      }),
      RUNS,
    );
  });

  it("are never fewer than the mainland bills, and as many where no pair lies across an end", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { segments } = countSegments(text, "mainland");
        const parts = partsOf(text, "mainland");
        expect(parts.join("")).toBe(text);
        for (const each of parts) expect(each.length).toBeLessThanOrEqual(parts.length === 1 ? 70 : 67);
        expect(parts.flatMap((each) => [...each])).toEqual([...text]);
        expect(parts.length).toBeGreaterThanOrEqual(segments);
        if (![...text].some((character) => character.length > 1)) expect(parts).toHaveLength(segments);
      }),
      RUNS,
    );
  });

  it("may be more than the mainland bills where a pair lies across an end", () => {
    const text = `${"中".repeat(66)}😀${"中".repeat(66)}`;
    expect(countSegments(text, "mainland").segments).toBe(2);
    expect(partsOf(text, "mainland").map((part) => part.length)).toEqual([66, 67, 1]);
  });

  it("leave an escape pair whole for the next part", () => {
    expect(partsOf(`${"a".repeat(152)}€${"b".repeat(20)}`, "gsm")).toEqual(["a".repeat(152), `€${"b".repeat(20)}`]);
  });
});
