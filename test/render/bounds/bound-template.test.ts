import { describe, expect, it } from "vitest";
import { type BoundScope, boundTemplate, concat, literal, worstCase } from "../../../src/render/bounds/bound-template.ts";
import { dataDeclaration, variablesOf } from "../../../src/vocabulary/variables.ts";

const variables = variablesOf(
  dataDeclaration.parse({
    code: { type: "string", max: 6, charset: "digits" },
    order: { type: "string", max: 12, charset: "alphanumeric" },
    note: { type: "string", max: 10, charset: "gsm" },
    name: { type: "string", max: 20 },
    title: { type: "string", max: 30, over: "shorten" },
    long: { type: "string", max: 30, over: "variant" },
    nick: { type: "string", max: 5, required: false },
    count: { type: "integer", min: 0, max: 99 },
    cold: { type: "integer", min: -5, max: 9 },
    amount: { type: "number", min: 0, max: 99_999, decimals: 2 },
    any: "number",
    vip: "boolean",
    due: "date",
    tags: { type: "list", max: 3, of: { type: "string", max: 4, charset: "digits" } },
    lines: {
      type: "list",
      max: 3,
      of: {
        type: "object",
        fields: {
          title: { type: "string", max: 10 },
          count: { type: "integer", min: 1, max: 9 },
          note: { type: "string", max: 4, required: false },
        },
      },
    },
    shop: { type: "object", fields: { name: { type: "string", max: 8 } }, required: false },
    loose: { type: "list" },
  }),
);
const SCOPE: BoundScope = {
  variables,
  reading: { locale: "en", time_zone: "UTC", currency: "CNY" },
  form: "text",
  short: false,
  brand: { name: "鲸落" },
};

const bounded = (template: string, changes: Partial<BoundScope> = {}) => boundTemplate(template, { ...SCOPE, ...changes });

/** Units (septets in GSM-7) of the worst text. */
function worst(template: string, changes: Partial<BoundScope> = {}): string {
  const { faults, bound, unbounded } = bounded(template, changes);
  if (!bound) return unbounded ? `${unbounded.variable} ${unbounded.why}` : faults.join("; ");
  const { encoding, units } = worstCase(bound, "gsm");
  return `${units} ${encoding}`;
}

describe("The worst case of what is printed", () => {
  it.each([
    ["Hello", "5 GSM-7"],
    ["a€", "3 GSM-7"],
    ["您好😀", "4 UCS-2"],
    ["Code {{ data.code }}", "11 GSM-7"],
    ["{{ data.order }}", "12 GSM-7"],
    ["{{ data.note }}", "20 GSM-7"],
    ["Hi {{ data.name }}", "23 UCS-2"],
    ["{{ data.title }}", "30 UCS-2"],
    ["{{ data.count }}", "2 GSM-7"],
    ["{{ data.cold }}", "2 GSM-7"],
    ["{{ data.amount }}", "8 GSM-7"],
    ["{{ data.any }}", "25 GSM-7"],
    ["{{ data.vip }}", "5 GSM-7"],
    ["{{ data.due }}", "35 GSM-7"],
    ["{{ 'a' }}{{ 12.5 }}{% echo data.code %}", "11 GSM-7"],
    ["{{ brand.name }}", "2 UCS-2"],
    ["{{ recipient.id }}", "255 UCS-2"],
    ["{{ digest.count }} {{ digest.items.first.code }}", "8 GSM-7"],
    ["a {{- data.code -}} b", "8 GSM-7"],
  ])("%s → %s", (template, expected) => {
    expect(worst(template)).toBe(expected);
  });

  it("takes variables that ask for a variant as long as they may be in the short form", () => {
    expect(worst("{{ data.long }}")).toBe("30 UCS-2");
    expect(worst("{{ data.long }}", { short: true })).toBe("65536 UCS-2");
    expect(worst("{{ data.long | shorten: 10 }}", { short: true })).toBe("10 UCS-2");
  });

  it("escapes values in HTML, except those that are HTML already", () => {
    expect(worst("<b>{{ data.note }}</b>", { form: "html" })).toBe("57 GSM-7");
    expect(worst("{{ data.note | raw }}", { form: "html" })).toBe("20 GSM-7");
    expect(worst("{{ data.order }}", { form: "html" })).toBe("12 GSM-7");
  });
});

describe("The worst case through tags", () => {
  it.each([
    ["{% if data.vip %}abc{% else %}abcdef{% endif %}", "6 GSM-7"],
    ["{% if data.vip %}您好{% else %}abcdef{% endif %}!", "3 UCS-2"],
    ["{% unless data.vip %}abc{% endunless %}", "3 GSM-7"],
    ["{% case data.code %}{% when '1' %}a{% when '2', '3' %}abc{% else %}ab{% endcase %}", "3 GSM-7"],
    ["{% case data.code %}{% when '1' %}a{% when data.order %}abc{% else %}ab{% endcase %}", "4 GSM-7"],
    ["{% for tag in data.tags %}{{ tag }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "16 GSM-7"],
    ["{% for tag in data.tags limit: 2 %}{{ tag }}{% endfor %}", "8 GSM-7"],
    ["{% for tag in data.tags offset: 2 %}{{ tag }}{% endfor %}", "4 GSM-7"],
    ["{% for tag in data.tags %}{% if forloop.index > 2 %}{% break %}{% endif %}{{ tag }}{% endfor %}", "8 GSM-7"],
    ["{% for tag in data.tags %}{% if forloop.first %}{% continue %}{% endif %}{{ tag }}{% endfor %}", "8 GSM-7"],
    ["{% for tag in data.tags %}a{% else %}nothing at all{% endfor %}", "14 GSM-7"],
    ["{% for n in (1..data.count) %}x{% endfor %}", "99 GSM-7"],
    ["{% for line in data.lines %}{{ line.title }}x{{ line.count }}{% endfor %}", "36 UCS-2"],
    ["{% assign x = data.code %}{% if data.vip %}{% assign x = data.order %}{% endif %}{{ x }}", "12 GSM-7"],
    [
      "{% assign x = 'long' %}{% for t in data.tags %}{% if data.vip %}{% break %}{% endif %}{% assign x = '' %}{% endfor %}{{ x }}",
      "4 GSM-7",
    ],
    ["{% capture x %}{{ data.code }}-{% endcapture %}{{ x }}{{ x }}", "14 GSM-7"],
    ["{% assign x = '' %}{% for t in data.tags %}{% assign x = x | append: t %}{% endfor %}{{ x }}", "12 GSM-7"],
    ["{% comment %}{{ data.name }}{% endcomment %}{% # nothing %}{% raw %}{{ a }}{% endraw %}", "11 GSM-7"],
    ["a{% break %}b", "1 GSM-7"],
    ["{% for t in data.tags %}{% capture x_ %}{{ t }}{% break %}{% endcapture %}{% endfor %}{{ x_ | default: '' }}", "4 GSM-7"],
  ])("%s → %s", (template, expected) => {
    expect(worst(template)).toBe(expected);
  });

  it.each([
    ["{% for i in (1..data.part) %}a{% endfor %}", "10 GSM-7"],
    ["{% for i in (0.5..3.2) %}{{ i | round }}{% endfor %}", "4 GSM-7"],
    ["{% for i in (1..data.part) %}{% if i == 10 %}ten{% endif %}{% endfor %}", "30 GSM-7"],
  ])("counts rounds of ranges up to the number behind their end, as liquidjs does: %s", (template, expected) => {
    const part = { type: "number", min: 0, max: 9.5, decimals: 1 } as const;
    expect(worst(template, { variables: variablesOf({ part }) })).toBe(expected);
  });

  it("has as many of a digest's items as there may be", () => {
    const template = "{% for item in digest.items %}{{ item.code }}{% endfor %}{{ digest.count }}";
    expect(worst(template)).toBe("7 GSM-7");
    expect(worst(template, { digest_max: 20 })).toBe("122 GSM-7");
  });
});

describe("The worst case through filters", () => {
  it.each([
    ["data.code | append: '€' | prepend: data.code", "14 GSM-7"],
    ["data.order | upcase", "12 GSM-7"],
    ["data.note | upcase", "20 UCS-2"],
    ["data.name | upcase", "60 UCS-2"],
    ["data.note | downcase", "10 UCS-2"],
    ["data.name | downcase", "40 UCS-2"],
    ["data.note | capitalize", "11 UCS-2"],
    ["data.name | capitalize", "41 UCS-2"],
    ["'straße' | upcase", "7 GSM-7"],
    ["data.note | strip", "20 GSM-7"],
    ["data.note | lstrip | rstrip | strip_newlines | remove: 'a' | remove_first: 'b'", "20 GSM-7"],
    ["data.note | newline_to_br", "70 GSM-7"],
    ["data.note | escape", "50 GSM-7"],
    ["data.note | escape_once", "50 GSM-7"],
    ["data.code | url_encode", "6 GSM-7"],
    ["data.order | url_encode", "36 GSM-7"],
    ["data.name | url_encode", "180 GSM-7"],
    ["data.order | replace: 'ab', 'abcd'", "24 GSM-7"],
    ["data.order | replace_first: 'ab', 'abcd'", "14 GSM-7"],
    ["data.order | replace: 'ab', '字字字'", "18 UCS-2"],
    ["data.code | split: '0' | join: '--'", "18 GSM-7"],
    ["'a,b,c' | split: ',' | join: '; '", "7 GSM-7"],
    ["'' | split: ',' | join: '; ' | append: '!'", "1 GSM-7"],
    ["data.name | truncate: 30", "20 UCS-2"],
    ["data.order | truncate: 8", "8 GSM-7"],
    ["data.order | slice: 0, 3", "3 GSM-7"],
    ["data.name | shorten: 8", "8 UCS-2"],
    ["data.note | shorten: 4", "8 GSM-7"],
    ["data.tags | first | default: '-'", "4 GSM-7"],
    ["data.tags | last | default: 'nothing'", "7 GSM-7"],
    ["data.tags | join", "14 GSM-7"],
    ["data.tags | reverse | sort | uniq | compact | join: ', '", "16 GSM-7"],
    ["data.tags | concat: data.tags | join: ''", "24 GSM-7"],
    ["data.tags | slice: 1, 5 | join: ''", "8 GSM-7"],
    ["data.lines | map: 'count' | join: '+'", "5 GSM-7"],
    ["data.lines | where: 'count', 3 | map: 'count' | join: '+'", "5 GSM-7"],
    ["data.lines | map: 'note' | compact | join: '+'", "14 UCS-2"],
    ["data.name | size", "2 GSM-7"],
    ["data.tags | size", "1 GSM-7"],
    ["data.count | plus: 1", "3 GSM-7"],
    ["data.count | minus: data.count", "3 GSM-7"],
    ["data.count | times: 100", "4 GSM-7"],
    ["data.count | divided_by: 10 | floor", "1 GSM-7"],
    ["data.count | modulo: 10", "1 GSM-7"],
    ["data.count | divided_by: 3", "24 GSM-7"],
    ["data.any | round: 2 | at_most: 99 | at_least: 0", "5 GSM-7"],
    ["data.amount | round", "5 GSM-7"],
    ["data.amount | ceil | abs", "5 GSM-7"],
    ["data.nick | default: 'friend'", "5 UCS-2"],
    ["data.due | date: '%Y-%m-%d'", "10 GSM-7"],
    ["data.due | date: '%-d %B'", "12 GSM-7"],
    ["data.due | local_date", "12 GSM-7"],
    ["data.due | local_date: 'weekday'", "9 GSM-7"],
    ["data.due | local_time", "8 GSM-7"],
    ["data.amount | money", "12 GSM-7"],
    ["data.amount | money: 'EUR'", "11 GSM-7"],
    ["data.amount | number", "9 GSM-7"],
    ["data.count | plural: one: '# item', other: '# items'", "8 GSM-7"],
    ["data.name | mask: 'name'", "20 UCS-2"],
    ["data.order | mask: 'phone'", "12 GSM-7"],
    ["data.order | mask: 'number'", "8 GSM-7"],
  ])("{{ %s }} → %s", (expression, expected) => {
    expect(worst(`{{ ${expression} }}`)).toBe(expected);
  });

  it("measures dates and money as the locale writes them", () => {
    const reading = { locale: "zh-CN", time_zone: "Asia/Shanghai", currency: "CNY" };
    expect(worst("{{ data.due | local_date: 'full' }}", { reading })).toBe("14 UCS-2");
    expect(worst("{{ data.amount | money }}", { reading })).toBe("10 GSM-7");
  });
});

describe("What may be missing", () => {
  const left = (path: string): string[] => [`${path} may be left out; give it a default, or put this inside of {% if ${path} %}`];

  it.each([
    ["{{ data.nick }}", left("data.nick")],
    ["{{ 'a' | append: data.nick }}", left("data.nick")],
    ["{% assign x = data.nick %}{{ x }}", left("data.nick")],
    ["{{ data.shop.name }}", left("data.shop")],
    ["{{ data.tags.first }}", left("data.tags.first")],
    ["{{ data.tags[0] }}", left("data.tags[0]")],
    ["{% if data.vip or data.nick %}{{ data.nick }}{% endif %}", left("data.nick")],
    // What is missing differs from `empty`, too.
    ["{% if data.nick != empty %}{{ data.nick }}{% endif %}", left("data.nick")],
    ["{% if data.vip %}{% assign x = 'a' %}{% endif %}{{ x }}", left("x")],
    ["{% for line in data.lines %}{{ line.note }}{% endfor %}", left("data.lines.note")],
    // Events need no subject and no further attributes, and a reader may have no locale where the catalog has none.
    ["{{ subject }}", left("subject")],
    ["{{ traceparent | shorten: 20 }}", left("traceparent")],
    ["{{ recipient.locale }}", left("recipient.locale")],
  ])("%s is a fault", (template, faults) => {
    expect(bounded(template).faults).toEqual(faults);
  });

  it.each([
    "{% if data.nick %}{{ data.nick }}{% endif %}",
    "{% if data.vip and data.nick %}{{ data.nick }}{% endif %}",
    "{% if data.nick != blank %}{{ data.nick }}{% endif %}",
    "{% if data.nick == nil %}-{% else %}{{ data.nick }}{% endif %}",
    "{% unless data.nick == blank or data.vip %}{{ data.nick }}{% endunless %}",
    "{% if data.nick == 'Bo' %}{{ data.nick }}{% endif %}",
    "{% if data.nick %}{% if data.nick == 'Bo' %}!{% endif %}{{ data.nick }}{% endif %}",
    "{% if data.shop %}{{ data.shop.name }}{% endif %}",
    "{{ data.nick | default: 'you' }}",
    "{% assign x = data.nick | default: 'you' %}{{ x }}",
    "{% if data.nick contains 'B' %}{{ data.nick }}{% endif %}",
    "{% if data.tags.first %}{{ data.tags.first }}{% endif %}",
    "{% if subject %}{{ subject }}{% endif %}",
    "{{ recipient.locale | default: 'und' }}",
  ])("%s is none", (template) => {
    expect(bounded(template).faults).toEqual([]);
  });
});

describe("What is measured where something is missing", () => {
  it("is the other branch too", () => {
    expect(worst("{% if subject %}hi{% else %}nobody at all{% endif %}")).toBe("13 GSM-7");
    expect(worst("{% if recipient.locale %}hi{% else %}nobody at all{% endif %}")).toBe("13 GSM-7");
    expect(worst("{% if recipient.locale %}hi{% else %}nobody at all{% endif %}", { has_locale: true })).toBe("2 GSM-7");
    expect(worst("{{ recipient.locale }}", { has_locale: true })).toBe("35 GSM-7");
  });
});

describe("What cannot be right", () => {
  it.each([
    ["{{ data.nmae }}", "data.nmae is not declared; add it to data"],
    ["{% if data.nmae %}a{% endif %}", "data.nmae is not declared; add it to data"],
    ["{{ name }}", "name is not declared; the event's data stand under data, as data.name"],
    ["{{ brand.link }}", "brand.link is not set; add it to the catalog's brand"],
    ["{{ data.tags }}", "data.tags is a list; write its items with for or join"],
    ["{{ data.lines.first.title.length | default: 'a' }}", "a text has no length; it has size"],
    ["{{ data.name | join }}", "join takes a list, and is given a text"],
    ["{{ data.tags | upcase }}", "upcase takes a text, and data.tags is a list; write its items with for or join"],
    ["{{ data.name | money }}", "money takes a number, and data.name may be any text; declare it as type: number"],
    ["{{ data.note | plus: 1 }}", "plus takes a number, and data.note may be any text; declare it as type: number"],
    ["{{ data.name | local_date }}", "local_date takes a date, and data.name may be any text; declare it as type: date"],
    ["{{ data.vip | money }}", "money takes a number, and is given true or false"],
    ["{{ data.vip | local_date }}", "local_date takes a date, and is given a boolean"],
    ["{{ data.lines | map: 'nope' | join }}", "map looks for data.lines.nope, which is not declared; add it to data"],
    ["{% for x in data.name %}a{% endfor %}", "for takes a list, and is given a text"],
    ["{{ 'soon' | local_date }}", "local_date takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z"],
    ["{{ '9000-01-01' | local_datetime }}", "local_datetime takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z"],
    ["{{ -1 | local_time }}", "local_time takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z"],
    ["{{ 'now' | date: '%H' }}", "date does not read the clock: a text says the same whenever it is made"],
    ["{{ 'x' | plus: 1 }}", 'plus takes a number, and is given "x"'],
    ["{{ 'soon' | money: 'CNY' }}", 'money takes a number, and is given "soon"'],
  ])("%s", (template, fault) => {
    expect(bounded(template).faults).toContain(fault);
    expect(bounded(template).bound).toBeUndefined();
  });

  it("is a currency that only the data know, whose amounts are of any length", () => {
    expect(bounded("{{ data.amount | money: data.order }}").faults).toEqual([
      expect.stringMatching(/^money takes a currency that stands in the template, .*\{% when 'CNY' %\}/),
    ]);
    const chosen = "{% case data.order %}{% when 'EUR' %}{{ data.count | money: 'EUR' }}{% else %}{{ data.count | money }}{% endcase %}";
    expect(worst(chosen)).toBe("5 GSM-7");
  });

  it("is a field of the loop that the data name", () => {
    const fault = "forloop has fields that the template names, such as forloop.index, and none that the data name";
    expect(bounded("{% for x in data.tags %}{% if forloop[data.name] %}a{% endif %}{% endfor %}").faults).toEqual([fault]);
  });

  it("asks for a currency where there is none", () => {
    const reading = { locale: "en", time_zone: "UTC" };
    expect(bounded("{{ data.amount | money }}", { reading }).faults).toEqual([
      "money needs a currency, such as money: 'CNY', or defaults.currency in the catalog",
    ]);
  });
});

describe("What nothing bounds", () => {
  it.each([
    ["{% if traceparent %}{{ traceparent }}{% endif %}", "traceparent"],
    ["{{ data.loose | join }}", "data.loose"],
    ["{% for i in data.loose %}{{ i }}{% endfor %}", "data.loose"],
    ["{{ data.amount | divided_by: data.count | money }}", "data.amount"],
    ["{{ data.due | date: data.name }}", "data.due"],
    ["{% for i in (1..data.amount) %}a{% endfor %}", "data.amount"],
  ])("%s is said with its variable", (template, variable) => {
    expect(bounded(template).unbounded?.variable).toBe(variable);
  });

  it.each([
    "{% if data.vip %}{% assign promo = 'x' %}{% endif %}{{ promo | default: 'y' }}",
    "{% for tag in data.tags %}{% assign promo = tag %}{% endfor %}{{ promo | default: 'y' }}",
    "{% if data.vip %}{% capture promo %}x{% endcapture %}{% endif %}{% if promo %}{{ promo }}{% endif %}",
  ])("is an attribute of the event, where a name is set on some ways only: %s", (template) => {
    expect(bounded(template).unbounded).toEqual({ variable: "promo", why: expect.stringMatching(/^is set on some ways only/) });
    expect(worst(template.replaceAll("promo", "the_promo"))).toMatch(/^[1-4] GSM-7$/);
    expect(worst(`{% assign promo = '' %}${template}`)).toMatch(/^[1-4] GSM-7$/);
  });

  it("is all data where none is declared, as far as it is printed whole", () => {
    const undeclared = { variables: undefined };
    expect(bounded("{{ data.a.b }}", undeclared).unbounded?.variable).toBe("data.a.b");
    expect(bounded("{{ data.a.b }}", undeclared).faults).toEqual([]);
    expect(worst("{{ data.a.b | shorten: 20 }}", undeclared)).toBe("20 UCS-2");
    expect(worst("{% if data.a %}x{% endif %}", undeclared)).toBe("1 GSM-7");
    expect(worst("{% capture all %}{{ data.a }}{% endcapture %}{{ all | shorten: 9 }}", undeclared)).toBe("9 UCS-2");
  });

  it("is the template itself where it is too complex, or where its text doubles again and again", () => {
    const loop = (inner: string): string => `{% for i in (1..100) %}${inner}{% endfor %}`;
    expect(worst(loop(loop(loop("x"))))).toBe("the template is too complex to be bounded; use fewer or smaller loops");
    const doubling = `{% assign x = data.name %}${"{% assign x = x | append: x %}".repeat(40)}{{ x }}`;
    expect(worst(doubling)).toBe("data.name makes a text of more than 200000 characters");
    const wide = "{% if data.vip %}{{ data.code | append: data.name }}{% endif %}".repeat(300);
    expect(worst(wide)).toBe("7800 UCS-2");
  });
});

describe("Worst cases side by side", () => {
  it("are summed, and blamed on the variable that adds most", () => {
    const { bound } = bounded("{{ data.code }}{{ data.name }}");
    if (!bound) throw new Error("is not bounded");
    const signed = concat([literal("【鲸落】"), bound, literal(" ok")]);
    expect(worstCase(signed, "mainland")).toEqual({ rule: "mainland", encoding: "UCS-2", units: 33, segments: 1, blame: "data.name" });
    expect(signed.longest).toBe(`【鲸落】000000${"字".repeat(20)} ok`);
  });

  it("count a known text exactly", () => {
    expect(worstCase(literal("😀".repeat(35)), "gsm")).toEqual({ rule: "gsm", encoding: "UCS-2", units: 70, segments: 1 });
    expect(worstCase(literal(""), "gsm")).toEqual({ rule: "gsm", encoding: "GSM-7", units: 0, segments: 1 });
  });
});
