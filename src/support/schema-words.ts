import type * as z from "zod";
import { nearlyName } from "./closest-name.ts";

/** What is said of a union that no branch says more of. */
export const UNLIKE_ALL = "has none of the forms that are taken";

/** Types as people who write catalogs and requests call them. */
const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** What is wrong with a value by a schema that has no words of its own for it: what it is, and what it must be. */
export function schemaWords(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case "invalid_type":
      return unlike(input, TYPES[issue.expected] ?? issue.expected, issue.expected === "int");
    case "invalid_value":
      return noneOf(input, issue.values);
    case "invalid_union":
      if (!issue.discriminator) return UNLIKE_ALL;
      return noneOf(Object(input)[issue.discriminator], Array.isArray(issue.options) ? issue.options : []);
    case "too_small":
      return sized(input, issue.inclusive ? "at least" : "above", Number(issue.minimum));
    case "too_big":
      return sized(input, issue.inclusive ? "at most" : "below", Number(issue.maximum));
    case "invalid_format":
      return `must be of the form ${issue.pattern ?? issue.format}`;
    default:
      return "is not valid";
  }
}

/** Texts are not told, and numbers only where they are to be one: they may be personal. */
function unlike(input: unknown, wanted: string, isNumber = false): string {
  return `${input === undefined ? "is missing" : `is ${isNumber && typeof input === "number" ? input : kindOf(input)}`}; must be ${wanted}`;
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  // Which no schema takes for a number: JSON has it as 1e999, YAML as .inf and .nan.
  if (typeof input === "number" && !Number.isFinite(input)) return String(input);
  return input === null ? "null" : (TYPES[typeof input === "boolean" ? "" : typeof input] ?? String(input));
}

function noneOf(input: unknown, values: readonly unknown[]): string {
  const names = values.map(String);
  const all = names.join(", ");
  if (typeof input !== "string") return unlike(input, names.length > 1 ? `one of ${all}` : all);
  return names.length > 1 ? `is none of ${all}${nearlyName(input, names)}` : `must be ${all}`;
}

function sized(input: unknown, bound: string, limit: number): string {
  if (typeof input !== "string" && !Array.isArray(input)) return `${unlike(input, bound, true)} ${limit}`;
  const unit = (count: number): string => {
    if (typeof input === "string") return count === 1 ? "1 character" : `${count} characters`;
    return count === 1 ? "1 entry" : `${count} entries`;
  };
  return `${input.length === 0 ? "is empty" : `has ${unit(input.length)}`}; must have ${bound} ${unit(limit)}`;
}
