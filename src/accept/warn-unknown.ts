import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { noticeClass } from "../vocabulary/classes.ts";
import { isMeant } from "./key-limits.ts";

export interface WarnDeps {
  readonly activeCatalog: (tenant: string) => Promise<ActiveCatalog | undefined>;
}

/** Names that a request gives, beside each where it stands: of notices, or of event types or their beginnings. */
export interface GivenName {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly of: "names" | "types";
}

/** The names of a list at this path. */
export function namesIn(key: string, names: readonly string[] = [], of: GivenName["of"] = "names"): GivenName[] {
  return names.map((name, at) => ({ path: [key, at], name, of }));
}

/** The notices that are scopes of preferences. */
export function scopesIn(preferences: readonly { readonly scope: string }[] = []): GivenName[] {
  return preferences.flatMap(({ scope: name }, at) =>
    name === "all" || noticeClass.safeParse(name).success ? [] : [{ path: ["preferences", at, "scope"], name, of: "names" as const }],
  );
}

/**
 * What the catalog in force does not know of these, as a part of an answer. It is taken all the same: its catalog may yet come. Nothing
 * where there is no catalog, or none can be read now: what was asked for is done.
 */
export async function warningsOf(
  given: readonly GivenName[],
  tenant: string,
  { activeCatalog }: WarnDeps,
): Promise<{ readonly warnings?: readonly Issue[] }> {
  const index = given.length > 0 ? (await activeCatalog(tenant).catch(() => undefined))?.index : undefined;
  const warnings = given.flatMap(({ path, name, of }) => {
    const known = index ? [...index[of].keys()] : [name];
    if (known.some((one) => isMeant(name, one))) return [];
    return [issueAt(path, `is no ${of === "names" ? "notice" : "event type"} of the catalog in force${closestName(name, known)}`)];
  });
  return warnings.length > 0 ? { warnings } : {};
}
