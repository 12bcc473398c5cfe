import { routesThatMay } from "../deliver/route-order.ts";
import { type CatalogWork, catalogWork } from "../render/bounds/bound-template.ts";
import { DEPTH_MAX, isDeeperThan } from "../support/depth.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import { type Catalog, carrierName, type Notice } from "../vocabulary/catalog.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import { carrierTemplateIssues } from "./check-carrier-templates.ts";
import { adapterOf, type CarrierDeps, carrierIssues } from "./check-carriers.ts";
import { countryIssues } from "./check-countries.ts";
import { planningIssues } from "./check-planning.ts";
import { routeIssues } from "./check-routes.ts";
import { ruleIssues } from "./check-rules.ts";
import { brandIssues } from "./check-signature.ts";
import { wordsIssues } from "./check-words.ts";
import { crowdedIssue } from "./crowded.ts";
import { type Malformed, NOTHING_MALFORMED, readShape, withoutClasses } from "./read-shape.ts";
import { unsupportedIn } from "./unsupported.ts";

/**
 * A catalog as it was written, looked at whole: every issue of shape and of meaning at once, each with its pointer. What is malformed is
 * left out of `catalog`, which is undefined where nothing of it could be read.
 */
export function readCatalog(
  value: unknown,
  tenant: string,
  deps: CarrierDeps,
): { readonly catalog?: Catalog | undefined; readonly issues: readonly Issue[] } {
  if (isDeeperThan(value, DEPTH_MAX)) return { issues: [issueAt([], `is nested more than ${DEPTH_MAX} levels deep`)] };
  const crowded = crowdedIssue(value);
  if (crowded) return { issues: [crowded] };
  const { catalog, malformed, issues } = readShape(value);
  return { catalog, issues: catalog ? [...issues, ...checkCatalog(catalog, tenant, deps, malformed)] : issues };
}

/** What a catalog of good shape means. Empty where it may be published. What follows from something `malformed` is not said. */
export function checkCatalog(catalog: Catalog, tenant: string, deps: CarrierDeps, malformed = NOTHING_MALFORMED): Issue[] {
  const work = catalogWork();
  return [
    ...unsupportedIn(catalog),
    ...ruleIssues(catalog, malformed),
    ...brandIssues(catalog),
    ...(catalog.defaults?.country === undefined ? [] : countryIssues(catalog.defaults.country, ["defaults", "country"])),
    ...Object.entries(catalog.carriers ?? {}).flatMap(([name, carrier]) => [
      ...namedIssues(carrierName, name, ["carriers", name]),
      ...carrierIssues(name, carrier, tenant, deps, malformed),
    ]),
    ...(catalog.routes ?? []).flatMap((route, at) => routeIssues(malformed.routes.get(at) ?? route, at, catalog, malformed)),
    ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(name, notice, catalog, malformed, work)),
    ...Object.entries(catalog.classes ?? {}).flatMap(([name, settings]) => ttlIssues(settings?.ttl, ["classes", name, "ttl"])),
  ].map(malformed.given);
}

function noticeIssues(name: string, notice: Notice, whole: Catalog, malformed: Malformed, work: CatalogWork): Issue[] {
  const at = ["notices", name];
  const catalog = malformed.isLost([...at, "class"]) ? withoutClasses(whole) : whole;
  return [
    ...ttlIssues(notice.ttl, [...at, "ttl"]),
    ...nameIssues(name, at),
    ...planningIssues(notice, at),
    ...channelIssues(name, notice, catalog, [...at, "channels"], malformed),
    ...carrierTemplateIssues(name, notice, catalog, (carrier) => adapterOf(catalog, carrier)?.limits, work, malformed),
    ...wordsIssues(name, notice, catalog, work, malformed),
  ];
}

function namedIssues(schema: typeof catalogName, name: string, at: readonly PropertyKey[]): Issue[] {
  const { error } = schema.safeParse(name);
  return error ? error.issues.map(({ message }) => issueAt(at, `as a name: ${message}`)) : [];
}

function nameIssues(name: string, at: readonly PropertyKey[]): Issue[] {
  const found = namedIssues(catalogName, name, at);
  if (name.startsWith(RESERVED_PREFIX)) found.push(issueAt(at, `begins with ${RESERVED_PREFIX}, which is reserved for Carillon's own`));
  if (/^\d+$/.test(name)) found.push(issueAt(at, "may not be digits alone: JSON does not keep the order of such names, and order decides"));
  if (NOTICE_CLASSES.some((noticeClass) => noticeClass === name) || name === "all")
    found.push(issueAt(at, "may not be named like a class or all, which are scopes of preferences"));
  return found;
}

function channelIssues(
  name: string,
  notice: Notice,
  { routes = [] }: Catalog,
  path: readonly PropertyKey[],
  { anyRoute }: Malformed,
): Issue[] {
  return notice.channels.flatMap((channel, place) => {
    const at = [...path, place];
    const found = notice.channels.indexOf(channel) === place ? [] : [issueAt(at, "stands twice")];
    if (anyRoute || routesThatMay(routes, { channel, class: notice.class, notice: name }).length > 0) return found;
    return [...found, issueAt(at, `has no route: add one for ${channel} and ${notice.class} to routes`)];
  });
}

function ttlIssues(ttl: string | undefined, path: readonly PropertyKey[]): Issue[] {
  return ttl !== undefined && durationMs(ttl) === 0 ? [issueAt(path, "must be longer than nothing")] : [];
}
