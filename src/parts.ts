import { queuesOf } from "./admit/lanes.ts";
import { type RecipientDoor, recipientDoorOf } from "./admit/recipient-door.ts";
import { carrierMounter } from "./deliver/carriers/mount-carrier.ts";
import type { MountedCarrier } from "./deliver/carriers/registry.ts";
import { gateDoorOf } from "./deliver/gate-door.ts";
import type { Gates } from "./deliver/gate-port.ts";
import { type Audit, auditOf } from "./store/audit.ts";
import { type CatalogCache, type CompiledCatalog, catalogCacheOf } from "./store/compiled-catalog.ts";
import { type Expiring, expiring } from "./store/expiring.ts";
import { listPauses, type Pauses, pausesOf } from "./store/pauses.ts";
import { clock } from "./support/clock.ts";
import { type Config, readConfig } from "./support/config.ts";
import { type NamingKey, namingKeyOf } from "./support/hashing.ts";
import { callbackTokenOf } from "./support/names.ts";
import { type Sealer, sealerOf, sealingKeysOf } from "./support/sealing.ts";

const PAUSES_KNOWN_FOR_MS = 2_000;

/** What a deployment has, opened once. */
export interface Parts {
  readonly env: Env;
  readonly config: Config;
  readonly naming: NamingKey;
  readonly sealer: Sealer;
  /** Tenants, keys, catalogs, pauses. It, `people` and `journal` may be one database, two or three. */
  readonly configuration: D1Database;
  readonly people: D1Database;
  readonly journal: D1Database;
  readonly audit: Audit;
  readonly catalogs: CatalogCache;
  readonly pauses: Expiring<Pauses>;
  readonly recipients: RecipientDoor;
  readonly gates: Gates;
  readonly lanes: ReturnType<typeof queuesOf>;
  readonly mount: (tenant: string, compiled: CompiledCatalog, name: string) => MountedCarrier | undefined;
  readonly callbackToken: (tenant: string, carrier: string) => Promise<string>;
}

/** Opens a deployment's bindings; throws where it is not configured. The caches live here. */
export async function openParts(env: Env): Promise<Parts> {
  const config = readConfig(env);
  const naming = await namingKeyOf(config.NAMING_KEY);
  const configuration = env.DB;
  return {
    env,
    config,
    naming,
    sealer: sealerOf(await sealingKeysOf(config.SEALING_KEYS)),
    configuration,
    people: env.DB,
    journal: env.DB,
    audit: auditOf(configuration, naming, clock),
    catalogs: catalogCacheOf(configuration, clock),
    pauses: expiring(PAUSES_KNOWN_FOR_MS, clock, async (tenant) => pausesOf(await listPauses(configuration, tenant))),
    recipients: recipientDoorOf(env.RECIPIENT),
    gates: gateDoorOf(env.CARRIER_GATE),
    lanes: queuesOf(env),
    mount: carrierMounter(env),
    callbackToken: (tenant, carrier) => callbackTokenOf(naming, tenant, carrier),
  };
}
