import * as z from "zod";
import type { TopicMember } from "../store/topics.ts";
import { base64urlOf, bytesOf } from "../support/base64.ts";
import { contextOf } from "../support/sealing.ts";
import { catalogName, recipientKey } from "../vocabulary/identifiers.ts";
import type { Caller } from "./authenticate.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ListTopicsDeps extends Pick<ProfileDeps, "sealer"> {
  readonly topicsAfter: (
    tenant: string,
    after: string,
    limit: number,
  ) => Promise<readonly { readonly topic: string; readonly members: number }[]>;
  /** Members after a recipient's key, in order of keys. */
  readonly topicMembersAfter: (tenant: string, topic: string, after: string, limit: number) => Promise<readonly TopicMember[]>;
}

const NO_CURSOR = "is not a cursor that this list gave; begin without one";
const limit = z
  .string()
  .regex(/^([1-9]\d{0,2}|1000)$/, "must be a number from 1 to 1000")
  .transform(Number)
  .default(100);
const nameCursor = z
  .string()
  .max(1024)
  .transform((text) => new TextDecoder().decode(bytesOf(text)))
  .refine((name) => catalogName.safeParse(name).success, NO_CURSOR);
const topicsQuery = z.strictObject({ limit, cursor: nameCursor.optional() });
const membersQuery = z.strictObject({ limit, cursor: recipientKey.optional() });

/** `GET /v1/topics?limit=&cursor=`: topics by name, with how many members each has. */
export async function listTopics(request: Request, { tenant }: Caller, deps: ListTopicsDeps): Promise<Response> {
  const asked = parseAs(topicsQuery, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const topics = await deps.topicsAfter(tenant, asked.value.cursor ?? "", asked.value.limit);
  const last = topics.length === asked.value.limit ? topics.at(-1) : undefined;
  return Response.json({ topics, ...(last ? { next: base64urlOf(new TextEncoder().encode(last.topic)) } : {}) });
}

/** `GET /v1/topics/{topic}/members?limit=&cursor=`: members' ids. A topic that nobody has joined has none. */
export async function listMembers(request: Request, rawTopic: string, { tenant }: Caller, deps: ListTopicsDeps): Promise<Response> {
  const topic = parseAs(z.strictObject({ topic: catalogName }), { topic: rawTopic }, "The address");
  if (!topic.ok) return problemResponse(topic.problem);
  const asked = parseAs(membersQuery, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const rows = await deps.topicMembersAfter(tenant, topic.value.topic, asked.value.cursor ?? "", asked.value.limit);
  const members = await Promise.all(rows.map(({ id }) => deps.sealer.open(id, contextOf(tenant, "recipient"))));
  const last = rows.length === asked.value.limit ? rows.at(-1) : undefined;
  return Response.json({ members, ...(last ? { next: last.recipient } : {}) });
}
