import { graphemesOf } from "../../../support/graphemes.ts";
import { shorten } from "../../sms/shorten.ts";
import {
  countFault,
  countOf,
  type FilterCall,
  faultOfEach,
  liquidFilter,
  numberFault,
  patternFault,
  patternOf,
  textOf,
  type WordFilter,
} from "./filter.ts";
import { sliceList } from "./lists.ts";

/** liquidjs counts what these are given; here it must be text, since it takes nothing and lists for the empty text. */
const text = ({ value, context }: FilterCall): readonly [string] => [textOf(value, context)];
const textAndText = ({ value, args, context }: FilterCall): readonly [string, string] => [textOf(value, context), textOf(args[0], context)];
const textAndPattern = ({ value, args, context }: FilterCall): readonly [string, ...string[]] => [
  textOf(value, context),
  ...args.map((arg) => patternOf(arg, context)),
];
const replacement = ({ value, args, context }: FilterCall): readonly [string, string, string] => [
  textOf(value, context),
  patternOf(args[0], context),
  textOf(args[1] ?? "", context),
];
/** What makes a percent-encoded text must be well formed. */
const wellFormed = ({ value, context }: FilterCall): readonly [string] => [textOf(value, context).toWellFormed()];

const noPattern = faultOfEach(patternFault, 0, 1);

const asHtml = (filter: WordFilter): WordFilter => ({ ...filter, raw: true });
const escapeOnce = liquidFilter("escape_once", [0, 0], text);
const breaks = liquidFilter("newline_to_br", [0, 0], text);

/** Filters of text. Whole characters as people see them (graphemes) are what `truncate` and `slice` count. */
export const textFilters: Readonly<Record<string, WordFilter>> = {
  append: liquidFilter("append", [1, 1], textAndText),
  prepend: liquidFilter("prepend", [1, 1], textAndText),
  upcase: liquidFilter("upcase", [0, 0], text),
  downcase: liquidFilter("downcase", [0, 0], text),
  capitalize: liquidFilter("capitalize", [0, 0], text),
  strip: liquidFilter("strip", [0, 1], textAndPattern, noPattern),
  lstrip: liquidFilter("lstrip", [0, 1], textAndPattern, noPattern),
  rstrip: liquidFilter("rstrip", [0, 1], textAndPattern, noPattern),
  strip_newlines: liquidFilter("strip_newlines", [0, 0], text),
  escape: asHtml(liquidFilter("escape", [0, 0], text)),
  escape_once: asHtml(escapeOnce),
  newline_to_br: { args: [0, 0], raw: true, apply: breakLines },
  url_encode: liquidFilter("url_encode", [0, 0], wellFormed),
  replace: liquidFilter("replace", [1, 2], replacement, noPattern),
  replace_first: liquidFilter("replace_first", [1, 2], replacement, noPattern),
  remove: liquidFilter("remove", [1, 1], textAndPattern, noPattern),
  remove_first: liquidFilter("remove_first", [1, 1], textAndPattern, noPattern),
  split: liquidFilter("split", [1, 1], textAndPattern, noPattern),
  truncate: { args: [0, 2], fault: faultOfEach(countFault, 0, 1), apply: truncate },
  slice: {
    args: [1, 2],
    fault: (args, named) => faultOfEach(numberFault, 0, 1)(args, named) ?? faultOfEach(countFault, 1)(args, named),
    apply: slice,
  },
  shorten: {
    args: [1, 1],
    fault: faultOfEach(countFault),
    apply: ({ value, args, context }) => shorten(textOf(value, context), countOf(args[0])),
  },
};

/** In HTML the line breaks are tags and the rest is escaped. */
function breakLines(call: FilterCall): unknown {
  return breaks.apply(call.context.form === "html" ? { ...call, value: escapeOnce.apply(call) } : call);
}

/** At most so many graphemes, those of the ending among them. */
function truncate({ value, args: [most = 50, ending = "..."], context }: FilterCall): string {
  const whole = textOf(value, context);
  const [max, end] = [countOf(most), textOf(ending, context)];
  if (whole.length <= max) return whole;
  const parts = graphemesOf(whole);
  if (parts.length <= max) return whole;
  return parts.slice(0, Math.max(max - graphemesOf(end).length, 0)).join("") + end;
}

/** Of a text so many graphemes from one on, of a list so many items; a negative beginning counts from the end. */
function slice({ value, args: [begin, length = 1], context }: FilterCall): unknown {
  if (Array.isArray(value)) return sliceList(value, begin, length, context);
  return sliceList(graphemesOf(textOf(value, context)), begin, length, context).join("");
}
