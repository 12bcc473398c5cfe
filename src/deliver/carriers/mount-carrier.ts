import type { CompiledCatalog } from "../../store/compiled-catalog.ts";
import { readSecret } from "../../support/config.ts";
import type { CatalogCarrier } from "../../vocabulary/catalog.ts";
import { findAdapter, type MountedCarrier } from "./registry.ts";

/** Mounts carriers' accounts with their secrets, once for as long as their catalog is cached. */
export function carrierMounter(env: object): (tenant: string, compiled: CompiledCatalog, name: string) => MountedCarrier | undefined {
  const mounted = new WeakMap<CatalogCarrier, { readonly carrier: MountedCarrier | undefined }>();
  return (_tenant, { catalog: { carriers = {} } }, name) => {
    const account = Object.hasOwn(carriers, name) ? carriers[name] : undefined;
    if (!account) return undefined;
    const known = mounted.get(account) ?? { carrier: mountCarrier(env, account) };
    mounted.set(account, known);
    return known.carrier;
  };
}

function mountCarrier(env: object, carrier: CatalogCarrier): MountedCarrier | undefined {
  const search = findAdapter(carrier.adapter);
  if (search.kind !== "found") return undefined;
  const secrets = Object.entries(carrier.secrets ?? {}).flatMap(([key, secret]) => {
    const value = readSecret(env, secret);
    return value === undefined ? [] : [[key, value] as const];
  });
  const account = {
    base_url: carrier.base_url.replace(/\/+$/, ""),
    settings: carrier.settings,
    secrets: Object.fromEntries(secrets),
  };
  const mounting = search.adapter.mount(account);
  return mounting.kind === "mounted" ? mounting.carrier : undefined;
}
