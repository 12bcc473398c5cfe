import { describe, expect, it } from "vitest";
import { type BoundScope, boundTemplate, catalogWork, hasWorkLeft } from "../../../src/render/bounds/bound-template.ts";
import { type VariableInput, variablesOf } from "../../../src/vocabulary/variables.ts";

/** Objects of objects, whose fields together are some thousands. */
const wide = (): VariableInput => {
  const fields = (of: VariableInput) => Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, of]));
  return { type: "object", fields: fields({ type: "object", fields: fields("string") }) };
};
const variables = variablesOf({
  s: "string",
  n: { type: "number", min: -999_999_999, max: 999_999_999 },
  l: { type: "list", max: 100, of: "string" },
  a: wide(),
  b: wide(),
});
const SCOPE: BoundScope = { variables, reading: { locale: "en", time_zone: "UTC", currency: "CNY" }, form: "text", short: false };
const TOO_COMPLEX = "the template is too complex to be bounded; use fewer or smaller loops";

function whyOf(template: string): string {
  const { faults, unbounded } = boundTemplate(template, SCOPE);
  return [...faults, ...(unbounded ? [`${unbounded.variable} ${unbounded.why}`] : [])].join("; ");
}

const times = (count: number, part: string): string => part.repeat(count);
const loops = (inner: string): string => `{% for i in (1..100) %}{% for j in (1..100) %}${inner}{% endfor %}{% endfor %}`;
const names = Array.from({ length: 400 }, (_, at) => `{% assign v${at} = data.s %}`).join("");

describe("Measuring a text", () => {
  it.each([
    ["{% assign s = 'aaaaaaaaaa' %}", times(4, "{% assign s = s | replace: 'a', s %}"), "{{ s }}"],
    ["{% assign s = 'aaaaaaaaaa' %}", times(40, "{% assign s = s | append: s %}"), "{{ s }}"],
    ["{% assign s = 'ΐΐΐΐΐΐΐΐΐΐ' %}", times(14, "{% assign s = s | append: s %}"), "{{ s | upcase }}"],
  ])("%s%s%s ends where the known text becomes longer than any that is rendered", (...parts) => {
    expect(whyOf(parts.join(""))).toMatch(/ makes a text of more than 200000 characters|too complex/);
  });

  it("replaces in known texts as the engine does, as far as they may be rendered", () => {
    const exact = (template: string) => boundTemplate(template, SCOPE).bound?.exact;
    expect(exact("{{ 'a-b-c' | replace: '-', '+++' }}")).toBe("a+++b+++c");
    expect(exact("{{ 'a-b-c' | replace_first: '-', '$&' }}")).toBe("a$&b-c");
    expect(exact("{{ 'a-b-c' | replace_first: '#', 'x' }}")).toBe("a-b-c");
  });

  it.each([
    ["amounts of as many ranges", loops("{% assign q = data.n | plus: i | times: j | money: 'CNY' %}")],
    ["many names in rounds", names + loops("{% case data.s %}{% when '1' %}{% assign v1 = i %}{% else %}{% assign v2 = j %}{% endcase %}")],
    ["fields that only the data name", loops("{% if data[data.s][data.s] %}a{% endif %}")],
    ["maps of two forms", loops("{% if data.n %}{% assign q = data.a %}{% else %}{% assign q = data.b %}{% endif %}")],
    [
      "a known text that is searched again and again",
      `{% assign s = '${times(9_000, "a")}' %}${loops("{% assign q = s | replace: 'aaaab', 'x' %}")}`,
    ],
    ["words of a plural with many places", loops(`{% assign q = data.n | plural: other: '${times(200, "#")}' %}`)],
  ])("is given up at %s", (_, template) => {
    expect(whyOf(template)).toContain(TOO_COMPLEX);
  });
});

describe("Measuring the texts of a catalog", () => {
  it("takes no more than plain texts may take for their length", () => {
    const work = catalogWork();
    for (let text = 0; text < 2_000; text++) boundTemplate("Order {{ data.s }} is paid, thank you very much.", SCOPE, work);
    expect(work.taken).toBe(0);
  });

  it("ends for all where loops have taken too much together", () => {
    const work = catalogWork();
    const some = "{% for i in (1..50) %}{{ i }}{{ data.s }}{% endfor %}";
    let measured = 0;
    while (hasWorkLeft(work) && measured < 100_000) {
      boundTemplate(some, SCOPE, work);
      measured++;
    }
    expect(measured).toBeGreaterThan(100);
    expect(measured).toBeLessThan(2_000);
    expect(boundTemplate("Hello", SCOPE, work)).toMatchObject({ faults: [], unseen: true });
  });

  it("measures dates and amounts once", () => {
    const work = catalogWork();
    for (let text = 0; text < 500; text++) boundTemplate("{{ data.n | money: 'CNY' }}, {{ data.n | money: 'EUR' }}", SCOPE, work);
    expect(work.taken).toBeLessThan(250);
  });
});
