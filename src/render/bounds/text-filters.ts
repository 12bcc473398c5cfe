import { ESCAPED_MAX_UNITS, escapedHtml } from "../engine/escape-html.ts";
import { isGsm, septetsOf } from "../sms/count-segments.ts";
import { exactWords, type FilterCall, onText, type Transfers, textArgument } from "./filter-call.ts";
import {
  exactText,
  join,
  knownText,
  type ListShape,
  list,
  TEXT_MAX_UNITS,
  type TextShape,
  text,
  type Worth,
  widestAlphabet,
} from "./shapes.ts";
import { concat, freed, literal, type Narrow, type TextBound, textBound, unitsOf, type Wide, widened } from "./text-bound.ts";

/** `<br />` and the line break that stays. */
const BREAK_UNITS = 7;
/** ΐ becomes three characters in capitals; of GSM-7 only ß becomes two. İ becomes two small ones, and is not in GSM-7. */
const CAPITAL_MAX = 3;
const CAPITAL_GSM_MAX = 2;
const SMALL_MAX = 2;
/** A unit of UTF-16 is at most three bytes of UTF-8, written %XX. */
const ENCODED_MAX = 9;
const ENCODED_ASCII_MAX = 3;

/** Anything that is cut out of a text, in any order: no longer, and in GSM-7 where that is. */
export function partOf(shape: TextShape): TextShape {
  const { bound, alphabet } = shape;
  if (bound.exact === undefined) return { kind: "text", bound, alphabet };
  return { kind: "text", bound: freed(bound), alphabet };
}

/** Every unit becomes up to so many, each one septet: what stood in two is written otherwise, or is one of so many. */
function stretched({ narrow, wide }: TextBound, times: number): TextBound {
  return textBound(narrow && stretchedNarrow(narrow, times), wide && { ...stretchedUnits(wide, times), pairs: (wide.units * times) / 2 });
}

function stretchedNarrow(narrow: Narrow, times: number): Narrow {
  const septets = Math.max(narrow.units * times, narrow.septets);
  return { ...stretchedUnits(narrow, times), septets, escapes: narrow.escapes };
}

function stretchedUnits<Track extends Narrow | Wide>(track: Track, times: number): Track {
  const shares = new Map([...track.shares].map(([variable, units]) => [variable, units * times] as const));
  return { ...track, units: track.units * times, shares };
}

/** A change of case may lead out of GSM-7: à is in it and À is not. */
function recased({ bound, alphabet }: TextShape, unitsAfter: (units: number) => number): Worth {
  if (alphabet === "digits" || alphabet === "alphanumeric") return [{ kind: "text", bound: freed(bound), alphabet }];
  const before = widened(bound);
  const units = unitsAfter(before.units);
  return [text(textBound(undefined, { ...before, units, pairs: units / 2 }), "any")];
}

/** Known texts are changed as the engine does it, others as far as anything of their alphabet may be. */
function folded(change: (words: string) => string, other: (shape: TextShape, call: FilterCall) => Worth) {
  return onText((shape, call) => (shape.bound.exact === undefined ? other(shape, call) : [knownText(change(shape.bound.exact))]));
}

const capitalMaxOf = ({ alphabet }: TextShape): number => (alphabet === "gsm" ? CAPITAL_GSM_MAX : CAPITAL_MAX);
const smallMaxOf = ({ alphabet }: TextShape): number => (alphabet === "gsm" ? 1 : SMALL_MAX);

const lessText = onText((shape) => [partOf(shape)]);

const joined = (first: TextShape, second: TextShape): Worth => [
  text(concat([first.bound, second.bound]), widestAlphabet(first.alphabet, second.alphabet)),
];

const append = onText((shape, call) => {
  const other = textArgument(call, 0);
  return other.kind === "unknown" ? [other] : joined(shape, other);
});
const prepend = onText((shape, call) => {
  const other = textArgument(call, 0);
  return other.kind === "unknown" ? [other] : joined(other, shape);
});

/** The escapes of values in HTML, too. */
export const escapeHtml = folded(escapedHtml, (shape) =>
  isPlain(shape) ? [shape] : [text(stretched(shape.bound, ESCAPED_MAX_UNITS), shape.alphabet)],
);

function isPlain({ alphabet }: TextShape): boolean {
  return alphabet === "digits" || alphabet === "alphanumeric";
}

const newlineToBr = onText((shape) => (isPlain(shape) ? [shape] : [text(stretched(shape.bound, BREAK_UNITS), shape.alphabet)]));

const urlEncode = folded(encoded, ({ bound, alphabet }) => {
  const units = unitsOf(bound);
  if (alphabet === "digits") return [text(bound, alphabet)];
  const { shares } = widened(bound);
  const times = alphabet === "alphanumeric" ? ENCODED_ASCII_MAX : ENCODED_MAX;
  const plain: Narrow = { units, septets: units, escapes: units, shares, sample: "%E5".repeat(Math.min(units * 3, 1_000)) };
  return [text(textBound(stretchedNarrow(plain, times), undefined), "gsm")];
});

function encoded(words: string): string {
  return encodeURIComponent(words.toWellFormed()).replaceAll("%20", "+");
}

/** Every place of the pattern takes the replacement: as many as there may be of it, or, where it may be empty, one before each unit. */
const replace = onText((shape, call) => replaced(shape, call, true));
const replaceFirst = onText((shape, call) => replaced(shape, call, false));

function replaced(shape: TextShape, call: FilterCall, all: boolean): Worth {
  const instead = textArgument(call, 1);
  if (instead.kind === "unknown") return [instead];
  const pattern = exactWords(call.args[0]) ?? "";
  const known = shape.bound.exact;
  const words = instead.bound.exact;
  if (known !== undefined && pattern !== "" && words !== undefined) {
    const parts = all ? known.split(pattern) : splitOnce(known, pattern);
    const units = known.length + (parts.length - 1) * (words.length - pattern.length);
    if (units <= TEXT_MAX_UNITS) return [exactText(parts.join(words))];
  }
  const alphabet = widestAlphabet(shape.alphabet, instead.alphabet);
  const bound = freed(shape.bound);
  const places = (units: number): number => (all ? Math.floor(units / Math.max(pattern.length, 1)) : 1);
  const narrow =
    bound.narrow && instead.bound.narrow && narrowReplaced(bound.narrow, instead.bound.narrow, pattern, places(bound.narrow.units));
  const isWide = bound.wide ?? instead.bound.wide;
  const wide = isWide && wideReplaced(widened(bound), widened(instead.bound), pattern, places(unitsOf(bound)));
  return [text(textBound(narrow, wide), alphabet)];
}

function splitOnce(words: string, pattern: string): string[] {
  const at = words.indexOf(pattern);
  return at < 0 ? [words] : [words.slice(0, at), words.slice(at + pattern.length)];
}

function narrowReplaced(track: Narrow, instead: Narrow, pattern: string, places: number): Narrow {
  const gone = pattern !== "" && isGsm(pattern) ? septetsOf(pattern) : 0;
  return {
    ...track,
    units: track.units + places * Math.max(0, instead.units - pattern.length),
    septets: track.septets + places * Math.max(0, instead.septets - gone),
    escapes: track.escapes + places * instead.escapes,
  };
}

function wideReplaced(track: Wide, instead: Wide, pattern: string, places: number): Wide {
  const units = track.units + places * Math.max(0, instead.units - pattern.length);
  return { ...track, units, pairs: units / 2 };
}

/** Items that are looked at one by one, as many as rounds of a loop. */
const EXACT_ITEMS_MAX = 100;

/** Without a separator that is known there may be as many items as units; together they are no longer than the text. */
const split = onText((shape, call) => {
  const separator = exactWords(call.args[0]) ?? "";
  const items = separator === "" ? [] : (shape.bound.exact?.split(separator, EXACT_ITEMS_MAX + 1) ?? []);
  if (items.length > 0 && items.length <= EXACT_ITEMS_MAX) return [exactItems(items)];
  const units = unitsOf(shape.bound);
  const most = separator === "" ? units : Math.floor(units / separator.length) + 1;
  const item = { ...partOf(shape), bound: freed(shape.bound) };
  const [variable = ""] = widened(shape.bound).shares.keys();
  return [list(0, most, [item], variable, item.bound)];
});

/** Empty items at the end are none. */
function exactItems(items: readonly string[]): ListShape {
  const count = items.findLastIndex((item) => item !== "") + 1;
  const kept = items.slice(0, count).map((item): Worth => [exactText(item)]);
  return list(count, count, join(...kept), "", freed(literal(items.join(""))));
}

const stripChanges = (change: (words: string) => string) =>
  onText((shape, { args }) =>
    args.length === 0 && shape.bound.exact !== undefined ? [exactText(change(shape.bound.exact))] : [partOf(shape)],
  );

export const TEXT_FILTERS: Transfers = {
  append,
  prepend,
  upcase: folded(
    (words) => words.toUpperCase(),
    (shape) => recased(shape, (units) => units * capitalMaxOf(shape)),
  ),
  downcase: folded(
    (words) => words.toLowerCase(),
    (shape) => recased(shape, (units) => units * smallMaxOf(shape)),
  ),
  capitalize: onText((shape) => recased(shape, (units) => units * smallMaxOf(shape) + capitalMaxOf(shape) - smallMaxOf(shape))),
  strip: stripChanges((words) => words.trim()),
  lstrip: stripChanges((words) => words.trimStart()),
  rstrip: stripChanges((words) => words.trimEnd()),
  strip_newlines: lessText,
  remove: lessText,
  remove_first: lessText,
  newline_to_br: newlineToBr,
  escape: escapeHtml,
  escape_once: onText((shape) => (isPlain(shape) ? [shape] : [text(stretched(freed(shape.bound), ESCAPED_MAX_UNITS), shape.alphabet)])),
  url_encode: urlEncode,
  replace,
  replace_first: replaceFirst,
  split,
};
