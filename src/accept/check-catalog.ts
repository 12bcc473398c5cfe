import { routesThatMay } from "../deliver/route-order.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt, issuesOf } from "../support/issues.ts";
import { templateFault } from "../support/text-engine.ts";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import { type Catalog, channelTemplates, type Notice } from "../vocabulary/catalog.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import { locale } from "../vocabulary/recipient.ts";
import { carrierTemplateIssues } from "./check-carrier-templates.ts";
import { adapterOf, type CarrierDeps, carrierIssues } from "./check-carriers.ts";
import { planningIssues } from "./check-planning.ts";
import { routeIssues } from "./check-routes.ts";
import { ruleIssues } from "./check-rules.ts";
import { unsupportedIn } from "./unsupported.ts";

/** What a catalog of good shape means, looked at whole: every issue at once, each with its pointer. Empty where it may be published. */
export function checkCatalog(catalog: Catalog, tenant: string, deps: CarrierDeps): Issue[] {
  return [
    ...unsupportedIn(catalog),
    ...ruleIssues(catalog),
    ...Object.entries(catalog.carriers ?? {}).flatMap(([name, carrier]) => carrierIssues(name, carrier, tenant, deps)),
    ...(catalog.routes ?? []).flatMap((route, at) => routeIssues(route, at, catalog)),
    ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(name, notice, catalog)),
    ...Object.entries(catalog.classes ?? {}).flatMap(([name, settings]) => ttlIssues(settings?.ttl, ["classes", name, "ttl"])),
  ];
}

function noticeIssues(name: string, notice: Notice, catalog: Catalog): Issue[] {
  const at = ["notices", name];
  const found = ttlIssues(notice.ttl, [...at, "ttl"]);
  if (name.startsWith(RESERVED_PREFIX)) found.push(issueAt(at, `begins with ${RESERVED_PREFIX}, which is reserved for Carillon's own`));
  if (/^\d+$/.test(name)) found.push(issueAt(at, "may not be digits alone: JSON does not keep the order of such names, and order decides"));
  if (NOTICE_CLASSES.some((noticeClass) => noticeClass === name) || name === "all")
    found.push(issueAt(at, "may not be named like a class or all, which are scopes of preferences"));
  found.push(...planningIssues(notice, at));
  for (const [place, channel] of notice.channels.entries()) {
    if (notice.channels.indexOf(channel) !== place) found.push(issueAt([...at, "channels", place], "stands twice"));
    if (routesThatMay(catalog.routes ?? [], { channel, class: notice.class, notice: name }).length === 0)
      found.push(issueAt([...at, "channels", place], `has no route: add one for ${channel} and ${notice.class} to routes`));
  }
  found.push(...carrierTemplateIssues(name, notice, catalog, (carrier) => adapterOf(catalog, carrier)?.limits));
  if (!notice.series) return [...found, ...wordsIssues(notice.templates ?? {}, notice, [...at, "templates"])];
  const named = Object.entries(notice.templates ?? {});
  return [...found, ...named.flatMap(([template, words]) => wordsIssues(words, notice, [...at, "templates", template]))];
}

/** Words for each channel of the notice, in at least one locale, each of them Liquid. */
function wordsIssues(words: unknown, notice: Notice, at: readonly PropertyKey[]): Issue[] {
  const templates = channelTemplates.safeParse(words);
  if (!templates.success) return issuesOf(templates.error, at);
  const found = notice.channels.flatMap((channel) =>
    templates.data[channel] ? [] : [issueAt([...at, channel], `is missing: the notice goes out by ${channel} and has no words for it`)],
  );
  for (const [channel, texts] of Object.entries(templates.data)) {
    const locales = Object.entries(texts ?? {}).filter(([key]) => key !== "segments");
    if (locales.length === 0) found.push(issueAt([...at, channel], "has no text in any locale"));
    if (texts?.segments !== undefined) found.push(issueAt([...at, channel, "segments"], "is not supported yet; leave it out"));
    for (const [tag, text] of locales) {
      const fault = templateFault(String(text));
      if (!locale.safeParse(tag).success) found.push(issueAt([...at, channel, tag], "is not a language tag, such as zh-CN"));
      if (fault !== undefined) found.push(issueAt([...at, channel, tag], `is not Liquid: ${fault}`));
    }
  }
  return found;
}

function ttlIssues(ttl: string | undefined, path: readonly PropertyKey[]): Issue[] {
  return ttl !== undefined && durationMs(ttl) === 0 ? [issueAt(path, "must be longer than nothing")] : [];
}
