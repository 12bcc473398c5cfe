import * as z from "zod";
import { type ApiKey, keyScope, type NewKey } from "../store/keys.ts";
import { millisecondsOf } from "../support/clock.ts";
import { durationMs } from "../support/duration.ts";
import { duration } from "../vocabulary/classes.ts";
import { catalogName, plainText } from "../vocabulary/identifiers.ts";
import { instant } from "../vocabulary/instant.ts";
import { actorOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { creation, type KeyDecision, revocation, rotation } from "./decide-keys.ts";
import { type FreshKey, type FreshKeyDeps, freshKey } from "./fresh-key.ts";
import { typePattern } from "./key-limits.ts";
import { keyView } from "./list-keys.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson, readOptions } from "./read-json.ts";
import { namesIn, type WarnDeps, warningsOf } from "./warn-unknown.ts";

export interface ChangeKeysDeps extends FreshKeyDeps, WarnDeps {
  readonly now: () => number;
  /** A key as it stands in D1, whosever it is. */
  readonly readKey: (id: string) => Promise<ApiKey | undefined>;
  /** Decides over the tenant's keys that are not over, and writes what is decided with its audit entry; asked anew on a race. */
  readonly changeKeys: (tenant: string, decide: (standing: readonly ApiKey[]) => KeyDecision) => Promise<KeyDecision>;
}

const LIMITS_MAX = 100;
const limited = <Schema extends z.ZodType<string>>(name: Schema) =>
  z
    .array(name)
    .min(1, "must name at least one; leave it out where the key is not limited")
    .max(LIMITS_MAX, `must name at most ${LIMITS_MAX}`)
    .optional();

const newKey = (now: number) =>
  z
    .strictObject({
      name: plainText(100),
      scopes: z.array(keyScope).min(1, "must name at least one scope"),
      notices: limited(catalogName),
      event_types: limited(typePattern),
      // What is no time is told as such alone.
      expires_at: instant.refine((text) => !(millisecondsOf(text) <= now), "is in the past; the key would be over at once").optional(),
    })
    .superRefine(({ scopes, notices, event_types }, context) => {
      if (!notices && !event_types) return;
      for (const [at, scope] of scopes.entries())
        if (scope === "admin" || scope === "unmask")
          context.addIssue({
            code: "custom",
            path: ["scopes", at],
            message: `does not go with notices or event_types: ${scope} is about everything. Leave it out, or the limits`,
          });
    });

/** `POST /v1/keys`: a key, which is shown this once. */
export async function createKey(request: Request, caller: Caller, deps: ChangeKeysDeps): Promise<Response> {
  const now = deps.now();
  const body = await readJson(request, newKey(now), "The key");
  if (!body.ok) return problemResponse(body.problem);
  const { name, scopes, notices, event_types, expires_at } = body.value;
  const expires = expires_at === undefined ? undefined : millisecondsOf(expires_at);
  const fresh = await freshKey(caller.tenant, deps);
  const made: NewKey = {
    id: fresh.id,
    tenant: caller.tenant,
    hash: fresh.hash,
    name,
    scopes: [...new Set(scopes)],
    ...(notices ? { notices: [...new Set(notices)] } : {}),
    ...(event_types ? { event_types: [...new Set(event_types)] } : {}),
    ...(expires === undefined ? {} : { expires_at: expires }),
    created_by: actorOf(caller),
  };
  const decision = await deps.changeKeys(caller.tenant, (standing) => creation(standing, made, now));
  const limits = [...namesIn("notices", notices), ...namesIn("event_types", event_types, "types")];
  return answerOf(decision, fresh, await warningsOf(limits, caller.tenant, deps));
}

const OVERLAP = "P7D";
const OVERLAP_MAX = "P90D";
const rotate = z.strictObject({
  /** How long the old key stays valid, as milliseconds. */
  overlap: duration
    .default(OVERLAP)
    .transform(durationMs)
    .refine((ms) => ms <= durationMs(OVERLAP_MAX), `must be at most ${OVERLAP_MAX}`),
});

/** `POST /v1/keys/{id}/rotate`: a new key like it; both are valid until the overlap is over. */
export async function rotateKey(request: Request, id: string, caller: Caller, deps: ChangeKeysDeps): Promise<Response> {
  const body = await readOptions(request, rotate, "The rotation");
  if (!body.ok) return problemResponse(body.problem);
  if (!(await isOwn(id, caller, deps))) return problemResponse(unknown());
  const fresh = await freshKey(caller.tenant, deps);
  const now = deps.now();
  const times = { now, until: now + body.value.overlap };
  const decision = await deps.changeKeys(caller.tenant, (standing) => rotation(standing, id, fresh, actorOf(caller), times));
  return answerOf(decision, fresh);
}

/** `DELETE /v1/keys/{id}`: over within 10 s everywhere. One that is over already stays so. */
export async function revokeKey(id: string, caller: Caller, deps: ChangeKeysDeps): Promise<Response> {
  if (!(await isOwn(id, caller, deps))) return problemResponse(unknown());
  const now = deps.now();
  const decision = await deps.changeKeys(caller.tenant, (standing) => revocation(standing, id, actorOf(caller), now));
  return decision.kind === "refused" ? problemResponse(decision.problem) : new Response(null, { status: 204 });
}

/** The answer that shows a new key, or why there is none. */
export function answerOf(decision: KeyDecision, { text }: FreshKey, beside: object = {}): Response {
  if (decision.kind === "refused") return problemResponse(decision.problem);
  if (decision.kind === "nothing" || !decision.made) throw new Error("a key that was to be made was not");
  return Response.json({ key: text, ...keyView({ ...decision.made, created_at: decision.at }), ...beside }, { status: 201 });
}

async function isOwn(id: string, { tenant }: Caller, { readKey }: ChangeKeysDeps): Promise<boolean> {
  return (await readKey(id))?.tenant === tenant;
}

function unknown(): ReturnType<typeof problemOf> {
  return problemOf("not-found", "There is no key with this id. GET /v1/keys shows which there are.");
}
