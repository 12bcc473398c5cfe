import type { AcceptDeps } from "./accept/accept-events.ts";
import type { AuthenticateDeps } from "./accept/authenticate.ts";
import { carriersOfAccount } from "./accept/carriers-of-account.ts";
import type { PauseDeps } from "./accept/change-pauses.ts";
import type { CreateTenantDeps } from "./accept/create-tenant.ts";
import type { PreviewDeps } from "./accept/post-preview.ts";
import type { SimulateDeps } from "./accept/post-simulation.ts";
import type { PutCatalogDeps } from "./accept/put-catalog.ts";
import type { PutRecipientDeps } from "./accept/put-recipient.ts";
import type { RecoverDeps } from "./accept/recover.ts";
import type { ReplayDeps } from "./accept/replay-dead-letters.ts";
import type { ShowCarriersDeps } from "./accept/show-carriers.ts";
import type { ShowMessagesDeps } from "./accept/show-messages.ts";
import type { TakeBackDeps } from "./accept/take-back-messages.ts";
import type { CallbackDeps } from "./accept/take-callback.ts";
import type { TestCarrierDeps } from "./accept/test-carrier.ts";
import type { Parts } from "./parts.ts";
import { insertAddresses, ownersOf } from "./store/addresses.ts";
import { insertCatalog } from "./store/catalogs.ts";
import { findDeadLetters, listDeadLetters, markReplayed } from "./store/dead-letters.ts";
import { expiring } from "./store/expiring.ts";
import { findKey } from "./store/keys.ts";
import { deletePause, insertPause, listPauses } from "./store/pauses.ts";
import { insertPreferences, recipientKeysAfter, upsertRecipients } from "./store/recipients.ts";
import { insertTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { readSecret } from "./support/config.ts";
import { keyHashOf, recipientKeyOfMessage } from "./support/names.ts";
import { outgoing } from "./support/outgoing.ts";
import { randomToken } from "./support/random.ts";

/** What accepting needs, of all its addresses. */
export type AcceptWiring = AcceptDeps &
  AuthenticateDeps &
  CreateTenantDeps &
  PutCatalogDeps &
  PutRecipientDeps &
  ShowMessagesDeps &
  PreviewDeps &
  SimulateDeps &
  TakeBackDeps &
  PauseDeps &
  RecoverDeps &
  CallbackDeps &
  ShowCarriersDeps &
  TestCarrierDeps &
  ReplayDeps;

const KEY_KNOWN_FOR_MS = 10_000;

/** Joins what accepting needs. */
export function wireAccept(parts: Parts): AcceptWiring {
  return {
    ...administration(parts),
    ...people(parts),
    ...messages(parts),
    ...callbacks(parts),
    ...carriers(parts),
    ...letters(parts),
  };
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
  } satisfies Partial<AcceptWiring>;
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
        ...(rows.length > 0 ? [upsertRecipients(database, rows, clock()), insertAddresses(database, rows)] : []),
        ...(preferences.length > 0 ? [insertPreferences(database, preferences, clock())] : []),
      ];
      if (statements.length > 0) await database.batch(statements);
    },
  } satisfies Partial<AcceptWiring>;
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
  } satisfies Partial<AcceptWiring>;
}

/** Carriers' callbacks. */
function callbacks({ config, catalogs, people: database, recipients, gates, mount, callbackToken }: Parts) {
  return {
    gates,
    ownersOf: (tenant, channels, hashes) => ownersOf(database, tenant, channels, hashes),
    publicUrl: config.PUBLIC_URL,
    callbackToken,
    sameAccount: async (tenant, name) => carriersOfAccount((await catalogs.active(tenant))?.catalog, name),
    async carrierFor(tenant, name, messageId) {
      const compiled = await catalogs.active(tenant);
      const active = compiled && mount(tenant, compiled, name);
      if (active || messageId === undefined) return active;
      const found = await recipients(tenant, recipientKeyOfMessage(messageId), (recipient) => recipient.message(messageId));
      return found && mount(tenant, await catalogs.version(tenant, found.message.catalog), name);
    },
    tell: (tenant, key, told) => recipients(tenant, key, (recipient) => recipient.tell(told)),
  } satisfies Partial<AcceptWiring>;
}

/** Carriers as people see and try them. */
function carriers({ env, mount }: Parts) {
  return { outgoing, carrier: mount, readSecret: (name) => readSecret(env, name) } satisfies Partial<AcceptWiring>;
}

/** Dead letters as people see and replay them. */
function letters({ journal, recipients }: Parts) {
  return {
    listDeadLetters: (tenant, filter, after, limit) => listDeadLetters(journal, tenant, filter, after, limit),
    findDeadLetters: (tenant, ids) => findDeadLetters(journal, tenant, ids),
    markReplayed: (tenant, ids, at) => markReplayed(journal, tenant, ids, at),
    replay: (tenant, key, ids, by) => recipients(tenant, key, (recipient) => recipient.replay(ids, by)),
  } satisfies Partial<AcceptWiring>;
}
