import { postOwnEvent } from "./accept/post-own-event.ts";
import type { ResealAllDeps } from "./accept/reseal-all.ts";
import { alertPoster, carrierAlerts } from "./deliver/alerts.ts";
import { CarrierMemory } from "./deliver/carrier-memory.ts";
import type { CheckBalancesDeps } from "./deliver/check-balances.ts";
import type { ConsumeDeps } from "./deliver/consume-lane.ts";
import { type KeepDeps, keepDeadLetters } from "./deliver/dead-letters.ts";
import { openParts, type Parts } from "./parts.ts";
import { blockedAmong } from "./store/address-blocks.ts";
import { catalogsWithBalances } from "./store/catalogs.ts";
import { insertDeadLetters } from "./store/dead-letters.ts";
import { type Pauses, pausesOf } from "./store/pauses.ts";
import { clock, pause } from "./support/clock.ts";
import { recipientKeyOfMessage } from "./support/names.ts";
import { outgoing } from "./support/outgoing.ts";
import { randomFraction } from "./support/random.ts";
import { wireAccept } from "./wiring-accept.ts";
import type { AcceptWiring } from "./wiring-needs.ts";
import { wireSealing } from "./wiring-sealing.ts";

/** Everything that the stages declare, joined: what goes upstream goes through here. */
export interface Wiring {
  readonly accept: AcceptWiring;
  readonly deliver: ConsumeDeps;
  /** For the queues of what lanes gave up. */
  readonly deadQueue: KeepDeps;
  readonly balances: CheckBalancesDeps;
  readonly sealing: ResealAllDeps;
}

const NOTHING_PAUSED: Pauses = pausesOf([]);

/** Joins the stages over a deployment's bindings. Once per isolate: the caches live here. */
export async function wire(env: Env): Promise<Wiring> {
  const parts = await openParts(env);
  const accept = wireAccept(parts);
  const postAlerts = alertPoster({ now: clock, post: (tenant, event) => postOwnEvent(tenant, event, accept) });
  const deadQueue = { ...keeping(parts), postAlerts };
  const deliver: ConsumeDeps = {
    ...delivery(parts),
    keepDeadLetters: (dead) => keepDeadLetters(dead, deadQueue),
    postGateAlerts: (tenant, carrier, alerts) => postAlerts(tenant, carrierAlerts(carrier, alerts)),
  };
  return { accept, deliver, deadQueue, balances: { ...balances(parts), postAlerts }, sealing: wireSealing(parts) };
}

/** Dead letters as they are written. */
function keeping({ journal, recipients, catalogs }: Parts): Omit<KeepDeps, "postAlerts"> {
  return {
    now: clock,
    activeCatalog: (tenant, wanted) => catalogs.active(tenant, wanted),
    messageOf: async (tenant, id) => (await recipients(tenant, recipientKeyOfMessage(id), (recipient) => recipient.message(id)))?.message,
    insertDeadLetters: (dead, at) => insertDeadLetters(journal, dead, at),
  };
}

/** What is left on carriers' accounts. */
function balances({ configuration, catalogs, mount }: Parts): Omit<CheckBalancesDeps, "postAlerts"> {
  return {
    now: clock,
    outgoing,
    tenantsWithBalances: () => catalogsWithBalances(configuration),
    catalogVersion: (tenant, version) => catalogs.version(tenant, version),
    carrier: mount,
  };
}

/** What the lanes' consumers need. */
function delivery({
  config,
  sealer,
  catalogs,
  pauses,
  people,
  recipients,
  gates,
  lanes,
  mount,
  callbackToken,
}: Parts): Omit<ConsumeDeps, "postGateAlerts" | "keepDeadLetters"> {
  const lastPauses = new Map<string, Pauses>();
  return {
    now: clock,
    pause,
    gates,
    memory: new CarrierMemory(clock),
    activeCatalog: (tenant) => catalogs.active(tenant),
    sealer,
    outgoing,
    fraction: randomFraction,
    // Without its database pauses may be what was last known; blocks may not (deliver/look-at-blocks.ts).
    async pauses(tenant) {
      try {
        const known = await pauses.get(tenant);
        lastPauses.set(tenant, known);
        return known;
      } catch {
        return lastPauses.get(tenant) ?? NOTHING_PAUSED;
      }
    },
    catalogVersion: (tenant, version, wanted) => catalogs.version(tenant, version, wanted),
    carrier: mount,
    async callbackUrl(tenant, carrier, message, attempt) {
      return `${config.PUBLIC_URL}/carriers/${tenant}/${carrier}/${await callbackToken(tenant, carrier)}/receipts?m=${message}&a=${attempt}`;
    },
    blockedAmong: (tenant, addresses) => blockedAmong(people, tenant, addresses),
    claim: (tenant, key, command) => recipients(tenant, key, (recipient) => recipient.claim(command)),
    tell: (tenant, key, told) => recipients(tenant, key, (recipient) => recipient.tell(told)),
    async requeue(message, delaySeconds) {
      await lanes[message.class].send(message, { delaySeconds });
    },
  };
}
