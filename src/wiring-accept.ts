import { carriersOfAccount } from "./accept/carriers-of-account.ts";
import type { Parts } from "./parts.ts";
import { ownersOf } from "./store/addresses.ts";
import { findDeadLetters, listDeadLetters, markReplayed } from "./store/dead-letters.ts";
import { readSecret } from "./support/config.ts";
import { recipientKeyOfMessage } from "./support/names.ts";
import { outgoing } from "./support/outgoing.ts";
import { wireAdministration } from "./wiring-administration.ts";
import { wireAudit } from "./wiring-audit.ts";
import { wireCatalogs } from "./wiring-catalogs.ts";
import { wireKeys } from "./wiring-keys.ts";
import type { AcceptWiring } from "./wiring-needs.ts";
import { wireRecipients } from "./wiring-recipients.ts";
import { wireSealing } from "./wiring-sealing.ts";
import { wireTopics } from "./wiring-topics.ts";

/** Joins what accepting needs. */
export function wireAccept(parts: Parts): AcceptWiring {
  return {
    ...wireAdministration(parts),
    ...wireAudit(parts),
    ...wireKeys(parts),
    ...wireSealing(parts),
    ...wireCatalogs(parts),
    ...wireRecipients(parts),
    ...wireTopics(parts),
    ...messages(parts),
    ...callbacks(parts),
    ...carriers(parts),
    ...letters(parts),
  };
}

/** What is asked of Recipients, and the way into the lanes. */
function messages({ recipients, lanes }: Parts) {
  return {
    admit: (tenant, command) => recipients(tenant, command.recipient.key, (recipient) => recipient.admit(command)),
    message: (tenant, key, id) => recipients(tenant, key, (recipient) => recipient.message(id)),
    timeline: (tenant, key, question) => recipients(tenant, key, (recipient) => recipient.timeline(question)),
    cancel: (tenant, key, which) => recipients(tenant, key, (recipient) => recipient.cancel(which)),
    foresee: (tenant, key, which, move) => recipients(tenant, key, (recipient) => recipient.foresee(which, move)),
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
