import { dateFilters } from "./dates.ts";
import { type FilterCall, liquidFilter, type WordFilter } from "./filter.ts";
import { listFilters } from "./lists.ts";
import { maskFilters } from "./mask.ts";
import { numberFilters } from "./money-and-numbers.ts";
import { pluralFilters } from "./plural.ts";
import { textFilters } from "./texts.ts";

const or = liquidFilter("default", [1, 1], ({ value, args, named }: FilterCall) => [value, ...args, ...named]);

/** All filters that words may use, by name. */
export const wordFilters: ReadonlyMap<string, WordFilter> = new Map(
  Object.entries({
    ...textFilters,
    ...listFilters,
    ...numberFilters,
    ...dateFilters,
    ...maskFilters,
    ...pluralFilters,
    /** What stands in place of something missing, empty or false. */
    default: { ...or, named: ["allow_false"] },
    /** In HTML the value as it is, not escaped. */
    raw: { args: [0, 0], raw: true, apply: ({ value }: FilterCall) => value } satisfies WordFilter,
  }),
);
