import { type Issue, issueAt } from "../support/issues.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import { type Variable, type Variables, variablesOf } from "../vocabulary/variables.ts";
import { alertDataIssues } from "./check-alert-data.ts";
import { dataIssues } from "./check-data.ts";

/** What is wrong with what a notice declares of its data. `hasShort`: whether a text of it has a short form. */
export function declarationIssues(notice: Notice, hasShort: boolean, at: readonly PropertyKey[]): Issue[] {
  const variables = variablesOf(notice.data ?? {});
  return [
    ...Object.entries(variables).flatMap(([name, variable]) => variableIssues(variable, hasShort, [...at, name])),
    ...alertDataIssues(notice, variables, at),
  ];
}

/** The first variable that asks for the short form where its value is too long, by path. */
export function variantPath(variables: Variables, path: string): string | undefined {
  for (const [name, variable] of Object.entries(variables)) {
    const found = pathWithin(variable, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathWithin(variable: Variable, path: string): string | undefined {
  if (variable.type === "string") return variable.over === "variant" ? path : undefined;
  if (variable.type === "list") return variable.of && pathWithin(variable.of, path);
  return variable.type === "object" ? variantPath(variable.fields, path) : undefined;
}

function variableIssues(variable: Variable, hasShort: boolean, at: readonly PropertyKey[]): Issue[] {
  const found = [...rangeIssues(variable, at), ...exampleIssues(variable, at)];
  switch (variable.type) {
    case "string":
      return variable.over === "variant" && !hasShort ? [...found, issueAt([...at, "over"], NO_SHORT)] : found;
    case "list":
      return variable.of ? [...found, ...variableIssues(variable.of, hasShort, [...at, "of"])] : found;
    case "object": {
      const fields = Object.entries(variable.fields);
      return [...found, ...fields.flatMap(([name, field]) => variableIssues(field, hasShort, [...at, "fields", name]))];
    }
    default:
      return found;
  }
}

const NO_SHORT = "asks for the short form of a text, and no SMS of the notice has one; give { text, short }, or write shorten or reject";

/** What is left out stands there too: a `min` of 50 does not go with the 32 units that a string has where nothing is said. */
function rangeIssues(variable: Variable, at: readonly PropertyKey[]): Issue[] {
  if (!("min" in variable) || variable.min <= variable.max) return [];
  return [issueAt([...at, "min"], `is ${variable.min}, above max, which is ${variable.max}: nothing fits`)];
}

/** An example is a value like any other, and is rendered like one. */
function exampleIssues(variable: Variable, at: readonly PropertyKey[]): Issue[] {
  if (!Object.hasOwn(variable, "example")) return [];
  const root = "/data/example";
  return dataIssues({ example: variable.example }, { example: variable }).map(({ pointer, detail }) => {
    const { pointer: place } = issueAt([...at, "example"], "");
    return { pointer: place + pointer.slice(root.length), detail: `does not fit what is declared: ${detail}` };
  });
}
