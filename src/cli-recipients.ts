import { readFileSync } from "node:fs";
import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print, Refused } from "./cli-connection.ts";
import { importFile, importOptions, lineNumber } from "./cli-import.ts";
import { moreOf, printLines, queryOf } from "./cli-pages.ts";

const option = z.string().optional();

const shown = z.looseObject({ id: z.string(), revision: z.number() });
const getOptions = z.object({ unmask: z.literal(true).optional() });
const exportOptions = z.object({ unmask: z.literal(true).optional(), tag: option });

const pathOf = (id: string): string => `/v1/recipients/${encodeURIComponent(id)}`;

async function get(as: Connection, id: string, { unmask }: z.infer<typeof getOptions>): Promise<void> {
  const answer = await ask(as, "GET", pathOf(id) + queryOf({ unmask }), shown);
  print(as, answer, JSON.stringify(answer, undefined, 2));
}

async function change(as: Connection, method: "PUT" | "PATCH", id: string, text: string): Promise<void> {
  const answer = await ask(as, method, pathOf(id), shown, bodyOf(text));
  print(as, answer, `${answer.id} is at revision ${answer.revision}`);
}

function bodyOf(text: string): object {
  const wanted = `the profile must be a JSON object, such as '{"addresses": {"sms": "13800138000"}}', or - to be read from stdin`;
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text === "-" ? readFileSync(0, "utf8") : text));
  } catch {
    throw new Refused(wanted);
  }
}

async function erase(as: Connection, id: string): Promise<void> {
  await ask(as, "DELETE", pathOf(id), z.undefined());
  print(as, { id, erased: true }, `${id} is erased`);
}

const listOptions = z.object({ address: option, channel: option, tag: option, limit: option, cursor: option });
const address = z.looseObject({ address: z.string(), suppressed: option });
const person = shown.extend({ addresses: z.record(z.string(), z.array(address)), tags: z.array(z.string()) });
const unreadable = z.looseObject({ key: z.string(), problem: z.looseObject({ detail: z.string() }) });
const listed = z.object({ recipients: z.array(z.union([person, unreadable])), next: option });

/** `u1  sms 138****8000  email z***@example.com (refused: 30006)  tags vip new` */
function lineOf(row: z.infer<typeof listed>["recipients"][number]): string {
  if ("problem" in row) return `(${row.key})  ${unreadable.parse(row).problem.detail}`;
  const { id, addresses, tags } = row;
  const told = Object.entries(addresses).flatMap(([channel, list]) =>
    list.map((one) => `${channel} ${one.address}${one.suppressed === undefined ? "" : ` (refused: ${one.suppressed})`}`),
  );
  return [id, ...told, ...(tags.length > 0 ? [`tags ${tags.join(" ")}`] : [])].join("  ");
}

async function list(as: Connection, options: z.infer<typeof listOptions>): Promise<void> {
  const answer = await ask(as, "GET", `/v1/recipients${queryOf(options)}`, listed);
  print(as, answer, [...answer.recipients.map(lineOf), ...moreOf(answer)].join("\n") || "there is nobody");
}

/** What there is to see and do about people. */
export function addRecipients(program: Command, as: () => Connection): void {
  const recipients = program.command("recipients").description("lists, shows, changes, erases, imports and exports recipients");
  recipients
    .command("list", { isDefault: true })
    .description("shows who there is, addresses masked: everyone, or those who have an address or a tag")
    .option("--address <address>", "those who have it now, such as 13800138000")
    .option("--channel <channel>", "of this channel; needs --address")
    .option("--tag <tag>", "those who have it")
    .option("--limit <number>", "from 1 to 100")
    .option("--cursor <cursor>", "goes on where a list ended")
    .action((options: unknown) => list(as(), listOptions.parse(options)));
  recipients
    .command("get <id>")
    .description("shows a profile, addresses masked")
    .option("--unmask", "shows them whole; the key needs the scope unmask, and the audit says so")
    .action((id: string, options: unknown) => get(as(), id, getOptions.parse(options)));
  recipients
    .command("put <id> <json>")
    .description("sets a profile as a whole (- reads it from stdin)")
    .action((id: string, json: string) => change(as(), "PUT", id, json));
  recipients
    .command("patch <id> <json>")
    .description("changes parts of a profile: null takes away; add_tags and remove_tags (- reads it from stdin)")
    .action((id: string, json: string) => change(as(), "PATCH", id, json));
  recipients
    .command("delete <id>")
    .description("ERASES somebody; that they said out is kept")
    .action((id: string) => erase(as(), id));
  recipients
    .command("import <file>")
    .description("imports NDJSON, a recipient to a line; prints each line that is wrong, and goes on by itself when the connection is lost")
    .option("--state <file>", "keeps there how far it has come, and goes on from there")
    .option("--after <line>", "goes on after this line", lineNumber)
    .option("--how <how>", "replace (as it is) or merge (what is left out stays)")
    .action((file: string, options: unknown) => importFile(as(), "/v1/recipients/import", file, importOptions.parse(options)));
  recipients
    .command("export")
    .description("prints everyone as NDJSON, addresses masked")
    .option("--unmask", "prints them whole, so that they can be imported again; the key needs the scope unmask")
    .option("--tag <tag>", "those who have it")
    .action((options: unknown) => printLines(as(), "/v1/recipients/export", exportOptions.parse(options)));
}
