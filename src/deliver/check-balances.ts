import pLimit from "p-limit";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { CONNECTIONS } from "../support/connections.ts";
import { errorName } from "../support/error-name.ts";
import { hashFraction } from "../support/keyed-hash.ts";
import { log } from "../support/log.ts";
import type { PostAlerts } from "./alerts.ts";
import { askBalance, type BalanceDeps } from "./ask-balance.ts";
import type { CarrierBalance } from "./carriers/adapter.ts";
import type { MountedCarrier } from "./carriers/registry.ts";

export interface CheckBalancesDeps extends BalanceDeps {
  /** Tenants whose catalog in force names a lowest balance, with its version. */
  readonly tenantsWithBalances: () => Promise<readonly { readonly tenant: string; readonly version: number }[]>;
  readonly catalogVersion: (tenant: string, version: number) => Promise<CompiledCatalog>;
  readonly carrier: (tenant: string, catalog: CompiledCatalog, name: string) => MountedCarrier | undefined;
  readonly postAlerts: PostAlerts;
}

/** Of one run: an invocation has a time and a number of calls outside. */
const CARRIERS_MAX = 500;

interface Watched {
  readonly tenant: string;
  readonly name: string;
  readonly carrier: MountedCarrier;
  /** As the catalog has it, such as `100 USD`. */
  readonly low: string;
}

/** Asks the balance of all accounts for which the catalog names a lowest one, and alerts of those that are below. `run` is another number each time. */
export async function checkBalances(run: number, deps: CheckBalancesDeps): Promise<void> {
  const limit = pLimit(CONNECTIONS);
  const watched = await watchedIn(run, deps);
  await Promise.all(watched.map((one) => limit(() => checkOne(one, deps))));
}

/** The accounts of this run, in an order of its own: where there are more than one run can ask, all have their turn. */
async function watchedIn(run: number, deps: CheckBalancesDeps): Promise<readonly Watched[]> {
  const inTurn = <One>(all: readonly One[], nameOf: (one: One) => string): readonly One[] =>
    all
      .map((one) => ({ one, place: hashFraction("balance", String(run), nameOf(one)) }))
      .sort((a, b) => a.place - b.place)
      .map(({ one }) => one);
  const found: Watched[] = [];
  for (const { tenant, version } of inTurn(await deps.tenantsWithBalances(), (one) => one.tenant)) {
    if (found.length >= CARRIERS_MAX) break;
    try {
      found.push(...inTurn(watchedOf(tenant, await deps.catalogVersion(tenant, version), deps), ({ name }) => name));
    } catch (error) {
      log("error", "balance.catalog.unreadable", { tenant, error: errorName(error) });
    }
  }
  return found.slice(0, CARRIERS_MAX);
}

function watchedOf(tenant: string, compiled: CompiledCatalog, deps: CheckBalancesDeps): readonly Watched[] {
  return Object.entries(compiled.catalog.carriers ?? {}).flatMap(([name, { balance_low }]) => {
    const carrier = balance_low === undefined ? undefined : deps.carrier(tenant, compiled, name);
    return balance_low === undefined || !carrier ? [] : [{ tenant, name, carrier, low: balance_low }];
  });
}

async function checkOne({ tenant, name, carrier, low }: Watched, deps: CheckBalancesDeps): Promise<void> {
  const answer = await askBalance(carrier, deps);
  if (!answer) return;
  if (answer.kind === "unavailable") return log("warn", "balance.unavailable", { tenant, carrier: name, code: answer.code });
  const { amount, unit } = answer.balance;
  const below = isBelow(answer.balance, low);
  if (below === undefined) return log("warn", "balance.incomparable", { tenant, carrier: name, unit, low });
  if (below) await deps.postAlerts(tenant, [{ type: "balance.low", cause: name, detail: { carrier: name, amount, unit, low } }]);
}

/** Whether a balance is below `low`, an amount and its unit; undefined where the units differ or the amount is no number. */
export function isBelow({ amount, unit }: CarrierBalance, low: string): boolean | undefined {
  const [least = "", wanted = ""] = low.split(" ");
  const left = amount.trim() === "" ? Number.NaN : Number(amount);
  if (unit.toLowerCase() !== wanted.toLowerCase() || !Number.isFinite(left)) return undefined;
  return left < Number(least);
}
