import type { Parts } from "./parts.ts";
import { insertCatalog } from "./store/catalogs.ts";
import { expiring } from "./store/expiring.ts";
import { findKey } from "./store/keys.ts";
import { deletePause, insertPause, listPauses } from "./store/pauses.ts";
import { insertTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { readSecret } from "./support/config.ts";
import { keyHashOf } from "./support/names.ts";
import { randomToken } from "./support/random.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

const KEY_KNOWN_FOR_MS = 10_000;

/** Keys, tenants, catalogs and pauses. */
export function wireAdministration({ env, config, naming, sealer, configuration, audit, catalogs, pauses }: Parts) {
  const keys = expiring(KEY_KNOWN_FOR_MS, clock, (id) => findKey(configuration, id));
  return {
    now: clock,
    naming,
    sealer,
    rootKey: config.ROOT_KEY,
    carrierHosts: config.CARRIER_HOSTS,
    hasSecret: (name) => readSecret(env, name) !== undefined,
    randomToken,
    hashSecret: (secret) => keyHashOf(naming, secret),
    findKey: (id) => keys.get(id),
    insertTenant: (tenant, key, entry) => insertTenant(configuration, audit, tenant, key, entry, clock()),
    activeCatalog: (tenant) => catalogs.active(tenant),
    async insertCatalog(tenant, catalog) {
      const version = await insertCatalog(configuration, tenant, catalog, clock());
      catalogs.forget(tenant);
      return version;
    },
    listPauses: (tenant) => listPauses(configuration, tenant),
    async insertPause(tenant, pause, entry) {
      await insertPause(configuration, audit, tenant, pause, entry);
      pauses.forget(tenant);
    },
    async deletePause(tenant, pause, entry) {
      const was = await deletePause(configuration, audit, tenant, pause, entry);
      pauses.forget(tenant);
      return was;
    },
  } satisfies Partial<AcceptWiring>;
}
