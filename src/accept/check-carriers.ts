import { findAdapter, type RegisteredAdapter } from "../deliver/carriers/registry.ts";
import { type Issue, issueAt, pointerOf } from "../support/issues.ts";
import type { CarrierLimits } from "../vocabulary/carrier.ts";
import type { Catalog, CatalogCarrier } from "../vocabulary/catalog.ts";
import { countryIssues } from "./check-countries.ts";
import { type Malformed, NOTHING_MALFORMED } from "./read-shape.ts";

export interface CarrierDeps {
  /** Origins that a base_url may have besides the vendors' own. */
  readonly carrierHosts: readonly string[];
  readonly hasSecret: (name: string) => boolean;
}

/** The adapter of a carrier that a catalog names; undefined where there is no such carrier or no such adapter. */
export function adapterOf(catalog: Catalog, carrier: string): RegisteredAdapter | undefined {
  const account = Object.hasOwn(catalog.carriers ?? {}, carrier) ? catalog.carriers?.[carrier] : undefined;
  const search = account && findAdapter(account.adapter);
  return search?.kind === "found" ? search.adapter : undefined;
}

/** What is wrong with a carrier's account: its adapter, address, settings, secrets, and what its adapter cannot keep. */
export function carrierIssues(
  name: string,
  carrier: CatalogCarrier,
  tenant: string,
  deps: CarrierDeps,
  { isLost }: Malformed = NOTHING_MALFORMED,
): Issue[] {
  const at = ["carriers", name];
  const found = [...secretIssues(carrier, at, tenant, deps)];
  const search = findAdapter(carrier.adapter);
  if (search.kind === "unknown") {
    const issue = issueAt([...at, "adapter"], `is not an adapter; there are ${search.known.join(", ")}`);
    return isLost([...at, "adapter"]) ? found : [issue, ...found];
  }
  const { adapter } = search;
  if (!isLost([...at, "base_url"]) && !allowed(carrier.base_url, adapter.hosts, deps.carrierHosts)) {
    found.push(
      issueAt(
        [...at, "base_url"],
        `is not allowed; use https and ${adapter.hosts.join(" or ")}, or have its origin added to CARRIER_HOSTS`,
      ),
    );
  }
  found.push(...keepingIssues(carrier, at, adapter));
  const priced = Object.keys(carrier.price ?? {}).filter((country) => country !== "*");
  found.push(...priced.flatMap((country) => countryIssues(country, [...at, "price", country])));
  const settings = adapter.checkSettings(carrier.settings);
  if (settings.kind === "invalid" && !isLost([...at, "settings"]))
    found.push(...settings.issues.map(({ pointer, detail }) => ({ pointer: pointerOf([...at, "settings"]) + pointer, detail })));
  const missing = settings.secrets.filter((secret) => carrier.secrets?.[secret] === undefined && !isLost([...at, "secrets", secret]));
  return [
    ...found,
    ...missing.map((secret) =>
      issueAt([...at, "secrets", secret], `is missing; name the secret that holds it, such as ${prefixOf(tenant)}${secret.toUpperCase()}`),
    ),
  ];
}

/** Names of secrets that a tenant may use begin so; tenant ids hold no `_`, so that no prefix is another's beginning. */
function prefixOf(tenant: string): string {
  return `CARRIER_${tenant.toUpperCase()}_`;
}

function secretIssues(carrier: CatalogCarrier, at: readonly PropertyKey[], tenant: string, deps: CarrierDeps): Issue[] {
  const prefix = prefixOf(tenant);
  return Object.entries(carrier.secrets ?? {}).flatMap(([key, secret]) => {
    if (!secret.startsWith(prefix))
      return [issueAt([...at, "secrets", key], `must begin with ${prefix}: a tenant reaches only its own secrets`)];
    return deps.hasSecret(secret)
      ? []
      : [issueAt([...at, "secrets", key], `is not set in this deployment; set it with wrangler secret put ${secret}`)];
  });
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

/** A pace that the account's own would never allow, and a balance that nobody tells. */
export function keepingIssues(
  carrier: Pick<CatalogCarrier, "per_second" | "sender_per_second" | "balance_low">,
  at: readonly PropertyKey[],
  adapter: Pick<RegisteredAdapter, "name" | "tells_balance"> & { readonly limits: Pick<CarrierLimits, "per_second"> },
): Issue[] {
  const found: Issue[] = [];
  const perSecond = carrier.per_second ?? adapter.limits.per_second;
  if (carrier.sender_per_second !== undefined && carrier.sender_per_second > perSecond) {
    const own = carrier.per_second === undefined ? `which is ${perSecond} where it is left out` : `which is ${perSecond}`;
    found.push(issueAt([...at, "sender_per_second"], `must be at most per_second, ${own}: one sender is never faster than its account`));
  }
  if (carrier.balance_low !== undefined && !adapter.tells_balance)
    found.push(issueAt([...at, "balance_low"], `cannot be kept: ${adapter.name} does not tell its balance; leave it out`));
  return found;
}
