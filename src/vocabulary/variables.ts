import * as z from "zod";
import { EVENT_MAX_BYTES } from "./event.ts";

/**
 * Which characters a string may hold. `digits`: 0–9. `alphanumeric`: digits, Latin letters and `- . _ : / # +` and space, each one
 * septet in GSM-7. `gsm`: the default alphabet and its extension table. `any`: everything, so that a text may become UCS-2.
 */
export const CHARSETS = ["digits", "alphanumeric", "gsm", "any"] as const;
export type Charset = (typeof CHARSETS)[number];
/** Texts that hold nothing else. */
export const DIGITS = /^[0-9]*$/;
export const ALPHANUMERIC = /^[0-9A-Za-z\-._:/#+ ]*$/;

/**
 * What becomes of a string that is longer than its `max`. `reject`: the event is refused with 422. `shorten`: it is cut when the words
 * are made, never within a grapheme. `variant`: the text's `short` form is taken instead.
 */
const OVERLONG = ["reject", "shorten", "variant"] as const;
export type Overlong = (typeof OVERLONG)[number];

/** Names as Liquid has them after a dot. */
const variableName = z.string().regex(/^[\p{L}_][\p{L}\p{N}_-]*$/u, "must begin with a letter and hold letters, digits, _ and -");

const asked = { required: z.boolean().optional(), example: z.unknown().optional() };
const length = z.number().int().min(0).max(EVENT_MAX_BYTES);

const string = z.strictObject({
  type: z.literal("string"),
  ...asked,
  /** UTF-16 units, as an SMS counts them: an emoji has two. */
  min: length.optional(),
  max: length.min(1).optional(),
  charset: z.enum(CHARSETS).optional(),
  over: z.enum(OVERLONG).optional(),
});
const figures = { ...asked, min: z.number().optional(), max: z.number().optional() };
const integer = z.strictObject({ type: z.literal("integer"), ...figures });
const number = z.strictObject({ type: z.literal("number"), ...figures, decimals: z.number().int().min(0).max(9).optional() });
const plain = z.strictObject({ type: z.literal("boolean"), ...asked });
const date = z.strictObject({ type: z.literal("date"), ...asked });

const SCALARS = ["string", "integer", "number", "boolean", "date"] as const;

interface ListInput extends z.infer<z.ZodObject<typeof asked>> {
  type: "list";
  max?: number | undefined;
  of?: VariableInput | undefined;
}
interface ObjectInput extends z.infer<z.ZodObject<typeof asked>> {
  type: "object";
  fields: Record<string, VariableInput>;
}
/** A variable as a catalog writes it: a type alone, or all that is known of it. */
export type VariableInput =
  | (typeof SCALARS)[number]
  | z.infer<typeof string>
  | z.infer<typeof integer>
  | z.infer<typeof number>
  | z.infer<typeof plain>
  | z.infer<typeof date>
  | ListInput
  | ObjectInput;

const inner = z.lazy((): z.ZodType<VariableInput> => variableInput);
/** `max`: items. */
const list = z.strictObject({ type: z.literal("list"), ...asked, max: z.number().int().min(1).max(100).optional(), of: inner.optional() });
const object = z.strictObject({ type: z.literal("object"), ...asked, fields: z.record(variableName, inner) });

const EXPECTED = `must be ${SCALARS.join(", ")}, or a map with a type, such as { type: string, max: 20, example: D10001 }`;
/** The types that there are. */
export const VARIABLE_TYPES = [...SCALARS, "list", "object"] as const;
const variableInput: z.ZodType<VariableInput> = z.union(
  [z.enum(SCALARS), z.discriminatedUnion("type", [string, integer, number, plain, date, list, object])],
  { error: EXPECTED },
);

/** `data` of a notice: what its events bring, by name. What is not declared may stand in the event and not in the words. */
export const dataDeclaration = z.record(variableName, variableInput);
export type DataDeclaration = z.infer<typeof dataDeclaration>;

interface Asked {
  readonly required: boolean;
  readonly example?: unknown;
}
export interface StringVariable extends Asked {
  readonly type: "string";
  readonly min: number;
  readonly max: number;
  readonly charset: Charset;
  readonly over: Overlong;
}
/** `decimals`: how many may stand after the point; undefined: as many as a number has. */
export interface NumberVariable extends Asked {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
  readonly decimals?: number;
}
export interface PlainVariable extends Asked {
  readonly type: "boolean" | "date";
}
export interface ListVariable extends Asked {
  readonly type: "list";
  readonly max: number;
  /** Undefined: nothing is known of its items, which words may then only count. */
  readonly of?: Variable;
}
export interface ObjectVariable extends Asked {
  readonly type: "object";
  readonly fields: Readonly<Record<string, Variable>>;
}
/** A variable with everything that was left out filled in. */
export type Variable = StringVariable | NumberVariable | PlainVariable | ListVariable | ObjectVariable;
export type Variables = Readonly<Record<string, Variable>>;

/** What holds where a declaration says nothing: an order's or a person's name fits, an essay does not. */
const STRING_MAX_UNITS = 32;
const NUMBER_MAX = 999_999_999_999;
const LIST_MAX_ITEMS = 20;

const ALONE: { readonly [Type in (typeof SCALARS)[number]]: Extract<Exclude<VariableInput, string>, { type: Type }> } = {
  string: { type: "string" },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  date: { type: "date" },
};

/** A declaration with its defaults. A required string is not empty unless `min: 0` says so: an empty place is a missing word. */
function variableOf(input: VariableInput): Variable {
  const given = typeof input === "string" ? ALONE[input] : input;
  const kept = { required: given.required ?? true, ...(given.example === undefined ? {} : { example: given.example }) };
  switch (given.type) {
    case "string": {
      const { min = kept.required ? 1 : 0, max = STRING_MAX_UNITS, charset = "any", over = "reject" } = given;
      return { type: "string", ...kept, min, max, charset, over };
    }
    case "integer":
      return { type: "integer", ...kept, min: given.min ?? -NUMBER_MAX, max: given.max ?? NUMBER_MAX, decimals: 0 };
    case "number": {
      const range = { min: given.min ?? -NUMBER_MAX, max: given.max ?? NUMBER_MAX };
      return { type: "number", ...kept, ...range, ...(given.decimals === undefined ? {} : { decimals: given.decimals }) };
    }
    case "list":
      return { type: "list", ...kept, max: given.max ?? LIST_MAX_ITEMS, ...(given.of === undefined ? {} : { of: variableOf(given.of) }) };
    case "object":
      return { type: "object", ...kept, fields: variablesOf(given.fields) };
    default:
      return { type: given.type, ...kept };
  }
}

export function variablesOf(declaration: DataDeclaration): Variables {
  return Object.fromEntries(Object.entries(declaration).map(([name, input]) => [name, variableOf(input)]));
}
