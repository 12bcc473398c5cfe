import * as z from "zod";
import { writeAgain } from "./write-again.ts";

const topicMember = z.strictObject({
  /** The recipient's key. */
  recipient: z.string(),
  /** The recipient's id, sealed. */
  id: z.string(),
});
export type TopicMember = z.infer<typeof topicMember>;

/** A topic's members after a recipient's key, in order of keys. */
export async function topicMembersAfter(
  people: D1Database,
  tenant: string,
  topic: string,
  after: string,
  limit: number,
): Promise<TopicMember[]> {
  const { results } = await people
    .prepare("SELECT recipient, id FROM topic_members WHERE tenant = ? AND topic = ? AND recipient > ? ORDER BY recipient LIMIT ?")
    .bind(tenant, topic, after, limit)
    .all();
  return z.array(topicMember).parse(results);
}

const topicRow = z.strictObject({ topic: z.string(), members: z.number().int() });

/** A tenant's topics after a name, in order, with how many members they have. A topic without members is none. */
export async function topicsAfter(people: D1Database, tenant: string, after: string, limit: number): Promise<z.infer<typeof topicRow>[]> {
  const { results } = await people
    .prepare("SELECT topic, COUNT(*) AS members FROM topic_members WHERE tenant = ? AND topic > ? GROUP BY topic ORDER BY topic LIMIT ?")
    .bind(tenant, after, limit)
    .all();
  return z.array(topicRow).parse(results);
}

/** Which of these recipients' keys are members. */
export async function membersAmong(people: D1Database, tenant: string, topic: string, keys: readonly string[]): Promise<string[]> {
  const { results } = await people
    .prepare("SELECT recipient FROM topic_members WHERE tenant = ?1 AND topic = ?2 AND recipient IN (SELECT value FROM json_each(?3))")
    .bind(tenant, topic, JSON.stringify(keys))
    .all();
  return results.map(({ recipient }) => String(recipient));
}

/** Adds members, one statement however many there are; who is one already stays as it is. */
export async function insertMembers(
  people: D1Database,
  tenant: string,
  topic: string,
  members: readonly TopicMember[],
  now: number,
): Promise<void> {
  const statement = people
    .prepare(
      `INSERT INTO topic_members (tenant, topic, recipient, id, added_at)
       SELECT ?1, ?2, value ->> 'recipient', value ->> 'id', ?4 FROM json_each(?3) WHERE TRUE ON CONFLICT DO NOTHING`,
    )
    .bind(tenant, topic, JSON.stringify(members), now);
  await writeAgain(() => statement.run());
}

export async function deleteMember(people: D1Database, tenant: string, topic: string, recipient: string): Promise<void> {
  const statement = people
    .prepare("DELETE FROM topic_members WHERE tenant = ? AND topic = ? AND recipient = ?")
    .bind(tenant, topic, recipient);
  await writeAgain(() => statement.run());
}

/** Takes somebody who is erased out of every topic. `recipient`: the recipient's key. */
export function eraseMemberships(people: D1Database, { tenant, recipient }: { readonly tenant: string; readonly recipient: string }) {
  return people.prepare("DELETE FROM topic_members WHERE tenant = ? AND recipient = ?").bind(tenant, recipient);
}
