import { type Expression, type Filter, type Token, TypeGuards, type Value } from "liquidjs";
import type { Reading } from "../engine/text-engine.ts";
import { judged, negated, type Operand, operandOf } from "./conditions.ts";
import { exactWords, numberArgument } from "./filter-call.ts";
import { type Reader, readPath, staticName } from "./read-paths.ts";
import { exactText, list, NIL, numbers, type Shape, unknown, type Worth } from "./shapes.ts";
import { pathKey, type State } from "./state.ts";
import { filtered } from "./word-filters.ts";

/** An analysis under way. */
export interface Analysis extends Reader {
  readonly reading: Reading;
}

/** What an expression with its filters is worth; in conditions and before `default` what is missing is nothing. */
export function readValue({ initial, filters }: Value, state: State, analysis: Analysis, lenient: boolean): Worth {
  const [first] = filters;
  const forgiving = lenient || first?.name === "default";
  const operand = readExpression(initial, state, analysis, forgiving);
  return filters.reduce((worth, filter) => applied(worth, filter, state, analysis), operand.worth);
}

/** A condition with what holds where it is met, and where it is not. */
export function readCondition(value: Value, state: State, analysis: Analysis): Operand {
  if (value.filters.length > 0) return operandOf(readValue(value, state, analysis, true));
  return readExpression(value.initial, state, analysis, true);
}

function applied(worth: Worth, { name, args }: Filter, state: State, analysis: Analysis): Worth {
  const positional: Worth[] = [];
  const named = new Map<string, Worth>();
  for (const arg of args) {
    if (!Array.isArray(arg)) positional.push(readToken(arg, state, analysis, false));
    else if (arg[0] !== undefined) named.set(arg[0], arg[1] ? readToken(arg[1], state, analysis, false) : NIL);
  }
  const { reading, work, fault } = analysis;
  work.step(
    1 +
      (unitsKnown([worth, ...positional, ...named.values()]) / KNOWN_UNITS_PER_STEP) *
        (1 + unitsKnown([positional[0]]) / PATTERN_UNITS_PER_TURN),
  );
  return filtered(worth, { name, args: positional, named, reading, work, fault });
}

/** Known texts are changed as the engine does it, so many units at a step, and searched once more for every so many of what is sought. */
const KNOWN_UNITS_PER_STEP = 64;
const PATTERN_UNITS_PER_TURN = 32;

function unitsKnown(worths: readonly (Worth | undefined)[]): number {
  return worths.reduce((sum, worth) => sum + (exactWords(worth)?.length ?? 0), 0);
}

/** Operators stand behind their operands, as liquidjs has them. */
function readExpression({ postfix }: Expression, state: State, analysis: Analysis, lenient: boolean): Operand {
  const operands: Operand[] = [];
  for (const token of postfix) {
    analysis.work.step();
    if (!TypeGuards.isOperatorToken(token)) {
      operands.push(operandOf(readToken(token, state, analysis, lenient), keyOf(token, state, analysis), literalOf(token)));
      continue;
    }
    const right = operands.pop() ?? operandOf([]);
    if (token.operator === "not") operands.push(negated(right));
    else operands.push(judged(token.operator, operands.pop() ?? operandOf([]), right));
  }
  return operands[0] ?? operandOf([]);
}

/** What a value is worth that stands alone, without filters. */
export function readToken(token: Token, state: State, analysis: Analysis, lenient: boolean): Worth {
  if (TypeGuards.isQuotedToken(token)) return [exactText(token.content)];
  if (TypeGuards.isNumberToken(token)) return [numbers(token.content, token.content, Number.isInteger(token.content) ? 0 : undefined, "")];
  if (TypeGuards.isLiteralToken(token)) return worthOfLiteral(token.literal);
  if (TypeGuards.isRangeToken(token)) return rangeOf(token, state, analysis);
  if (!TypeGuards.isPropertyAccessToken(token)) return [unknown("this", "is an expression that is not understood")];
  if (token.variable) return [unknown("this", "is a part of a literal; write the part itself")];
  return required(readPath(stepsOf(token, state, analysis), state, analysis), lenient, analysis);
}

function worthOfLiteral(word: string): Worth {
  if (word === "true" || word === "false") return [{ kind: "boolean", is: word === "true" }];
  return word === "nil" || word === "null" ? NIL : [exactText("")];
}

/** Names of a path, and what stands in brackets. */
function stepsOf(token: Token, state: State, analysis: Analysis): (string | Worth)[] {
  if (!TypeGuards.isPropertyAccessToken(token)) return [];
  return token.props.map((prop) => (TypeGuards.isWordToken(prop) ? prop.content : readToken(prop, state, analysis, false)));
}

/** The key of a path whose steps are all known; conditions tell something of such paths. */
function keyOf(token: Token, state: State, analysis: Analysis): string | undefined {
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable) return undefined;
  const names = stepsOf(token, state, { ...analysis, fault: () => {} }).map((step) => (typeof step === "string" ? step : staticName(step)));
  return names.every((name) => name !== undefined) ? pathKey(names) : undefined;
}

function literalOf(token: Token): string | undefined {
  return TypeGuards.isLiteralToken(token) ? token.literal : undefined;
}

/** Where something missing is no error it is nothing; elsewhere it must be there. */
function required(worth: Worth, lenient: boolean, { fault }: Analysis): Worth {
  return worth.flatMap((shape): Shape[] => {
    if (shape.kind !== "missing") return [shape];
    if (lenient) return [{ kind: "nil" }];
    fault(`${shape.variable} may be left out; give it a default, or put this inside of {% if ${shape.variable} %}`);
    return [];
  });
}

/** Sums of decimals are a little off, and one more or less of them may be below the end. */
const RANGE_SLACK = 0.001;

function rangeOf(token: Token, state: State, analysis: Analysis): Worth {
  if (!TypeGuards.isRangeToken(token)) return [];
  const low = numberArgument(readToken(token.lhs, state, analysis, false));
  const high = numberArgument(readToken(token.rhs, state, analysis, false));
  if (!low || !high) return [unknown("this", "is a range without numbers at its ends")];
  // liquidjs counts up from the low end as long as it is below the high end and one: (1..9.5) ends with 10.
  const whole = low.decimals === 0 && high.decimals === 0;
  const slack = whole ? 0 : RANGE_SLACK;
  const most = Math.max(0, Math.ceil(high.max + 1 - low.min + slack));
  const least = Math.max(0, Math.ceil(high.min + 1 - low.max - slack));
  const last = Math.max(low.min, whole ? high.max : high.max + 1);
  const from = high.from || low.from;
  return [list(least, most, [numbers(low.min, last, low.decimals === 0 ? 0 : undefined, from)], from)];
}
