import { exactNumber, exactWords, type FilterCall, greatest, type Transfer, type Transfers, textArgument } from "./filter-call.ts";
import {
  join,
  type ListShape,
  list,
  numbers,
  printedWorth,
  type Shape,
  text,
  unknown,
  unprintable,
  type Worth,
  widestAlphabet,
} from "./shapes.ts";
import { concat, freed, literal, repeated, unitsOf } from "./text-bound.ts";

const SPACE = literal(" ");
const NOTHING = literal("");

/** Given the list to a function; of what nothing is known nothing is known afterwards. */
function onList(change: (list: ListShape, call: FilterCall) => Worth): Transfer {
  return (call) => {
    const { input } = call;
    if (input.kind === "unknown") return [input];
    if (input.kind === "list") return change(input, call);
    call.fault(`${call.name} takes a list, and is given ${nameOf(input)}`);
    return [];
  };
}

function nameOf(shape: Shape): string {
  if (shape.kind === "missing") return `${shape.variable}, which may be left out`;
  return shape.kind === "nil" ? "nothing" : `a ${shape.kind}`;
}

const joinItems = onList((given, call) => {
  if (given.max === 0) return [text(NOTHING, "digits")];
  const fault = unprintable(given.item);
  if (fault !== undefined) call.fault(`join writes every item, and ${fault}`);
  const item = printedWorth(given.item);
  if (!item) return [];
  if (item.kind === "unknown") return [unknown(item.variable, item.why)];
  const separator = call.args.length > 0 ? textArgument(call, 0) : text(SPACE, "alphanumeric");
  if (separator.kind === "unknown") return [separator];
  const alphabet = widestAlphabet(item.alphabet, separator.alphabet);
  if (given.all) return [text(freed(concat([given.all, repeated(separator.bound, given.max - 1)])), alphabet)];
  const longest = concat([item.bound, repeated(concat([separator.bound, item.bound]), given.max - 1)]);
  // Of a list that may be shorter nothing is known exactly.
  return [text(given.min === given.max ? longest : freed(longest), alphabet)];
});

/** One item, or nothing of a list that may be empty. */
const oneItem = onList((given) => oneOf(given));

export function oneOf({ min, max, item, from }: ListShape): Worth {
  const nothing: Worth = [{ kind: "missing", variable: `${from}.first` }];
  if (max === 0) return nothing;
  return min > 0 ? item : join(item, nothing);
}

const size: Transfer = (call) => {
  const { input } = call;
  if (input.kind === "list") return [numbers(input.min, input.max, 0, input.from)];
  if (input.kind === "text") return [sizeOfText(input)];
  if (input.kind === "unknown") return [numbers(0, Number.MAX_SAFE_INTEGER, 0, input.variable)];
  call.fault(`size takes a text or a list, and is given ${nameOf(input)}`);
  return [];
};

export function sizeOfText({ bound }: Extract<Shape, { kind: "text" }>): Shape {
  return bound.exact === undefined ? numbers(0, unitsOf(bound), 0, "") : numbers(bound.exact.length, bound.exact.length, 0, "");
}

/** What stands at a path in an item; missing where it has no such field. */
const mapItems = onList((given, call) => {
  const path = exactWords(call.args[0]);
  if (path === undefined) return [list(given.min, given.max, [unknown(given.from, "has fields that only the data name")], given.from)];
  const item = path.split(".").reduce((worth: Worth, name) => join(...worth.map((shape) => fieldOf(shape, name, call))), given.item);
  return [list(given.min, given.max, item, given.from)];
});

function fieldOf(shape: Shape, name: string, call: FilterCall): Worth {
  if (shape.kind === "unknown") return [unknown(`${shape.variable}.${name}`, shape.why)];
  if (shape.kind !== "object") return [{ kind: "missing", variable: name }];
  const found = shape.fields.get(name);
  if (!found) call.fault(`${call.name} looks for ${shape.from}.${name}, which is not declared; add it to data`);
  return found ?? [{ kind: "missing", variable: `${shape.from}.${name}` }];
}

/** The path is looked up for the fault that it may be. */
const someItems = onList((given, call) => {
  const path = exactWords(call.args[0]);
  if (path !== undefined) for (const shape of given.item) fieldOf(shape, path.split(".")[0] ?? "", call);
  return [list(0, given.max, given.item, given.from, given.all)];
});

const ordered = onList((given) => [given]);

const withoutNothing = onList((given) => {
  const item = given.item.filter(({ kind }) => kind !== "nil" && kind !== "missing");
  return [list(item.length === given.item.length ? given.min : 0, given.max, item, given.from, given.all)];
});

const once = onList((given) => [list(Math.min(given.min, 1), given.max, given.item, given.from, given.all)]);

const withItems = onList((given, call) => {
  const others = (call.args[0] ?? []).map((other): Worth => {
    if (other.kind === "unknown") return [other];
    if (other.kind !== "list") return [];
    const all = given.all && other.all && concat([given.all, other.all]);
    const item = join(given.max > 0 ? given.item : [], other.max > 0 ? other.item : []);
    return [list(given.min + other.min, given.max + other.max, item, given.from || other.from, all)];
  });
  return join(...others);
});

/** Of a list so many items from one on; texts have their own. */
export function sliceOfList(given: ListShape, call: FilterCall): Worth {
  const most = call.args.length > 1 ? greatest(call.args[1]) : 1;
  const begin = exactNumber(call.args[0]);
  const left = begin === undefined || begin < 0 ? given.max : Math.max(0, given.max - begin);
  return [list(0, Math.max(0, Math.min(left, Math.floor(most))), given.item, given.from, given.all)];
}

export const LIST_FILTERS: Transfers = {
  join: joinItems,
  first: oneItem,
  last: oneItem,
  size,
  map: mapItems,
  where: someItems,
  sort: ordered,
  reverse: ordered,
  uniq: once,
  compact: withoutNothing,
  concat: withItems,
};
