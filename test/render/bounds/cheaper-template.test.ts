import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cheaperTemplate } from "../../../src/render/bounds/cheaper-template.ts";
import { renderForPerson } from "../../../src/render/engine/text-engine.ts";
import { cheaperText, smartText } from "../../../src/render/sms/cheaper-text.ts";
import { countSegments, isGsm } from "../../../src/render/sms/count-segments.ts";

const OPEN = { front: true, behind: true };

describe("A template in cheaper words", () => {
  it.each([
    ["“Hello” there", '"Hello" there'],
    ["it’s – {{ x }} – here", "it's - {{ x }} - here"],
    ["{% if x %} “a” {% endif %}\u00a0{{ y }}", '{% if x %} "a" {% endif %} {{ y }}'],
  ])("of %j is %j", (template, cheaper) => {
    expect(cheaperTemplate(template, OPEN)).toBe(cheaper);
  });

  it.each([
    ["has none", "Hello {{ x }}"],
    ["has them beside values alone", "“{{ x }}” {{ y }}’s"],
    ["has them in Liquid alone", "{{ x | append: '’' }}"],
    ["catches what it prints", "{% capture y %} “a” {% endcapture %}{{ y }}"],
    ["trims white space", "“a” {%- if x %} b{% endif %}"],
    ["would become Liquid", "a ｛｛x｝｝ b"],
    ["is Chinese", "您好 “鲸落” 商城"],
  ])("is none where it %s", (_, template) => {
    expect(cheaperTemplate(template, OPEN)).toBeUndefined();
  });

  it("leaves an end as it is where something stands beside it", () => {
    expect(cheaperTemplate("“a” “b” “c”", { front: false, behind: true })).toBe('“a” "b" "c"');
    expect(cheaperTemplate("“a” “b” “c”", { front: true, behind: false })).toBe('"a" "b" “c”');
  });

  it("becomes the cheaper text wherever all that it becomes is in GSM-7, and takes no fewer segments than the smart one", () => {
    const piece = fc.constantFrom(
      "“",
      "”",
      "’",
      "–",
      "—",
      "…",
      " ",
      " ",
      "\u00a0",
      "\u200b",
      "½",
      "1",
      "a",
      "b.c",
      "Α",
      "Λ",
      "@",
      "://",
      "é",
      "e\u0301",
      "ﬁ",
      "№",
      "字",
    );
    const words = fc.array(piece, { maxLength: 30 }).map((all) => all.join(""));
    const value = fc.string({ unit: fc.constantFrom("a", "1", " ", ".", "@", "-", "Λ", "€", ":", "/"), maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 1, maxLength: 4 }),
        fc.array(value, { minLength: 3, maxLength: 3 }),
        fc.boolean(),
        (literals, values, twice) => {
          const joined = literals.map((text, at) => (at === 0 ? text : `{{ v${at - 1} }}${text}`)).join("");
          const template = twice ? `{% for i in (1..2) %}${joined}{% endfor %}` : joined;
          const cheaper = cheaperTemplate(template, OPEN);
          if (cheaper === undefined) return;
          const scope = Object.fromEntries(values.map((text, at) => [`v${at}`, text]));
          const [exact, plain] = [template, cheaper].map((one) => renderForPerson(one, scope, { locale: "en", time_zone: "UTC" }, "text"));
          if (exact?.kind !== "text" || plain?.kind !== "text" || !isGsm(plain.text)) return;
          expect([plain.text, exact.text]).toContain(cheaperText(exact.text));
          const smart = countSegments(smartText(exact.text, "gsm").text, "gsm");
          expect(smart.segments).toBeLessThanOrEqual(countSegments(plain.text, "gsm").segments);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
