import * as z from "zod";
import type { TopicMember } from "../store/topics.ts";
import { recipientKeyOf } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import { callerId, catalogName } from "../vocabulary/identifiers.ts";
import { type AuditDeps, auditEntriesOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { parseAs, readJson } from "./read-json.ts";

export interface ChangeTopicsDeps extends ProfileDeps, AuditDeps {
  /** Which of these recipients' keys are members. */
  readonly membersAmong: (tenant: string, topic: string, keys: readonly string[]) => Promise<readonly string[]>;
  readonly insertMembers: (tenant: string, topic: string, members: readonly TopicMember[]) => Promise<void>;
  readonly deleteMember: (tenant: string, topic: string, recipient: string) => Promise<void>;
}

const JOIN_MAX = 1000;
const place = z.strictObject({ topic: catalogName, recipient: callerId });
const many = z.strictObject({
  recipients: z.array(callerId).min(1, "must name at least one recipient").max(JOIN_MAX, `must name at most ${JOIN_MAX} recipients`),
});

/** `PUT /v1/topics/{topic}/members/{recipient}`: whether or not the recipient is known yet, and as often as one likes. */
export async function joinTopic(topic: string, recipient: string, caller: Caller, deps: ChangeTopicsDeps): Promise<Response> {
  const asked = parseAs(place, { topic, recipient }, "The address");
  if (!asked.ok) return problemResponse(asked.problem);
  await addAll(asked.value.topic, [asked.value.recipient], caller, deps);
  return new Response(null, { status: 204 });
}

/** `PUT /v1/topics/{topic}/members` `{recipients}`: adds them to those that are in it. */
export async function joinTopicAll(request: Request, rawTopic: string, caller: Caller, deps: ChangeTopicsDeps): Promise<Response> {
  const topic = parseAs(place.pick({ topic: true }), { topic: rawTopic }, "The address");
  if (!topic.ok) return problemResponse(topic.problem);
  const body = await readJson(request, many, "The list of members");
  if (!body.ok) return problemResponse(body.problem);
  const ids = [...new Set(body.value.recipients)];
  const added = await addAll(topic.value.topic, ids, caller, deps);
  return Response.json({ added, already: ids.length - added });
}

/** `DELETE /v1/topics/{topic}/members/{recipient}`. */
export async function leaveTopic(topic: string, recipient: string, caller: Caller, deps: ChangeTopicsDeps): Promise<Response> {
  const asked = parseAs(place, { topic, recipient }, "The address");
  if (!asked.ok) return problemResponse(asked.problem);
  const { tenant } = caller;
  const key = await recipientKeyOf(deps.naming, tenant, asked.value.recipient);
  const [member] = await deps.membersAmong(tenant, topic, [key]);
  if (member === undefined) return problemResponse(problemOf("not-found", "The topic has no such member."));
  await deps.audit(tenant, [auditEntryOf(caller, "topic.leave", topic, { recipients: [key] })]);
  await deps.deleteMember(tenant, topic, key);
  return new Response(null, { status: 204 });
}

/** Adds those who are no members yet; answers how many. */
async function addAll(topic: string, ids: readonly string[], caller: Caller, deps: ChangeTopicsDeps): Promise<number> {
  const { tenant } = caller;
  const keyed = await Promise.all(ids.map(async (id) => ({ id, recipient: await recipientKeyOf(deps.naming, tenant, id) })));
  const members = new Set(
    await deps.membersAmong(
      tenant,
      topic,
      keyed.map(({ recipient }) => recipient),
    ),
  );
  const fresh = keyed.filter(({ recipient }) => !members.has(recipient));
  if (fresh.length === 0) return 0;
  const context = contextOf(tenant, "recipient");
  const sealed = await Promise.all(fresh.map(async ({ id, recipient }) => ({ recipient, id: await deps.sealer.seal(id, context) })));
  const joined = fresh.map(({ recipient }) => recipient);
  await deps.audit(tenant, auditEntriesOf(caller, "topic.join", topic, "recipients", joined));
  await deps.insertMembers(tenant, topic, sealed);
  return fresh.length;
}
