import { type Catalog, type Notice, notice } from "../vocabulary/catalog.ts";
import type { CatalogManifest } from "../vocabulary/catalog-manifest.ts";
import { type CatalogIndex, indexOf, noticesIn, type WantedNotices } from "./catalog-index.ts";
import { findManifest, findNotices, parseManifest, standingCatalog } from "./catalogs.ts";
import { expiring } from "./expiring.ts";
import { loadsOf } from "./loads.ts";

/**
 * One version of a tenant's catalog: its settings whole, and of its notices those that were asked for, in catalog order. What is compiled
 * hangs on the notices and carriers, which are the same objects each time: a notice that two versions share is compiled once.
 */
export interface CompiledCatalog {
  readonly version: number;
  readonly catalog: Catalog;
}

/** The version in force. */
export interface ActiveCatalog extends CompiledCatalog {
  /** Grows with each change of what is in force: tells the newer of two catalogs, also where that is the older version. */
  readonly activation: number;
  /** All its notices, whether asked for or not. */
  readonly index: CatalogIndex;
}

/** Catalogs of all tenants, cached per isolate. */
export interface CatalogCache {
  /** The version in force, at most 10 s behind; undefined where the tenant has published none. */
  active(tenant: string, wanted?: WantedNotices): Promise<ActiveCatalog | undefined>;
  /** One version; throws where it does not exist, since messages only name versions that were written. */
  version(tenant: string, version: number, wanted?: WantedNotices): Promise<CompiledCatalog>;
  /** Forgets which version is in force, after this isolate has changed it. */
  forget(tenant: string): void;
  /** Forgets it where it is not newer than this: somebody has seen a newer one. */
  outdated(tenant: string, activation: number): Promise<void>;
}

const ACTIVE_FOR_MS = 10_000;
/** Characters of texts that are kept compiled, which take several times that: some 2,000 notices, and the manifests of several versions. */
const NOTICES_MAX_CHARACTERS = 4_000_000;
const MANIFESTS_MAX_CHARACTERS = 4_000_000;

interface LoadedManifest {
  readonly settings: Omit<CatalogManifest, "notices">;
  readonly index: CatalogIndex;
}

export function catalogCacheOf(configuration: D1Database, now: () => number): CatalogCache {
  const active = expiring(ACTIVE_FOR_MS, now, (tenant: string) => standingCatalog(configuration, tenant));
  const manifests = loadsOf<LoadedManifest>(MANIFESTS_MAX_CHARACTERS, now, async (keys) => {
    const loaded = await Promise.all(keys.map((key) => loadManifest(configuration, key)));
    return new Map(loaded.flat());
  });
  const notices = loadsOf<Notice>(NOTICES_MAX_CHARACTERS, now, async (keys) => {
    const byTenant = [...Map.groupBy(keys, tenantOf)].map(([tenant, own]) => loadNotices(configuration, tenant, own));
    return new Map((await Promise.all(byTenant)).flat());
  });
  const load = async (tenant: string, version: number, wanted: WantedNotices) => {
    const key = keyOf(tenant, String(version));
    const manifest = (await manifests.get([key])).get(key);
    if (!manifest) throw new Error(`catalog version ${version} does not exist`);
    const listed = noticesIn(manifest.index, wanted);
    const found = await notices.get(listed.map(({ hash }) => keyOf(tenant, hash)));
    const own = listed.map(({ name, hash }) => {
      const body = found.get(keyOf(tenant, hash));
      if (!body) throw new Error(`the notice ${name} of catalog version ${version} is not stored`);
      return [name, body] as const;
    });
    return { version, catalog: { ...manifest.settings, notices: Object.fromEntries(own) }, index: manifest.index };
  };
  return {
    async active(tenant, wanted = {}) {
      const standing = await active.get(tenant);
      return standing && { ...(await load(tenant, standing.version, wanted)), activation: standing.activation };
    },
    version: (tenant, version, wanted = {}) => load(tenant, version, wanted),
    forget: (tenant) => active.forget(tenant),
    async outdated(tenant, activation) {
      const known = await active.get(tenant);
      if ((known?.activation ?? 0) <= activation) active.forget(tenant);
    },
  };
}

function keyOf(tenant: string, name: string): string {
  return `${tenant}/${name}`;
}

/** Tenants' ids hold no slash. */
function tenantOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

function nameOf(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

async function loadManifest(configuration: D1Database, key: string) {
  const text = await findManifest(configuration, tenantOf(key), Number(nameOf(key)));
  if (text === undefined) return [];
  const { notices: listed, ...settings } = parseManifest(text);
  return [[key, { value: { settings, index: indexOf(listed) }, weight: text.length }] as const];
}

async function loadNotices(configuration: D1Database, tenant: string, keys: readonly string[]) {
  const bodies = await findNotices(configuration, tenant, keys.map(nameOf));
  return Array.from(bodies, ([hash, body]) => {
    return [keyOf(tenant, hash), { value: notice.parse(JSON.parse(body)), weight: body.length }] as const;
  });
}
