import { Context, filters, isTruthy, Liquid, type Token, TypeGuards, toValueSync, Value } from "liquidjs";
import { boundedCache } from "./bounded-cache.ts";

/** Longest template or condition, most parts and rounds of loops, and most memory units of one rendering (liquidjs counts characters and items). */
const PARSE_LIMIT = 20_000;
const STEPS_MAX = 2_000;
const MEMORY_LIMIT = 200_000;
/** Parsed texts kept per isolate; a catalog has a few hundred. */
const KEPT = { entries: 2_000, characters: 2_000_000 };

const SMALL_RANGES = /\(\s*-?\d{1,9}\s*\.\.\s*-?\d{1,9}\s*\)/g;
const WILD_RANGE_FAULT = "a range has whole numbers of at most nine digits as its bounds, such as (1..3)";

/** liquidjs's filters that read instants. */
const DATE_FILTERS = ["date", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"] as const;

/**
 * For keys and conditions: what is missing is empty, dates are read in UTC whatever machine this is, nothing is read from
 * files, and nothing depends on chance or on the machine's clock: a decision can be replayed.
 */
const engine = new Liquid({
  templates: {},
  ownPropertyOnly: true,
  timezoneOffset: 0,
  locale: "en",
  parseLimit: PARSE_LIMIT,
  memoryLimit: MEMORY_LIMIT,
});
engine.registerFilter("sample", () => undefined);
for (const name of DATE_FILTERS) {
  const filter = filters[name];
  if (typeof filter !== "function") throw new Error(`liquidjs has no filter ${name}`);
  engine.registerFilter(name, function (value, ...settings) {
    return isOurClock(value) ? undefined : filter.call(this, value, ...settings);
  });
}

const templates = boundedCache(KEPT, (text) => parsedOf(text, () => engine.parse(text)));
const conditions = boundedCache(KEPT, (text) => parsedOf(text, () => new Value(text, engine)));

/** Words by which templates would read the machine's clock. */
function isOurClock(value: unknown): boolean {
  return value === "now" || value === "today";
}

/** What templates and conditions see. */
export type LiquidScope = Readonly<Record<string, unknown>>;

/** A rendered text; undefined where the template cannot be parsed or rendered (publishing refuses those it can tell). */
export function renderText(template: string, scope: LiquidScope): string | undefined {
  const parsed = templates(template);
  if (!parsed) return undefined;
  return attempted(() => {
    const context = new Context(scope, engine.options, { sync: true }, { liquid: engine });
    let steps = 0;
    // The clock of Workers stands still while code runs, so that work is bounded by counting it.
    context.renderLimit.check = () => {
      if (++steps > STEPS_MAX) throw new Error("the template takes too many steps");
    };
    return String(engine.renderSync(parsed, context));
  });
}

/** Whether a condition such as `data.amount >= 100` holds. One that cannot be read or evaluated does not. */
export function conditionHolds(condition: string, scope: LiquidScope): boolean {
  const parsed = conditions(condition);
  if (!parsed) return false;
  return (
    attempted(() => {
      const context = new Context(scope, engine.options, { sync: true });
      return isTruthy(toValueSync(parsed.value(context)), context);
    }) ?? false
  );
}

/** Nothing is read from other templates. */
const PARTIAL_TAGS = ["include", "render", "layout", "block"];

/** What is wrong with a key such as `{{ data.order_id }}`; undefined where nothing is. Rendering would pass over an unknown filter. */
export function textFault(template: string): string | undefined {
  if (template.length > PARSE_LIMIT) return "it is too long";
  if (hasWildRange(template)) return WILD_RANGE_FAULT;
  const strict = new Liquid({ templates: {}, strictFilters: true });
  for (const tag of PARTIAL_TAGS) delete strict.tags[tag];
  try {
    strict.parse(template);
    return undefined;
  } catch (error) {
    return firstLineOf(error);
  }
}

/**
 * What is wrong with a condition's syntax; undefined where nothing is. liquidjs itself takes half an expression, and a
 * filter that there is not, for something that never holds: the notice would be meant for nobody and nothing would say so.
 */
export function conditionFault(condition: string): string | undefined {
  if (condition.length > PARSE_LIMIT) return "it is too long";
  if (hasWildRange(condition)) return WILD_RANGE_FAULT;
  try {
    const { initial, filters: applied } = new Value(condition, engine);
    const unknown = applied.find(({ name }) => !Object.hasOwn(engine.filters, name));
    if (unknown) return `there is no filter ${unknown.name}`;
    return isWhole(initial.postfix) ? undefined : "an operator has not both its sides, or a quote is not closed";
  } catch (error) {
    return firstLineOf(error);
  }
}

function firstLineOf(error: unknown): string | undefined {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}

/**
 * Whether there is a range, or what may be one, whose bounds are not small numbers that stand there. Beyond 2^53 adding one changes nothing,
 * so that liquidjs, which counts a range's items before it makes them, would never come to the end of `(9007199254740992..9007199254740994)`.
 */
function hasWildRange(text: string): boolean {
  const left = text.replace(SMALL_RANGES, "");
  const opened = left.indexOf("(");
  return opened >= 0 && left.includes("..", opened);
}

/** Whether an expression in postfix order leaves exactly one value. */
function isWhole(postfix: readonly Token[]): boolean {
  let values = 0;
  for (const token of postfix) {
    const text = token.getText();
    if (TypeGuards.isOperatorToken(token)) {
      if (text !== "not" && --values < 1) return false;
      if (values < 1) return false;
    } else {
      if (TypeGuards.isQuotedToken(token) && (text.length < 2 || text.at(0) !== text.at(-1))) return false;
      values++;
    }
  }
  return values === 1;
}

/** Undefined for what is not parsed: too long, with a range that may be endless, or no Liquid. */
function parsedOf<Parsed>(text: string, parse: () => Parsed): Parsed | undefined {
  return text.length > PARSE_LIMIT || hasWildRange(text) ? undefined : attempted(parse);
}

/** liquidjs throws for what a template's author or an event's data did; that is an answer here, not a bug. */
function attempted<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
