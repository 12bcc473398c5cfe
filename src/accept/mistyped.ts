import { nearlyOf } from "../support/closest-name.ts";
import { isMap } from "../support/is-map.ts";
import { type Issue, issuesOf, pathOf, pointerOf } from "../support/issues.ts";
import { dataDeclaration, VARIABLE_TYPES } from "../vocabulary/variables.ts";
import { CATALOG_TAKING } from "./stand-ins.ts";

/**
 * What else is wrong with variables whose type is none, of which a schema looks at nothing more. They are read as of the type that was
 * likely meant; where that is not to be told, said is what would be wrong by every type.
 */
export function mistypedIssues(issues: readonly Issue[], catalog: unknown): Issue[] {
  const more = issues.flatMap(({ pointer }) => {
    const path = pathOf(pointer);
    const at = CATALOG_TAKING.whole(path);
    const given = at.reduce<unknown>((value, step) => Object(value)[step], catalog);
    if (path.at(-1) !== "type" || path.length !== at.length + 1 || !isMap(given)) return [];
    const meant = typeof given.type === "string" ? nearlyOf(given.type, VARIABLE_TYPES) : undefined;
    const [first = [], ...others] = (meant === undefined ? VARIABLE_TYPES : [meant]).map((type) => faultsOf({ ...given, type }, at));
    const told = others.map((issues) => new Set(issues.map(wordsOf)));
    return first.filter((issue) => told.every((words) => words.has(wordsOf(issue))));
  });
  return more.length > 0 ? [...more, ...mistypedIssues(more, catalog)] : [];
}

function wordsOf({ pointer, detail }: Issue): string {
  return pointer + detail;
}

function faultsOf(variable: object, at: readonly PropertyKey[]): Issue[] {
  const { error } = dataDeclaration.safeParse({ v: variable });
  return error ? issuesOf(error).map(({ pointer, detail }) => ({ pointer: pointerOf(at) + pointer.slice("/v".length), detail })) : [];
}
