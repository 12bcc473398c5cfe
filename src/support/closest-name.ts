import { closest, distance } from "fastest-levenshtein";

/** The known name that is nearest to one that may be mistyped; undefined where nothing is known. */
export function closestOf(name: string, known: readonly string[]): string | undefined {
  return known.length > 0 ? closest(name, [...known]) : undefined;
}

/** The same as a hint, to stand at the end of a detail; empty where nothing is known. */
export function closestName(name: string, known: readonly string[]): string {
  return hintOf(closestOf(name, known));
}

/** The known name that a mistyped one is nearly; undefined where it is like none. */
export function nearlyOf(name: string, known: readonly string[]): string | undefined {
  const nearest = closestOf(name.toLowerCase(), known) ?? "";
  return distance(name.toLowerCase(), nearest) * 2 < nearest.length ? nearest : undefined;
}

/** The same as a hint: where all that are known stand before it, or may be many, only what is nearly one of them is worth one. */
export function nearlyName(name: string, known: readonly string[]): string {
  return hintOf(nearlyOf(name, known));
}

function hintOf(nearest: string | undefined): string {
  return nearest === undefined ? "" : `; the closest one is ${nearest}`;
}
