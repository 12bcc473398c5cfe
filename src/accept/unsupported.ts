import { type Issue, pointerOf } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";

/** Keys of the catalog whose meaning is not built yet, by where they stand. They are refused, never ignored. */
const NOT_YET = {
  carrier: ["per_second", "price"],
  route: ["prefixes", "notices"],
  notice: ["fallback_after", "data", "carrier_templates", "replies"],
} as const;

/** Everything in a catalog that is good in shape and cannot be kept yet. */
export function unsupportedIn(catalog: Catalog): Issue[] {
  const found: Issue[] = [];
  const look = (value: object, keys: readonly string[], path: readonly PropertyKey[]): void => {
    for (const key of keys) {
      if (Reflect.get(value, key) !== undefined)
        found.push({ pointer: pointerOf([...path, key]), detail: "is not supported yet; leave it out" });
    }
  };
  for (const [name, carrier] of Object.entries(catalog.carriers ?? {})) look(carrier, NOT_YET.carrier, ["carriers", name]);
  for (const [at, route] of (catalog.routes ?? []).entries()) {
    look(route, NOT_YET.route, ["routes", at]);
    if (!Array.isArray(route.carriers))
      found.push({ pointer: pointerOf(["routes", at, "carriers"]), detail: "weights are not supported yet; give a list in order" });
  }
  for (const [name, notice] of Object.entries(catalog.notices)) {
    look(notice, NOT_YET.notice, ["notices", name]);
    if (notice.to?.startsWith("topic:"))
      found.push({ pointer: pointerOf(["notices", name, "to"]), detail: "topics are not supported yet; name recipients" });
  }
  return found;
}
