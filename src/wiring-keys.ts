import type { KeyDecision } from "./accept/decide-keys.ts";
import type { Parts } from "./parts.ts";
import { expiring } from "./store/expiring.ts";
import { findKey, keyStatements, listKeys, noteKeyUse, standingKeys } from "./store/keys.ts";
import { isTenant } from "./store/tenants.ts";
import { clock } from "./support/clock.ts";
import { errorName } from "./support/error-name.ts";
import { log } from "./support/log.ts";
import { keyHashOf } from "./support/names.ts";
import { randomToken } from "./support/random.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

const KEY_KNOWN_FOR_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Keys: who calls, how often it may, and what becomes of keys. */
export function wireKeys({ env, naming, configuration, audit }: Parts) {
  const keys = expiring(KEY_KNOWN_FOR_MS, clock, (id) => findKey(configuration, id));
  const { KEY_RATE, ADDRESS_RATE }: Partial<Pick<Env, "KEY_RATE" | "ADDRESS_RATE">> = env;
  /** By key: what this isolate need not write before the hour is over. */
  const uses = expiring(HOUR_MS, hourOf, (id) => noteKeyUse(configuration, id, hourOf()));
  return {
    randomToken,
    hashSecret: (secret) => keyHashOf(naming, secret),
    findKey: (id) => keys.get(id),
    withinKeyRate: (id) => isWithin(KEY_RATE, id),
    withinAddressRate: (address) => isWithin(ADDRESS_RATE, address),
    async noteKeyUse(id) {
      await uses.get(id).catch((error: unknown) => log("warn", "key.use.unnoted", { key: id, error: errorName(error) }));
    },
    readKey: (id) => findKey(configuration, id),
    listKeys: (tenant, since, after, limit) => listKeys(configuration, tenant, since, after, limit),
    isTenant: (id) => isTenant(configuration, id),
    async changeKeys(tenant, decide) {
      const decision = await audit.change<KeyDecision>(tenant, async () => {
        const answer = decide(await standingKeys(configuration, tenant, clock()));
        if (answer.kind !== "write") return { entries: [], statements: [], answer };
        return { entries: [answer.entry], statements: keyStatements(configuration, answer.writes, answer.at), answer };
      });
      if (decision.kind === "write") for (const id of endedBy(decision.writes)) keys.forget(id);
      return decision;
    },
  } satisfies Partial<AcceptWiring>;
}

/** A deployment without the binding has no limit, and one whose binding fails has none for the while. */
async function isWithin(binding: RateLimit | undefined, key: string): Promise<boolean> {
  try {
    return binding === undefined || (await binding.limit({ key })).success;
  } catch (error) {
    log("warn", "rate.unknown", { error: errorName(error) });
    return true;
  }
}

function endedBy({ rotate, revoke }: Parameters<typeof keyStatements>[1]): string[] {
  return [rotate?.id, revoke?.id].flatMap((id) => id ?? []);
}

/** The beginning of the hour. */
function hourOf(): number {
  return clock() - (clock() % HOUR_MS);
}
