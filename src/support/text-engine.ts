import { Context, type FilterImplOptions, filters, Liquid, type Template } from "liquidjs";
import { DATE_FILTERS, isOurClock } from "./liquid.ts";
import { instantOfLocal } from "./time-zones.ts";

/** Longest template, most templates' parts and rounds of loops that one rendering may take, and most memory units of one rendering. */
const PARSE_LIMIT = 20_000;
const STEPS_MAX = 2_000;
const MEMORY_LIMIT = 200_000;
const PARSED_MAX = 2_000;

export type RenderedText = { readonly kind: "text"; readonly text: string } | { readonly kind: "unrenderable"; readonly why: string };

/**
 * For what people read: a variable that is missing is an error and never an empty place, dates are read in the person's
 * zone, nothing is read from files, and nothing depends on chance.
 */
const engine = new Liquid({
  templates: {},
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  locale: "en",
  parseLimit: PARSE_LIMIT,
  memoryLimit: MEMORY_LIMIT,
});
engine.registerFilter("sample", () => undefined);
for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
for (const name of DATE_FILTERS) {
  engine.registerFilter(name, readingLocalTimes(filters[name]));
}

/** A date alone, or a time without an offset, is that of the reader's clock: a due date does not move with the zone. */
function readingLocalTimes(filter: FilterImplOptions | undefined): FilterImplOptions {
  if (typeof filter !== "function") throw new Error("liquidjs has no such filter of dates");
  return function (value, ...settings) {
    if (isOurClock(value)) return undefined;
    const zone = this.context.opts.timezoneOffset;
    return filter.call(
      this,
      typeof value === "string" && typeof zone === "string" ? (instantOfLocal(value, zone) ?? value) : value,
      ...settings,
    );
  };
}

const parsed = new Map<string, Template[]>();

/** Renders a text of the catalog for one person, in an IANA time zone. */
export function renderForPerson(template: string, scope: Readonly<Record<string, unknown>>, zone: string): RenderedText {
  try {
    const context = new Context(scope, { ...engine.options, timezoneOffset: zone }, { sync: true }, { liquid: engine });
    let steps = 0;
    // The clock of Workers stands still while code runs, so that work is bounded by counting it.
    context.renderLimit.check = () => {
      if (++steps > STEPS_MAX) throw new Error("the template takes too many steps");
    };
    return { kind: "text", text: String(engine.renderSync(parsedOnce(template), context)) };
  } catch (error) {
    return { kind: "unrenderable", why: firstLineOf(error) };
  }
}

/** What is wrong with a template's syntax; undefined where nothing is. */
export function templateFault(template: string): string | undefined {
  try {
    engine.parse(template);
    return undefined;
  } catch (error) {
    return firstLineOf(error);
  }
}

/** Parses once per text. When full, the oldest makes room. */
function parsedOnce(template: string): Template[] {
  const known = parsed.get(template);
  if (known) return known;
  for (const oldest of parsed.keys()) {
    if (parsed.size < PARSED_MAX) break;
    parsed.delete(oldest);
  }
  const fresh = engine.parse(template);
  parsed.set(template, fresh);
  return fresh;
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "it cannot be rendered";
}
