import { afterEach, describe, expect, it, vi } from "vitest";
import { OUTPUT_MAX, PersonContext, STEPS_MAX, VALUES_MAX } from "../../../src/render/engine/filters/person-context.ts";
import { templateFault } from "../../../src/render/engine/text-engine.ts";
import { render, textOf, whyNot } from "./rendering.ts";

const LONG = 65_536;
const long = "x".repeat(LONG);
const many = Array.from({ length: 10_000 }, (_, at) => at);
const wide = Object.fromEntries(many.map((at) => [`key${at}`, at]));
const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};
const data = {
  long,
  many,
  wide,
  deep: deep(5_000),
  deeper: deep(5_000),
  item: { name: "a", list: many },
  nested: [many],
  twins: [`${long}a`, `${long}b`],
  stairs: `b${"a".repeat(32_000)}`,
  run: "a".repeat(LONG),
  far: 2 ** 53,
  empty: "",
  ranged: "a[(9007199254740992..9007199254740994)]",
  formats: "%B".repeat(10_000),
};
const repeated = (times: number, part: string): string => part.repeat(times);

const STEPS = "the template takes more than 10000 steps";
const VALUES = "more than 200000 characters and items";
const OUTPUT = "longer than 200000 characters";

/** Templates that parse, and what stops them. */
const stopped: readonly (readonly [what: string, template: string, why: string])[] = [
  ["a loop without end in sight", "{% for i in (1..1000000000) %}x{% endfor %}", VALUES],
  ["a range where adding one changes nothing", "{% for i in (9007199254740992..9007199254740994) %}x{% endfor %}", "a range goes from"],
  ["such a range from data", "{% for i in (data.far..data.far) %}x{% endfor %}", "a range goes from"],
  ["a range to infinity", "{% for i in (1..data.long) %}x{% endfor %}", "a range goes from"],
  ["loops in loops", repeated(20, "{% for i in (1..9) %}") + repeated(20, "{% endfor %}"), STEPS],
  ["empty loops", "{% for i in (1..9000) %}{% for j in (1..9) %}{% endfor %}{% endfor %}", STEPS],
  ["loops over lists in loops", "{% for i in data.many %}{% for j in data.many %}{{ j }}{% endfor %}{% endfor %}", STEPS],
  ["loops over wide maps", "{% for i in (1..9000) %}{% for j in data.wide limit: 1 %}{% endfor %}{% endfor %}", VALUES],
  ["a long text again and again", "{% for i in (1..9000) %}{{ data.long }}{% endfor %}", OUTPUT],
  ["long raw text again and again", `{% for i in (1..9000) %}{% raw %}${"y".repeat(9_000)}{% endraw %}{% endfor %}`, OUTPUT],
  ["long captures that are never written", "{% for i in (1..9000) %}{% capture c %}{{ data.long }}{% endcapture %}{% endfor %}", OUTPUT],
  [
    "captures of captures",
    `{% capture c %}0123456789{% endcapture %}${repeated(30, "{% capture c %}{{ c }}{{ c }}{% endcapture %}")}`,
    OUTPUT,
  ],
  ["doubling by append", `{% assign x = "0123456789" %}${repeated(30, "{% assign x = x | append: x %}")}{{ x | size }}`, VALUES],
  ["doubling by prepend", `{% assign x = "0123456789" %}${repeated(30, "{% assign x = x | prepend: x %}")}`, VALUES],
  ["doubling by concat", `{% assign x = data.nested %}${repeated(30, "{% assign x = x | concat: x %}")}{{ x | size }}`, VALUES],
  ["doubling by replace", `{% assign x = "aa" %}${repeated(30, "{% assign x = x | replace: 'a', 'aa' %}")}{{ x | size }}`, VALUES],
  ["one replacement that blows up", "{{ data.run | replace: 'a', data.long }}", VALUES],
  ["a list of one long text joined", `{% assign x = data.twins %}${repeated(9, "{% assign x = x | concat: x %}")}{{ x | join }}`, VALUES],
  ["lists of lists joined", `{% assign x = data.nested | concat: data.nested %}{{ x | join }}`, "join cannot write an item that is a list"],
  ["a costly sort", `{% assign x = data.twins %}${repeated(9, "{% assign x = x | concat: x %}")}{{ x | sort | size }}`, VALUES],
  ["a sort of lists", "{{ data.nested | sort | size }}", "sort takes a text and was given a list"],
  ["a filter again and again", `{% for i in (1..9000) %}{{ 1${repeated(30, " | plus: 1")} }}{% endfor %}`, STEPS],
  ["operators again and again", `{% for i in (1..9000) %}{% if 1 == 1${repeated(15, " and 1 == 1")} %}{% endif %}{% endfor %}`, STEPS],
  ["long paths again and again", "{% for i in (1..9000) %}{% if data.a.b.c.d.e.f %}{% endif %}{% endfor %}", STEPS],
  ["long texts compared", "{% for i in (1..9000) %}{% if data.twins[0] == data.twins[1] %}{% endif %}{% endfor %}", VALUES],
  ["wide maps compared with empty", "{% for i in (1..9000) %}{% if data.wide == empty %}{% endif %}{% endfor %}", VALUES],
  ["deep lists compared", "{% if data.deep == data.deeper %}a{% endif %}", "lists and maps cannot be compared with each other"],
  ["deep lists written", "{{ data.deep }}", "is a list"],
  ["deep lists by filters", "{{ data.deep | upcase }}", "upcase takes a text and was given a list"],
  ["a list as a key", "{{ data.wide[data.deep] }}", "what stands in [ ] must be a text or a number"],
  ["a long text looked for", "{% if data.run contains data.stairs %}a{% endif %}", "looks for a text of at most 256 characters"],
  ["splitting by a long text", "{{ data.run | split: data.stairs | size }}", "looks for a text of at most 256 characters"],
  ["splitting into units", "{{ data.long | split: data.empty | first }}", "needs a text to look for, and that is empty"],
  ["replacing between all units", "{{ data.long | replace: data.empty, 'ab' }}", "needs a text to look for, and that is empty"],
  ["a format from data", "{{ 1 | date: data.formats }}", "takes a format of at most 64 characters"],
  ["dates again and again", "{% for i in (1..9000) %}{{ 1 | date: '%B%B%B%B%B%B%B%B%B%B%B%B%B%B%B%B' }}{% endfor %}", VALUES],
  ["a path with a range in it", "{{ data.nested | where: data.ranged | size }}", "needs the name of a field"],
  ["long texts percent-encoded", `{% for i in (1..9) %}{{ data.long | url_encode | size }}{% endfor %}`, VALUES],
  ["graphemes of long texts", "{% for i in (1..9) %}{{ data.long | slice: -1 }}{% endfor %}", VALUES],
];

/** Templates that are refused when they are parsed. */
const refused: readonly (readonly [what: string, template: string, why: string])[] = [
  ["a path with a range in it", "{{ data.nested | where: 'a[(9007199254740992..9007199254740994)]' | size }}", "needs the name of a field"],
  ["tags nested without end", repeated(700, "{% if a %}") + repeated(700, "{% endif %}"), "tags are nested more than 24 deep"],
  [
    "captures nested without end",
    repeated(500, "{% capture a %}") + repeated(500, "{% endcapture %}"),
    "tags are nested more than 24 deep",
  ],
  ["brackets nested without end", `{{ ${repeated(5_000, "a[")}1${repeated(5_000, "]")} }}`, "brackets are nested more than 4 deep"],
  ["parentheses nested without end", `{% if ${repeated(9_000, "(")} %}{% endif %}`, "brackets are nested more than 4 deep"],
  ["brackets nested in elsif", `{% if a %}{% elsif ${repeated(9_000, "a[")} %}{% endif %}`, "brackets are nested more than 4 deep"],
  ["a huge chain of filters", `{{ 1${repeated(1_500, " | plus: 1")} }}`, "at most 64 names, values, operators and filters"],
  ["a huge condition", `{% if 1${repeated(2_000, " or 1")} %}{% endif %}`, "at most 64 names, values, operators and filters"],
  ["a huge case", `{% case 1 %}{% when 1${repeated(2_000, ", 1")} %}{% endcase %}`, "at most 64 names, values, operators and filters"],
  ["a huge if", `{% if 1 %}${repeated(1_000, "{% elsif 1 %}")}{% endif %}`, "at most 64 names, values, operators and filters"],
  ["a huge path", `{{ a${repeated(5_000, ".a")} }}`, "a path has at most 16 names"],
  ["huge arguments", `{{ 1 | append: ${repeated(3_000, "1, ")}1 }}`, "append takes 1 argument, after a colon"],
  ["huge widths of dates", "{{ 1 | date: '%99999999d' }}", "date pads to at most 99 characters"],
  ["huge widths behind flags", "{{ 1 | date: '%-_0^#:99999999N' }}", "date pads to at most 99 characters"],
  ["formats that the machine decides", "{{ 1 | date: '%c' }}", "date does not write %c, %x and %X"],
  [
    "ranges where they are not counted",
    "{% assign x = (9007199254740992..9007199254740994) %}",
    "a range stands after `in` of a for and nowhere else",
  ],
  ["such ranges as arguments", "{{ 'a' | append: (9007199254740992..9007199254740994) }}", "a range stands after `in` of a for"],
  ["such ranges in when", "{% case 1 %}{% when (1..9007199254740994) %}{% endcase %}", "a range stands after `in` of a for"],
  [
    "such ranges within ranges",
    "{% for i in (1..a[(9007199254740992..9007199254740994)]) %}{% endfor %}",
    "a range stands after `in` of a for",
  ],
  ["a loop that takes its own counter's place", "{% for forloop in data.many %}{% endfor %}", "forloop is the loop's own"],
  ["too long a template", "x".repeat(20_001), "the template has more than 20000 characters"],
  ["files", "{% include '/etc/passwd' %}", "there is no tag include"],
  ["counters that outlive a text", "{% increment data %}", "there is no tag increment"],
  ["chance", "{{ data.many | sample }}", "there is no filter sample"],
];

afterEach(() => {
  vi.restoreAllMocks();
});

/** Renders, and answers how much was counted. */
function counted(template: string): { readonly steps: number; readonly values: number; readonly written: number; readonly kind: string } {
  const count = { steps: 0, values: 0, written: 0 };
  const { step, charge, written } = PersonContext.prototype;
  vi.spyOn(PersonContext.prototype, "step").mockImplementation(function (this: PersonContext) {
    count.steps++;
    step.call(this);
  });
  vi.spyOn(PersonContext.prototype, "charge").mockImplementation(function (this: PersonContext, size) {
    charge.call(this, size);
    count.values += size > 0 ? size : 0;
  });
  vi.spyOn(PersonContext.prototype, "written").mockImplementation(function (this: PersonContext, units) {
    written.call(this, units);
    count.written += units;
  });
  return { ...count, kind: render(template, data).kind, ...count };
}

describe("A hostile template", () => {
  it.each(stopped)("is stopped: %s", (_, template, why) => {
    expect(templateFault(template)).toBeUndefined();
    expect(whyNot(template, data)).toContain(why);
    expect(whyNot(template, data)).toMatch(/^[^\n]{10,300}$/);
    expect(textOf("订单{{ data.item.name }}", data)).toBe("订单a");
  });

  it.each(stopped)("takes a bounded number of steps: %s", (_, template) => {
    const { steps, values, written, kind } = counted(template);
    expect(kind).toBe("unrenderable");
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThanOrEqual(STEPS_MAX + 1);
    expect(values).toBeLessThanOrEqual(VALUES_MAX);
    expect(written).toBeLessThanOrEqual(OUTPUT_MAX);
  });

  it.each(refused)("is refused when it is parsed: %s", (_, template, why) => {
    expect(templateFault(template)).toContain(why);
    expect(templateFault(template)).toMatch(/^[^\n]{10,300}$/);
    expect(whyNot(template, data)).toContain(why);
    expect(textOf("订单{{ data.item.name }}", data)).toBe("订单a");
  });

  it("reaches nothing but the data's own properties", () => {
    for (const path of ["constructor", "__proto__", "toString", "constructor.constructor", "many.constructor", "many.map", "long.length"])
      expect(whyNot(`{{ data.${path} }}`, data)).toContain(`undefined variable: data.${path}`);
    for (const root of ["constructor", "__proto__", "toString", "hasOwnProperty", "this", "globalThis", "process"])
      expect(whyNot(`{{ ${root} }}`, data)).toContain(`undefined variable: ${root}`);
    expect(whyNot("{{ data['constructor'] }}", data)).toContain("undefined variable");
    expect(whyNot("{{ data.nested | map: 'constructor' | join }}", data)).toContain("join cannot write an item that is nothing");
    expect(textOf("{{ data.nested | where: 'constructor' | size }}", data)).toBe("0");
    expect(textOf("{{ data.__proto__ }}", JSON.parse('{"__proto__":"own"}'))).toBe("own");
  });

  it("reads no getter that a value inherits", () => {
    const reads = vi.fn(() => "leaked");
    const inherited = Object.create(Object.defineProperty({}, "secret", { get: reads }));
    expect(whyNot("{{ data.secret }}", inherited)).toContain("undefined variable: data.secret");
    expect(textOf("{% if data.secret %}a{% else %}b{% endif %}", inherited)).toBe("b");
    expect(reads).not.toHaveBeenCalled();
  });

  it("changes nothing that another text could see", () => {
    textOf("{% assign data = 'changed' %}{% assign __proto__ = 'x' %}{% capture constructor %}y{% endcapture %}{{ data }}");
    expect(Object.prototype).not.toHaveProperty("x");
    expect(textOf("{{ data.item.name }}", data)).toBe("a");
    expect(whyNot("{{ constructor }}")).toContain("undefined variable");
    expect(textOf("{% for __proto__ in data.list %}{{ __proto__ }}{% endfor %}", { list: [1, 2] })).toBe("12");
  });

  it("counts for each text anew", () => {
    for (let at = 0; at < 50; at++) expect(textOf("{% for i in (1..3000) %}{{ i }}{% endfor %}")).toHaveLength(10_893);
  });
});

describe("Hostile data", () => {
  it("renders a long text within the bound", () => {
    expect(textOf("{{ data.long }}{{ data.long }}{{ data.long }}", data)).toHaveLength(3 * LONG);
    expect(whyNot(repeated(4, "{{ data.long }}"), data)).toContain(OUTPUT);
  });

  it("never leaves half of a surrogate pair in a text", () => {
    const halves = { high: "a\ud83d", low: "\ude00b", both: "\ude00\ud83d" };
    for (const form of ["text", "html"] as const)
      for (const template of [
        "{{ data.high }}",
        "{{ data.low }}|{{ data.high }}",
        "{{ data.both | upcase | append: data.high }}",
        "{{ data.high | mask: 'name' }}{{ data.both | mask: 'number' }}{{ data.low | mask: 'phone' }}",
        "{{ data.high | shorten: 1 }}{{ data.both | truncate: 1, '' }}{{ data.low | slice: 0 }}",
        "{{ data.high | url_encode }}{{ data.low | escape }}",
        '{{ "\\ud83d" }}',
        "\ud83d",
      ])
        expect(textOf(template, halves, undefined, form).isWellFormed()).toBe(true);
    expect(textOf("{{ data.high }}", halves)).toBe("a\ufffd");
  });

  it("gives no part of a text's character by an index", () => {
    expect(whyNot("{{ data.emoji[0] }}", { emoji: "😀" })).toContain("undefined variable: data.emoji[0]");
    expect(whyNot("{{ data.emoji | first }}", { emoji: "😀" })).toContain("first takes a list and was given a text");
  });

  it("is not quoted in a reason, which stands in logs", () => {
    const secret = { phone: "13800138000", map: {}, list: ["13800138000"] };
    for (const template of [
      "{{ data.map[data.phone] }}",
      "{{ data.phone | plural: other: data.missing }}",
      "{{ data.phone | date: data.phone | local_date: data.phone }}",
      "{{ data.list | money: 'CNY' }}",
      "{{ data.phone | append: 'a' | times: 2 }}",
      "{{ data.list | map: data.phone | join }}",
    ])
      expect(whyNot(template, secret)).not.toContain("138");
  });
});

describe("A loop's own object", () => {
  it.each(["next", "i", "valueOf", "toString", "constructor", "__proto__", "__defineGetter__", "liquidMethodMissing", "hasOwnProperty"])(
    "tells and does nothing when it is asked for %s",
    (name) => {
      const template = "{% for x in data.few %}{{ forloop[data.name] | default: 'none' }}{{ forloop.index }}{% endfor %}";
      expect(textOf(template, { few: ["a", "b"], name })).toBe("none1none2");
    },
  );
});
