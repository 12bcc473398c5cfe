import { adviseCatalog } from "./accept/advise-catalog.ts";
import { checkCatalog } from "./accept/check-catalog.ts";
import { readShape, soundOf } from "./accept/read-shape.ts";
import { Refused } from "./cli-connection.ts";
import { type LoadedCatalog, readCatalog } from "./cli-files.ts";
import type { Place } from "./cli-yaml.ts";
import { type Issue, issueAt, pathOf } from "./support/issues.ts";
import type { Catalog } from "./vocabulary/catalog.ts";

/** One thing that is wrong, or might be better, and where it stands. */
export interface Finding extends Place, Issue {
  readonly severity: "error" | "advice";
}

export interface LintTerms {
  /** Whose catalog it is; left out, it is read from the names of the secrets. */
  readonly tenant?: string | undefined;
  /** Origins that a base_url may have besides the vendors' own, as the deployment's CARRIER_HOSTS. */
  readonly carrierHosts: readonly string[];
}

/** Hosts that are this machine, to which a deployment does not send. */
const LOCAL = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * All that publishing would refuse and can be known here, and advice besides, by place. Throws Refused where it is not known whose
 * catalog it is. What the deployment has set is not known: every secret counts as set.
 */
export function lintCatalog(path: string, terms: LintTerms): Finding[] {
  const { loaded, faults } = readCatalog(path);
  const read = faults.map((fault): Finding => ({ line: 1, column: 1, ...fault, severity: "error" }));
  const found = loaded ? [...read, ...findingsIn(loaded, terms)] : read;
  return found.sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
}

function findingsIn(loaded: LoadedCatalog, terms: LintTerms): Finding[] {
  const { catalog, issues: shape, malformed } = readShape(loaded.value);
  const tenant = catalog && (terms.tenant ?? tenantOf(catalog, shape.length > 0));
  if (!catalog) return placed(loaded, shape, "error");
  const local = localOrigins(catalog);
  const deps = { carrierHosts: [...terms.carrierHosts, ...local.values()], hasSecret: () => true };
  const meaning = checkCatalog(catalog, tenant ?? "", deps, malformed);
  const reaches = [...local.keys()].map((name) =>
    issueAt(["carriers", name, "base_url"], "reaches this machine only; give the vendor's address before it is published"),
  );
  return [
    ...placed(loaded, [...shape, ...meaning.filter((issue) => tenant !== undefined || !isOfSecrets(issue))], "error"),
    ...placed(loaded, [...reaches, ...adviseCatalog(soundOf(catalog, malformed))], "advice"),
  ];
}

/** What is said of secrets names whose they are. */
function isOfSecrets({ pointer }: Issue): boolean {
  const [section, , member] = pathOf(pointer);
  return section === "carriers" && member === "secrets";
}

function placed(loaded: LoadedCatalog, issues: readonly Issue[], severity: Finding["severity"]): Finding[] {
  return issues.map((issue) => ({ ...loaded.placeOfIssue(issue), ...issue, severity }));
}

/** By carrier, the origin of each base_url that is this machine. */
function localOrigins({ carriers = {} }: Catalog): ReadonlyMap<string, string> {
  const urls = Object.entries(carriers).map(([name, { base_url }]) => [name, new URL(base_url)] as const);
  return new Map(urls.flatMap(([name, { hostname, origin }]) => (LOCAL.has(hostname) ? [[name, origin]] : [])));
}

/** The tenant that all secrets of a catalog are of: a secret's name begins with CARRIER_ and whose it is. Undefined where something is malformed that may say so. */
function tenantOf({ carriers = {} }: Catalog, isPartial: boolean): string | undefined {
  const secrets = Object.values(carriers).flatMap((carrier) => Object.values(carrier.secrets ?? {}));
  const tenants = [...new Set(secrets.map((secret) => secret.split("_")[1]?.toLowerCase() ?? ""))];
  const [only = ""] = tenants;
  if (tenants.length <= 1 && (only !== "" || Object.keys(carriers).length === 0)) return only;
  if (isPartial) return undefined;
  const why = tenants.length > 1 ? `its secrets are of ${tenants.join(" and ")}` : "it names no secrets";
  throw new Refused(`whose catalog is it? Give --tenant: ${why}`);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
