import { graphemesOf } from "../../support/graphemes.ts";
import { PLURAL_FORMS } from "../engine/filters/plural.ts";
import { DATE_FILTERS } from "./date-filters.ts";
import { exactNumber, exactWords, type FilterCall, greatest, numberInput, onText, type Transfer, textInput } from "./filter-call.ts";
import { LIST_FILTERS, sliceOfList } from "./list-filters.ts";
import { measuredNumber } from "./measure.ts";
import { NUMBER_FILTERS } from "./number-filters.ts";
import {
  anyText,
  exactText,
  join,
  printedWorth,
  type Shape,
  type TextShape,
  text,
  type UnknownShape,
  unknown,
  unprintable,
  type Worth,
  widestAlphabet,
} from "./shapes.ts";
import { blameOf, concat, either, repeated, type TextBound, textBound, unitsOf, widened } from "./text-bound.ts";
import { partOf, TEXT_FILTERS } from "./text-filters.ts";

const TRUNCATED_GRAPHEMES = 50;
/** The dots of what was cut, and … where it is no GSM-7. */
const DOTS = exactText("...");
/** Shown of a number, and stars instead of the rest. */
const TAIL = 4;
/** A phone number has at most fifteen digits; one of the mainland has eleven. */
const PHONE_MIN_UNITS = 8;
const PHONE_MAX_UNITS = 15;

/** The first units of a text, so many at most. */
function capped({ narrow, wide }: TextBound, most: number): TextBound {
  const units = Math.max(0, Math.min(narrow?.units ?? 0, most));
  const cut = narrow && {
    ...narrow,
    units,
    septets: Math.min(narrow.septets, units + Math.min(narrow.escapes, units)),
    sample: narrow.sample.slice(0, units),
  };
  const left = Math.max(0, Math.min(wide?.units ?? 0, most));
  return textBound(cut, wide && { ...wide, units: left, pairs: left / 2, sample: wide.sample.slice(0, left) });
}

function cut(shape: TextShape, most: number): TextShape {
  if (unitsOf(shape.bound) <= most) return shape;
  return { ...partOf(shape), bound: capped(shape.bound, most) };
}

const shorten: Transfer = (call) => {
  const most = Math.floor(greatest(call.args[0]));
  const input = textInput(call);
  if (!input) return [];
  if (input.kind === "unknown") return [Number.isFinite(most) ? anyText(Math.max(most, 0), "any", input.variable) : input];
  if (unitsOf(input.bound) <= most && exactNumber(call.args[0]) !== undefined) return [input];
  const shape = cut(input, most);
  // What is not shortened has no dots.
  return [{ ...shape, bound: capped(shape.bound, unitsOf(shape.bound)), alphabet: widestAlphabet(shape.alphabet, DOTS.alphabet) }];
};

/** Most units of a grapheme; a carriage return and its line feed are one. Undefined: it may have any number of marks. */
function unitsEach({ alphabet }: TextShape): number | undefined {
  if (alphabet === "any") return undefined;
  return alphabet === "gsm" ? 2 : 1;
}

const truncate = onText((shape, call) => {
  const most = call.args.length > 0 ? greatest(call.args[0]) : TRUNCATED_GRAPHEMES;
  const ending = call.args.length > 1 ? printedWorth(call.args[1] ?? []) : DOTS;
  if (!ending) return [];
  if (ending.kind === "unknown") return [ending];
  const exact = exactNumber(call.args[0] ?? []) ?? (call.args.length > 0 ? undefined : TRUNCATED_GRAPHEMES);
  if (exact !== undefined && unitsOf(shape.bound) <= exact) return [shape];
  const each = unitsEach(shape);
  const alphabet = widestAlphabet(shape.alphabet, ending.alphabet);
  const kept = partOf(shape).bound;
  const whole = each === undefined ? kept : capped(kept, most * each);
  const before = ending.bound.exact === undefined ? 0 : graphemesOf(ending.bound.exact).length;
  const part = each === undefined ? capped(kept, unitsOf(kept) - before - 1) : capped(kept, Math.max(most - before, 0) * each);
  return [text(either(whole, concat([part, ending.bound])), alphabet)];
});

const slice: Transfer = (call) => {
  if (call.input.kind === "list") return sliceOfList(call.input, call);
  const input = textInput(call);
  if (!input) return [];
  if (input.kind === "unknown") return [input];
  const each = unitsEach(input);
  const most = call.args.length > 1 ? greatest(call.args[1]) : 1;
  return [each === undefined ? partOf(input) : cut(partOf(input), Math.floor(most) * each)];
};

const mask: Transfer = (call) => {
  const input = textInput(call);
  const kind = exactWords(call.args[0]);
  if (!input) return [];
  if (kind === "phone") return [maskedPhone(input)];
  if (input.kind === "unknown") return [input];
  const others = { ...partOf(input), alphabet: widestAlphabet(input.alphabet, "gsm") };
  if (kind === "name") return [others];
  const each = unitsEach(input);
  const tail = each === undefined ? others.bound : capped(others.bound, TAIL * each);
  const number = text(concat([exactText("****").bound, tail]), others.alphabet);
  return kind === "number" ? [number] : join([others], [maskedPhone(input)], [number]);
};

function maskedPhone(input: TextShape | UnknownShape): TextShape | UnknownShape {
  const variable = input.kind === "unknown" ? input.variable : (blameOf(widened(input.bound).shares) ?? "");
  const units = input.kind === "unknown" ? PHONE_MAX_UNITS : unitsOf(input.bound);
  const shown = units <= TAIL ? TAIL + 1 : Math.min(Math.max(units, PHONE_MIN_UNITS), PHONE_MAX_UNITS);
  const made = anyText(shown, "alphanumeric", variable);
  return made.kind === "text" ? { ...made, alphabet: "gsm" } : made;
}

const number: Transfer = (call) => figure(call, undefined);

/** There are 300 currencies, each of other lengths, and a code that is none of them would fail the rendering. */
const DATA_CURRENCY =
  "money takes a currency that stands in the template, such as money: 'CNY'; where the data choose it, write {% case data.currency %}{% when 'CNY' %}{{ data.amount | money: 'CNY' }}{% when … %}{% endcase %}";

const money: Transfer = (call) => {
  const given = call.args[0];
  const currency = given ? exactWords(given) : call.reading.currency;
  if (currency !== undefined) return figure(call, currency);
  const wrong = given && unprintable(given);
  if (!given) call.fault("money needs a currency, such as money: 'CNY', or defaults.currency in the catalog");
  else if (wrong !== undefined) call.fault(`money takes a currency, and ${wrong}`);
  else call.fault(DATA_CURRENCY);
  return [];
};

function figure(call: FilterCall, currency: string | undefined): Worth {
  const input = numberInput(call);
  if (!input) return [];
  return [
    measuredNumber(input, currency, call) ?? unknown(input.from, "may be any number; give it a min and a max, or at_most and at_least"),
  ];
}

/** Any of the forms may be the one; each # in it becomes the number. */
const plural: Transfer = (call) => {
  const [figures] = figure(call, undefined);
  if (figures?.kind === "unknown") return [figures];
  if (figures?.kind !== "text") return [];
  return join(...PLURAL_FORMS.map((form) => pluralForm(call, form, figures)));
};

function pluralForm(call: FilterCall, form: string, figures: TextShape): Worth {
  const given = call.named.get(form);
  const words = given && printedWorth(given);
  if (!words) return [];
  if (words.kind === "unknown") return [words];
  const alphabet = widestAlphabet(words.alphabet, figures.alphabet);
  if (words.bound.exact === undefined) {
    const places = repeated(figures.bound, unitsOf(words.bound));
    return [text(concat([words.bound, places]), alphabet)];
  }
  const pieces = words.bound.exact.split("#");
  call.work.step(pieces.length / 2);
  const parts = pieces.flatMap((part, at) => (at === 0 ? [exactText(part).bound] : [figures.bound, exactText(part).bound]));
  return [text(concat(parts), alphabet)];
}

/** Stands in place of what is missing, empty or false. */
const or: Transfer = ({ input, args, named }) => {
  const instead = args[0] ?? [];
  if (input.kind === "missing" || input.kind === "nil") return instead;
  if (input.kind === "number" || input.kind === "object") return [input];
  if (input.kind === "boolean")
    return input.is === true ? [input] : named.has("allow_false") ? join([input], instead) : join([{ kind: "boolean", is: true }], instead);
  if (input.kind === "list" && input.min > 0) return [input];
  return join([input], instead);
};

const raw: Transfer = ({ input }) => [input];

const FILTERS: ReadonlyMap<string, Transfer> = new Map(
  Object.entries({
    ...TEXT_FILTERS,
    ...LIST_FILTERS,
    ...NUMBER_FILTERS,
    ...DATE_FILTERS,
    shorten,
    truncate,
    slice,
    mask,
    number,
    money,
    plural,
    default: or,
    raw,
  }),
);

/** Of every shape that a value may have what the filter makes of it. Only `default` takes what is missing. */
export function filtered(worth: Worth, call: Omit<FilterCall, "input">): Worth {
  const transfer = FILTERS.get(call.name);
  if (!transfer) return worth.map((shape) => unknown(nameOf(shape), `is given to ${call.name}, whose results nothing bounds`));
  return join(...worth.map((input) => transfer({ ...call, input })));
}

function nameOf(shape: Shape): string {
  if (shape.kind === "unknown" || shape.kind === "missing") return shape.variable;
  return "from" in shape ? shape.from : "the text";
}
