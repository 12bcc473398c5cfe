import { exactNumber, exactWords } from "./filter-call.ts";
import { oneOf, sizeOfText } from "./list-filters.ts";
import { extensionNamed } from "./scope-shapes.ts";
import { join, numbers, type Shape, sizeOf, unknown, type Worth } from "./shapes.ts";
import { pathKey, type State } from "./state.ts";
import type { TextWork } from "./work.ts";

/** What reading paths needs of the template's analysis. */
export interface Reader {
  readonly roots: ReadonlyMap<string, Worth>;
  /** Whether a name is declared, for those who forgot `data.` in front. */
  readonly isDeclared: (name: string) => boolean;
  readonly work: TextWork;
  readonly fault: (detail: string) => void;
}

/** What stands at a path: names, and values that stand in brackets. What is not there at all is a fault, and anything. */
export function readPath(path: readonly (string | Worth)[], state: State, reader: Reader): Worth {
  const [first, ...others] = path;
  if (typeof first !== "string") return [unknown("this", "is named by a value; name it in the template")];
  let worth = state.facts.get(first) ?? rootNamed(first, state, reader);
  let known: string[] | undefined = [first];
  for (const step of others) {
    const name = typeof step === "string" ? step : staticName(step);
    known = known && name !== undefined ? [...known, name] : undefined;
    if (name === undefined) {
      reader.work.step(sizeOf(worth) / JOINED_PER_STEP);
      if (first === "forloop")
        reader.fault("forloop has fields that the template names, such as forloop.index, and none that the data name");
    }
    const fact = known && state.facts.get(pathKey(known));
    worth = fact ?? join(...worth.map((shape) => (name === undefined ? anyField(shape) : fieldOf(shape, name, reader))));
  }
  return worth;
}

/** Where only the data name a field, all there are are joined, so many at a step. */
const JOINED_PER_STEP = 16;

/** A name or a place that stands in brackets. */
export function staticName(worth: Worth): string | undefined {
  const place = exactNumber(worth);
  return exactWords(worth) ?? (place === undefined ? undefined : String(place));
}

function rootNamed(name: string, { names, loops }: State, reader: Reader): Worth {
  const loop = loops.findLast((held) => held.has(name));
  return loop?.get(name) ?? names.get(name) ?? freeName(name, reader);
}

/** A name that no tag has made: what every template sees, or an attribute of the event. */
export function freeName(name: string, { roots, isDeclared, fault }: Reader): Worth {
  const root = roots.get(name);
  if (root) return root;
  if (isDeclared(name)) {
    fault(`${name} is not declared; the event's data stand under data, as data.${name}`);
    return [unknown(name, "is not declared")];
  }
  const extension = extensionNamed(name);
  if (!extension) fault(`${name} is not declared; a template sees data, recipient, brand, digest and the event's attributes`);
  return extension ?? [unknown(name, "is not declared")];
}

function fieldOf(shape: Shape, name: string, { fault }: Reader): Worth {
  switch (shape.kind) {
    case "object":
      return shape.fields.get(name) ?? undeclared(shape.from, name, fault);
    case "list":
      return fieldOfList(shape, name, fault);
    case "text":
      return name === "size" ? [sizeOfText(shape)] : noField(`a text has no ${name}; it has size`, fault);
    case "number":
    case "boolean":
      return noField(`a ${shape.kind} has no ${name}`, fault);
    case "unknown":
      return [unknown(`${shape.variable}.${name}`, shape.why)];
    default:
      return [shape];
  }
}

function fieldOfList(shape: Extract<Shape, { kind: "list" }>, name: string, fault: Reader["fault"]): Worth {
  if (name === "size" || name === "length") return [numbers(shape.min, shape.max, 0, shape.from)];
  if (name === "first" || name === "last") return oneOf(shape);
  if (!/^-?\d+$/.test(name)) return noField(`${shape.from} is a list and has no ${name}; write its items with for or join`, fault);
  const place = Number(name);
  const needed = place < 0 ? -place : place + 1;
  if (needed <= shape.min) return shape.item;
  const nothing: Worth = [{ kind: "missing", variable: `${shape.from}[${name}]` }];
  return needed > shape.max ? nothing : join(shape.item, nothing);
}

function undeclared(from: string, name: string, fault: Reader["fault"]): Worth {
  const inData = from === "data" || from.startsWith("data.");
  if (from === "brand") fault(`brand.${name} is not set; add it to the catalog's brand`);
  else fault(`${from}.${name} is not declared; ${inData ? "add it to data" : `${from} has no such field`}`);
  return [unknown(`${from}.${name}`, "is not declared")];
}

function noField(detail: string, fault: Reader["fault"]): Worth {
  fault(detail);
  return [];
}

/** A field that only the data name. */
function anyField(shape: Shape): Worth {
  if (shape.kind === "list") return join(shape.item, [{ kind: "missing", variable: `${shape.from}[…]` }]);
  if (shape.kind === "object") return join(...shape.fields.values(), [{ kind: "missing", variable: `${shape.from}[…]` }]);
  return shape.kind === "unknown" || shape.kind === "missing" ? [shape] : [];
}
