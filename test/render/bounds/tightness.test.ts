import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundTemplate, concat, literal, worstCase } from "../../../src/render/bounds/bound-template.ts";
import { renderForPerson } from "../../../src/render/engine/text-engine.ts";
import { countSegments, septetsOf } from "../../../src/render/sms/count-segments.ts";
import { type Charset, variablesOf } from "../../../src/vocabulary/variables.ts";

const RUNS = process.env.SOAK ? 10_000 : 400;
const RULES = ["gsm", "mainland"] as const;
const reading = { locale: "en", time_zone: "UTC" };

/** Texts of so many units that take as much as any of their alphabet: where a pair stands decides where parts end. */
function greedy(charset: Charset, units: number): string[] {
  if (charset === "digits" || charset === "alphanumeric") return ["0".repeat(units)];
  if (charset === "gsm")
    return ["€".repeat(units), ...[1, 2].filter((few) => few <= units).map((few) => "a".repeat(few) + "€".repeat(units - few))];
  const pairs = [0, 1].flatMap((before) =>
    units > before ? ["字".repeat(before) + "😀".repeat((units - before) >> 1) + "字".repeat((units - before) % 2)] : [],
  );
  return ["字".repeat(units), ...pairs];
}

const word = fc.string({ unit: fc.constantFrom("a", "B", " ", "€", "您", "。", "["), maxLength: 90 });
const part = fc.record({
  before: word,
  charset: fc.constantFrom<Charset>("digits", "alphanumeric", "gsm", "any"),
  max: fc.integer({ min: 1, max: 120 }),
});

describe("The worst case of words and plain variables", () => {
  it("is reached by some data in units, and in segments but for where a part's last place lies", () => {
    let reached = 0;
    let cases = 0;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), word, (parts, last) => {
        const template = parts.map(({ before }, at) => `${before}{{ data.v${at} }}`).join("") + last;
        const declaration = parts.map(({ charset, max }, at) => [`v${at}`, { type: "string" as const, charset, max }] as const);
        const { bound } = boundTemplate(template, {
          variables: variablesOf(Object.fromEntries(declaration)),
          reading,
          form: "text",
          short: false,
        });
        if (!bound) throw new Error(`${template} is not bounded`);
        const choices = [0, 1, 2].map((choice) =>
          parts.map(({ charset, max }) => greedy(charset, max).at(choice) ?? greedy(charset, max)[0]),
        );
        const texts = choices.map((values) => {
          const rendered = renderForPerson(
            template,
            { data: Object.fromEntries(values.map((value, at) => [`v${at}`, value])) },
            reading,
            "text",
          );
          return rendered.kind === "text" ? rendered.text : "";
        });
        for (const rule of RULES) {
          const worst = worstCase(bound, rule);
          const counts = texts.map((text) => countSegments(text, rule));
          expect(Math.max(...counts.map(({ units }) => units))).toBe(worst.units);
          const most = Math.max(...counts.map(({ segments }) => segments));
          expect(worst.segments - most).toBeLessThanOrEqual(rule === "mainland" ? 0 : 1);
          cases++;
          if (worst.segments === most) reached++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(reached / cases).toBeGreaterThan(0.9);
  });

  it("is exact for words alone, wherever their pairs lie", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "€", "字", "😀"), maxLength: 80 }), { maxLength: 4 }), (words) => {
        for (const rule of RULES) expect(worstCase(concat(words.map(literal)), rule)).toEqual(countSegments(words.join(""), rule));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("A text in GSM-7", () => {
  it("takes no more segments than UCS-2 has for as many units, so that the worst of any text is worst in UCS-2", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "€", "[", "7"), maxLength: 700 }), (text) => {
        expect(septetsOf(text)).toBeLessThanOrEqual(text.length * 2);
        expect(countSegments(text, "gsm").segments).toBeLessThanOrEqual(countSegments("字".repeat(text.length), "gsm").segments);
      }),
      { numRuns: RUNS },
    );
  });
});
