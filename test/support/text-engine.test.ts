import { describe, expect, it } from "vitest";
import { renderForPerson, templateFault } from "../../src/support/text-engine.ts";

const render = (template: string, data: unknown = {}, zone = "Asia/Shanghai") => renderForPerson(template, { data }, zone);
const text = (template: string, data: unknown = {}, zone?: string): string => {
  const rendered = render(template, data, zone);
  if (rendered.kind !== "text") throw new Error(rendered.why);
  return rendered.text;
};

describe("renderForPerson", () => {
  it("renders data of any script", () => {
    expect(text("订单{{ data.id }}已发货", { id: "A-1" })).toBe("订单A-1已发货");
  });

  it("leaves no empty place: a variable that is missing is said by its name", () => {
    for (const template of ["{{ data.x }}", "a{{ data.x.y }}", "{{ data.x | upcase }}", "{% for i in data.x %}{{ i }}{% endfor %}"])
      expect(render(template)).toEqual({ kind: "unrenderable", why: expect.stringContaining("undefined variable: data.x") });
  });

  it("reaches nothing but the data's own properties", () => {
    for (const path of ["constructor", "__proto__", "toString", "constructor.constructor", "list.constructor", "list.map"])
      expect(render(`{{ data.${path} }}`, { list: [] })).toMatchObject({ kind: "unrenderable" });
    expect(render("{{ data['constructor'] }}")).toMatchObject({ kind: "unrenderable" });
    expect(text("{{ data.__proto__ }}", JSON.parse('{"__proto__":"own"}'))).toBe("own");
  });

  it("bounds loops by counting, however they are nested and whatever they loop over", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => at);
    for (const template of [
      "{% for i in (1..1000000000) %}x{% endfor %}",
      "{% for i in (1..100) %}{% for j in (1..100) %}{% for k in (1..100) %}{% endfor %}{% endfor %}{% endfor %}",
      "{% for i in data %}{% for j in data %}{% for k in data %}{% endfor %}{% endfor %}{% endfor %}",
      "{% tablerow i in data %}{{ i }}{% endtablerow %}",
    ])
      expect(render(template, many)).toEqual({ kind: "unrenderable", why: expect.stringMatching(/limit exceeded|too many steps/) });
    expect(text("{% for i in data limit: 3 %}{{ i }},{% endfor %}", many)).toBe("0,1,2,");
  });

  it("bounds what filters may make", () => {
    const doubling = `{% assign x = "0123456789" %}${"{% assign x = x | append: x %}".repeat(30)}{{ x | size }}`;
    expect(render(doubling)).toMatchObject({ kind: "unrenderable" });
  });

  it("counts for each rendering anew", () => {
    for (let at = 0; at < 50; at++) expect(text("{% for i in (1..100) %}{{ i }}{% endfor %}")).toHaveLength(192);
  });

  it("reads instants on the reader's clock", () => {
    const template = "{{ data.at | date: '%Y-%m-%d %H:%M' }}";
    expect(text(template, { at: "2026-03-01T20:30:00Z" })).toBe("2026-03-02 04:30");
    expect(text(template, { at: "2026-03-01T20:30:00Z" }, "America/Los_Angeles")).toBe("2026-03-01 12:30");
    expect(text(template, { at: "2026-07-01T20:30:00+02:00" }, "Europe/London")).toBe("2026-07-01 19:30");
    expect(text(template, { at: 1_772_397_000 })).toBe("2026-03-02 04:30");
  });

  it("keeps a date alone and a time without an offset as they stand, in every zone", () => {
    for (const zone of ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
      expect(text("{{ data.due | date: '%m月%d日' }}", { due: "2026-03-01" }, zone)).toBe("03月01日");
      expect(text("{{ data.due | date: '%d %H:%M' }}", { due: "2026-07-01T09:30" }, zone)).toBe("01 09:30");
      expect(text("{{ data.due | date_to_string }}", { due: "2026-07-01 09:30:00" }, zone)).toBe("01 Jul 2026");
    }
  });

  it("leaves what is no date as it stands", () => {
    expect(text("{{ data.due | date: '%d' }}", { due: "soon" })).toBe("soon");
    expect(text("{{ data.due | date: '%d' }}", { due: "2026-02-31" })).not.toBe("");
  });

  it("leaves nothing to chance", () => {
    expect(text("{{ data.list | sample }}", { list: [1, 2, 3] })).toBe("");
  });
});

describe("templateFault", () => {
  it("finds nothing wrong with what can be rendered", () => {
    for (const template of [
      "",
      "Hello",
      "{{ data.x | upcase }}",
      "{% if data.x %}a{% else %}b{% endif %}",
      "{% comment %}x{% endcomment %}",
    ])
      expect(templateFault(template)).toBeUndefined();
  });

  it("says in one line what is wrong with the others", () => {
    for (const template of [
      "{{ x",
      "{% if %}",
      "{% if x %}",
      "{% nope %}",
      "{{ x | nope }}",
      "{% include 'x' %}",
      "{% render 'x' %}",
      "{% layout 'x' %}",
      "x".repeat(20_001),
    ])
      expect(templateFault(template)).toMatch(/^[^\n]+$/);
  });
});
