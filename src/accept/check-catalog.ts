import { closest } from "fastest-levenshtein";
import { findAdapter } from "../deliver/carriers/registry.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, issuesOf, pointerOf } from "../support/issues.ts";
import { templateFault } from "../support/text-engine.ts";
import { type Catalog, type CatalogCarrier, channelTemplates, type Notice, type Route } from "../vocabulary/catalog.ts";
import { NOTICE_CLASSES } from "../vocabulary/classes.ts";
import { locale } from "../vocabulary/recipient.ts";
import { ruleIssues } from "./check-rules.ts";
import { unsupportedIn } from "./unsupported.ts";

export interface CheckDeps {
  /** Origins that a base_url may have besides the vendors' own. */
  readonly carrierHosts: readonly string[];
  readonly hasSecret: (name: string) => boolean;
}

const RESERVED = /^carillon\./;

/** What a catalog of good shape means, looked at whole: every issue at once, each with its pointer. Empty where it may be published. */
export function checkCatalog(catalog: Catalog, tenant: string, deps: CheckDeps): Issue[] {
  return [
    ...unsupportedIn(catalog),
    ...ruleIssues(catalog),
    ...Object.entries(catalog.carriers ?? {}).flatMap(([name, carrier]) => carrierIssues(name, carrier, tenant, deps)),
    ...(catalog.routes ?? []).flatMap((route, at) => routeIssues(route, at, catalog)),
    ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(name, notice, catalog)),
    ...Object.entries(catalog.classes ?? {}).flatMap(([name, settings]) => ttlIssues(settings?.ttl, ["classes", name, "ttl"])),
  ];
}

function issue(path: readonly PropertyKey[], detail: string): Issue {
  return { pointer: pointerOf(path), detail };
}

function carrierIssues(name: string, carrier: CatalogCarrier, tenant: string, deps: CheckDeps): Issue[] {
  const at = ["carriers", name];
  const search = findAdapter(carrier.adapter);
  if (search.kind === "unknown") return [issue([...at, "adapter"], `is not an adapter; there are ${search.known.join(", ")}`)];
  const { adapter } = search;
  const prefix = `CARRIER_${tenant.toUpperCase()}_`;
  const secrets = Object.entries(carrier.secrets ?? {});
  const found = secrets.flatMap(([key, secret]) => {
    if (!secret.startsWith(prefix))
      return [issue([...at, "secrets", key], `must begin with ${prefix}: a tenant reaches only its own secrets`)];
    return deps.hasSecret(secret)
      ? []
      : [issue([...at, "secrets", key], `is not set in this deployment; set it with wrangler secret put ${secret}`)];
  });
  if (!allowed(carrier.base_url, adapter.hosts, deps.carrierHosts)) {
    found.push(
      issue([...at, "base_url"], `is not allowed; use https and ${adapter.hosts.join(" or ")}, or have its origin added to CARRIER_HOSTS`),
    );
  }
  const settings = adapter.checkSettings(carrier.settings);
  if (settings.kind === "invalid")
    return [...found, ...settings.issues.map(({ path, message }) => issue([...at, "settings", ...path], message))];
  const missing = settings.secrets.filter((secret) => carrier.secrets?.[secret] === undefined);
  return [
    ...found,
    ...missing.map((secret) =>
      issue([...at, "secrets", secret], `is missing; name the secret that holds it, such as ${prefix}${secret.toUpperCase()}`),
    ),
  ];
}

/** The vendor's own hosts over https, or an origin that the deployment allows. */
function allowed(baseUrl: string, hosts: readonly string[], origins: readonly string[]): boolean {
  const url = new URL(baseUrl);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return false;
  if (origins.some((origin) => origin === url.origin || origin === url.host))
    return origins.includes(url.origin) || url.protocol === "https:";
  const own = hosts.some((host) => (host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host));
  return own && url.protocol === "https:" && url.port === "";
}

function routeIssues(route: Route, at: number, catalog: Catalog): Issue[] {
  const names = Array.isArray(route.carriers) ? route.carriers : Object.keys(route.carriers);
  return names.flatMap((name, place) => {
    const path = ["routes", at, "carriers", Array.isArray(route.carriers) ? place : name];
    const carrier = Object.hasOwn(catalog.carriers ?? {}, name) ? catalog.carriers?.[name] : undefined;
    if (!carrier) return [issue(path, `is not a carrier of this catalog${nearest(name, Object.keys(catalog.carriers ?? {}))}`)];
    if (names.indexOf(name) !== place) return [issue(path, "stands twice in the same route")];
    const search = findAdapter(carrier.adapter);
    const fits = search.kind === "unknown" || search.adapter.limits.channels.includes(route.channel);
    return fits ? [] : [issue(path, `does not carry ${route.channel}`)];
  });
}

function noticeIssues(name: string, notice: Notice, catalog: Catalog): Issue[] {
  const at = ["notices", name];
  const found = ttlIssues(notice.ttl, [...at, "ttl"]);
  if (RESERVED.test(name)) found.push(issue(at, "begins with carillon., which is reserved for Carillon's own"));
  if (/^\d+$/.test(name)) found.push(issue(at, "may not be digits alone: JSON does not keep the order of such names, and order decides"));
  if (NOTICE_CLASSES.some((noticeClass) => noticeClass === name) || name === "all")
    found.push(issue(at, "may not be named like a class or all, which are scopes of preferences"));
  for (const [place, type] of (notice.on ?? []).entries())
    if (RESERVED.test(type)) found.push(issue([...at, "on", place], "begins with carillon., which is reserved"));
  for (const [place, channel] of notice.channels.entries()) {
    if (notice.channels.indexOf(channel) !== place) found.push(issue([...at, "channels", place], "stands twice"));
    if (!(catalog.routes ?? []).some((route) => route.channel === channel && (route.classes?.includes(notice.class) ?? true))) {
      found.push(issue([...at, "channels", place], `has no route: add one for ${channel} and ${notice.class} to routes`));
    }
  }
  if (!notice.series) return [...found, ...wordsIssues(notice.templates ?? {}, notice, [...at, "templates"])];
  const named = Object.entries(notice.templates ?? {});
  return [...found, ...named.flatMap(([template, words]) => wordsIssues(words, notice, [...at, "templates", template]))];
}

/** Words for each channel of the notice, in at least one locale, each of them Liquid. */
function wordsIssues(words: unknown, notice: Notice, at: readonly PropertyKey[]): Issue[] {
  const templates = channelTemplates.safeParse(words);
  if (!templates.success) return issuesOf(templates.error, at);
  const found = notice.channels.flatMap((channel) =>
    templates.data[channel] ? [] : [issue([...at, channel], `is missing: the notice goes out by ${channel} and has no words for it`)],
  );
  for (const [channel, texts] of Object.entries(templates.data)) {
    const locales = Object.entries(texts ?? {}).filter(([key]) => key !== "segments");
    if (locales.length === 0) found.push(issue([...at, channel], "has no text in any locale"));
    if (texts?.segments !== undefined) found.push(issue([...at, channel, "segments"], "is not supported yet; leave it out"));
    for (const [tag, text] of locales) {
      const fault = templateFault(String(text));
      if (!locale.safeParse(tag).success) found.push(issue([...at, channel, tag], "is not a language tag, such as zh-CN"));
      if (fault !== undefined) found.push(issue([...at, channel, tag], `is not Liquid: ${fault}`));
    }
  }
  return found;
}

function ttlIssues(ttl: string | undefined, path: readonly PropertyKey[]): Issue[] {
  return ttl !== undefined && durationMs(ttl) === 0 ? [issue(path, "must be longer than nothing")] : [];
}

function nearest(name: string, known: readonly string[]): string {
  return known.length > 0 ? `; the closest one is ${closest(name, [...known])}` : "";
}
