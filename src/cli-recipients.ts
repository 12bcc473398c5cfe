import { readFileSync } from "node:fs";
import type { Command } from "commander";
import * as z from "zod";
import { ask, askLines, type Connection, print, Refused } from "./cli-connection.ts";
import { importFile, importOptions } from "./cli-import.ts";

const shown = z.looseObject({ id: z.string(), revision: z.number() });
const getOptions = z.object({ unmask: z.boolean().optional() });
const exportOptions = z.object({ unmask: z.boolean().optional(), tag: z.string().optional() });
const exported = z.union([z.object({ next: z.string() }).strict(), z.looseObject({ id: z.string() })]);

const pathOf = (id: string): string => `/v1/recipients/${encodeURIComponent(id)}`;

async function get(as: Connection, id: string, { unmask }: z.infer<typeof getOptions>): Promise<void> {
  const answer = await ask(as, "GET", `${pathOf(id)}${unmask ? "?unmask=true" : ""}`, shown);
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

/** Everyone, a line each; a long list comes in several answers. */
async function exportAll(as: Connection, { unmask, tag }: z.infer<typeof exportOptions>): Promise<void> {
  for (let next: string | undefined = ""; next !== undefined; ) {
    const query = new URLSearchParams({
      ...(unmask ? { unmask: "true" } : {}),
      ...(tag === undefined ? {} : { tag }),
      ...(next === "" ? {} : { cursor: next }),
    });
    next = undefined;
    for await (const value of askLines(as, "GET", `/v1/recipients/export?${query}`)) {
      const line = exported.parse(value);
      if ("next" in line && !("id" in line)) next = z.string().parse(line.next);
      else process.stdout.write(`${JSON.stringify(value)}\n`);
    }
  }
}

/** What there is to see and do about people. */
export function addRecipients(program: Command, as: () => Connection): void {
  const recipients = program.command("recipients").description("shows, changes, erases, imports and exports recipients");
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
    .option("--after <line>", "goes on after this line")
    .option("--how <how>", "replace (as it is) or merge (what is left out stays)")
    .action((file: string, options: unknown) => importFile(as(), "/v1/recipients/import", file, importOptions.parse(options)));
  recipients
    .command("export")
    .description("prints everyone as NDJSON, addresses masked")
    .option("--unmask", "prints them whole, so that they can be imported again; the key needs the scope unmask")
    .option("--tag <tag>", "those who have it")
    .action((options: unknown) => exportAll(as(), exportOptions.parse(options)));
}
