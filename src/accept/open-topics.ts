import type { AdmitCommand } from "../admit/recipient-commands.ts";
import type { TopicMember } from "../store/topics.ts";
import { contextOf } from "../support/sealing.ts";
import { rowOpener } from "./open-rows.ts";
import { type EventPlan, withMembers } from "./plan-event.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { fine, type Outcome, wrong } from "./problem.ts";

/** Members of one topic that an event is taken for. */
export const TOPIC_MEMBERS_MAX = 1000;

export type Addressee = AdmitCommand["recipient"];

export interface TopicDeps extends Pick<ProfileDeps, "sealer"> {
  /** A topic's members after a recipient's key, in order of keys. */
  readonly topicMembersAfter: (tenant: string, topic: string, after: string, limit: number) => Promise<readonly TopicMember[]>;
}

/** Gives a topic's members, opened, or why there is no event for them: more than it is taken for, or one that cannot be opened. */
export type TopicReader = (topic: string) => Promise<Outcome<readonly Addressee[]>>;

/** Reads each topic once, however many events of a request are for it. */
export function topicReader(tenant: string, deps: TopicDeps): TopicReader {
  const read = new Map<string, ReturnType<TopicReader>>();
  return (topic) => {
    const known = read.get(topic) ?? openTopic(tenant, topic, deps);
    read.set(topic, known);
    return known;
  };
}

async function openTopic(tenant: string, topic: string, { topicMembersAfter, sealer }: TopicDeps): ReturnType<TopicReader> {
  const rows = await topicMembersAfter(tenant, topic, "", TOPIC_MEMBERS_MAX + 1);
  if (rows.length > TOPIC_MEMBERS_MAX) return tooMany(topic);
  const context = contextOf(tenant, "recipient");
  const open = rowOpener(tenant);
  const opened = await Promise.all(
    rows.map(({ recipient: key, id: sealed }) =>
      open(key, async () => {
        const id = await sealer.open(sealed, context);
        // A Recipient keeps it, perhaps one that is sealed anew already.
        return { key, id, sealed: sealer.isCurrent(sealed) ? sealed : await sealer.seal(id, context) };
      }),
    ),
  );
  const members = opened.filter((member) => member !== undefined);
  return members.length < rows.length ? unreadable(topic, rows.length - members.length) : fine(members);
}

/** A plan whose topics have become people; `addressees`: the members by id. */
export interface Expanded {
  readonly plan: EventPlan;
  readonly addressees: ReadonlyMap<string, Addressee>;
}

/** Puts a topic's members in its place. */
export async function expandTopics(plan: EventPlan, reader: TopicReader): Promise<Outcome<Expanded>> {
  const topics = [...new Set([...plan.cancels, ...plan.notices].flatMap(({ topic }) => topic ?? []))];
  if (topics.length === 0) return fine({ plan, addressees: new Map() });
  const members = new Map<string, readonly Addressee[]>();
  for (const topic of topics) {
    const found = await reader(topic);
    if (!found.ok) return found;
    members.set(topic, found.value);
  }
  const ids = (topic: string): string[] => (members.get(topic) ?? []).map(({ id }) => id);
  return fine({ plan: withMembers(plan, ids), addressees: new Map([...members.values()].flat().map((one) => [one.id, one])) });
}

function tooMany(topic: string): ReturnType<typeof wrong> {
  const detail = `The topic ${topic} has more than ${TOPIC_MEMBERS_MAX} members; an event is taken for at most ${TOPIC_MEMBERS_MAX} of a topic.`;
  return wrong("invalid", detail, [
    { pointer: "/type", detail: `is for the topic ${topic}, which has more than ${TOPIC_MEMBERS_MAX} members; split the topic` },
  ]);
}

/** Nobody of the topic is told: who cannot be opened would be left out without a word, and the same event comes but once. */
function unreadable(topic: string, count: number): ReturnType<typeof wrong> {
  const whom = count === 1 ? "One member" : `${count} members`;
  const detail = `${whom} of the topic ${topic} cannot be opened, so it is told to nobody yet. GET /v1/topics/${topic}/members says who and why.`;
  return wrong("unavailable", `${detail} Put the sealing key back or take them out of the topic, and post the event again.`);
}
