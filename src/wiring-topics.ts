import type { Parts } from "./parts.ts";
import { deleteMember, insertMembers, membersAmong, topicMembersAfter, topicsAfter } from "./store/topics.ts";
import { clock } from "./support/clock.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Topics: who is in them. */
export function wireTopics({ people: database }: Parts) {
  return {
    topicMembersAfter: (tenant, topic, after, limit) => topicMembersAfter(database, tenant, topic, after, limit),
    topicsAfter: (tenant, after, limit) => topicsAfter(database, tenant, after, limit),
    membersAmong: (tenant, topic, keys) => membersAmong(database, tenant, topic, keys),
    insertMembers: (tenant, topic, members) => insertMembers(database, tenant, topic, members, clock()),
    deleteMember: (tenant, topic, recipient) => deleteMember(database, tenant, topic, recipient),
  } satisfies Partial<AcceptWiring>;
}
