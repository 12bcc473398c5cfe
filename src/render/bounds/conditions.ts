import { exactNumber, exactWords } from "./filter-call.ts";
import type { Worth } from "./shapes.ts";
import { absent, present } from "./state.ts";

export type Facts = ReadonlyMap<string, Worth>;
const NOTHING: Facts = new Map();

/** One side of an operator, or a whole condition. */
export interface Operand {
  readonly worth: Worth;
  /** Which path it reads, where it is one. */
  readonly key?: string;
  /** `nil`, `blank`, `true` and so on, where it is one of these words. */
  readonly word?: string;
  /** What is known of paths where it is met, and where it is not. */
  readonly met: Facts;
  readonly unmet: Facts;
}

export function operandOf(worth: Worth, key?: string, word?: string): Operand {
  const met: Facts = key === undefined ? NOTHING : new Map([[key, present(worth)]]);
  const unmet: Facts = key === undefined ? NOTHING : new Map([[key, absent(worth)]]);
  return { worth, met, unmet, ...(key === undefined ? {} : { key }), ...(word === undefined ? {} : { word }) };
}

/** Whether a condition may be met, and may be not. */
export function mayBe(worth: Worth): { readonly met: boolean; readonly unmet: boolean } {
  return { met: present(worth).length > 0, unmet: absent(worth).length > 0 };
}

export function negated({ worth, met, unmet }: Operand): Operand {
  const can = mayBe(worth);
  return { worth: truth(can.unmet, can.met), met: unmet, unmet: met };
}

function truth(isMet: boolean, isUnmet: boolean): Worth {
  if (!isMet && !isUnmet) return [];
  return isMet && isUnmet ? [{ kind: "boolean" }] : [{ kind: "boolean", is: isMet }];
}

export function judged(operator: string, left: Operand, right: Operand): Operand {
  const [a, b] = [mayBe(left.worth), mayBe(right.worth)];
  switch (operator) {
    case "and":
      return { worth: truth(a.met && b.met, a.unmet || b.unmet), met: merged(left.met, right.met), unmet: NOTHING };
    case "or":
      return { worth: truth(a.met || b.met, a.unmet && b.unmet), met: NOTHING, unmet: merged(left.unmet, right.unmet) };
    case "==":
      return equality(left, right);
    case "!=":
      return negated(equality(left, right));
    default:
      return { worth: compared(operator, left.worth, right.worth), met: merged(thereOf(left), thereOf(right)), unmet: NOTHING };
  }
}

function merged(a: Facts, b: Facts): Facts {
  return new Map([...a, ...b]);
}

/** A path that a comparison has found to be something. */
function thereOf({ key, worth }: Operand): Facts {
  return key === undefined ? NOTHING : new Map([[key, worth.filter(({ kind }) => kind !== "missing" && kind !== "nil")]]);
}

/**
 * What is missing equals nil and blank, and nothing that is something. It does not equal `empty`: what differs from that may still be
 * missing.
 */
function equality(left: Operand, right: Operand): Operand {
  const [path, other] = left.word === undefined ? [left, right] : [right, left];
  const worth = equal(left, right);
  if (other.word === "nil" || other.word === "null" || other.word === "blank") return { worth, met: NOTHING, unmet: thereOf(path) };
  const isSomething = other.word !== "empty" && !other.worth.some(({ kind }) => kind === "nil" || kind === "missing" || kind === "unknown");
  const pathIsSomething =
    path.word === undefined && !path.worth.some(({ kind }) => kind === "nil" || kind === "missing" || kind === "unknown");
  const met = merged(isSomething ? thereOf(path) : NOTHING, pathIsSomething ? thereOf(other) : NOTHING);
  return { worth, met, unmet: NOTHING };
}

function equal(left: Operand, right: Operand): Worth {
  if (left.word !== undefined || right.word !== undefined) return [{ kind: "boolean" }];
  const numbers = [exactNumber(left.worth), exactNumber(right.worth)];
  if (numbers[0] !== undefined && numbers[1] !== undefined) return [{ kind: "boolean", is: numbers[0] === numbers[1] }];
  const words = [exactWords(left.worth), exactWords(right.worth)];
  return words[0] !== undefined && words[1] !== undefined ? [{ kind: "boolean", is: words[0] === words[1] }] : [{ kind: "boolean" }];
}

/** Numbers whose ranges do not meet are compared for good. */
function compared(operator: string, left: Worth, right: Worth): Worth {
  const [a, b] = [left[0], right[0]];
  if (left.length !== 1 || right.length !== 1 || a?.kind !== "number" || b?.kind !== "number") return [{ kind: "boolean" }];
  switch (operator) {
    case ">":
      return truth(a.max > b.min, a.min <= b.max);
    case "<":
      return truth(a.min < b.max, a.max >= b.min);
    case ">=":
      return truth(a.max >= b.min, a.min < b.max);
    case "<=":
      return truth(a.min <= b.max, a.max > b.min);
    default:
      return [{ kind: "boolean" }];
  }
}
