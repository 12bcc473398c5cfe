import { routesThatMay } from "../deliver/route-order.ts";
import { type CatalogWork, catalogWork } from "../render/bounds/bound-template.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import { carrierTemplateIssues } from "./check-carrier-templates.ts";
import { adapterOf, type CarrierDeps, carrierIssues } from "./check-carriers.ts";
import { planningIssues } from "./check-planning.ts";
import { routeIssues } from "./check-routes.ts";
import { ruleIssues } from "./check-rules.ts";
import { brandIssues } from "./check-signature.ts";
import { wordsIssues } from "./check-words.ts";
import { unsupportedIn } from "./unsupported.ts";

/** What a catalog of good shape means, looked at whole: every issue at once, each with its pointer. Empty where it may be published. */
export function checkCatalog(catalog: Catalog, tenant: string, deps: CarrierDeps): Issue[] {
  const work = catalogWork();
  return [
    ...unsupportedIn(catalog),
    ...ruleIssues(catalog),
    ...brandIssues(catalog),
    ...Object.entries(catalog.carriers ?? {}).flatMap(([name, carrier]) => carrierIssues(name, carrier, tenant, deps)),
    ...(catalog.routes ?? []).flatMap((route, at) => routeIssues(route, at, catalog)),
    ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(name, notice, catalog, work)),
    ...Object.entries(catalog.classes ?? {}).flatMap(([name, settings]) => ttlIssues(settings?.ttl, ["classes", name, "ttl"])),
  ];
}

function noticeIssues(name: string, notice: Notice, catalog: Catalog, work: CatalogWork): Issue[] {
  const at = ["notices", name];
  return [
    ...ttlIssues(notice.ttl, [...at, "ttl"]),
    ...nameIssues(name, at),
    ...planningIssues(notice, at),
    ...channelIssues(name, notice, catalog, [...at, "channels"]),
    ...carrierTemplateIssues(name, notice, catalog, (carrier) => adapterOf(catalog, carrier)?.limits, work),
    ...wordsIssues(name, notice, catalog, work),
  ];
}

function nameIssues(name: string, at: readonly PropertyKey[]): Issue[] {
  const found: Issue[] = [];
  if (name.startsWith(RESERVED_PREFIX)) found.push(issueAt(at, `begins with ${RESERVED_PREFIX}, which is reserved for Carillon's own`));
  if (/^\d+$/.test(name)) found.push(issueAt(at, "may not be digits alone: JSON does not keep the order of such names, and order decides"));
  if (NOTICE_CLASSES.some((noticeClass) => noticeClass === name) || name === "all")
    found.push(issueAt(at, "may not be named like a class or all, which are scopes of preferences"));
  return found;
}

function channelIssues(name: string, notice: Notice, { routes = [] }: Catalog, path: readonly PropertyKey[]): Issue[] {
  return notice.channels.flatMap((channel, place) => {
    const at = [...path, place];
    const found = notice.channels.indexOf(channel) === place ? [] : [issueAt(at, "stands twice")];
    if (routesThatMay(routes, { channel, class: notice.class, notice: name }).length > 0) return found;
    return [...found, issueAt(at, `has no route: add one for ${channel} and ${notice.class} to routes`)];
  });
}

function ttlIssues(ttl: string | undefined, path: readonly PropertyKey[]): Issue[] {
  return ttl !== undefined && durationMs(ttl) === 0 ? [issueAt(path, "must be longer than nothing")] : [];
}
