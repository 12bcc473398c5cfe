import type { Parts } from "./parts.ts";
import type { WantedNotices } from "./store/catalog-index.ts";
import { deletePause, insertPause, listPauses } from "./store/pauses.ts";
import { insertTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { readSecret } from "./support/config.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Tenants, catalogs and pauses. */
export function wireAdministration({ env, config, naming, sealer, configuration, audit, catalogs, pauses }: Parts) {
  return {
    now: clock,
    naming,
    sealer,
    rootKey: config.ROOT_KEY,
    carrierHosts: config.CARRIER_HOSTS,
    hasSecret: (name) => readSecret(env, name) !== undefined,
    insertTenant: (tenant, key, entry) => insertTenant(configuration, audit, tenant, key, entry, clock()),
    activeCatalog: (tenant: string, wanted?: WantedNotices) => catalogs.active(tenant, wanted),
    outdated: (tenant, activation) => catalogs.outdated(tenant, activation),
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
