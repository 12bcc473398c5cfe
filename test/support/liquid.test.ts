import { describe, expect, it } from "vitest";
import { conditionFault, conditionHolds, renderText, textFault } from "../../src/support/liquid.ts";

describe("templates of keys", () => {
  it("render what is there and leave out what is not", () => {
    expect(renderText("{{ data.a }}-{{ data.b.c }}", { data: { a: 1 } })).toBe("1-");
    expect(renderText("plain", {})).toBe("plain");
  });

  it("are nothing where they cannot be parsed or rendered", () => {
    expect(renderText("{{ data.a", {})).toBeUndefined();
    expect(renderText("{% include 'x' %}", {})).toBeUndefined();
    expect(renderText("x".repeat(20_001), {})).toBeUndefined();
  });

  it("end, however long their loops are", () => {
    const long = { data: { list: Array.from({ length: 5000 }, (_, at) => at) } };
    expect(
      renderText("{% for a in data.list %}{% for b in data.list %}{% for c in data.list %}x{% endfor %}{% endfor %}{% endfor %}", long),
    ).toBeUndefined();
    expect(renderText("{% for a in (1..1000000000) %}x{% endfor %}", {})).toBeUndefined();
  });

  it("end, where adding one to a number changes nothing", () => {
    const far = { data: { low: 2 ** 53, high: 2 ** 53 + 2, ")": 2 ** 53 } };
    for (const range of [
      "(9007199254740992..9007199254740994)",
      "(data.low..data.high)",
      "( 1 .. data.high )",
      "(data[')']..9007199254740994)",
    ]) {
      expect(renderText(`{% for a in ${range} %}x{% endfor %}`, far)).toBeUndefined();
      expect(conditionHolds(`${range} contains 1`, far)).toBe(false);
      expect(conditionFault(`${range} contains 1`)).toMatch(/at most nine digits/);
      expect(textFault(`{% for a in ${range} %}x{% endfor %}`)).toMatch(/at most nine digits/);
    }
    expect(renderText("{% for a in (1..3) %}{{ a }}{% endfor %}", {})).toBe("123");
    expect(conditionHolds("(1..3) contains data.n", { data: { n: 2 } })).toBe(true);
  });

  it("depend on no machine: neither its zone, nor its clock, nor chance", () => {
    expect(renderText("{{ data.at | date: '%Y-%m-%d %H:%M' }}", { data: { at: "2026-03-02T23:30:00Z" } })).toBe("2026-03-02 23:30");
    expect(renderText("{{ 'now' | date: '%s' }}{{ 'today' | date: '%s' }}", {})).toBe("");
    expect(renderText("{{ data.list | sample }}", { data: { list: [1, 2] } })).toBe("");
  });

  it("see own keys alone", () => {
    expect(renderText("{{ data.constructor.name }}{{ data.__proto__ }}", { data: {} })).toBe("");
  });
});

describe("textFault", () => {
  it("finds nothing wrong with what can be rendered", () => {
    for (const key of ["", "plain", "{{ data.order_id }}", "{{ data.id | upcase }}-{% if data.x %}a{% endif %}"])
      expect(textFault(key)).toBeUndefined();
  });

  it("says in one line what is wrong with the others, in every branch", () => {
    for (const key of ["{{ x", "{% if x %}", "{% nope %}", "{{ x | nope }}", "{% if x %}{% else %}{{ x | nope }}{% endif %}"])
      expect(textFault(key)).toMatch(/^[^\n]+$/);
    for (const key of ["{% include 'x' %}", "{% render 'x' %}", "{% layout 'x' %}", "x".repeat(20_001)])
      expect(textFault(key)).toMatch(/^[^\n]+$/);
  });
});

describe("conditions", () => {
  it("compare, join and ask what is contained", () => {
    expect(conditionHolds("data.n >= 2 and data.tags contains 'x'", { data: { n: 2, tags: ["x"] } })).toBe(true);
    expect(conditionHolds("data.n >= 2 and data.tags contains 'y'", { data: { n: 2, tags: ["x"] } })).toBe(false);
    expect(conditionHolds("data.list.size > 1", { data: { list: [1, 2] } })).toBe(true);
  });

  it("take missing data for nothing and nothing for false", () => {
    expect(["data.x", "data.x > 1", "data.x contains 'a'", ""].map((text) => conditionHolds(text, { data: {} }))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
