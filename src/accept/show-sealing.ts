import * as z from "zod";
import type { Resealing } from "../store/resealing.ts";
import { isoOf } from "../support/clock.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import { type Caller, type RootDeps, refusedAsRoot } from "./authenticate.ts";
import { problemResponse } from "./problem.ts";
import { readOptions } from "./read-json.ts";
import { type ResealDeps, resealTenant } from "./reseal-tenant.ts";

/** Waits for a run in the background, in milliseconds; the caller asks again. */
const ASKED_MS = 5_000;

export interface ShowSealingDeps extends ResealDeps, RootDeps, AuditDeps {
  /** How many tenants are through with a key, and what was left. */
  readonly countResealed: (
    keyId: string,
  ) => Promise<{ readonly finished: number; readonly unfinished: number; readonly unreadable: number }>;
}

const sealingBody = z.strictObject({
  /** Without waiting for what isolates with older settings may still write. */
  at_once: z.literal(true).optional(),
});

/** `GET /v1/sealing`: under which key texts are sealed, and whether all of the tenant's are. */
export async function showSealing({ tenant }: Caller, deps: ResealDeps): Promise<Response> {
  return Response.json(viewOf(await deps.findResealing(tenant, deps.sealingKeys[0] ?? ""), deps));
}

/** `GET /v1/tenants/sealing`, with the deployment's ROOT_KEY: how many tenants are finished. */
export async function showSealingOfAll(request: Request, deps: ShowSealingDeps): Promise<Response> {
  const refused = await refusedAsRoot(request, deps);
  if (refused) return problemResponse(refused.problem);
  const [current = "", ...older] = deps.sealingKeys;
  return Response.json({ current, older, ...(older.length === 0 ? { state: "one_key" } : await deps.countResealed(current)) });
}

/** `POST /v1/sealing {at_once?}`: goes on with sealing the tenant's texts anew, for some seconds; answers how far it is. */
export async function postSealing(request: Request, caller: Caller, deps: ShowSealingDeps): Promise<Response> {
  const body = await readOptions(request, sealingBody, "The request");
  if (!body.ok) return problemResponse(body.problem);
  const { tenant } = caller;
  const atOnce = body.value.at_once === true;
  const before = await deps.findResealing(tenant, deps.sealingKeys[0] ?? "");
  if (deps.sealingKeys.length < 2 || before?.finished_at) return Response.json(viewOf(before, deps));
  await deps.audit(tenant, [auditEntryOf(caller, "sealing.renew", "", { at_once: atOnce })]);
  const at = await resealTenant(tenant, deps.now() + ASKED_MS, atOnce, deps);
  return Response.json(viewOf(at, deps, atOnce));
}

/**
 * `older` keys may be dropped once the state is `finished` for every tenant. It waits before Recipients, the first stage, and before the
 * first column of D1; who does not wait (`hurried`) is under way there, and what he left half done goes on by itself at `due_at`.
 */
function viewOf(at: Resealing | undefined, { now, sealingKeys }: ResealDeps, hurried = false): object {
  const [current, ...older] = sealingKeys;
  if (older.length === 0) return { current, older, state: "one_key" };
  if (!at) return { current, older, state: "waiting" };
  const { stage, cursor, begun_at, due_at, recipients, texts, unreadable, finished_at } = at;
  const early = finished_at === null && due_at > now();
  const waits = early && !hurried && stage < 2 && cursor === "";
  const state = finished_at !== null ? "finished" : waits ? "waiting" : "under_way";
  return {
    current,
    older,
    state,
    begun_at: isoOf(begun_at),
    ...(early ? { due_at: isoOf(due_at) } : {}),
    ...(finished_at === null ? {} : { finished_at: isoOf(finished_at) }),
    recipients,
    texts,
    unreadable,
  };
}
