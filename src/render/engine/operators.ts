import { type Context, Drop, defaultOperators, type Operators } from "liquidjs";
import { kindOf, patternOf } from "./filters/filter.ts";
import { PersonContext } from "./filters/person-context.ts";

/** Texts up to this length are compared for nothing beyond their step. */
const FREE_UNITS = 64;

/**
 * liquidjs's operators, counted. Lists and maps are compared with `empty` and `blank` alone: with each other they would be compared through
 * and through, or as texts. What is missing is neither more nor less than anything.
 */
export const countedOperators: Operators = {
  ...defaultOperators,
  "==": (left, right, context) => compared("==", left, right, context),
  "!=": (left, right, context) => compared("!=", left, right, context),
  ">": (left, right, context) => ordered(">", left, right, context),
  "<": (left, right, context) => ordered("<", left, right, context),
  ">=": (left, right, context) => ordered(">=", left, right, context),
  "<=": (left, right, context) => ordered("<=", left, right, context),
  contains,
  not: (value: unknown, context: Context) => counted(context) && delegated("not", value, context, context),
  and: (left, right, context) => counted(context) && delegated("and", left, right, context),
  or: (left, right, context) => counted(context) && delegated("or", left, right, context),
};

type Result = ReturnType<Operators[string]>;

function delegated(name: string, left: unknown, right: unknown, context: Context): Result {
  const operator = defaultOperators[name];
  if (!operator) throw new Error(`liquidjs has no operator ${name}`);
  return operator(left, right, context);
}

function counted(context: Context): true {
  if (context instanceof PersonContext) context.step();
  return true;
}

function compared(name: string, left: unknown, right: unknown, context: Context): Result {
  counted(context);
  if (isMany(left) && isMany(right))
    throw new Error("lists and maps cannot be compared with each other; compare their size or their fields");
  weigh(left, context);
  weigh(right, context);
  return delegated(name, left, right, context);
}

function ordered(name: string, left: unknown, right: unknown, context: Context): Result {
  counted(context);
  for (const side of [left, right]) {
    if (side === null || side === undefined) return false;
    if (isMany(side)) throw new Error(`${name} compares numbers and texts and was given ${kindOf(side)}`);
    weigh(side, context);
  }
  return delegated(name, left, right, context);
}

/** Whether a text holds a text, or a list an item. Nothing holds nothing. */
function contains(left: unknown, right: unknown, context: Context): boolean {
  counted(context);
  const sought = right instanceof Drop ? right.valueOf() : right;
  if (isMany(sought)) throw new Error(`contains looks for a text or a number and was given ${kindOf(sought)}`);
  weigh(left, context);
  if (Array.isArray(left)) return left.includes(sought);
  if (typeof left !== "string" || sought === null || sought === undefined || !(context instanceof PersonContext)) return false;
  return left.includes(patternOf(sought, context));
}

/** A list or a map; liquidjs's own values, such as `empty`, are neither. */
function isMany(value: unknown): boolean {
  return value !== null && typeof value === "object" && !(value instanceof Drop);
}

/** Counts what comparing a value costs: long texts their length, lists and maps what is in them. */
function weigh(value: unknown, context: Context): void {
  if (!(context instanceof PersonContext)) return;
  if (typeof value === "string" && value.length > FREE_UNITS) context.charge(value.length);
  else if (isMany(value)) context.charge(Array.isArray(value) ? value.length : Object.keys(Object(value)).length);
}
