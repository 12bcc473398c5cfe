import * as z from "zod";
import { contextOf } from "../support/sealing.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf, keyCursor } from "./cursor.ts";
import { limitOf } from "./limit-of.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import type { TopicDeps } from "./open-topics.ts";
import { problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ListTopicsDeps extends TopicDeps {
  readonly topicsAfter: (
    tenant: string,
    after: string,
    limit: number,
  ) => Promise<readonly { readonly topic: string; readonly members: number }[]>;
}

const limit = limitOf(1000, 100);
const nameCursor = cursor(z.tuple([catalogName]).transform(([name]) => name));
const topicsQuery = z.strictObject({ limit, cursor: nameCursor.optional() });
const membersQuery = z.strictObject({ limit, cursor: keyCursor.optional() });

/** `GET /v1/topics?limit=&cursor=`: topics by name, with how many members each has. */
export async function listTopics(request: Request, { tenant }: Caller, deps: ListTopicsDeps): Promise<Response> {
  const asked = parseAs(topicsQuery, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const topics = await deps.topicsAfter(tenant, asked.value.cursor ?? "", asked.value.limit);
  const last = topics.length === asked.value.limit ? topics.at(-1) : undefined;
  return Response.json({ topics, ...(last ? { next: cursorOf(last.topic) } : {}) });
}

/** `GET /v1/topics/{topic}/members?limit=&cursor=`: members' ids. A topic that nobody has joined has none. */
export async function listMembers(request: Request, rawTopic: string, { tenant }: Caller, deps: ListTopicsDeps): Promise<Response> {
  const topic = parseAs(z.strictObject({ topic: catalogName }), { topic: rawTopic }, "The address");
  if (!topic.ok) return problemResponse(topic.problem);
  const asked = parseAs(membersQuery, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const rows = await deps.topicMembersAfter(tenant, topic.value.topic, asked.value.cursor ?? "", asked.value.limit);
  const open = rowOpener(tenant);
  const opened = await Promise.all(
    rows.map(async ({ recipient: key, id }) => ({ key, id: await open(key, () => deps.sealer.open(id, contextOf(tenant, "recipient"))) })),
  );
  const members = opened.flatMap(({ id }) => id ?? []);
  const unreadable = opened.flatMap(({ key, id }) => (id === undefined ? [{ key, ...UNREADABLE }] : []));
  const last = rows.length === asked.value.limit ? rows.at(-1) : undefined;
  return Response.json({ members, ...(unreadable.length > 0 ? { unreadable } : {}), ...(last ? { next: cursorOf(last.recipient) } : {}) });
}
