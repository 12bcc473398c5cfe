import type { Charset, Variable, Variables } from "../../../src/vocabulary/variables.ts";

/** Draws for random templates, declarations and data: always the same from the same seed (mulberry32). */
export function generator(seed: number) {
  let state = seed;
  const below = (max: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % max;
  };
  const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item => items[below(items.length)] ?? items[0];
  const chance = (percent: number): boolean => below(100) < percent;
  return { below, oneOf, chance };
}
export type Generator = ReturnType<typeof generator>;

const HOSTILE = [
  "👩‍👩‍👧‍👦",
  "é́̂",
  "字",
  "😀",
  "€",
  "[",
  "~",
  "^",
  "ß",
  "ŉ",
  "İ",
  "ΐ",
  "à",
  "ç",
  "A",
  "7",
  " ",
  "\n",
  "＃",
  "م",
  "‮",
  "&",
  "<",
  '"',
  "%",
  ",",
  "-",
  "'",
  ".",
  "\r\n",
  "ﬃ",
  "é",
  "#",
  "…",
  "𐐨",
] as const;
const GSM = [
  "A",
  "b",
  "7",
  " ",
  "€",
  "[",
  "~",
  "à",
  "ß",
  "Ç",
  "Δ",
  "Ω",
  "Ö",
  "é",
  "&",
  "<",
  '"',
  "\n",
  "\r\n",
  "\f",
  "%",
  "#",
  ",",
  "@",
  "É",
  "ñ",
] as const;
const PLAIN = ["A", "b", "7", " ", "-", ".", "_", ":", "/", "#", "+", "z"] as const;
const CHARACTERS: { readonly [Name in Charset]: readonly [string, ...string[]] } = {
  digits: ["0", "1", "9", "5"],
  alphanumeric: PLAIN,
  gsm: GSM,
  any: HOSTILE,
};

/** What filters make most of. */
const GROWING: typeof CHARACTERS = {
  digits: ["0"],
  alphanumeric: ["/", "b"],
  gsm: ["ß", "€", "\n", "&", "b"],
  any: ["ΐ", "字", "İ", "😀", "&", "\n", "b"],
};

/** Variables of every type, with random bounds. */
export function variablesFrom(g: Generator): Variables {
  const text = (charset: Charset, required = true): Variable => ({
    type: "string",
    required,
    min: required ? 1 : 0,
    max: 1 + g.below(30),
    charset,
    over: "reject",
  });
  const whole = (): Variable => {
    const min = g.oneOf([0, 1, -5, -99_999, 120]);
    return { type: "integer", required: true, min, max: min + g.oneOf([0, 3, 999, 1_234_567]), decimals: 0 };
  };
  const amount = (): Variable => {
    const min = g.oneOf([0, -3, 0.5, -100_000]);
    const decimals = g.below(5);
    return { type: "number", required: true, min, max: min + g.oneOf([0.5, 100, 99_999.5, 1e9]), ...(decimals === 4 ? {} : { decimals }) };
  };
  const line: Variable = {
    type: "object",
    required: true,
    fields: { title: text(g.oneOf(["any", "gsm", "alphanumeric"])), count: whole(), note: text("any", false) },
  };
  return {
    code: text("digits"),
    order: text("alphanumeric"),
    plain: text("gsm"),
    name: text("any"),
    note: text("any", false),
    few: { type: "integer", required: false, min: 0, max: 9, decimals: 0 },
    count: whole(),
    amount: amount(),
    vip: { type: "boolean", required: true },
    due: { type: "date", required: true },
    shop: { type: "object", required: g.chance(70), fields: { name: text("any"), floor: whole() } },
    lines: { type: "list", required: true, max: 1 + g.below(4), of: line },
    tags: { type: "list", required: true, max: 1 + g.below(4), of: text(g.oneOf(["any", "gsm", "digits"])) },
  };
}

/** A value within its declaration; `greedy`: as long as it may be. */
export function valueWithin(variable: Variable, g: Generator, greedy: boolean): unknown {
  switch (variable.type) {
    case "string":
      return stringWithin(
        variable.charset,
        greedy || variable.max <= variable.min ? variable.max : variable.min + g.below(variable.max - variable.min + 1),
        g,
      );
    case "integer":
    case "number":
      return numberWithin(variable, g, greedy);
    case "boolean":
      return g.chance(50);
    case "date":
      return g.oneOf([
        "2026-09-30",
        "2027-12-31T23:59:59.123456789+14:00",
        "2026-05-06T22:58",
        "1999-11-30T12:34:56Z",
        "2026-10-14 10:00:00-11:30",
        "1000-01-01",
        "2026-02-28T08:00:00+08:00",
      ]);
    case "list": {
      const { of, max } = variable;
      return Array.from({ length: greedy ? max : g.below(max + 1) }, () => (of ? valueWithin(of, g, greedy) : null));
    }
    case "object":
      return dataWithin(variable.fields, g, greedy);
  }
}

export function dataWithin(variables: Variables, g: Generator, greedy: boolean): Record<string, unknown> {
  const entries = Object.entries(variables).filter(([, { required }]) => required || g.chance(greedy ? 80 : 50));
  return Object.fromEntries(entries.map(([name, variable]) => [name, valueWithin(variable, g, greedy)]));
}

function stringWithin(charset: Charset, units: number, g: Generator): string {
  const characters = CHARACTERS[charset];
  const same = g.chance(50) ? g.oneOf(g.chance(50) ? characters : GROWING[charset]) : undefined;
  let made = "";
  for (let tries = 0; made.length < units && tries < units * 2; tries++) {
    const next = same ?? g.oneOf(characters);
    if (made.length + next.length <= units) made += next;
  }
  const filler = charset === "any" ? "字" : charset === "gsm" ? "€" : "0";
  return made + filler.repeat(units - made.length);
}

function numberWithin(variable: Extract<Variable, { decimals?: number }>, g: Generator, greedy: boolean): number {
  const { min, max, decimals } = variable;
  const ends = [min, max, Math.max(min, Math.min(max, 0)), Math.max(min, Math.min(max, 999)), Math.max(min, Math.min(max, 1_000))] as const;
  const raw = greedy || g.chance(30) ? g.oneOf(ends) : min + ((max - min) * g.below(10_007)) / 10_007;
  const inRange = (value: number): boolean => value >= min && value <= max;
  if (variable.type === "integer") return inRange(Math.round(raw)) ? Math.round(raw) : min;
  if (decimals === undefined) return raw;
  const rounded = Number(raw.toFixed(decimals));
  return inRange(rounded) ? rounded : Number.isInteger(min * 10 ** decimals) ? min : Math.ceil(min);
}
