import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import * as z from "zod";
import { type PreviewAnswer, type PreviewQuestion, previewAnswer, previewQuestion } from "./accept/preview.ts";
import { ask, type Connection, print, Refused } from "./cli-connection.ts";
import { previewLines } from "./cli-preview-lines.ts";
import { type Issue, issuesOf } from "./support/issues.ts";
import { CHANNELS } from "./vocabulary/classes.ts";

const text = z.string().optional();
const options = z.object({
  ...{ catalog: text, step: text, channel: text, locale: text, country: text, timeZone: text, data: text, digest: text },
  tag: z.array(z.string()).optional(),
});
type Options = z.infer<typeof options>;

/** With a file or folder nobody is asked; without one, the router by its catalog in force. */
async function render(as: Connection, notice: string, { catalog: path, ...given }: Options): Promise<void> {
  const question = questionOf(notice, given);
  const answer =
    path === undefined ? await ask(as, "POST", "/v1/templates/preview", previewAnswer, question) : await previewedFile(path, question);
  print(as, answer, previewLines(notice, answer.previews));
  if (answer.previews.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

/** The checks are half of the router; other commands start without them. */
async function previewedFile(path: string, question: PreviewQuestion): Promise<PreviewAnswer> {
  const { previewFile } = await import("./cli-preview-file.ts");
  const { answer, issues } = previewFile(path, question);
  if (answer) return answer;
  throw new Refused(issues.map(optionLine).join("\n"));
}

function questionOf(
  notice: string,
  { step, channel, locale, country, timeZone, tag, data, digest }: Omit<Options, "catalog">,
): PreviewQuestion {
  const asked = {
    notice,
    step,
    channel,
    locale,
    country,
    time_zone: timeZone,
    tags: tag,
    data: jsonOf(data, "--data"),
    digest: jsonOf(digest, "--digest"),
  };
  const parsed = previewQuestion.safeParse(JSON.parse(JSON.stringify(asked)));
  if (parsed.success) return parsed.data;
  throw new Refused(issuesOf(parsed.error).map(optionLine).join("\n"));
}

/** `/time_zone` is what `--time-zone` gave, and `/notice` stands by itself. */
function optionLine({ pointer, detail }: Issue): string {
  const [, name = "", ...inner] = pointer.split("/");
  const option = name === "tags" ? "tag" : name.replaceAll("_", "-");
  return `${name === "notice" ? "the notice" : `--${option}`}${inner.length > 0 ? ` /${inner.join("/")}` : ""} ${detail}`;
}

/** JSON as it stands, or in a file that is named behind an @. */
function jsonOf(given: string | undefined, option: string): unknown {
  if (given === undefined) return undefined;
  const file = given.startsWith("@") ? given.slice(1) : undefined;
  const json = file === undefined ? given : readText(file);
  try {
    return JSON.parse(json);
  } catch (error) {
    const what =
      file === undefined ? `${option} must be JSON such as '{"order_id": "D10001"}', or @ and a file of it` : `${file} is not JSON`;
    throw new Refused(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refused(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const HELP = `
Without --data the examples that the notice declares are shown, in every channel and locale that it has words for.

Examples:
  carillon render order.shipped --catalog examples/shop
  carillon render order.shipped --catalog examples/shop --locale en --country GB \\
    --data '{"order_id": "D10001", "tracking": "JL20261111", "eta": "2026-11-13"}'
Exit code 1: a text cannot be made.`;

/** `carillon render`: what people would read. */
export function addRender(program: Command, as: () => Connection): void {
  program
    .command("render <notice>")
    .description("shows the words of a notice as people get them: parts, cost, worst case")
    .option("--catalog <path>", "a file or a folder, looked at offline; left out, the router's catalog in force")
    .option("--step <step>", "of a series; default: each")
    .addOption(new Option("--channel <channel>", "default: each that the notice goes out by").choices(CHANNELS))
    .option("--locale <tag>", "the reader's; default: each that there are words for")
    .option("--country <code>", "the number's, such as CN; default: the catalog's")
    .option("--time-zone <zone>", "the reader's; default: the catalog's")
    .option("--tag <tag>", "one of the reader's; may be repeated", (tag: string, before: readonly string[] = []) => [...before, tag])
    .option("--data <json>", "the event's, or @ and a file of it")
    .option("--digest <json>", "a list of the data of events that joined the first, or @ and a file of it")
    .addHelpText("after", HELP)
    .action((notice: string, given: unknown) => render(as(), notice, options.parse(given)));
}
