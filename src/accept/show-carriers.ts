import pLimit from "p-limit";
import { askBalance, type BalanceAnswer, type BalanceDeps } from "../deliver/ask-balance.ts";
import { findAdapter, type MountedCarrier } from "../deliver/carriers/registry.ts";
import type { GateStatus, Gates } from "../deliver/gate-port.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { isCarrierPaused, type Pause } from "../store/pauses.ts";
import { isoOf } from "../support/clock.ts";
import { CONNECTIONS } from "../support/connections.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { CatalogCarrier } from "../vocabulary/catalog.ts";
import type { Caller } from "./authenticate.ts";

export interface ShowCarriersDeps extends BalanceDeps {
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
  readonly hasSecret: (name: string) => boolean;
  readonly listPauses: (tenant: string) => Promise<readonly Pause[]>;
  /** The account as the catalog has it, with its secrets; undefined where it cannot be used. */
  readonly carrier: (tenant: string, catalog: CompiledCatalog, name: string) => MountedCarrier | undefined;
  readonly gates: Pick<Gates, "status">;
  readonly publicUrl: string;
  readonly callbackToken: (tenant: string, carrier: string) => Promise<string>;
}

/** `GET /v1/carriers`: the carriers of the catalog in force, with their health and, where the vendor tells it, their balance, asked now. */
export async function showCarriers({ tenant, scopes }: Caller, deps: ShowCarriersDeps): Promise<Response> {
  const [compiled, pauses] = await Promise.all([deps.activeCatalog(tenant), deps.listPauses(tenant)]);
  if (!compiled) return Response.json({ carriers: [] });
  const limit = pLimit(CONNECTIONS);
  const carriers = Object.entries(compiled.catalog.carriers ?? {}).map(async ([name, carrier]) => {
    const [gate, callbacks, balance] = await Promise.all([
      gateOf(tenant, name, deps),
      scopes.includes("admin") ? callbacksOf(tenant, name, deps) : {},
      limit(() => balanceOf(carrier, deps.carrier(tenant, compiled, name), deps)),
    ]);
    return {
      name,
      ...accountView(carrier, deps),
      ...callbacks,
      paused: isCarrierPaused(pauses, name),
      gate,
      ...(balance === undefined ? {} : { balance }),
    };
  });
  return Response.json({ catalog: compiled.version, carriers: await Promise.all(carriers) });
}

/** Where the vendor's console must be told to send receipts, if calls cannot say it. Who knows the address may post there: for admins. */
async function callbacksOf(tenant: string, name: string, { publicUrl, callbackToken }: ShowCarriersDeps): Promise<object> {
  return { callbacks: { receipts: `${publicUrl}/carriers/${tenant}/${name}/${await callbackToken(tenant, name)}/receipts` } };
}

/** What the catalog says, and whether the deployment has the secrets that it names. */
function accountView(carrier: CatalogCarrier, { hasSecret }: ShowCarriersDeps): object {
  const search = findAdapter(carrier.adapter);
  const limits = search.kind === "found" ? search.adapter.limits : undefined;
  const secrets = Object.entries(carrier.secrets ?? {}).map(([key, secret]) => [key, hasSecret(secret) ? "set" : "missing"]);
  return {
    adapter: carrier.adapter,
    channels: limits?.channels ?? [],
    base_url: carrier.base_url,
    per_second: carrier.per_second ?? limits?.per_second,
    ...(carrier.sender_per_second === undefined ? {} : { sender_per_second: carrier.sender_per_second }),
    secrets: Object.fromEntries(secrets),
  };
}

async function gateOf(tenant: string, name: string, { gates }: ShowCarriersDeps): Promise<object> {
  try {
    return gateView(await gates.status(tenant, name));
  } catch (error) {
    log("error", "carriers.gate.unavailable", { tenant, carrier: name, error: errorName(error) });
    return { unavailable: "gate" };
  }
}

function gateView({
  health,
  since,
  cause,
  shed,
  given_last_second,
  per_second,
  waiting,
  calls_30s,
  receipts,
  last_troubles,
}: GateStatus): object {
  return {
    breaker: health.breaker,
    share: health.share,
    ...(health.probe_at === undefined ? {} : { probe_at: isoOf(health.probe_at) }),
    ...(since === undefined ? {} : { since: isoOf(since) }),
    ...(cause === undefined ? {} : { cause }),
    rate: { given_last_second, ...(per_second === undefined ? {} : { per_second }) },
    shed,
    waiting,
    calls_30s,
    receipts,
    last_troubles: last_troubles.map((trouble) => ({ ...trouble, at: isoOf(trouble.at) })),
  };
}

/** Undefined where the vendor does not tell what is left. */
async function balanceOf(
  carrier: CatalogCarrier,
  mounted: MountedCarrier | undefined,
  deps: ShowCarriersDeps,
): Promise<object | undefined> {
  const low = carrier.balance_low === undefined ? {} : { low: carrier.balance_low };
  if (mounted) {
    const answer = await askBalance(mounted, deps);
    return answer && { ...balanceView(answer), ...low };
  }
  const search = findAdapter(carrier.adapter);
  return search.kind === "found" && search.adapter.tells_balance ? { unavailable: "unusable", ...low } : undefined;
}

function balanceView(answer: BalanceAnswer): object {
  return answer.kind === "told" ? answer.balance : { unavailable: answer.code };
}
