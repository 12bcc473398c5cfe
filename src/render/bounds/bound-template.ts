import type { Variables } from "../../vocabulary/variables.ts";
import { parseTemplate, type Reading, type TextForm } from "../engine/text-engine.ts";
import { freeName, type Reader } from "./read-paths.ts";
import { type Run, runParts } from "./run-template.ts";
import { extensionNamed, rootsOf } from "./scope-shapes.ts";
import { unknown, type Worth } from "./shapes.ts";
import { EMPTY, eitherState } from "./state.ts";
import { literal, type TextBound } from "./text-bound.ts";
import { type CatalogWork, catalogWork, hasWorkLeft, TextWork, TooMuchWork } from "./work.ts";

export { concat, literal, type TextBound } from "./text-bound.ts";
export { type CatalogWork, catalogWork, hasWorkLeft } from "./work.ts";
export { type WorstCase, worstCase } from "./worst-case.ts";

/** What is known of everything that a template sees. */
export interface BoundScope {
  /** Undefined: the notice declares no data, and whatever is printed of it is unbounded. */
  readonly variables: Variables | undefined;
  /** Most events of one digest; undefined where the notice has none, and a digest is the event alone. */
  readonly digest_max?: number;
  readonly brand?: { readonly name?: string };
  /** Whether the catalog has a default locale, so that `recipient.locale` is always there. */
  readonly has_locale?: boolean;
  /** Dates, money and numbers are measured as this reader reads them. */
  readonly reading: Reading;
  /** In `html` printed values are escaped. */
  readonly form: TextForm;
  /** A text's `short` form, in which variables of `over: variant` have no max. */
  readonly short: boolean;
}

const TEXT_TOO_MUCH = "is too complex to be bounded; use fewer or smaller loops";
const CATALOG_TOO_MUCH = "take more work than a catalog may; use fewer or smaller loops";

/** Why nothing bounds a text: the variable, and what is the matter with it or how to mend it, as the rest of a sentence. */
export interface Unbounded {
  readonly variable: string;
  readonly why: string;
}

/** `faults`: what cannot be rendered whatever the data are, or where something is left out; with any, there is no bound. */
export interface TemplateBound {
  readonly faults: readonly string[];
  /** Of each fault where its tag or output begins, in UTF-16 units from the template's beginning. */
  readonly offsets?: ReadonlyMap<string, number>;
  readonly bound?: TextBound;
  readonly unbounded?: Unbounded;
  /** It was not looked at to its end: the catalog's texts have taken all the work that they may, or a variable cannot be read. */
  readonly unseen?: true;
}

const UNSEEN: TemplateBound = { faults: [], unbounded: { variable: "the catalog's texts", why: CATALOG_TOO_MUCH }, unseen: true };

/**
 * The worst that a template can become, over all data that fit their declaration: an abstract interpretation of the parsed
 * Liquid. No rendering of such data is longer in units, septets or segments than the bound. `catalog` counts the work together with that of
 * the catalog's other texts. Throws where the template does not parse.
 */
export function boundTemplate(template: string, scope: BoundScope, catalog: CatalogWork = catalogWork()): TemplateBound {
  const parts = parseTemplate(template);
  if (!hasWorkLeft(catalog)) return UNSEEN;
  const offsets = new Map<string, number>();
  let offset = 0;
  const fault = (detail: string): void => void (offsets.has(detail) || offsets.set(detail, offset));
  const run = runOf(scope, new TextWork(template.length, catalog), fault, (begin) => {
    offset = begin;
  });
  try {
    const ways = runParts(parts, EMPTY, run);
    const end = eitherState(ways.on, eitherState(ways.broken, ways.skipped, run.rootOf), run.rootOf);
    if (offsets.size > 0) return { faults: [...offsets.keys()], offsets };
    const out = end?.out;
    if (out?.kind === "unknown") return { faults: [], unbounded: { variable: out.variable, why: out.why } };
    return { faults: [], bound: out?.bound ?? literal("") };
  } catch (error) {
    if (!(error instanceof TooMuchWork)) fault(`cannot be measured: ${String(error)}`);
    else if (error.whose === "catalog") return { ...UNSEEN, faults: [...offsets.keys()], offsets };
    const unbounded = { variable: "the template", why: TEXT_TOO_MUCH };
    return { faults: [...offsets.keys()], offsets, ...(error instanceof TooMuchWork && { unbounded }) };
  }
}

function runOf(scope: BoundScope, work: TextWork, fault: (detail: string) => void, reach: Run["reach"]): Run {
  const roots = rootsOf(scope);
  const reader: Reader = { roots, isDeclared: (name) => Object.hasOwn(scope.variables ?? {}, name), work, fault };
  return { ...reader, reach, reading: scope.reading, form: scope.form, rootOf: (name) => unsetName(name, reader) };
}

/** What a name is worth on the way on which no tag has set it: a root, an attribute that the event may bring, or missing. */
function unsetName(name: string, reader: Reader): Worth {
  if (reader.roots.has(name)) return freeName(name, reader);
  const missing: Worth = [{ kind: "missing", variable: name }];
  return extensionNamed(name) ? [unknown(name, SET_ON_ONE_WAY), ...missing] : missing;
}

const SET_ON_ONE_WAY =
  "is set on some ways only, and on the others is an attribute of the event, if it has one of that name; assign it before the tag, too, or name it with a _";
