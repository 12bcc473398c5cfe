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
import { recipientDoorOf } from "./admit/recipient-door.ts";
import { findAdapter, type MountedCarrier } from "./deliver/carriers/registry.ts";
import type { ConsumeDeps } from "./deliver/consume-lane.ts";
import { insertCatalog } from "./store/catalogs.ts";
import { type CompiledCatalog, catalogCacheOf } from "./store/compiled-catalog.ts";
import { expiring } from "./store/expiring.ts";
import { findKey } from "./store/keys.ts";
import { deletePause, insertPause, listPauses, type Pauses, pausesOf } from "./store/pauses.ts";
import { insertPreferences, recipientKeysAfter, upsertRecipients } from "./store/recipients.ts";
import { insertTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { readConfig, readSecret } from "./support/config.ts";
import { namingKeyOf } from "./support/hashing.ts";
import { callbackTokenOf, keyHashOf, recipientKeyOfMessage } from "./support/names.ts";
import { outgoing } from "./support/outgoing.ts";
import { randomFraction, randomToken } from "./support/random.ts";
import { sealerOf, sealingKeysOf } from "./support/sealing.ts";

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
  const sealer = sealerOf(await sealingKeysOf(config.SEALING_KEYS));
  const configuration = env.DB;
  const people = env.DB;
  const catalogs = catalogCacheOf(configuration, clock);
  const keys = expiring(KEY_KNOWN_FOR_MS, clock, (id) => findKey(configuration, id));
  const pauses = expiring(PAUSES_KNOWN_FOR_MS, clock, async (tenant) => pausesOf(await listPauses(configuration, tenant)));
  const lastPauses = new Map<string, Pauses>();
  const recipients = recipientDoorOf(env.RECIPIENT);
  const lanes = queuesOf(env);
  const mount = carrierMounter(env);
  const callbackToken = (tenant: string, carrier: string): Promise<string> => callbackTokenOf(naming, tenant, carrier);

  const accept: Wiring["accept"] = {
    now: clock,
    naming,
    sealer,
    rootKey: config.ROOT_KEY,
    publicUrl: config.PUBLIC_URL,
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
    admit: (tenant, command) => recipients(tenant, command.recipient.key, (recipient) => recipient.admit(command)),
    message: (tenant, key, id) => recipients(tenant, key, (recipient) => recipient.message(id)),
    timeline: (tenant, key, question) => recipients(tenant, key, (recipient) => recipient.timeline(question)),
    cancel: (tenant, key, which) => recipients(tenant, key, (recipient) => recipient.cancel(which)),
    reschedule: (tenant, key, which, move) => recipients(tenant, key, (recipient) => recipient.reschedule(which, move)),
    verified: (tenant, key, id) => recipients(tenant, key, (recipient) => recipient.verified(id)),
    waiting: (tenant, key) => recipients(tenant, key, (recipient) => recipient.waiting()),
    recipientsAfter: (tenant, key, limit) => recipientKeysAfter(people, tenant, key, limit),
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
    profile: (tenant, key) => recipients(tenant, key, (recipient) => recipient.profile()),
    tell: (tenant, key, told) => recipients(tenant, key, (recipient) => recipient.tell(told)),
    async keepProofs(proofs) {
      if (proofs.length > 0) await insertPreferences(people, proofs, clock()).run();
    },
    async copyRecipients(rows, preferences) {
      const statements = [
        ...(rows.length > 0 ? [upsertRecipients(people, rows, clock())] : []),
        ...(preferences.length > 0 ? [insertPreferences(people, preferences, clock())] : []),
      ];
      if (statements.length > 0) await people.batch(statements);
    },
    async enqueue(messages) {
      await Promise.all(messages.map((message) => lanes[message.class].send(message)));
    },
    callbackToken,
    async carrierFor(tenant, name, messageId) {
      const compiled = await catalogs.active(tenant);
      const active = compiled && mount(tenant, compiled, name);
      if (active || messageId === undefined) return active;
      const found = await recipients(tenant, recipientKeyOfMessage(messageId), (recipient) => recipient.message(messageId));
      return found && mount(tenant, await catalogs.version(tenant, found.message.catalog), name);
    },
  };
  const deliver: Wiring["deliver"] = {
    now: clock,
    sealer,
    outgoing,
    fraction: randomFraction,
    // Without its database a lane goes on by what was last known: deliveries need it for nothing else that is not cached.
    pauses: (tenant) =>
      pauses.get(tenant).then(
        (known) => lastPauses.set(tenant, known).get(tenant) ?? known,
        () => lastPauses.get(tenant) ?? NOTHING_PAUSED,
      ),
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
  return { accept, deliver };
}

/** Mounts carriers' accounts with their secrets, once per catalog version. */
function carrierMounter(env: Env): (tenant: string, compiled: CompiledCatalog, name: string) => MountedCarrier | undefined {
  const mounted = new WeakMap<CompiledCatalog, Map<string, MountedCarrier | undefined>>();
  return (_tenant, compiled, name) => {
    const known = mounted.get(compiled) ?? new Map<string, MountedCarrier | undefined>();
    mounted.set(compiled, known);
    if (!known.has(name)) known.set(name, mountCarrier(env, compiled, name));
    return known.get(name);
  };
}

function mountCarrier(env: Env, { catalog }: CompiledCatalog, name: string): MountedCarrier | undefined {
  const carrier = catalog.carriers?.[name];
  const search = carrier && findAdapter(carrier.adapter);
  if (search?.kind !== "found") return undefined;
  const secrets = Object.entries(carrier?.secrets ?? {}).flatMap(([key, secret]) => {
    const value = readSecret(env, secret);
    return value === undefined ? [] : [[key, value] as const];
  });
  const account = {
    base_url: (carrier?.base_url ?? "").replace(/\/+$/, ""),
    settings: carrier?.settings,
    secrets: Object.fromEntries(secrets),
  };
  const mounting = search.adapter.mount(account);
  return mounting.kind === "mounted" ? mounting.carrier : undefined;
}
