import {
  countOf,
  type FilterCall,
  faultOfEach,
  kindOf,
  liquidFilter,
  listOf,
  numberOf,
  printed,
  textOf,
  type WordFilter,
} from "./filter.ts";
import type { PersonContext } from "./person-context.ts";

const list = ({ value, context }: FilterCall): readonly [readonly unknown[]] => [listOf(value, context)];
/** With a path into the items, such as `address.city`. */
const listAndPath = ({ value, args, context }: FilterCall): readonly [readonly unknown[], ...string[]] => [
  listOf(value, context),
  ...args.map((arg) => pathOf(arg, context)),
];

const noPath = faultOfEach(pathFault, 0, 1);

/** Filters of lists. Where an item has not the field that is asked for, it counts as having nothing there. */
export const listFilters: Readonly<Record<string, WordFilter>> = {
  join: { args: [0, 1], apply: join },
  first: { args: [0, 0], apply: ({ value, context }) => listOf(value, context)[0] },
  last: { args: [0, 0], apply: ({ value, context }) => listOf(value, context).at(-1) },
  size: { args: [0, 0], apply: sizeOf },
  map: liquidFilter("map", [1, 1], listAndPath, noPath),
  where: { args: [1, 2], fault: noPath, apply: where },
  sort: { args: [0, 1], fault: noPath, apply: sort },
  uniq: liquidFilter("uniq", [0, 0], list),
  reverse: liquidFilter("reverse", [0, 0], list),
  compact: liquidFilter("compact", [0, 0], list),
  concat: liquidFilter("concat", [1, 1], ({ value, args, context }) => [listOf(value, context), listOf(args[0], context)]),
};

const PATH = /^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}\p{N}_-]+){0,7}$/u;

function pathOf(value: unknown, context: PersonContext): string {
  const path = textOf(value, context);
  const fault = pathFault(path);
  if (fault !== undefined) throw new Error(fault);
  return path;
}

function pathFault(path: unknown): string | undefined {
  return PATH.test(String(path)) ? undefined : "needs the name of a field, such as 'name' or 'address.city'";
}

/** What stands at a path in an item; undefined where it has no such field. */
function fieldOf(item: unknown, path: string, context: PersonContext): unknown {
  let found = item;
  for (const key of path.split(".")) {
    context.step();
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function join({ value, args: [between = " "], context }: FilterCall): string {
  const parts = listOf(value, context).map((item) => textOf(printed(item, "cannot write an item that is "), context));
  const separator = textOf(between, context);
  context.charge(separator.length * parts.length);
  return parts.join(separator);
}

/** Of a text the UTF-16 units, of a list the items. */
function sizeOf({ value }: FilterCall): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  throw new Error(`takes a text or a list and was given ${kindOf(value)}`);
}

/** Items whose field is the value given, or, without one, is there and not false. */
function where({ value, args, context }: FilterCall): unknown[] {
  const path = pathOf(args[0], context);
  return listOf(value, context).filter((item) => {
    const found = fieldOf(item, path, context);
    return args.length > 1 ? found === args[1] : found !== undefined && found !== null && found !== false;
  });
}

/** In the order of numbers or of UTF-16 units; what has nothing to be sorted by comes last. Equal ones keep their order. */
function sort({ value, args, context }: FilterCall): unknown[] {
  const path = args.length > 0 ? pathOf(args[0], context) : undefined;
  const keyed = listOf(value, context).map((item) => ({ item, key: path === undefined ? item : fieldOf(item, path, context) }));
  for (const { key } of keyed) if (key !== undefined && key !== null) textOf(key, context);
  return keyed.sort((one, other) => compare(one.key, other.key)).map(({ item }) => item);
}

function compare(one: unknown, other: unknown): number {
  if (one === undefined || one === null) return other === undefined || other === null ? 0 : 1;
  if (other === undefined || other === null) return -1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [left, right] = [String(one), String(other)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function sliceList<Item>(items: readonly Item[], begin: unknown, length: unknown, context: PersonContext): readonly Item[] {
  context.charge(items.length);
  const first = Math.trunc(numberOf(begin));
  const start = first < 0 ? items.length + first : first;
  return start < 0 ? [] : items.slice(start, start + countOf(length));
}
