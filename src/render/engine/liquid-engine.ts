import { type Context, type Emitter, type FilterImplOptions, Liquid, LiquidError, RenderError, type Template, toValue } from "liquidjs";
import { escapedHtml } from "./escape-html.ts";
import { type FilterThis, printed, type WordFilter } from "./filters/filter.ts";
import { OverLimit, PersonContext, type TextForm } from "./filters/person-context.ts";
import { wordFilters } from "./filters/word-filters.ts";
import { ForLists } from "./for-lists.ts";
import { countedOperators } from "./operators.ts";

/** Tags that words may use. Nothing is read from files, and nothing counts on from one text to the next. */
const TAGS = ["if", "unless", "case", "for", "assign", "capture", "comment", "raw", "echo", "#", "break", "continue"];

/** What stands inside a tag that has an end, by the tags that it stands in. */
export const INNER_TAGS: Readonly<Record<string, string>> = {
  else: "if, unless, case or for",
  elsif: "if or unless",
  when: "case",
  endif: "if",
  endunless: "unless",
  endcase: "case",
  endfor: "for",
  endcapture: "capture",
  endcomment: "comment",
  endraw: "raw",
};

export const tagNames: readonly string[] = TAGS;
export const filterNames: readonly string[] = [...wordFilters.keys()];

/**
 * liquidjs with our filters and only the tags and filters that words may use, rendering counted. A variable that is missing is an error and
 * never an empty place, only what values own is read, and nothing depends on chance, on the clock or on the machine.
 */
export function liquidEngine(form: TextForm): Liquid {
  const engine = new Liquid({
    templates: {},
    strictVariables: true,
    lenientIf: true,
    strictFilters: true,
    ownPropertyOnly: true,
    locale: "en",
    operators: countedOperators,
    ...(form === "html" ? { outputEscape: (value: unknown) => escapedHtml(printed(toValue(value))) } : {}),
  });
  for (const tag of Object.keys(engine.tags)) if (!TAGS.includes(tag)) delete engine.tags[tag];
  for (const name of Object.keys(engine.filters)) engine.unregisterFilter(name);
  for (const [name, filter] of wordFilters) engine.registerFilter(name, implementation(name, filter));
  engine.registerTag("for", ForLists);
  engine.renderer.renderTemplates = renderCounted;
  return engine;
}

function implementation(name: string, filter: WordFilter): FilterImplOptions {
  const handler = function (this: FilterThis, value: unknown, ...given: unknown[]): unknown {
    const context = personContext(this.context);
    context.step();
    const args: unknown[] = [];
    const named = new Map<string, unknown>();
    for (const [at, arg] of given.entries()) {
      if (filter.named && Array.isArray(this.token.args[at]) && Array.isArray(arg)) named.set(String(arg[0]), toValue(arg[1]));
      else args.push(toValue(arg));
    }
    try {
      return filter.apply({ value: toValue(value), args, named, context, self: this });
    } catch (error) {
      throw error instanceof OverLimit ? error : new Error(`${name} ${messageOf(error)}`);
    }
  };
  return filter.raw ? { raw: true, handler } : handler;
}

function personContext(context: Context): PersonContext {
  if (context instanceof PersonContext) return context;
  throw new Error("a text is rendered for a person");
}

/** Takes what is written, counted. Nothing, lists, maps and what is no number are errors and not written as something else. */
class CountingEmitter implements Emitter {
  buffer = "";
  readonly #context: PersonContext;

  constructor(context: PersonContext) {
    this.#context = context;
  }

  write(value: unknown): void {
    const text = printed(value);
    this.#context.written(text.length);
    this.buffer += text;
  }
}

/** In place of liquidjs's own: each part is a step, what captures write is counted too, and errors name the part. */
function* renderCounted(templates: Template[], given: Context, emitter?: Emitter): IterableIterator<unknown> {
  const context = personContext(given);
  const out = emitter ?? new CountingEmitter(context);
  context.step();
  for (const template of templates) {
    context.step();
    try {
      const written = yield template.render(context, out);
      if (written !== undefined) out.write(written);
    } catch (error) {
      throw LiquidError.is(error) ? error : new RenderError(new Error(messageOf(error)), template);
    }
    if (context.breakCalled || context.continueCalled) break;
  }
  return out.buffer;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
