import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print } from "./cli-connection.ts";
import { gather, queryOf } from "./cli-pages.ts";

const topics = z.object({ topics: z.array(z.object({ topic: z.string(), members: z.number() })), next: z.string().optional() });
const members = z.object({
  members: z.array(z.string()),
  unreadable: z.array(z.object({ key: z.string(), problem: z.looseObject({ detail: z.string() }) })).optional(),
  next: z.string().optional(),
});
const joined = z.object({ added: z.number(), already: z.number() });
/** The router adds so many at once. */
const AT_ONCE = 1000;

/** The most that a page of a list may have. */
const limit = "1000";

const addressOf = (topic: string): string => `/v1/topics/${encodeURIComponent(topic)}/members`;
const counted = (count: number): string => (count === 1 ? "1 member" : `${count} members`);

async function listTopics(as: Connection): Promise<void> {
  const read = (cursor: string | undefined) => ask(as, "GET", `/v1/topics${queryOf({ limit, cursor })}`, topics);
  const found = await gather(read, (page) => page.topics);
  const lines = found.map(({ topic, members: count }) => `${topic}  ${counted(count)}`);
  print(as, { topics: found }, lines.length === 0 ? "there are no topics" : lines.join("\n"));
}

async function listMembers(as: Connection, topic: string): Promise<void> {
  const read = (cursor: string | undefined) => ask(as, "GET", addressOf(topic) + queryOf({ limit, cursor }), members);
  const pages = await gather(read, (page) => [page]);
  const found = pages.flatMap((page) => page.members);
  const unreadable = pages.flatMap((page) => page.unreadable ?? []);
  const lines = [...found, ...unreadable.map(({ key, problem }) => `(${key})  ${problem.detail}`)];
  print(as, { topic, members: found, ...(unreadable.length > 0 && { unreadable }) }, lines.join("\n") || `${topic} has no members`);
}

async function join(as: Connection, topic: string, ids: readonly string[]): Promise<void> {
  const sum = { added: 0, already: 0 };
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const { added, already } = await ask(as, "PUT", addressOf(topic), joined, { recipients: ids.slice(at, at + AT_ONCE) });
    sum.added += added;
    sum.already += already;
  }
  print(as, sum, `${counted(sum.added)} added to ${topic}${sum.already > 0 ? `; ${sum.already} were in it already` : ""}`);
}

async function leave(as: Connection, topic: string, id: string): Promise<void> {
  await ask(as, "DELETE", `${addressOf(topic)}/${encodeURIComponent(id)}`, z.undefined());
  print(as, { topic, left: id }, `${id} is no longer in ${topic}`);
}

/** Topics of the tenant. */
export function addTopics(program: Command, as: () => Connection): void {
  const command = program.command("topics").description("shows and changes topics, which are named lists of recipients");
  command
    .command("list", { isDefault: true })
    .description("shows topics and how many members they have")
    .action(() => listTopics(as()));
  command
    .command("members <topic>")
    .description("shows who is in a topic")
    .action((topic: string) => listMembers(as(), topic));
  command
    .command("join <topic> <recipients...>")
    .description("adds recipients to a topic")
    .action((topic: string, ids: readonly string[]) => join(as(), topic, ids));
  command
    .command("leave <topic> <recipient>")
    .description("takes a recipient out of a topic")
    .action((topic: string, id: string) => leave(as(), topic, id));
}
