import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { type ResealDeps, resealTenant } from "./reseal-tenant.ts";

export interface ResealAllDeps extends ResealDeps {
  /** Tenants for which something is to be done now, longest waiting first. */
  readonly tenantsToReseal: (keyId: string, now: number, limit: number) => Promise<readonly string[]>;
}

const TENANTS_A_RUN = 100;
/** A run asks some thousand Recipients at most in that time; an invocation may make 10,000 calls. */
const RUN_MS = 20_000;

/** What older keys sealed is sealed anew in the background: a run of some seconds, tenant after tenant. Nothing where there is one key. */
export async function resealAll(deps: ResealAllDeps): Promise<void> {
  const [current = "", ...older] = deps.sealingKeys;
  if (older.length === 0) return;
  const until = deps.now() + RUN_MS;
  for (const tenant of await deps.tenantsToReseal(current, deps.now(), TENANTS_A_RUN)) {
    if (deps.now() >= until) return;
    try {
      const { finished_at, recipients, texts, unreadable } = await resealTenant(tenant, until, false, deps);
      if (finished_at !== null) log("info", "sealing.finished", { tenant, key: current, recipients, texts, unreadable });
    } catch (error) {
      log("error", "sealing.failed", { tenant, error: errorName(error) });
    }
  }
}
