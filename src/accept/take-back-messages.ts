import * as z from "zod";
import type { NoticeRules } from "../admit/notice-rules.ts";
import { type Move, silenceOf, type TakenBack, type Which } from "../admit/take-back.ts";
import type { Timeline } from "../admit/timeline.ts";
import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import { millisecondsOf } from "../support/clock.ts";
import { closestName } from "../support/closest-name.ts";
import { durationMs } from "../support/duration.ts";
import { recipientKeyOf, recipientKeyOfMessage } from "../support/names.ts";
import { offset } from "../vocabulary/classes.ts";
import { callerId, catalogName, messageId } from "../vocabulary/identifiers.ts";
import { instant } from "../vocabulary/instant.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { mayTouch } from "./key-limits.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { fine, type Outcome, problemOf, problemResponse, wrong } from "./problem.ts";
import { parseAs, readJson } from "./read-json.ts";
import { rulebookFor } from "./rulebook.ts";

export interface TakeBackDeps extends ProfileDeps, AuditDeps {
  readonly now: () => number;
  readonly activeCatalog: (tenant: string, wanted: { readonly names: readonly string[] }) => Promise<ActiveCatalog | undefined>;
  /** One message, open or past. */
  readonly message: (tenant: string, recipientKey: string, id: string) => Promise<Timeline | undefined>;
  /** What `cancel`, or with a move `reschedule`, would answer. Changes nothing. */
  readonly foresee: (tenant: string, recipientKey: string, which: Which, move?: Move) => Promise<readonly TakenBack[]>;
  readonly cancel: (tenant: string, recipientKey: string, which: Which) => Promise<readonly TakenBack[]>;
  readonly reschedule: (tenant: string, recipientKey: string, which: Which, move: Move) => Promise<readonly TakenBack[]>;
  readonly verified: (tenant: string, recipientKey: string, id: string) => Promise<readonly TakenBack[]>;
}

const keyed = { notice: catalogName, key: z.string().min(1, "must not be empty").max(1024) };
const cancelBody = z.strictObject(keyed);
const rescheduleBody = z
  .strictObject({ ...keyed, by: offset.optional(), to: instant.optional() })
  .refine(({ by, to }) => (by === undefined) !== (to === undefined), "must have either by, a duration such as P3D, or to, a timestamp");

/** `POST /v1/messages/{id}/cancel`: takes back a message that still waits, in the document or in its lane. */
export async function cancelMessage(rawId: string, caller: Caller, deps: TakeBackDeps): Promise<Response> {
  const { tenant } = caller;
  return aboutOne(rawId, caller, deps, (key, id) =>
    whereItChanges(
      () => deps.foresee(tenant, key, { id }),
      () => deps.audit(tenant, [auditEntryOf(caller, "message.cancel", id)]),
      () => deps.cancel(tenant, key, { id }),
    ),
  );
}

/** `POST /v1/messages/{id}/verified`: the code was used, so nothing repeats it. */
export async function verifiedMessage(rawId: string, caller: Caller, deps: TakeBackDeps): Promise<Response> {
  return aboutOne(rawId, caller, deps, (key, id) => deps.verified(caller.tenant, key, id));
}

/** `POST /v1/recipients/{id}/cancel {notice, key}`: takes back all that waits of a notice with this cancel key. */
export async function cancelKey(request: Request, rawId: string, caller: Caller, deps: TakeBackDeps): Promise<Response> {
  const { tenant } = caller;
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const body = await readJson(request, cancelBody, "The cancel");
  if (!body.ok) return problemResponse(body.problem);
  const recipient = await recipientKeyOf(deps.naming, tenant, id.value);
  const { value: which } = body;
  const rules = await rulesOf(which.notice, tenant, deps);
  const results = await whereItChanges(
    () => deps.foresee(tenant, recipient, which),
    () => deps.audit(tenant, [auditEntryOf(caller, "message.cancel", recipient, { notice: which.notice })]),
    () => deps.cancel(tenant, recipient, which),
  );
  // A notice that the catalog has no more may still have messages that wait; a name that has neither is most likely mistyped.
  return results.length === 0 && !rules.ok ? problemResponse(rules.problem) : Response.json({ messages: results });
}

/**
 * `POST /v1/recipients/{id}/reschedule {notice, key, by | to}`: moves what is left of a series in one step, later or to an instant. Nothing
 * goes into the past, and what would fall into hours of silence waits for their end.
 */
export async function rescheduleKey(request: Request, rawId: string, caller: Caller, deps: TakeBackDeps): Promise<Response> {
  const { tenant } = caller;
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const body = await readJson(request, rescheduleBody, "The reschedule");
  if (!body.ok) return problemResponse(body.problem);
  const { notice, key, by, to } = body.value;
  const rules = await rulesOf(notice, tenant, deps);
  if (!rules.ok) return problemResponse(rules.problem);
  if (to !== undefined && millisecondsOf(to) < deps.now()) {
    return problemResponse(
      problemOf("invalid", "The time is over.", [{ pointer: "/to", detail: "is in the past; to send nothing more, cancel" }]),
    );
  }
  const move = { ...moveOf(by, to), silence: silenceOf(rules.value) };
  const recipient = await recipientKeyOf(deps.naming, tenant, id.value);
  const detail = { notice, ...(to === undefined ? { by: by ?? "" } : { to }) };
  const results = await whereItChanges(
    () => deps.foresee(tenant, recipient, { notice, key }, move),
    () => deps.audit(tenant, [auditEntryOf(caller, "message.reschedule", recipient, detail)]),
    () => deps.reschedule(tenant, recipient, { notice, key }, move),
  );
  return Response.json({ messages: results });
}

/** The audit has what happened: what would change nothing is answered as it is foreseen, without an entry. */
async function whereItChanges(
  foresee: () => Promise<readonly TakenBack[]>,
  audit: () => Promise<void>,
  act: () => Promise<readonly TakenBack[]>,
): Promise<readonly TakenBack[]> {
  const foreseen = await foresee();
  if (!foreseen.some(({ changed }) => changed)) return foreseen;
  await audit();
  return act();
}

function moveOf(by: string | undefined, to: string | undefined): { readonly to: number } | { readonly by_ms: number } {
  if (to !== undefined) return { to: millisecondsOf(to) };
  const text = by ?? "PT0S";
  return { by_ms: text.startsWith("-") ? -durationMs(text.slice(1)) : durationMs(text) };
}

/** The rules of a notice in the catalog in force. */
async function rulesOf(notice: string, tenant: string, deps: TakeBackDeps): Promise<Outcome<NoticeRules>> {
  const compiled = await deps.activeCatalog(tenant, { names: [notice] });
  const [rules] = compiled ? [...rulebookFor(compiled).notices.values()].flat().map(({ rule }) => rule) : [];
  if (rules) return fine(rules);
  const nearest = closestName(notice, [...(compiled?.index.names.keys() ?? [])]);
  return wrong("invalid", "The notice is not known.", [
    { pointer: "/notice", detail: `is not a notice of the catalog in force${nearest}` },
  ]);
}

/** A message that the key is not for is answered like one that does not exist. */
async function aboutOne(
  rawId: string,
  { tenant, limits }: Caller,
  { message }: TakeBackDeps,
  act: (recipientKey: string, id: string) => Promise<readonly TakenBack[]>,
): Promise<Response> {
  const id = messageId.safeParse(rawId);
  const key = recipientKeyOfMessage(rawId);
  const found = id.success && limits?.notices ? await message(tenant, key, id.data) : undefined;
  const closed = limits?.notices && !(found && mayTouch(limits, found.message.notice));
  const [result] = id.success && !closed ? await act(key, id.data) : [];
  return result ? Response.json(result) : problemResponse(problemOf("not-found", "There is no message with this id that is still open."));
}
