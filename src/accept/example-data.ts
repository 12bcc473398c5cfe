import { cut } from "../support/cut.ts";
import type { NumberVariable, StringVariable, Variable, Variables } from "../vocabulary/variables.ts";

/** Data to try words with. `filled` names, as words do, what has no example and was made up. */
export interface ExampleData {
  readonly data: Readonly<Record<string, unknown>>;
  readonly filled: readonly string[];
}

/** A date without an example: a fixed one, on the reader's clock, so that the same words always look the same. */
const DATE = "2030-06-15T10:30:00";

/** The declared examples; what has none gets a value within its bounds that shows its name where it can. */
export function exampleData(variables: Variables): ExampleData {
  const filled: string[] = [];
  const made = Object.entries(variables).map(([name, variable]) => [name, exampleOf(name, variable, `data.${name}`, filled)]);
  return { data: Object.fromEntries(made), filled };
}

function exampleOf(name: string, variable: Variable, path: string, filled: string[]): unknown {
  if (variable.example !== undefined) return variable.example;
  switch (variable.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(variable.fields).map(([field, inner]) => [field, exampleOf(field, inner, `${path}.${field}`, filled)]),
      );
    case "list":
      if (variable.of) return [exampleOf(name, variable.of, `${path}[]`, filled)];
      break;
    default:
  }
  filled.push(path);
  return fillerOf(name, variable);
}

function fillerOf(name: string, variable: Exclude<Variable, { type: "object" }>): unknown {
  switch (variable.type) {
    case "string":
      return stringOf(name, variable);
    case "integer":
    case "number":
      return numberOf(variable);
    case "boolean":
      return true;
    case "date":
      return DATE;
    case "list":
      return [name];
  }
}

const DIGITS = "1234567890";
/** Taken where a variable's name holds letters that its value may not. */
const SAMPLE = "sample";

function stringOf(name: string, { min, max, charset }: StringVariable): string {
  const plain = /^[A-Za-z0-9_-]+$/.test(name) || charset === "any" ? name : SAMPLE;
  const base = charset === "digits" ? DIGITS.slice(0, Math.max(4, min)) : plain;
  return cut(base.repeat(Math.ceil(Math.max(min, 1) / base.length)), Math.max(max, 1)).padEnd(min, charset === "digits" ? "0" : "x");
}

/** A small figure, as most are. */
function numberOf({ min, max, decimals }: NumberVariable): number {
  const near = Math.min(Math.max(12, min), max);
  const step = 10 ** (decimals ?? 9);
  const rounded = Math.ceil(near * step) / step;
  return rounded <= max ? rounded : Math.floor(near * step) / step;
}
