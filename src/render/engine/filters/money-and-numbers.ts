import { type FilterCall, faultOfEach, liquidFilter, numberFault, numberOf, type WordFilter } from "./filter.ts";
import { numberFormat, plainSpaces } from "./formatters.ts";

const numbers = ({ value, args }: FilterCall): readonly [number, ...number[]] => [numberOf(value), ...args.map(numberOf)];

/** Filters that reckon. What is no number is an error, and so is what makes none, such as dividing by nothing. */
export const numberFilters: Readonly<Record<string, WordFilter>> = {
  plus: reckoning("plus", 1),
  minus: reckoning("minus", 1),
  times: reckoning("times", 1),
  divided_by: { ...reckoning("divided_by", 1), fault: faultOfEach(divisorFault) },
  modulo: { ...reckoning("modulo", 1), fault: faultOfEach(divisorFault) },
  at_least: reckoning("at_least", 1),
  at_most: reckoning("at_most", 1),
  floor: reckoning("floor", 0),
  ceil: reckoning("ceil", 0),
  abs: reckoning("abs", 0),
  round: { ...reckoning("round", 0, 1), fault: faultOfEach(digitsFault) },
  money: { args: [0, 1], fault: ([currency]) => currencyFault(currency), apply: money },
  number: { args: [0, 0], apply: ({ value, context }) => writeNumber(numberOf(value), context.reading.locale) },
};

function divisorFault(divisor: unknown): string | undefined {
  return numberFault(divisor) ?? (Number(divisor) === 0 ? "makes no number of what it was given: nothing can be divided by 0" : undefined);
}

/** Digits after the point that any number can be rounded to: beyond, there is no number to count in. */
const DIGITS_MAX = 100;

function digitsFault(digits: unknown): string | undefined {
  return numberFault(digits) ?? (Math.abs(Number(digits)) > DIGITS_MAX ? `rounds to at most ${DIGITS_MAX} digits` : undefined);
}

function reckoning(name: string, least: number, most = least): WordFilter {
  const filter = liquidFilter(name, [least, most], numbers, faultOfEach(numberFault));
  const { apply } = filter;
  return {
    ...filter,
    apply: (call) => {
      const made = apply(call);
      if (!Number.isFinite(made)) throw new Error("makes no number of what it was given");
      return made;
    },
  };
}

function money({ value, args, context }: FilterCall): string {
  const currency = args.length > 0 ? args[0] : context.reading.currency;
  if (currency === undefined) throw new Error("needs a currency, such as money: 'CNY', or defaults.currency in the catalog");
  const fault = currencyFault(currency);
  if (fault !== undefined || typeof currency !== "string") throw new Error(fault);
  return writeMoney(numberOf(value), currency, context.reading.locale);
}

function currencyFault(currency: unknown): string | undefined {
  if (currency === undefined || (typeof currency === "string" && /^[A-Z]{3}$/.test(currency))) return undefined;
  return "needs a three-letter currency code, such as CNY";
}

/** An amount as it is written in a locale; a whole one has no decimals. */
export function writeMoney(amount: number, currency: string, locale: string): string {
  return plainSpaces(numberFormat(`${currency} ${locale}`).format(amount));
}

/** A number as it is written in a locale, with at most three decimals. */
export function writeNumber(value: number, locale: string): string {
  return plainSpaces(numberFormat(` ${locale}`).format(value));
}
