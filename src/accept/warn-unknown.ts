import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import { nearlyName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import { isMeant } from "./key-limits.ts";

export interface WarnDeps {
  readonly activeCatalog: (tenant: string) => Promise<ActiveCatalog | undefined>;
}

/** Names that a request gives, beside each where it stands: of notices, of event types or their beginnings, or of preferences' scopes. */
export interface GivenName {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly of: keyof typeof KINDS;
}

const KINDS = { names: "notice", types: "event type", scopes: "class and no notice" };
/** Scopes of preferences beside the notices. */
const SCOPES: readonly string[] = [...NOTICE_CLASSES, "all"];

/** The names of a list at this path. */
export function namesIn(key: string, names: readonly string[] = [], of: GivenName["of"] = "names"): GivenName[] {
  return names.map((name, at) => ({ path: [key, at], name, of }));
}

/** The scopes of preferences that are no class's. */
export function scopesIn(preferences: readonly { readonly scope: string }[] = []): GivenName[] {
  return preferences.flatMap(({ scope: name }, at) =>
    SCOPES.includes(name) ? [] : [{ path: ["preferences", at, "scope"], name, of: "scopes" as const }],
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
    const known = index ? [...index[of === "types" ? of : "names"].keys()] : [name];
    if (known.some((one) => isMeant(name, one))) return [];
    const near = nearlyName(name, of === "scopes" ? [...SCOPES, ...known] : known);
    return [issueAt(path, `is no ${KINDS[of]} of the catalog in force${near}`)];
  });
  return warnings.length > 0 ? { warnings } : {};
}
