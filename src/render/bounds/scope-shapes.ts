import { WRITTEN_MAX_UNITS } from "../../support/given-time.ts";
import { attributeName, EVENT_MAX_BYTES } from "../../vocabulary/event.ts";
import { CALLER_ID_MAX } from "../../vocabulary/identifiers.ts";
import { LOCALE_MAX, TAG_MAX, TAGS_MAX } from "../../vocabulary/recipient.ts";
import type { StringVariable, Variable, Variables } from "../../vocabulary/variables.ts";
import { anyText, exactText, list, numbers, type ObjectShape, type Shape, type TextShape, unknown, type Worth } from "./shapes.ts";

/** What a template's roots are computed from. */
export interface Known {
  readonly variables: Variables | undefined;
  readonly digest_max?: number;
  readonly brand?: { readonly name?: string };
  /** Whether every reader has a locale, if only the catalog's default. */
  readonly has_locale?: boolean;
  readonly short: boolean;
}

/** What a variable may be worth, over everything that the check of data lets through. */
function worthOf(variable: Variable, path: string, short: boolean): Worth {
  const shape = shapeOf(variable, path, short);
  return variable.required ? [shape] : orMissing([shape], path);
}

function orMissing(worth: Worth, variable: string): Worth {
  return [...worth, { kind: "missing", variable }];
}

function shapeOf(variable: Variable, path: string, short: boolean): Shape {
  switch (variable.type) {
    case "string":
      return stringOf(variable, path, short);
    case "integer":
    case "number":
      return numbers(variable.min, variable.max, variable.type === "integer" ? 0 : variable.decimals, path);
    case "boolean":
      return { kind: "boolean" };
    case "date":
      return moment(path);
    case "list": {
      const { max, of } = variable;
      // Items that are null are left out of a list before it is rendered.
      const item = of ? [shapeOf(of, path, short)] : [unknown(path, "holds items that are not declared; say what they are with `of`")];
      return list(0, max, item, path);
    }
    case "object":
      return objectOf(variable.fields, path, short);
  }
}

/** What is cut ends in dots, which are no digits. A value that asks for the short form is as long as an event may be. */
function stringOf({ max, charset, over }: StringVariable, path: string, short: boolean): Shape {
  const alphabet = charset === "digits" && over === "shorten" ? "alphanumeric" : charset;
  return anyText(short && over === "variant" ? EVENT_MAX_BYTES : max, alphabet, path);
}

function moment(path: string): Shape {
  const written = anyText(WRITTEN_MAX_UNITS, "alphanumeric", path);
  return written.kind === "text" ? ({ ...written, moment: true } satisfies TextShape) : written;
}

/** Of an object only what is declared is rendered. */
function objectOf(fields: Variables, path: string, short: boolean): ObjectShape {
  const worths = Object.entries(fields).map(([name, field]): [string, Worth] => [name, worthOf(field, `${path}.${name}`, short)]);
  return { kind: "object", fields: new Map(worths), from: path };
}

const kept = { whole: new WeakMap<Variables, ObjectShape>(), short: new WeakMap<Variables, ObjectShape>() };

/** A notice may declare thousands of fields and have hundreds of texts: its data are made out once for all of them. */
function dataOf(variables: Variables, short: boolean): ObjectShape {
  const known = short ? kept.short : kept.whole;
  const found = known.get(variables) ?? objectOf(variables, "data", short);
  known.set(variables, found);
  return found;
}

/** What templates see, by name. */
export function rootsOf({ variables, digest_max, brand, has_locale, short }: Known): ReadonlyMap<string, Worth> {
  const undeclared = unknown("data", "is not declared, so that nothing bounds it; add `data` to the notice");
  const data: Worth = [variables ? dataOf(variables, short) : undeclared];
  const most = Math.max(digest_max ?? 1, 1);
  const digest = objectShape("digest", {
    count: [numbers(1, most, 0, "digest.count")],
    items: [list(1, most, data, "digest.items")],
  });
  const locale: Worth = [anyText(LOCALE_MAX, "alphanumeric", "recipient.locale")];
  const recipient = objectShape("recipient", {
    id: [anyText(CALLER_ID_MAX, "any", "recipient.id")],
    locale: has_locale ? locale : orMissing(locale, "recipient.locale"),
    tags: [list(0, TAGS_MAX, [anyText(TAG_MAX, "any", "recipient.tags")], "recipient.tags")],
  });
  const attributes = ["id", "source", "type"].map((name): [string, Worth] => [name, [anyText(CALLER_ID_MAX, "any", name)]]);
  return new Map<string, Worth>([
    ...attributes,
    ["subject", orMissing([anyText(CALLER_ID_MAX, "any", "subject")], "subject")],
    ["time", [moment("time")]],
    ["data", data],
    ["digest", [digest]],
    ["recipient", [recipient]],
    ["brand", [objectShape("brand", brand?.name === undefined ? {} : { name: [exactText(brand.name)] })]],
  ]);
}

function objectShape(from: string, fields: Readonly<Record<string, Worth>>): ObjectShape {
  return { kind: "object", fields: new Map(Object.entries(fields)), from };
}

/** A name that is none of the roots: an attribute that an event may bring besides, or not; undefined where none has such a name. */
export function extensionNamed(name: string): Worth | undefined {
  if (!attributeName.safeParse(name).success) return undefined;
  return orMissing([unknown(name, "is an attribute of the event that nothing bounds; `| shorten: 20` does")], name);
}
