import { type Issue, issueAt } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";

/** Keys of a notice whose meaning is not built yet. They are refused, never ignored. */
const NOT_YET = ["replies"] as const;

/** Everything in a catalog that is good in shape and cannot be kept yet. */
export function unsupportedIn(catalog: Catalog): Issue[] {
  return Object.entries(catalog.notices).flatMap(([name, notice]) => {
    const at = ["notices", name];
    return NOT_YET.flatMap((key) => (notice[key] === undefined ? [] : [issueAt([...at, key], "is not supported yet; leave it out")]));
  });
}
