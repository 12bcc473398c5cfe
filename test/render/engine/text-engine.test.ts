import { describe, expect, it } from "vitest";
import { parseTemplate, templateFault } from "../../../src/render/engine/text-engine.ts";
import { chinese, english, textOf, whyNot } from "./rendering.ts";

describe("renderForPerson", () => {
  it("renders data of any script", () => {
    expect(textOf("订单{{ data.id }}已发货", { id: "A-1" })).toBe("订单A-1已发货");
  });

  it("leaves no empty place: a variable that is missing is said by its name", () => {
    for (const template of ["{{ data.x }}", "a{{ data.x }}", "{{ data.x | upcase }}", "{% for i in data.x %}{{ i }}{% endfor %}"])
      expect(whyNot(template)).toContain("undefined variable: data.x,");
    expect(whyNot("{{ data.x.y }}")).toContain("undefined variable: data.x.y,");
    expect(whyNot("{{ dta.x }}")).toContain("undefined variable: dta.x,");
    expect(whyNot("a\nb{{ data.list[0].name }}", { list: [{}] })).toBe("undefined variable: data.list[0].name, line:2, col:5");
  });

  it("writes nothing for nothing, lists, maps and what is no number: it says where they stand", () => {
    const data = { nothing: null, list: ["a", "b"], map: { a: 1 }, nan: Number.NaN, infinite: Number.POSITIVE_INFINITY };
    const why: readonly (readonly [string, string])[] = [
      ["nothing", "is nothing: it is missing"],
      ["list", "is a list, whose items are written with for or join"],
      ["map", "is a map, whose fields are written one by one"],
      ["nan", "is no number that can be written"],
      ["infinite", "is no number that can be written"],
    ];
    for (const form of ["text", "html"] as const)
      for (const [name, reason] of why)
        for (const template of [`{{ data.${name} }}`, `{{ data.${name} | raw }}`, `{% echo data.${name} %}`])
          expect(whyNot(template, data, chinese, form)).toBe(`${template}: ${reason}, line:1, col:1`);
    expect(whyNot("{{ data.list | first | append: nil }}", data)).toContain("append takes a text and was given nothing: it is missing");
  });

  it("asks whether something is there with if, unless, case and default alone", () => {
    expect(textOf("{% if data.x %}a{% else %}b{% endif %}{% unless data.x.y %}c{% endunless %}")).toBe("bc");
    expect(textOf("{% if data.x == 1 or data.y %}a{% elsif data.z %}b{% else %}c{% endif %}")).toBe("c");
    expect(textOf("{% case data.x %}{% when 'a' %}A{% else %}B{% endcase %}")).toBe("B");
    expect(textOf("{{ data.x | default: 'none' }}{{ data.y | default: data.z }}", { y: null, z: 1 })).toBe("none1");
    expect(textOf("{{ data.off | default: true, allow_false: true }}", { off: false })).toBe("false");
    expect(whyNot("{% if data.x %}{% else %}{{ data.x }}{% endif %}")).toContain("undefined variable: data.x");
    expect(whyNot("{% assign y = data.x %}{{ y }}")).toContain("{{ y }}: is nothing");
  });

  it("takes what is missing for neither more nor less than anything", () => {
    expect(
      textOf("{% if data.left < 5 %}few{% endif %}{% if data.left >= 0 %}some{% endif %}{% if data.left == nil %}none{% endif %}"),
    ).toBe("none");
    expect(textOf("{% if data.left < 5 %}few{% endif %}", { left: 3 })).toBe("few");
    expect(textOf("{% if data.list contains 'b' and data.text contains 'ell' %}yes{% endif %}", { list: ["a", "b"], text: "hello" })).toBe(
      "yes",
    );
    expect(textOf("{% if data.list == empty %}empty{% endif %}{% if data.text != blank %}text{% endif %}", { list: [], text: "a" })).toBe(
      "emptytext",
    );
  });

  it("goes through lists, maps and ranges", () => {
    const data = { list: ["a", "b", "c"], map: { x: 1, y: 2 }, n: 3 };
    expect(textOf("{% for i in data.list limit: 2 offset: 1 %}{{ forloop.index }}{{ i }}{% endfor %}", data)).toBe("1b2c");
    expect(textOf("{% for pair in data.map %}{{ pair[0] }}={{ pair[1] }};{% endfor %}", data)).toBe("x=1;y=2;");
    expect(textOf("{% for i in (1..data.n) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", data)).toBe("13");
    expect(
      textOf("{% for i in data.list %}{{ i }}{% break %}{% endfor %}{% for i in data.none %}{% else %}-{% endfor %}", {
        ...data,
        none: [],
      }),
    ).toBe("a-");
    expect(whyNot("{% for i in data.n %}{{ i }}{% endfor %}", data)).toContain("for takes a list and was given no number");
  });

  it("escapes values in HTML and leaves the template's own words as they are", () => {
    const data = { name: `<b>"O'Neil" & co</b>`, note: "a<\nb" };
    const escaped = "&lt;b&gt;&#34;O&#39;Neil&#34; &amp; co&lt;/b&gt;";
    const html = (template: string): string => textOf(template, data, english, "html");
    expect(html("<p title='&'>{{ data.name }}</p>{% echo data.name %}")).toBe(`<p title='&'>${escaped}</p>${escaped}`);
    expect(html("{{ data.name | append: '<i>' }}")).toBe(`${escaped}&lt;i&gt;`);
    expect(html("{{ data.name | escape }}{{ data.name | escape | escape_once }}")).toBe(`${escaped}${escaped}`);
    expect(html("{{ data.name | raw }}")).toBe(data.name);
    expect(html("{{ data.name | raw | upcase }}")).toBe(escaped.toUpperCase().replaceAll(/&\w+;/g, (entity) => entity.toLowerCase()));
    expect(html("{{ data.note | newline_to_br }}{{ data.note | escape | newline_to_br }}")).toBe("a&lt;<br />\nba&lt;<br />\nb");
    expect(html("{% capture bold %}<b>{{ data.note }}</b>{% endcapture %}{{ bold | raw }}")).toBe("<b>a&lt;\nb</b>");
    expect(html("{{ 1 }}{{ true }}")).toBe("1true");
  });

  it("escapes nothing in text", () => {
    expect(textOf("{{ data.a }}{{ data.a | escape }}{{ data.b | newline_to_br }}", { a: "<&", b: "<\n" })).toBe("<&&lt;&amp;<<br />\n");
  });

  it("takes the same template for both forms, each by its own rule", () => {
    for (const form of ["text", "html", "text", "html"] as const)
      expect(textOf("{{ data.a }}", { a: "<" }, chinese, form)).toBe(form === "html" ? "&lt;" : "<");
  });
});

describe("templateFault", () => {
  it("finds nothing wrong with what can be rendered", () => {
    for (const template of [
      "",
      "Hello {{{{ data.x }}}}".replace("{{{{", "{{").replace("}}}}", "}}"),
      "{{ data.x | upcase }}{% # a remark %}{% raw %}{{ nope | nope }}{% endraw %}",
      "{% if data.x %}a{% elsif data.y > 1 and data.z contains 'a' %}b{% else %}c{% endif %}",
      "{% unless data.x %}a{% else %}b{% endunless %}{% comment %}{% nope %}{% endcomment %}",
      "{% case data.x %}{% when 'a', 'b' %}1{% when 'c' or 'd' %}2{% else %}3{% endcase %}",
      "{%- for i in data.list limit: 3 offset: 1 reversed -%}{{ i | default: '' }}{% break %}{% continue %}{% else %}-{%- endfor -%}",
      "{% assign a = 'b' | upcase %}{% capture c %}{{ a }}{% endcapture %}{% echo c %}",
    ])
      expect(templateFault(template)).toBeUndefined();
  });

  it.each([
    ["{{ x | upcas }}", "there is no filter upcas; the closest one is upcase"],
    ["{{ x | date_to_string }}", "there is no filter date_to_string"],
    ["{% if x %}a{% else %}{{ x | mony }}{% endif %}", "there is no filter mony; the closest one is money"],
    ["{% if x %}a{% elsif x | upcas %}{% endif %}", "there is no filter upcas; the closest one is upcase"],
    ["{% case x %}{% when 1 %}{% else %}{{ x | numbr }}{% endcase %}", "there is no filter numbr; the closest one is number"],
    ["{% for i in x %}{% else %}{{ x | joi }}{% endfor %}", "there is no filter joi; the closest one is join"],
    ["{% capture x %}{% unless y %}{{ x | plurl }}{% endunless %}{% endcapture %}", "there is no filter plurl; the closest one is plural"],
    ["{% assign x = y | defalt: 1 %}", "there is no filter defalt; the closest one is default"],
    ["{{ x | constructor }}", "there is no filter constructor"],
    ["{% fro i in x %}{% endfor %}", "there is no tag fro; the closest one is for"],
    ["{% include 'x' %}", "there is no tag include"],
    ["{% render 'x' %}", "there is no tag render"],
    ["{% layout 'x' %}", "there is no tag layout"],
    ["{% tablerow i in x %}{% endtablerow %}", "there is no tag tablerow"],
    ["{% cycle 'a', 'b' %}", "there is no tag cycle"],
    ["{% liquid echo 1 %}", "there is no tag liquid"],
    ["{% endif %}", "endif stands outside of if"],
    ["{% for i in x %}{% elsif y %}{% endfor %}", "elsif stands outside of if or unless"],
    ["{% when 1 %}", "when stands outside of case"],
    ["{% if x %}", "tag {% if x %} not closed"],
    ["{{ x", 'output "{{ x" not closed'],
    ["{{ 'x }}", "not closed"],
    ["{% assign x = 'y %}", "a quote is not closed"],
    ["{{ x y }}", "two values stand side by side"],
    ["{% if x and %}{% endif %}", "an operator has not both its sides"],
    ["{% if x = 1 %}{% endif %}", 'expected "|" before filter'],
    ["{{ }}", "invalid value expression"],
    ["{% echo %}", "echo has nothing to write"],
    ["{% for i in x step: 2 %}{% endfor %}", "for takes limit, offset, reversed, not step"],
    ["{{ x | append }}", "append takes 1 argument, after a colon"],
    ["{{ x | upcase: 1 }}", "upcase takes no argument"],
    ["{{ x | date }}", "date takes 1 to 2 arguments, after a colon"],
    ["{{ x | default: 1, allow: true }}", "default takes no argument allow"],
    ["{{ x | plural: one: 'a' }}", "plural needs the form other"],
    ["{{ x | plural: others: 'a' }}", "plural takes no argument others"],
    ["{{ x | mask }}", "mask takes 1 argument, after a colon"],
    ["{{ x | mask: 'nam' }}", "mask needs what it hides: 'name', 'phone', 'number'"],
    ["{{ x | money: 'cny' }}", "money needs a three-letter currency code, such as CNY"],
    ["{{ x | local_date: 'medum' }}", "local_date needs one of the styles medium, short, long, full, month_day, weekday"],
    ["{{ x | local_time: 'long' }}", "local_time needs one of the styles short, medium"],
    ["{{ x | split: '' }}", "split needs a text to look for, and that is empty"],
    ["{{ x | remove: '' }}", "remove needs a text to look for, and that is empty"],
    ["{{ x | remove_first: '' }}", "remove_first needs a text to look for, and that is empty"],
    ["{{ x | replace: '' }}", "replace needs a text to look for, and that is empty"],
    ["{{ x | replace_first: '', 'a' }}", "replace_first needs a text to look for, and that is empty"],
    ["{{ x | lstrip: '' }}", "lstrip needs a text to look for, and that is empty"],
    [`{{ x | split: '${"a".repeat(257)}' }}`, "split looks for a text of at most 256 characters"],
    ["{{ x | truncate: -1 }}", "truncate needs a whole number that is not negative"],
    ["{{ x | truncate: 1.5 }}", "truncate needs a whole number that is not negative"],
    ["{{ x | shorten: -3 }}", "shorten needs a whole number that is not negative"],
    ["{{ x | shorten: 'x' }}", "shorten takes a number and was given a text"],
    ["{{ x | slice: 0, -1 }}", "slice needs a whole number that is not negative"],
    ["{{ x | slice: 'a' }}", "slice takes a number and was given a text"],
    ["{{ x | sort: '' }}", "sort needs the name of a field"],
    ["{{ x | map: 'a b' }}", "map needs the name of a field"],
    ["{{ x | where: '', 1 }}", "where needs the name of a field"],
    ["{{ x | plus: 'x' }}", "plus takes a number and was given a text"],
    ["{{ x | at_most: 'x' }}", "at_most takes a number and was given a text"],
    ["{{ x | divided_by: 0 }}", "divided_by makes no number of what it was given: nothing can be divided by 0"],
    ["{{ x | modulo: '0' }}", "modulo makes no number of what it was given: nothing can be divided by 0"],
    ["{{ x | round: 'x' }}", "round takes a number and was given a text"],
    ["{{ x | round: 300 }}", "round rounds to at most 100 digits"],
    ["{{ x | date: '%H:%M', 'Asia/Shangai' }}", "date needs a time zone of the IANA database behind the format"],
  ])("says in one line what is wrong with %s", (template, why) => {
    expect(templateFault(template)).toContain(why);
    expect(templateFault(template)).toMatch(/^[^\n]+, line:1, col:\d+$/);
    expect(whyNot(template, { x: 1 })).toBe(templateFault(template));
  });

  it("takes arguments that can be rendered, or that only the data know", () => {
    const good = ["split: ','", "strip: ' '", "replace: 'a', ''", "truncate: 0", "truncate: '5', ''", "shorten: 3", "slice: -2, 2"];
    const others = ["sort: 'a.b'", "plus: '1.5'", "divided_by: -2", "round: -2", "date: '%H', 'Asia/Shanghai'", "date: '%H', '+08:00'"];
    const dynamic = ["split: y", "truncate: y, y", "slice: y, y", "sort: y", "divided_by: y", "date: y, y", "shorten: y"];
    for (const filter of [...good, ...others, ...dynamic]) expect(templateFault(`{{ x | ${filter} }}`), filter).toBeUndefined();
  });

  it("says where", () => {
    expect(templateFault("a\nbc{{ x | nope: 1 }}")).toMatch(/line:2, col:3$/);
  });
});

describe("parseTemplate", () => {
  it("gives the parts of a text, once per text", () => {
    const parts = parseTemplate("a{{ b }}");
    expect(parts).toHaveLength(2);
    expect(parseTemplate("a{{ b }}")).toBe(parts);
    expect(() => parseTemplate("{{ b | nope }}")).toThrow("there is no filter nope");
  });
});
