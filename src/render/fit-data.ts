import { DEPTH_MAX } from "../support/depth.ts";
import type { Overlong, Variable, Variables } from "../vocabulary/variables.ts";
import { shorten } from "./sms/shorten.ts";

/** An event's data as templates see it. */
export interface FittedData {
  readonly data: Readonly<Record<string, unknown>>;
  /** Variables with `over: variant` whose value is longer than their `max`, by path (`item`, `lines.title`), each once. */
  readonly overlong: readonly string[];
}

/**
 * Data as it is declared: what is not declared is left out, so that no text holds what nothing bounds; null counts as missing, and so
 * does an empty string that is not required, which Liquid would take for something; a string that is longer than its `max` is cut where it asks for that. With `variant: "shorten"`, one that asks for a variant
 * is cut as well: where there are no variants. A value of another type than declared stays as it is: events are checked
 * when they come, and only a digest that began under an older catalog may hold one.
 */
export function fitData(data: unknown, variables: Variables, variant: Exclude<Overlong, "reject"> = "variant"): FittedData {
  const fitting: Fitting = { variant, overlong: [] };
  return { data: fitFields(data, variables, "", fitting), overlong: fitting.overlong };
}

interface Fitting {
  readonly variant: Exclude<Overlong, "reject">;
  readonly overlong: string[];
}

function fitFields(given: unknown, variables: Variables, path: string, fitting: Fitting): Readonly<Record<string, unknown>> {
  if (given === null || typeof given !== "object") return {};
  const fitted: [string, unknown][] = [];
  for (const [name, variable] of Object.entries(variables)) {
    const value: unknown = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined;
    if (!isMissing(value, variable)) fitted.push([name, fitValue(value, variable, `${path}${name}`, fitting)]);
  }
  return Object.fromEntries(fitted);
}

function isMissing(value: unknown, variable: Variable | undefined): boolean {
  return value === undefined || value === null || (value === "" && variable?.required === false);
}

function fitValue(value: unknown, variable: Variable, path: string, fitting: Fitting): unknown {
  switch (variable.type) {
    case "string":
      return typeof value === "string" ? fitText(value.toWellFormed(), variable.max, variable.over, path, fitting) : value;
    case "list": {
      const { of } = variable;
      if (!Array.isArray(value)) return value;
      const items = value.filter((item) => !isMissing(item, of));
      return of ? items.map((item) => fitValue(item, of, path, fitting)) : items;
    }
    case "object":
      return fitFields(value, variable.fields, `${path}.`, fitting);
    default:
      return value;
  }
}

function fitText(text: string, max: number, over: Overlong, path: string, fitting: Fitting): string {
  if (text.length <= max || over === "reject") return text;
  if (over === "shorten" || fitting.variant === "shorten") return shorten(text, max);
  if (!fitting.overlong.includes(path)) fitting.overlong.push(path);
  return text;
}

/** Data of which nothing is declared, without its nulls: what is missing fails a text and leaves no hole in it. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== "object") return value ?? undefined;
  if (depth === DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => withoutNulls(item, depth + 1));
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutNulls(field, depth + 1)]));
}
