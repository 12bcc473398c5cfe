import * as fc from "fast-check";
import type { Charset, Variable, Variables } from "../../src/vocabulary/variables.ts";

/** What people and attackers put into names: each is one grapheme or a piece that a careless cut, count or escape would get wrong. */
const HOSTILE = [
  ...[
    "👨‍👩‍👧‍👦",
    "🇨🇳🇩🇪",
    "👍🏽",
    "e\u0301",
    "நி",
    "กำ",
    "각",
    "\u1112\u1161\u11ab",
    "❤️",
    "☎\ufe0e",
    "𠮷",
    "\u200d",
    "\u0301\u0302",
    "\ufeff",
  ],
  ...["<script>alert(1)</script>", "<", ">", '"', "'", "&", "&amp;", "&#60;", "</p>", "<!--", "]]>", '" onload="x', "javascript:", "`"],
  ...["{{ data.x }}", "{%", "%}", "{{", "}}", "#", "%s", "$1", "$&", "\\", "|"],
  ...["【", "】", "【鲸】", "[", "]", "拒收请回复R", "Reply STOP to opt out", "\u202e", "\u200f", "\u2066"],
  ...["\n", "\r\n", "\t", "\f", "\0", "\u2028", "\u00a0", "\u3000", " ", "  "],
  ...["’", "“", "…", "–", "€", "^", "~", "ß", "İ", "ﬃ", "ŉ", "É", "Δ", "@", "_", "１", "ｶﾞ"],
  ..."羊绒围巾，。张三abcXYZ019",
];
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€";
const PIECES: { readonly [Name in Charset]: readonly string[] } = {
  digits: [..."0123456789"],
  alphanumeric: [..."0123456789ABCXYZabcxyzMWi-._:/#+ "],
  gsm: [...GSM],
  any: HOSTILE,
};

/** Data that accepting takes: within what is declared, and as bad as that allows. What is not declared stands in it too. */
export function dataWithin(variables: Variables): fc.Arbitrary<Record<string, unknown>> {
  const undeclared = fc.constantFrom({}, { undeclared: "<b>" }, { undeclared: { length: 1e9 } });
  return fc.tuple(fieldsWithin(variables), undeclared).map(([data, more]) => ({ ...more, ...data }));
}

function fieldsWithin(variables: Variables): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(variables).map(([name, variable]) => {
    const value = valueWithin(variable);
    const given = variable.required ? value : fc.oneof({ weight: 3, arbitrary: value }, fc.constant(null), fc.constant(undefined));
    return given.map((made): [string, unknown][] => (made === undefined ? [] : [[name, made]]));
  });
  return fc.tuple(...fields).map((entries) => Object.fromEntries(entries.flat()));
}

function valueWithin(variable: Variable): fc.Arbitrary<unknown> {
  switch (variable.type) {
    case "string":
      return textWithin(variable.charset, variable.min, variable.over === "reject" ? variable.max : variable.max * 3);
    case "integer":
    case "number":
      return figureWithin(variable.min, variable.max, variable.decimals);
    case "boolean":
      return fc.boolean();
    case "date":
      return fc.oneof(fc.constantFrom(...LONG_DATES), anyDate);
    case "list": {
      const of = variable.of ? valueWithin(variable.of) : fc.constantFrom(1, "x", {});
      return fc.oneof(fc.array(of, { maxLength: variable.max }), fc.array(of, { minLength: variable.max, maxLength: variable.max }));
    }
    case "object":
      return fieldsWithin(variable.fields);
  }
}

/** As long as it may be as often as not: only those texts say whether the worst case is one. */
function textWithin(charset: Charset, min: number, max: number): fc.Arbitrary<string> {
  const pieces = fc.array(fc.constantFrom(...PIECES[charset]), { minLength: Math.min(min, max), maxLength: max });
  const filler = fc.constantFrom(...PIECES[charset].filter((piece) => piece.length === 1));
  return fc.tuple(pieces, fc.boolean(), filler).map(([parts, full, one]) => {
    const kept = parts.reduce((text, part) => (text.length + part.length <= max ? text + part : text), "");
    const least = full ? max : min;
    return kept.length < least ? kept + one.repeat(least - kept.length) : kept;
  });
}

function figureWithin(min: number, max: number, decimals: number | undefined): fc.Arbitrary<number> {
  const edges = fc.constantFrom(min, max, Math.max(min, Math.min(0, max)), Math.max(min, Math.min(1, max)));
  if (decimals === undefined) return fc.oneof(edges, fc.double({ min, max, noNaN: true }));
  const scale = 10 ** Math.min(decimals, 3);
  const scaled = fc.maxSafeInteger().map((at) => {
    const [low, high] = [Math.ceil(min * scale), Math.floor(max * scale)];
    return (low + (Math.abs(at) % (high - low + 1))) / scale;
  });
  return fc.oneof(edges, scaled);
}

/** September and Wednesday are long in English, as are figures of two digits everywhere. */
const LONG_DATES = [
  "2026-09-30",
  "2026-09-23T22:48:58Z",
  "2026-12-30T23:59:59.123456789+08:00",
  "2028-11-22T10:10",
  "1000-01-01",
  "8999-12-30",
];
const anyDate = fc
  .tuple(
    fc.integer({ min: 1_900, max: 2_200 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 0, max: 23 }),
  )
  .chain(([year, month, day, hour]) => {
    const two = (figure: number) => String(figure).padStart(2, "0");
    const date = `${year}-${two(month)}-${two(day)}`;
    return fc.constantFrom(date, `${date}T${two(hour)}:30:00Z`, `${date}T${two(hour)}:05`, `${date}T${two(hour)}:59:59-05:30`);
  });
