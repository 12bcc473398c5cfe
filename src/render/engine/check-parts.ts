import { type Arguments, type Filter, ForTag, type Template, type Token, TypeGuards, Value } from "liquidjs";
import { wordFilters } from "./filters/word-filters.ts";

/** Most names, values, operators and filters in one tag, its `elsif` and `when` among them, or in one output. */
const PARTS_MAX = 64;
/** Most names in a path such as `data.address.city`. */
const PATH_MAX = 16;
const FOR_OPTIONS = ["limit", "offset", "reversed"];

type Argument = Arguments extends Iterable<infer One> ? One : never;

/**
 * What liquidjs would leave to rendering, or pass over in silence, is refused here: two values without an operator between them, ranges
 * outside of `for`, filters with too few or too many arguments, and parts so large that their work could not be counted in steps.
 */
export function checkPart(part: Template): void {
  const given: Argument[] = [...(part.arguments?.() ?? [])];
  const isFor = part instanceof ForTag;
  let parts = 0;
  for (const [at, argument] of given.entries())
    parts += argument instanceof Value ? checkValue(argument) : checkToken(argument, isFor && at === 0);
  if (parts > PARTS_MAX)
    throw new Error(`one tag or output has at most ${PARTS_MAX} names, values, operators and filters; here are ${parts}`);
  if (isFor) checkFor(part);
  if (TypeGuards.isTagToken(part.token) && part.token.name === "echo" && given.length === 0) throw new Error("echo has nothing to write");
}

function checkFor({ variable, hash }: ForTag): void {
  if (variable === "forloop") throw new Error("forloop is the loop's own; name the item otherwise");
  const unknown = Object.keys(hash.hash).find((option) => !FOR_OPTIONS.includes(option));
  if (unknown !== undefined) throw new Error(`for takes ${FOR_OPTIONS.join(", ")}, not ${unknown}`);
}

/** How many parts an expression with its filters has. */
function checkValue({ initial, filters }: Value): number {
  let values = 0;
  let parts = 0;
  for (const token of initial.postfix) {
    if (TypeGuards.isOperatorToken(token)) {
      if (token.operator !== "not") values--;
      parts++;
    } else {
      values++;
      parts += checkToken(token);
    }
    if (values < 1) throw new Error("an operator has not both its sides");
  }
  if (values !== 1) throw new Error("two values stand side by side without an operator or a filter between them");
  return filters.reduce((sum, filter) => sum + checkFilter(filter), parts);
}

function checkFilter({ name, args }: Filter): number {
  const filter = wordFilters.get(name);
  // What escapes HTML is a filter without a name that liquidjs adds itself.
  if (!filter) return 0;
  const positional: unknown[] = [];
  const named = new Map<string, unknown>();
  let parts = 1;
  for (const arg of args) {
    const [key, token] = Array.isArray(arg) ? arg : [undefined, arg];
    parts += token ? checkToken(token) : 0;
    if (Array.isArray(arg)) named.set(key ?? "", literalOf(token));
    else positional.push(literalOf(token));
  }
  const [least, most] = filter.args;
  if (positional.length < least || positional.length > most) throw new Error(`${name} takes ${argumentsText(least, most)}`);
  for (const key of named.keys()) if (!filter.named?.includes(key)) throw new Error(`${name} takes no argument ${key}`);
  const fault = filter.fault?.(positional, named);
  if (fault !== undefined) throw new Error(`${name} ${fault}`);
  return parts;
}

function argumentsText(least: number, most: number): string {
  if (most === 0) return "no argument";
  const numbers = least === most ? String(most) : `${least} to ${most}`;
  return `${numbers} argument${most === 1 ? "" : "s"}, after a colon`;
}

/** A text or a number that stands in the template; undefined where it is only known later. */
function literalOf(token: Token | undefined): unknown {
  return TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token) ? token.content : undefined;
}

function checkToken(token: Token, mayBeRange = false): number {
  if (TypeGuards.isRangeToken(token)) {
    if (!mayBeRange) throw new Error("a range stands after `in` of a for and nowhere else");
    return 1 + checkToken(token.lhs) + checkToken(token.rhs);
  }
  if (TypeGuards.isQuotedToken(token)) {
    const text = token.getText();
    if (text.length < 2 || text.at(0) !== text.at(-1)) throw new Error("a quote is not closed");
    return 1;
  }
  if (!TypeGuards.isPropertyAccessToken(token)) return 1;
  if (token.props.length > PATH_MAX) throw new Error(`a path has at most ${PATH_MAX} names`);
  const inner = token.props.reduce((sum, prop) => sum + checkToken(prop), 0);
  return inner + (token.variable ? checkToken(token.variable) : 0);
}

/** How deep brackets are nested, those in quotes left out. */
export function depthOf(expression: string): number {
  let depth = 0;
  let deepest = 0;
  let quote = "";
  for (let at = 0; at < expression.length; at++) {
    const character = expression.charAt(at);
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "[" || character === "(") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === ")") depth--;
  }
  return deepest;
}
