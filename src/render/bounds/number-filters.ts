import { anyNumber, exactNumber, type FilterCall, numberArgument, numberInput, type Transfer, type Transfers } from "./filter-call.ts";
import { type NumberShape, numbers, type Worth } from "./shapes.ts";

/** Given the number to a function, and the argument where there is one. */
function onNumber(change: (number: NumberShape) => NumberShape): Transfer {
  return (call) => {
    const input = numberInput(call);
    return input ? [change(input)] : [];
  };
}

function onTwo(change: (number: NumberShape, other: NumberShape) => NumberShape): Transfer {
  return (call) => {
    const input = numberInput(call);
    const other = numberArgument(call.args[0]);
    if (!other) call.fault(`${call.name} takes a number behind its colon`);
    return input && other ? [change(input, other)] : [];
  };
}

/** Whole numbers stay whole; of others a sum has as many digits as a number can: 0.1 + 0.2 has seventeen. */
function wholeOf(a: NumberShape, b: NumberShape): 0 | undefined {
  return a.decimals === 0 && b.decimals === 0 ? 0 : undefined;
}

/** From the least to the most of what comes of the ends; any number where that is none. */
function spanning(ends: readonly number[], decimals: number | undefined, from: string): NumberShape {
  return ends.some(Number.isNaN)
    ? numbers(Number.NaN, Number.NaN, decimals, from)
    : numbers(Math.min(...ends), Math.max(...ends), decimals, from);
}

const fromOf = (a: NumberShape, b: NumberShape): string => a.from || b.from;

const divided = (a: NumberShape, b: NumberShape): NumberShape => {
  if (b.min <= 0 && b.max >= 0) return anyNumber(fromOf(a, b));
  return spanning([a.min / b.min, a.min / b.max, a.max / b.min, a.max / b.max], undefined, fromOf(a, b));
};

/** The remainder has the sign of the divisor. */
const modulo = (a: NumberShape, b: NumberShape): NumberShape => {
  if (b.min <= 0 && b.max >= 0) return anyNumber(fromOf(a, b));
  const whole = wholeOf(a, b);
  const nearest = whole === 0 ? 1 : 0;
  return numbers(Math.min(b.min + nearest, 0), Math.max(b.max - nearest, 0), whole, fromOf(a, b));
};

const mostDecimals = (a: NumberShape, b: NumberShape): number | undefined =>
  a.decimals === undefined || b.decimals === undefined ? undefined : Math.max(a.decimals, b.decimals);

function round(call: FilterCall): Worth {
  const input = numberInput(call);
  if (!input) return [];
  const digits = call.args.length > 0 ? exactNumber(call.args[0]) : 0;
  const whole = digits !== undefined && Number.isInteger(digits);
  if (!whole) return [anyNumber(input.from)];
  if (digits <= 0) {
    const unit = 10 ** -digits;
    return [numbers(Math.floor(input.min / unit) * unit, Math.ceil(input.max / unit) * unit, 0, input.from)];
  }
  // What is too large to be moved by the digits stays as it is.
  const moved = Math.max(Math.abs(input.min), Math.abs(input.max)) * 10 ** digits;
  const decimals = input.decimals !== undefined && input.decimals <= digits ? input.decimals : digits;
  if (moved > Number.MAX_SAFE_INTEGER) return [numbers(Math.floor(input.min), Math.ceil(input.max), input.decimals, input.from)];
  return [numbers(stepped(input.min, digits, Math.floor), stepped(input.max, digits, Math.ceil), decimals, input.from)];
}

/** An end of the range may be rounded outwards. */
function stepped(end: number, digits: number, outwards: (value: number) => number): number {
  return outwards(end * 10 ** digits) / 10 ** digits;
}

export const NUMBER_FILTERS: Transfers = {
  plus: onTwo((a, b) => spanning([a.min + b.min, a.max + b.max], wholeOf(a, b), fromOf(a, b))),
  minus: onTwo((a, b) => spanning([a.min - b.max, a.max - b.min], wholeOf(a, b), fromOf(a, b))),
  times: onTwo((a, b) => spanning([a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max], wholeOf(a, b), fromOf(a, b))),
  divided_by: onTwo(divided),
  modulo: onTwo(modulo),
  at_least: onTwo((a, b) => numbers(Math.max(a.min, b.min), Math.max(a.max, b.max), mostDecimals(a, b), fromOf(a, b))),
  at_most: onTwo((a, b) => numbers(Math.min(a.min, b.min), Math.min(a.max, b.max), mostDecimals(a, b), fromOf(a, b))),
  floor: onNumber(({ min, max, from }) => numbers(Math.floor(min), Math.floor(max), 0, from)),
  ceil: onNumber(({ min, max, from }) => numbers(Math.ceil(min), Math.ceil(max), 0, from)),
  abs: onNumber(({ min, max, decimals, from }) =>
    numbers(min > 0 ? min : max < 0 ? -max : 0, Math.max(Math.abs(min), Math.abs(max)), decimals, from),
  ),
  round,
};
