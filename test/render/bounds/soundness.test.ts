import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BoundScope, boundTemplate, type TextBound, worstCase } from "../../../src/render/bounds/bound-template.ts";
import { renderForPerson, templateFault } from "../../../src/render/engine/text-engine.ts";
import { countSegments, isGsm, septetsOf } from "../../../src/render/sms/count-segments.ts";
import type { Variables } from "../../../src/vocabulary/variables.ts";
import { dataWithin, type Generator, generator, variablesFrom } from "./generate.ts";
import { templateFrom } from "./generate-template.ts";

const RUNS = process.env.SOAK ? 10_000 : 400;
/** Data that each template is rendered of; every second as long as they may be. */
const DATA_EACH = 6;
const LOCALES = ["zh-CN", "en", "fr", "de", "ja", "ar", "th", "pt-BR", "hi", "pl"] as const;
const ZONES = ["Asia/Shanghai", "America/New_York", "UTC"] as const;
const RULES = ["gsm", "mainland"] as const;
const DIGEST_MAX = 3;
const brand = { name: "鲸落商城" };

/** What a template sees of data within a declaration. */
function seenOf(variables: Variables, g: Generator, greedy: boolean): Record<string, unknown> {
  const data = dataWithin(variables, g, greedy);
  const joined = Array.from({ length: greedy ? DIGEST_MAX - 1 : g.below(DIGEST_MAX) }, () => dataWithin(variables, g, greedy));
  const tags = Array.from({ length: g.below(4) }, () => "标签😀".repeat(1 + g.below(16)));
  const recipient = { id: "u".repeat(1 + g.below(255)), tags, ...(g.chance(50) && { locale: "zh-CN" }) };
  const subject = g.chance(50) && { subject: "s€".repeat(1 + g.below(127)) };
  const digest = { count: joined.length + 1, items: [data, ...joined] };
  return { data, digest, brand, recipient, ...subject, time: "2026-03-01T09:30:00Z" };
}

function pairsOf(text: string): number {
  return text.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0;
}

/** Whether a bound says of a text what is true. */
function holds({ narrow, wide, exact }: TextBound, text: string): boolean {
  if (exact !== undefined && text !== exact) return false;
  const septets = septetsOf(text);
  const inNarrow =
    narrow && isGsm(text) && text.length <= narrow.units && septets <= narrow.septets && septets - text.length <= narrow.escapes;
  return inNarrow || (wide !== undefined && text.length <= wide.units && pairsOf(text) <= wide.pairs);
}

describe("The worst case of a template", () => {
  it("is not exceeded by any text that is rendered of data within their bounds", () => {
    const found = { bounded: 0, rendered: 0, reached: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fff_ffff }), (seed) => {
        const g = generator(seed);
        const variables = variablesFrom(g);
        const template = templateFrom(g);
        expect(templateFault(template), template).toBeUndefined();
        const form = g.chance(85) ? "text" : "html";
        const reading = { locale: g.oneOf(LOCALES), time_zone: g.oneOf(ZONES), currency: "CNY" };
        const scope: BoundScope = { variables, digest_max: DIGEST_MAX, brand, reading, form, short: false };
        const { bound } = boundTemplate(template, scope);
        if (!bound) return;
        found.bounded++;
        for (let at = 0; at < DATA_EACH; at++) {
          const seen = seenOf(variables, g, at % 2 === 0);
          const rendered = renderForPerson(template, seen, reading, form);
          const told = (): string => JSON.stringify({ template, variables, seen, reading, rendered, bound }, null, 1);
          if (rendered.kind === "unrenderable") {
            // What is missing is found before.
            expect(rendered.why, told()).not.toMatch(/undefined variable|missing/);
            continue;
          }
          found.rendered++;
          if (!holds(bound, rendered.text)) expect.fail(told());
          for (const rule of RULES) {
            const worst: number = worstCase(bound, rule).segments;
            const { segments } = countSegments(rendered.text, rule);
            if (segments > worst) expect.fail(`${rule}: ${segments} > ${worst}\n${told()}`);
            if (segments === worst) found.reached++;
          }
        }
      }),
      { numRuns: RUNS },
    );
    expect(found.bounded).toBeGreaterThan(RUNS * 0.9);
    expect(found.rendered).toBeGreaterThan(RUNS * 5);
    expect(found.reached).toBeGreaterThan(RUNS);
  });
});
