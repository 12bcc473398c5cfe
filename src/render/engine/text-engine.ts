import { LiquidError, RenderError, type Template, type Token, UndefinedVariableError } from "liquidjs";
import { boundedCache } from "../../support/bounded-cache.ts";
import { cut } from "../../support/cut.ts";
import { PersonContext, type Reading, type TextForm } from "./filters/person-context.ts";
import { liquidEngine, messageOf } from "./liquid-engine.ts";
import { parseWords } from "./parse-words.ts";

export type { Reading, TextForm } from "./filters/person-context.ts";

export type RenderedText = { readonly kind: "text"; readonly text: string } | { readonly kind: "unrenderable"; readonly why: string };

/** Parsed templates kept of each form per isolate; a catalog has some hundreds, mostly short. */
const PARSED = { entries: 2_000, characters: 1_000_000 };
/** Longest reason; it may quote a template. */
const WHY_MAX = 300;
const QUOTED_MAX = 80;

const engines = { text: liquidEngine("text"), html: liquidEngine("html") };
const parsed = {
  text: boundedCache(PARSED, (template) => parseWords(template, engines.text)),
  html: boundedCache(PARSED, (template) => parseWords(template, engines.html)),
};

/** Renders a text of the catalog for one person. What is rendered is well-formed UTF-16. */
export function renderForPerson(
  template: string,
  scope: Readonly<Record<string, unknown>>,
  reading: Reading,
  form: TextForm,
): RenderedText {
  try {
    const engine = engines[form];
    const context = new PersonContext(scope, reading, form, engine);
    return { kind: "text", text: String(engine.renderSync(parsed[form](template), context)).toWellFormed() };
  } catch (error) {
    return { kind: "unrenderable", why: reasonOf(error) };
  }
}

/** What is wrong with a template, in any of its branches; undefined where nothing is. */
export function templateFault(template: string): string | undefined {
  try {
    parseTemplate(template);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** A template's parts as liquidjs has them, for the form `text`: without the escaping that `html` adds. Throws. */
export function parseTemplate(template: string): Template[] {
  return parsed.text(template);
}

/** One line, which may quote the template and never a value: reasons stand in logs. */
function reasonOf(error: unknown): string {
  const why = LiquidError.is(error) ? explained(error) : messageOf(error);
  const line = why.replace(/\s+/g, " ").trim();
  return line.length > WHY_MAX ? `${line.slice(0, WHY_MAX - 1)}…`.toWellFormed() : line;
}

function explained(error: LiquidError): string {
  const { token, originalError: cause } = error;
  if (cause?.name === "InternalUndefinedVariableError") return `undefined variable: ${quoted(token)}${placeOf(token)}`;
  if (error instanceof RenderError || error instanceof UndefinedVariableError)
    return `${quoted(token)}: ${messageOf(cause)}${placeOf(token)}`;
  return error.message;
}

function quoted(token: Token): string {
  return cut(token.getText(), QUOTED_MAX);
}

function placeOf(token: Token): string {
  const [line, column] = token.getPosition();
  return `, line:${line}, col:${column}`;
}
