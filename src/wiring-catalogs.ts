import type { Parts } from "./parts.ts";
import {
  activeUpsert,
  findManifest,
  findNotices,
  keepNotices,
  listVersions,
  readManifest,
  standingCatalog,
  versionInsert,
} from "./store/catalogs.ts";
import { clock } from "./support/clock.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Catalogs as they are published, looked at and put in force. */
export function wireCatalogs({ configuration, audit, catalogs }: Parts) {
  return {
    standingCatalog: (tenant) => standingCatalog(configuration, tenant),
    async findManifest(tenant, version) {
      const text = await findManifest(configuration, tenant, version);
      return text === undefined ? undefined : readManifest(text);
    },
    findNotices: (tenant, hashes) => findNotices(configuration, tenant, hashes),
    keepNotices: (tenant, notices) => keepNotices(configuration, tenant, notices),
    listVersions: (tenant, before, limit) => listVersions(configuration, tenant, before, limit),
    async changeCatalog(tenant, decide) {
      const answer = await audit.change(tenant, async () => {
        const { insert, activate, entries, answer } = await decide();
        const statements = [
          ...(insert ? [versionInsert(configuration, tenant, insert)] : []),
          ...(activate === undefined ? [] : [activeUpsert(configuration, tenant, activate, clock())]),
        ];
        return { entries, statements, answer };
      });
      catalogs.forget(tenant);
      return answer;
    },
  } satisfies Partial<AcceptWiring>;
}
