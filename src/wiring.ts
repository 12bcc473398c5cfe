import type { AcceptDeps } from "./accept/accept-events.ts";
import type { AuthenticateDeps } from "./accept/authenticate.ts";
import type { PauseDeps } from "./accept/change-pauses.ts";
import type { CreateTenantDeps } from "./accept/create-tenant.ts";
import type { SimulateDeps } from "./accept/post-simulation.ts";
import type { PutCatalogDeps } from "./accept/put-catalog.ts";
import type { PutRecipientDeps } from "./accept/put-recipient.ts";
import type { RecoverDeps } from "./accept/recover.ts";
import type { ShowMessagesDeps } from "./accept/show-messages.ts";
import type { TakeBackDeps } from "./accept/take-back-messages.ts";
import type { CallbackDeps } from "./accept/take-callback.ts";
import { queuesOf } from "./admit/lanes.ts";
import { type RecipientDoor, recipientDoorOf } from "./admit/recipient-door.ts";
import { carrierMounter } from "./deliver/carriers/mount-carrier.ts";
import type { MountedCarrier } from "./deliver/carriers/registry.ts";
import type { ConsumeDeps } from "./deliver/consume-lane.ts";
import { insertCatalog } from "./store/catalogs.ts";
import { type CatalogCache, type CompiledCatalog, catalogCacheOf } from "./store/compiled-catalog.ts";
import { type Expiring, expiring } from "./store/expiring.ts";
import { findKey } from "./store/keys.ts";
import { deletePause, insertPause, listPauses, type Pauses, pausesOf } from "./store/pauses.ts";
import { insertPreferences, recipientKeysAfter, upsertRecipients } from "./store/recipients.ts";
import { insertTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { type Config, readConfig, readSecret } from "./support/config.ts";
import { type NamingKey, namingKeyOf } from "./support/hashing.ts";
import { callbackTokenOf, keyHashOf, recipientKeyOfMessage } from "./support/names.ts";
import { outgoing } from "./support/outgoing.ts";
import { randomFraction, randomToken } from "./support/random.ts";
import { type Sealer, sealerOf, sealingKeysOf } from "./support/sealing.ts";

/** Everything that the stages declare, joined: what goes upstream goes through here. */
export interface Wiring {
  readonly accept: AcceptDeps &
    AuthenticateDeps &
    CreateTenantDeps &
    PutCatalogDeps &
    PutRecipientDeps &
    ShowMessagesDeps &
    SimulateDeps &
    TakeBackDeps &
    PauseDeps &
    RecoverDeps &
    CallbackDeps;
  readonly deliver: ConsumeDeps;
}

const KEY_KNOWN_FOR_MS = 10_000;
const PAUSES_KNOWN_FOR_MS = 2_000;
const NOTHING_PAUSED: Pauses = pausesOf([]);

/** Joins the stages over a deployment's bindings. Once per isolate: the caches live here. */
export async function wire(env: Env): Promise<Wiring> {
  const config = readConfig(env);
  const naming = await namingKeyOf(config.NAMING_KEY);
  const configuration = env.DB;
  const parts: Parts = {
    env,
    config,
    naming,
    sealer: sealerOf(await sealingKeysOf(config.SEALING_KEYS)),
    configuration,
    people: env.DB,
    catalogs: catalogCacheOf(configuration, clock),
    pauses: expiring(PAUSES_KNOWN_FOR_MS, clock, async (tenant) => pausesOf(await listPauses(configuration, tenant))),
    recipients: recipientDoorOf(env.RECIPIENT),
    lanes: queuesOf(env),
    mount: carrierMounter(env),
    callbackToken: (tenant, carrier) => callbackTokenOf(naming, tenant, carrier),
  };
  return { accept: { ...administration(parts), ...people(parts), ...messages(parts), ...callbacks(parts) }, deliver: delivery(parts) };
}

/** What a deployment has, opened once. */
interface Parts {
  readonly env: Env;
  readonly config: Config;
  readonly naming: NamingKey;
  readonly sealer: Sealer;
  /** Tenants, keys, catalogs, pauses. It and `people` may be one database or two. */
  readonly configuration: D1Database;
  readonly people: D1Database;
  readonly catalogs: CatalogCache;
  readonly pauses: Expiring<Pauses>;
  readonly recipients: RecipientDoor;
  readonly lanes: ReturnType<typeof queuesOf>;
  readonly mount: (tenant: string, compiled: CompiledCatalog, name: string) => MountedCarrier | undefined;
  readonly callbackToken: (tenant: string, carrier: string) => Promise<string>;
}

/** Keys, tenants, catalogs and pauses. */
function administration({ env, config, naming, sealer, configuration, catalogs, pauses }: Parts) {
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
    insertTenant: (tenant, key) => insertTenant(configuration, tenant, key, clock()),
    activeCatalog: (tenant) => catalogs.active(tenant),
    async insertCatalog(tenant, catalog) {
      const version = await insertCatalog(configuration, tenant, catalog, clock());
      catalogs.forget(tenant);
      return version;
    },
    listPauses: (tenant) => listPauses(configuration, tenant),
    async insertPause(tenant, pause) {
      await insertPause(configuration, tenant, pause);
      pauses.forget(tenant);
    },
    async deletePause(tenant, kind, name) {
      const was = await deletePause(configuration, tenant, kind, name);
      pauses.forget(tenant);
      return was;
    },
  } satisfies Partial<Wiring["accept"]>;
}

/** Profiles, preferences and their copies. */
function people({ people: database, recipients }: Parts) {
  return {
    profile: (tenant, key) => recipients(tenant, key, (recipient) => recipient.profile()),
    recipientsAfter: (tenant, key, limit) => recipientKeysAfter(database, tenant, key, limit),
    async keepProofs(proofs) {
      if (proofs.length > 0) await insertPreferences(database, proofs, clock()).run();
    },
    async copyRecipients(rows, preferences) {
      const statements = [
        ...(rows.length > 0 ? [upsertRecipients(database, rows, clock())] : []),
        ...(preferences.length > 0 ? [insertPreferences(database, preferences, clock())] : []),
      ];
      if (statements.length > 0) await database.batch(statements);
    },
  } satisfies Partial<Wiring["accept"]>;
}

/** What is asked of Recipients, and the way into the lanes. */
function messages({ recipients, lanes }: Parts) {
  return {
    admit: (tenant, command) => recipients(tenant, command.recipient.key, (recipient) => recipient.admit(command)),
    message: (tenant, key, id) => recipients(tenant, key, (recipient) => recipient.message(id)),
    timeline: (tenant, key, question) => recipients(tenant, key, (recipient) => recipient.timeline(question)),
    cancel: (tenant, key, which) => recipients(tenant, key, (recipient) => recipient.cancel(which)),
    reschedule: (tenant, key, which, move) => recipients(tenant, key, (recipient) => recipient.reschedule(which, move)),
    verified: (tenant, key, id) => recipients(tenant, key, (recipient) => recipient.verified(id)),
    waiting: (tenant, key) => recipients(tenant, key, (recipient) => recipient.waiting()),
    async enqueue(packs) {
      await Promise.all(packs.map((pack) => lanes[pack.class].send(pack)));
    },
  } satisfies Partial<Wiring["accept"]>;
}

/** Carriers' callbacks. */
function callbacks({ config, catalogs, recipients, mount, callbackToken }: Parts) {
  return {
    publicUrl: config.PUBLIC_URL,
    callbackToken,
    async carrierFor(tenant, name, messageId) {
      const compiled = await catalogs.active(tenant);
      const active = compiled && mount(tenant, compiled, name);
      if (active || messageId === undefined) return active;
      const found = await recipients(tenant, recipientKeyOfMessage(messageId), (recipient) => recipient.message(messageId));
      return found && mount(tenant, await catalogs.version(tenant, found.message.catalog), name);
    },
    tell: (tenant, key, told) => recipients(tenant, key, (recipient) => recipient.tell(told)),
  } satisfies Partial<Wiring["accept"]>;
}

/** What the lanes' consumers need. */
function delivery({ config, sealer, catalogs, pauses, recipients, lanes, mount, callbackToken }: Parts): Wiring["deliver"] {
  const lastPauses = new Map<string, Pauses>();
  return {
    now: clock,
    sealer,
    outgoing,
    fraction: randomFraction,
    // Without its database a lane goes on by what was last known: deliveries need it for nothing else that is not cached.
    async pauses(tenant) {
      try {
        const known = await pauses.get(tenant);
        lastPauses.set(tenant, known);
        return known;
      } catch {
        return lastPauses.get(tenant) ?? NOTHING_PAUSED;
      }
    },
    catalogVersion: (tenant, version) => catalogs.version(tenant, version),
    carrier: mount,
    async callbackUrl(tenant, carrier, message, attempt) {
      return `${config.PUBLIC_URL}/carriers/${tenant}/${carrier}/${await callbackToken(tenant, carrier)}/receipts?m=${message}&a=${attempt}`;
    },
    claim: (tenant, key, command) => recipients(tenant, key, (recipient) => recipient.claim(command)),
    tell: (tenant, key, told) => recipients(tenant, key, (recipient) => recipient.tell(told)),
    async requeue(message, delaySeconds) {
      await lanes[message.class].send(message, { delaySeconds });
    },
  };
}
