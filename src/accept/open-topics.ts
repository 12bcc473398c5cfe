import type { AdmitCommand } from "../admit/recipient-commands.ts";
import type { TopicMember } from "../store/topics.ts";
import { contextOf } from "../support/sealing.ts";
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

/** Gives a topic's members, opened; undefined where there are more than an event is taken for. */
export type TopicReader = (topic: string) => Promise<readonly Addressee[] | undefined>;

/** Reads each topic once, however many events of a request are for it. */
export function topicReader(tenant: string, deps: TopicDeps): TopicReader {
  const read = new Map<string, ReturnType<TopicReader>>();
  return (topic) => {
    const known = read.get(topic) ?? openTopic(tenant, topic, deps);
    read.set(topic, known);
    return known;
  };
}

async function openTopic(
  tenant: string,
  topic: string,
  { topicMembersAfter, sealer }: TopicDeps,
): Promise<readonly Addressee[] | undefined> {
  const members = await topicMembersAfter(tenant, topic, "", TOPIC_MEMBERS_MAX + 1);
  if (members.length > TOPIC_MEMBERS_MAX) return undefined;
  const context = contextOf(tenant, "recipient");
  return Promise.all(
    members.map(async ({ recipient: key, id: sealed }) => {
      const id = await sealer.open(sealed, context);
      // A Recipient keeps it, perhaps one that is sealed anew already.
      return { key, id, sealed: sealer.isCurrent(sealed) ? sealed : await sealer.seal(id, context) };
    }),
  );
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
    if (!found) return tooMany(topic);
    members.set(topic, found);
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
