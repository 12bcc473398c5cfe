import { DEPTH_MAX } from "../support/depth.ts";
import { type Issue, issueAt } from "../support/issues.ts";

/** Most entries of a list or map of a catalog, by its name; of `notices` and `carriers` those at the top. */
const LIST_MAX = 1_000;
const TOP_MAX: Readonly<Record<string, number>> = { notices: 20_000, carriers: 200 };
const NAMED_MAX: Readonly<Record<string, number>> = { channels: 20, classes: 20, quiet_hours: 50, caps: 50, series: 100 };
/** Twice those of 5,000 notices. */
const VALUES_MAX = 400_000;

/** What keeps a catalog from being looked at closely: a list or map that is too long, or too much in all. Looked at before its schema is. */
export function crowdedIssue(catalog: unknown): Issue | undefined {
  let room = VALUES_MAX;
  const issueIn = (value: unknown, path: readonly string[]): Issue | undefined => {
    if (value === null || typeof value !== "object" || path.length > DEPTH_MAX) return undefined;
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    const name = path.at(-1) ?? "";
    const max = (path.length === 1 ? TOP_MAX[name] : undefined) ?? NAMED_MAX[name] ?? LIST_MAX;
    if (size > max) return issueAt(path, `has ${size} entries, and may have ${max}`);
    room -= size;
    if (room < 0) return issueAt([], `has more than ${VALUES_MAX} values, lists and maps; split it among tenants, or leave some out`);
    for (const [key, inner] of Object.entries(value)) {
      const found = inner !== null && typeof inner === "object" ? issueIn(inner, [...path, key]) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return issueIn(catalog, []);
}
