import type { Catalog } from "../vocabulary/catalog.ts";
import { activeCatalogVersion, findCatalog } from "./catalogs.ts";
import { expiring } from "./expiring.ts";

/** One version of a tenant's catalog, as it is shared by all that use it: what is compiled from it hangs on this object. */
export interface CompiledCatalog {
  readonly version: number;
  readonly catalog: Catalog;
}

/** Catalogs of all tenants, cached per isolate. */
export interface CatalogCache {
  /** The version in force, at most 10 s behind; undefined where the tenant has published none. */
  active(tenant: string): Promise<CompiledCatalog | undefined>;
  /** One version; throws where it does not exist, since messages only name versions that were written. */
  version(tenant: string, version: number): Promise<CompiledCatalog>;
  /** Forgets which version is in force, after this isolate has published one. */
  forget(tenant: string): void;
}

const ACTIVE_FOR_MS = 10_000;
const VERSIONS_KEPT = 64;

export function catalogCacheOf(configuration: D1Database, now: () => number): CatalogCache {
  const versions = new Map<string, Promise<CompiledCatalog>>();
  const active = expiring(ACTIVE_FOR_MS, now, (tenant: string) => activeCatalogVersion(configuration, tenant));
  const load = async (tenant: string, version: number): Promise<CompiledCatalog> => {
    const catalog = await findCatalog(configuration, tenant, version);
    if (!catalog) throw new Error(`catalog version ${version} does not exist`);
    return { version, catalog };
  };
  const versionOf = (tenant: string, version: number): Promise<CompiledCatalog> => {
    const key = `${tenant}/${version}`;
    const known = versions.get(key);
    if (known) return known;
    const loading = load(tenant, version);
    versions.set(key, loading);
    loading.catch(() => versions.delete(key));
    for (const oldest of versions.keys()) {
      if (versions.size <= VERSIONS_KEPT) break;
      versions.delete(oldest);
    }
    return loading;
  };
  return {
    async active(tenant) {
      const version = await active.get(tenant);
      return version === undefined ? undefined : versionOf(tenant, version);
    },
    version: versionOf,
    forget: (tenant) => active.forget(tenant),
  };
}
