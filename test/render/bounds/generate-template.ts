import type { Generator } from "./generate.ts";

/** Where an expression stands: loop variables around it, names that were set before, by what they hold. */
interface Place {
  readonly depth: number;
  readonly inLoop: boolean;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

const WORDS = ["Hi ", "您的订单", " ok. ", "€", "😀", "a\n", "【x】", "#", " [~] ", "x"] as const;

/** A template that uses every tag and filter, mostly with what they can take; every second is a single output. */
export function templateFrom(g: Generator): string {
  if (g.chance(50)) return `{{ ${text(g, { depth: 0, inLoop: false, texts: [], numbers: [] }, 3)} }}`;
  return parts(g, { depth: 0, inLoop: false, texts: [], numbers: [] });
}

function parts(g: Generator, place: Place): string {
  let current = place;
  let made = "";
  const count = 1 + g.below(place.depth === 0 ? 5 : 3);
  for (let at = 0; at < count; at++) {
    const [source, next] = part(g, current);
    made += source;
    current = next;
  }
  return made;
}

function part(g: Generator, place: Place): [string, Place] {
  const deep = place.depth >= 3;
  const inner: Place = { ...place, depth: place.depth + 1 };
  switch (g.below(deep ? 5 : 12)) {
    case 0:
      return [g.oneOf(WORDS), place];
    case 1:
    case 2:
      return [`{{${g.oneOf(["", "-"])} ${text(g, place, 3)} }}`, place];
    case 3: {
      const name = `t${place.texts.length}`;
      return [`{% assign ${name} = ${text(g, place, 2)} %}`, { ...place, texts: [...place.texts, name] }];
    }
    case 4:
      return place.inLoop && g.chance(40)
        ? [`{% if ${condition(g, place)} %}{% ${g.oneOf(["break", "continue"])} %}{% endif %}`, place]
        : [`{% echo ${text(g, place, 2)} %}`, place];
    case 5: {
      const rest = g.chance(60) ? `{% else %}${parts(g, inner)}` : "";
      const more = g.chance(30) ? `{% elsif ${condition(g, place)} %}${parts(g, inner)}` : "";
      return [`{% if ${condition(g, place)} %}${parts(g, inner)}${more}${rest}{% endif %}`, place];
    }
    case 6: {
      const optional = g.oneOf(["data.note", "data.few", "data.shop", "subject", "recipient.locale"]);
      const shown = optional === "data.shop" ? "data.shop.name" : optional;
      return [
        g.oneOf([
          `{% if ${optional} %}{{ ${shown} }}{% endif %}`,
          `{% unless ${optional} == nil %}${parts(g, inner)}{{ ${shown} }}{% endunless %}`,
          `{% if ${optional} and data.vip %}${parts(g, inner)}{{ ${shown} }}{% endif %}`,
        ]),
        place,
      ];
    }
    case 7:
      return [`{% unless ${condition(g, place)} %}${parts(g, inner)}{% else %}${parts(g, inner)}{% endunless %}`, place];
    case 8:
      return [
        `{% case ${g.oneOf(["data.order", "data.count", "data.vip"])} %}{% when 'A', 0 %}${parts(g, inner)}{% when ${g.oneOf(["1", "true", "data.code", "'b' or 120"])} %}${parts(g, inner)}{% else %}${parts(g, inner)}{% endcase %}`,
        place,
      ];
    case 9: {
      const name = `c${place.texts.length}`;
      return [`{% capture ${name} %}${parts(g, inner)}{% endcapture %}`, { ...place, texts: [...place.texts, name] }];
    }
    case 10:
      return [g.oneOf(["{% comment %} never {{ seen }} {% endcomment %}", "{% raw %}{{ raw }}{% endraw %}", "{% # nothing %}"]), place];
    default:
      return [loop(g, inner), place];
  }
}

function loop(g: Generator, place: Place): string {
  const name = `i${place.depth}`;
  const modifiers = g.oneOf([
    "",
    "",
    " limit: 2",
    " offset: 1",
    " reversed",
    ` limit: data.count`,
    " offset: continue",
    " limit: 3 offset: 1",
  ]);
  const [over, texts, numbers] = g.oneOf<readonly [string, readonly string[], readonly string[]]>([
    ["data.lines", [`${name}.title`, `${name}.note | default: '-'`], [`${name}.count`]],
    ["data.tags", [name], []],
    ["recipient.tags", [name], []],
    ["digest.items", [`${name}.name`, `${name}.order`], [`${name}.count`]],
    [`(1..${1 + g.below(4)})`, [], [name]],
    ["(2..data.few)", [], [name]],
  ]);
  const guarded = over === "(2..data.few)";
  const inner: Place = {
    ...place,
    inLoop: true,
    texts: [...place.texts, ...texts],
    numbers: [...place.numbers, ...numbers, "forloop.index", "forloop.rindex", "forloop.length"],
  };
  const between = g.chance(40) ? "{% unless forloop.last %}, {% endunless %}" : "";
  const otherwise = g.chance(30) ? `{% else %}${parts(g, place)}` : "";
  const made = `{% for ${name} in ${over}${modifiers} %}${parts(g, inner)}${between}${otherwise}{% endfor %}`;
  return guarded ? `{% if data.few %}${made}{% endif %}` : made;
}

function condition(g: Generator, place: Place): string {
  const one = (): string =>
    g.oneOf([
      "data.vip",
      "data.note",
      "subject",
      "recipient.locale == 'zh-CN'",
      "data.count > 3",
      "data.name contains 'A'",
      "data.order == data.code",
      "data.tags.size >= 2",
      `${g.oneOf(["data.count", "data.amount", ...place.numbers])} <= 100`,
      "data.note != blank",
      "not data.vip",
      place.inLoop ? "forloop.first" : "data.tags.first",
      place.inLoop ? "forloop.index > 2" : "data.few == 3",
    ]);
  return g.chance(30) ? `${one()} ${g.oneOf(["and", "or"])} ${one()}` : one();
}

const FROM_TEXT = [
  "append: '字'",
  "append: data.plain",
  "prepend: data.code",
  "upcase",
  "downcase",
  "capitalize",
  "strip",
  "lstrip: 'A'",
  "rstrip",
  "strip_newlines",
  "newline_to_br",
  "escape",
  "escape_once",
  "url_encode",
  "replace: 'A', 'xyz€'",
  "replace: '字'",
  "replace: data.code, data.name",
  "replace_first: ' ', data.plain",
  "remove: 'b'",
  "remove_first: '€'",
  "truncate: 5",
  "truncate: 8, '字字'",
  "truncate",
  "slice: 0, 3",
  "slice: -2, 2",
  "slice: 1",
  "shorten: 6",
  "shorten: 2",
  "mask: 'name'",
  "mask: 'phone'",
  "mask: 'number'",
  "default: 'none'",
  "split: ' ' | join: '--'",
  "split: 'b' | reverse | join",
  "split: ',' | first | default: '?'",
  "raw",
] as const;

function text(g: Generator, place: Place, filters: number): string {
  const base = (): string => {
    switch (g.below(9)) {
      case 0:
        return number(g, place, 2);
      case 1:
        return `${number(g, place, 1)} | ${g.oneOf(["money", "money: 'JPY'", "money: 'KWD'", "number", "number", "plural: one: '# 件€', other: '# items #'", "plural: other: data.name"])}`;
      case 2:
        return `data.due | ${g.oneOf(["local_date", "local_date: 'full'", "local_date: 'month_day'", "local_date: 'weekday'", "local_time", "local_time: 'medium'", "local_datetime: 'short'", "date: '%Y-%m-%d %H:%M'", "date: '%A, %-d %B %y'", "date: '%10e|%^a|%L%%%j%p%q'", "date: '%5%B%-%A'", "local_datetime: 'full'"])}`;
      case 3:
        return list(g);
      case 4:
        return g.oneOf([
          "'lit €'",
          "'字面'",
          "data.vip",
          "brand.name",
          "recipient.id",
          "subject | default: 'topic'",
          "recipient.locale | default: 'und'",
          "data.name | default: data.plain",
          "data.note | default: 'nobody'",
          "data.few | default: data.code",
        ]);
      default:
        return g.oneOf(["data.code", "data.order", "data.plain", "data.name", ...place.texts, ...place.texts]);
    }
  };
  let made = base();
  for (let left = g.below(filters + 1); left > 0; left--) made += ` | ${g.oneOf(FROM_TEXT)}`;
  return made;
}

function list(g: Generator): string {
  return g.oneOf([
    "data.lines | map: 'title' | join: ', '",
    "data.lines | map: 'note' | compact | join",
    "data.lines | where: 'note' | map: 'title' | join: '/'",
    "data.lines | sort: 'count' | map: 'count' | join: '、'",
    "data.tags | uniq | join: ' '",
    "data.tags | concat: recipient.tags | reverse | join: data.code",
    "data.tags | slice: 0, 2 | join",
    "data.tags | last | default: '?'",
    "data.lines.size",
    "digest.items | map: 'order' | sort | join: '+'",
    "digest.items.first.name",
    "digest.count",
  ]);
}

const FROM_NUMBER = [
  "plus: 1",
  "minus: data.count",
  "times: 1.5",
  "times: data.amount",
  "divided_by: 3",
  "modulo: 7",
  "round",
  "round: 2",
  "floor",
  "ceil",
  "abs",
  "at_least: 5",
  "at_most: 99.5",
  "plus: data.amount",
] as const;

function number(g: Generator, place: Place, filters: number): string {
  let made = g.oneOf(["data.count", "data.amount", "data.tags | size", "data.code | size", "data.code", "41.5", ...place.numbers]);
  for (let left = g.below(filters + 1); left > 0; left--) made += ` | ${g.oneOf(FROM_NUMBER)}`;
  return made;
}
