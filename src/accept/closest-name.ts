import { closest } from "fastest-levenshtein";

/** A hint for whoever mistyped a name, to stand at the end of a detail; empty where nothing is known. */
export function closestName(name: string, known: readonly string[]): string {
  return known.length > 0 ? `; the closest one is ${closest(name, [...known])}` : "";
}
