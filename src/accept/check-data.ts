import { isGsm } from "../render/sms/count-segments.ts";
import { isWrittenTime } from "../support/given-time.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import {
  ALPHANUMERIC,
  type Charset,
  DIGITS,
  type ListVariable,
  type NumberVariable,
  type ObjectVariable,
  type StringVariable,
  type Variable,
  type Variables,
} from "../vocabulary/variables.ts";

/** Of a variable that words need; where it is known whose words, they are named behind it. */
export const MISSING = "is missing";

/** What of an event's data does not fit what words need of it, with pointers from `/data`. What is not declared may be anything. */
export function dataIssues(data: unknown, variables: Variables): Issue[] {
  const needsNone = Object.values(variables).every(({ required }) => !required);
  if (needsNone && isNothing(data)) return [];
  return fieldsIssues(isNothing(data) ? {} : data, variables, ["data"]);
}

/** `null` counts as missing, as attributes of CloudEvents that are null do. */
function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function fieldsIssues(value: unknown, fields: Variables, at: readonly PropertyKey[]): Issue[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [wrongType(value, `an object with ${namesOf(fields)}`, at)];
  return Object.entries(fields).flatMap(([name, variable]) =>
    valueIssues(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined, variable, [...at, name]),
  );
}

function namesOf(fields: Variables): string {
  return Object.keys(fields).join(", ") || "nothing in it";
}

function valueIssues(value: unknown, variable: Variable, at: readonly PropertyKey[]): Issue[] {
  if (isNothing(value)) return variable.required ? [issueAt(at, MISSING)] : [];
  switch (variable.type) {
    case "string":
      return typeof value === "string" ? stringIssues(value, variable, at) : [wrongType(value, "a string", at)];
    case "integer":
    case "number":
      return typeof value === "number" ? numberIssues(value, variable, at) : [wrongType(value, figureOf(variable), at)];
    case "boolean":
      return typeof value === "boolean" ? [] : [wrongType(value, "true or false", at)];
    case "date":
      return typeof value === "string" ? dateIssues(value, at) : [wrongType(value, "a date as a string", at)];
    case "list":
      return Array.isArray(value) ? listIssues(value, variable, at) : [wrongType(value, "a list", at)];
    case "object":
      return objectIssues(value, variable, at);
  }
}

function wrongType(value: unknown, wanted: string, at: readonly PropertyKey[]): Issue {
  return issueAt(at, `is ${typeNameOf(value)}; must be ${wanted}`);
}

function typeNameOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function figureOf({ type }: NumberVariable): string {
  return type === "integer" ? "a whole number" : "a number";
}

const CHARSETS_OF: { readonly [Name in Charset]: { readonly holds: (character: string) => boolean; readonly says: string } } = {
  digits: { holds: (character) => DIGITS.test(character), says: "digits" },
  alphanumeric: {
    holds: (character) => ALPHANUMERIC.test(character),
    says: "digits, Latin letters, spaces and - . _ : / # +",
  },
  gsm: { holds: isGsm, says: "characters of GSM-7" },
  any: { holds: () => true, says: "anything" },
};

/** A value that is too long and is to be shortened, or to have the short words, is no fault. */
function stringIssues(value: string, { min, max, charset, over }: StringVariable, at: readonly PropertyKey[]): Issue[] {
  if (!value.isWellFormed()) return [issueAt(at, "holds half a character, a surrogate alone; send whole characters")];
  const found: Issue[] = [];
  if (value.length < min) found.push(issueAt(at, tooShort(value.length, min)));
  if (value.length > max && over === "reject") found.push(issueAt(at, `is ${unitsOf(value.length)} long; at most ${max} are taken`));
  const { holds, says } = CHARSETS_OF[charset];
  const stranger = [...value].find((character) => !holds(character));
  if (stranger !== undefined) found.push(issueAt(at, `holds ${JSON.stringify(stranger)}; may hold ${says} alone`));
  return found;
}

function tooShort(length: number, min: number): string {
  return length === 0 ? `is empty; must have at least ${unitsOf(min)}` : `is ${unitsOf(length)} long; must have at least ${min}`;
}

function unitsOf(length: number): string {
  return length === 1 ? "1 UTF-16 unit" : `${length} UTF-16 units`;
}

function numberIssues(value: number, variable: NumberVariable, at: readonly PropertyKey[]): Issue[] {
  const { min, max, decimals } = variable;
  if (!Number.isFinite(value)) return [issueAt(at, `is not finite; must be ${figureOf(variable)} from ${min} to ${max}`)];
  const found: Issue[] = [];
  if (value < min) found.push(issueAt(at, `is ${value}; must be at least ${min}`));
  if (value > max) found.push(issueAt(at, `is ${value}; must be at most ${max}`));
  if (variable.type === "integer" && !Number.isInteger(value)) found.push(issueAt(at, `is ${value}; must be a whole number`));
  else if (decimals !== undefined && decimalsOf(value) > decimals)
    found.push(issueAt(at, `is ${value}; may have at most ${decimals} ${decimals === 1 ? "digit" : "digits"} after the point`));
  return found;
}

/** Digits after the point in the shortest writing of a number: 1.5e-7 has eight. */
function decimalsOf(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent));
}

const NO_DATE = "is not a date; must be one such as 2026-03-01, or a time such as 2026-03-01T09:30:00+08:00, of a year from 1000 to 8999";

function dateIssues(value: string, at: readonly PropertyKey[]): Issue[] {
  return isWrittenTime(value) ? [] : [issueAt(at, NO_DATE)];
}

/** Items beyond the list's end are not looked at: that there are so many is the fault. */
function listIssues(value: readonly unknown[], { max, of }: ListVariable, at: readonly PropertyKey[]): Issue[] {
  const found = value.length > max ? [issueAt(at, `has ${value.length} items; at most ${max} are taken`)] : [];
  if (!of) return found;
  return [...found, ...value.slice(0, max).flatMap((item, place) => valueIssues(item, of, [...at, place]))];
}

function objectIssues(value: unknown, { fields }: ObjectVariable, at: readonly PropertyKey[]): Issue[] {
  return fieldsIssues(value, fields, at);
}
