import { closest, distance } from "fastest-levenshtein";

/** The known name that is nearest to one that may be mistyped; undefined where nothing is known. */
export function closestOf(name: string, known: readonly string[]): string | undefined {
  return known.length > 0 ? closest(name, [...known]) : undefined;
}

/** The same as a hint, to stand at the end of a detail; empty where nothing is known. */
export function closestName(name: string, known: readonly string[]): string {
  const nearest = closestOf(name, known);
  return nearest === undefined ? "" : `; the closest one is ${nearest}`;
}

/** The same where all that are known stand before it: only what is nearly one of them is worth a hint. */
export function nearlyName(name: string, known: readonly string[]): string {
  const nearest = closestOf(name.toLowerCase(), known) ?? "";
  return distance(name.toLowerCase(), nearest) * 2 < nearest.length ? `; the closest one is ${nearest}` : "";
}
