import { joinTopic, joinTopicAll, leaveTopic } from "./accept/change-topics.ts";
import { listMembers, listTopics } from "./accept/list-topics.ts";
import type { Line } from "./routes-line.ts";

/** Topics and their members. */
export const TOPICS_LINES: readonly Line[] = [
  { method: "GET", path: "/v1/topics", scope: "read", handle: (request, _, { accept }, caller) => listTopics(request, caller, accept) },
  {
    method: "GET",
    path: "/v1/topics/:topic/members",
    scope: "read",
    handle: (request, { topic = "" }, { accept }, caller) => listMembers(request, topic, caller, accept),
  },
  {
    method: "PUT",
    path: "/v1/topics/:topic/members",
    scope: "admin",
    handle: (request, { topic = "" }, { accept }, caller) => joinTopicAll(request, topic, caller, accept),
  },
  {
    method: "PUT",
    path: "/v1/topics/:topic/members/:recipient",
    scope: "admin",
    handle: (_request, { topic = "", recipient = "" }, { accept }, caller) => joinTopic(topic, recipient, caller, accept),
  },
  {
    method: "DELETE",
    path: "/v1/topics/:topic/members/:recipient",
    scope: "admin",
    handle: (_request, { topic = "", recipient = "" }, { accept }, caller) => leaveTopic(topic, recipient, caller, accept),
  },
];
