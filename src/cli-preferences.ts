import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print } from "./cli-connection.ts";
import { importFile, importOptions, lineNumber } from "./cli-import.ts";
import { gather, printLines, queryOf } from "./cli-pages.ts";

const entry = z.object({ scope: z.string(), channel: z.string(), state: z.string(), at: z.string() });
const shown = z.object({
  id: z.string(),
  preferences: z.array(entry),
  copied: z.boolean().optional(),
  uncopied_since: z.string().optional(),
});
const said = entry.extend({
  recorded_at: z.string(),
  recorded_by: z.string().optional(),
  proof: z.object({ source: z.string(), wording_version: z.string().optional(), ip: z.string().optional() }).optional(),
  problem: z.looseObject({ detail: z.string() }).optional(),
});
const withHistory = shown.extend({ history: z.array(said), next: z.string().optional() });
const getOptions = z.object({ history: z.literal(true).optional(), unmask: z.literal(true).optional() });
const setOptions = z.object({
  channel: z.string(),
  at: z.string().optional(),
  source: z.string().optional(),
  wordingVersion: z.string().optional(),
  ip: z.string().optional(),
});

const pathOf = (id: string): string => `/v1/recipients/${encodeURIComponent(id)}/preferences`;
const lineOf = ({ scope, channel, state, at }: z.infer<typeof entry>): string => `${state} of ${scope} on ${channel}, ${at}`;

function wordsOf({ preferences, uncopied_since, copied }: z.infer<typeof shown>): string {
  const lines = preferences.length === 0 ? ["nothing was said yet"] : preferences.map(lineOf);
  if (uncopied_since !== undefined) lines.push(`not all of it is copied yet, since ${uncopied_since}`);
  if (copied === false) lines.push("it is in force; its copy is written later");
  return lines.join("\n");
}

async function get(as: Connection, id: string, { history, unmask }: z.infer<typeof getOptions>): Promise<void> {
  if (!history) {
    const answer = await ask(as, "GET", pathOf(id), shown);
    return print(as, answer, wordsOf(answer));
  }
  const read = (cursor: string | undefined) => ask(as, "GET", pathOf(id) + queryOf({ history, unmask, cursor }), withHistory);
  const all = await gather(read, (page) => page.history);
  const lines = all.map((one) => {
    const beside = [...Object.values(one.proof ?? {}), ...(one.problem ? [one.problem.detail] : [])];
    return `${lineOf(one)}${beside.length > 0 ? ` (${beside.join(", ")})` : ""}`;
  });
  print(as, { id, history: all }, lines.length === 0 ? "nothing was said yet" : lines.join("\n"));
}

async function set(as: Connection, id: string, scope: string, state: string, options: z.infer<typeof setOptions>): Promise<void> {
  const { channel, at, source, wordingVersion: wording_version, ip } = options;
  const proof = source === undefined && wording_version === undefined && ip === undefined ? {} : { proof: { source, wording_version, ip } };
  const preferences = [{ scope, channel, state, ...(at === undefined ? {} : { at }), ...proof }];
  const answer = await ask(as, "PUT", pathOf(id), shown, { preferences });
  print(as, answer, wordsOf(answer));
}

/** What people want, and how they said so. */
export function addPreferences(program: Command, as: () => Connection): void {
  const command = program.command("preferences").description("shows, sets, imports and exports what people want");
  command
    .command("get <id>")
    .description("shows what counts now")
    .option("--history", "shows all that was ever said, with proofs")
    .option("--unmask", "with addresses of the network whole; the key needs the scope unmask, and the audit says so")
    .action((id: string, options: unknown) => get(as(), id, getOptions.parse(options)));
  command
    .command("set <id> <scope> <state>")
    .description("adds an entry: scope is all, a class or a notice; state is in or out")
    .option("--channel <channel>", "of one channel", "*")
    .option("--at <time>", "when it was said, as 2026-03-01T09:30:00Z; else now")
    .option("--source <source>", "where it was said, such as checkout")
    .option("--wording-version <version>", "to which version of the wording")
    .option("--ip <address>", "from which address of the network")
    .action((id: string, scope: string, state: string, options: unknown) => set(as(), id, scope, state, setOptions.parse(options)));
  command
    .command("import <file>")
    .description("imports NDJSON, an entry to a line; prints each line that is wrong, and goes on by itself when the connection is lost")
    .option("--state <file>", "keeps there how far it has come, and goes on from there")
    .option("--after <line>", "goes on after this line", lineNumber)
    .action((file: string, options: unknown) => importFile(as(), "/v1/preferences/import", file, importOptions.parse(options)));
  command
    .command("export")
    .description("prints every entry as NDJSON, proofs without addresses of the network")
    .action(() => printLines(as(), "/v1/preferences/export"));
}
