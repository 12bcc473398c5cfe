import { type Issue, issueAt } from "../support/issues.ts";
import { problemOf, problemResponse } from "./problem.ts";

export const NO_ROOM =
  "finds no room and does not count: the recipient has too many scopes. A word to one of them, and a no to all or to a class, always find room";

/** What is wrong with entries that found no room, by their places in the list at this path. */
export function issuesForRoom(refused: readonly number[], path: readonly PropertyKey[]): Issue[] {
  return refused.map((at) => issueAt([...path, at], NO_ROOM));
}

/** Those of these entries that found room. */
export function takenOf<Entry>(entries: readonly Entry[], refused: readonly number[] = []): Entry[] {
  return entries.filter((_, at) => !refused.includes(at));
}

/** The answer to a request of which some preferences found no room. */
export function refusedForRoom(refused: readonly number[]): Response {
  const detail = "Not all of the preferences find room; those in errors do not count, everything else is taken.";
  return problemResponse(problemOf("full", detail, issuesForRoom(refused, ["preferences"])));
}
