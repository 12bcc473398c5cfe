import { Command, Option } from "commander";
import * as z from "zod";
import { addAudit } from "./cli-audit.ts";
import { addBlocks } from "./cli-blocks.ts";
import { addCatalog } from "./cli-catalog.ts";
import { ask, type Connection, connection, print, putBack, Refused } from "./cli-connection.ts";
import { addCarriers, addDeadLetters } from "./cli-delivery.ts";
import { addKeys } from "./cli-keys.ts";
import { addLint } from "./cli-lint.ts";
import { addPreferences } from "./cli-preferences.ts";
import { addRecipients } from "./cli-recipients.ts";
import { addRender } from "./cli-render.ts";
import { addSealing } from "./cli-sealing.ts";
import { addSegments } from "./cli-segments.ts";
import { addTopics } from "./cli-topics.ts";

const recovered = z.object({ recipients: z.number(), requeued: z.number(), unavailable: z.number(), next: z.string().optional() });
const paused = z.object({ warning: z.string().optional(), pauses: z.array(z.record(z.string(), z.union([z.string(), z.literal(true)]))) });
async function recover(as: Connection): Promise<void> {
  const sum = { recipients: 0, requeued: 0, unavailable: 0 };
  for (let next: string | undefined = ""; next !== undefined; ) {
    const page: z.infer<typeof recovered> = await ask(as, "POST", `/v1/recover${next === "" ? "" : `?cursor=${next}`}`, recovered);
    sum.recipients += page.recipients;
    sum.requeued += page.requeued;
    sum.unavailable += page.unavailable;
    next = page.next;
  }
  const people = (count: number): string => (count === 1 ? "1 recipient" : `${count} recipients`);
  const left = sum.unavailable > 0 ? `; ${people(sum.unavailable)} could not be asked, run it again` : "";
  print(as, sum, `${putBack(sum.requeued, ` of ${people(sum.recipients)}`)}${left}`);
}

async function changePause(as: Connection, method: "GET" | "POST" | "DELETE", what?: object): Promise<void> {
  const { pauses, warning } = await ask(as, method, "/v1/pauses", paused, what);
  if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`);
  const lines = pauses.map(
    ({ since, ...rest }) =>
      `${Object.entries(rest)
        .map(([kind, name]) => (name === true ? kind : `${kind} ${name}`))
        .join(" ")}, since ${since}`,
  );
  print(as, { pauses }, lines.length === 0 ? "nothing is paused" : lines.join("\n"));
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const KINDS = "lane=<class>, notice=<name>, carrier=<name> or tenant";

/** `lane=marketing` as the body that the router takes. */
function pauseOf(text: string): object {
  if (text === "tenant") return { tenant: true };
  const [kind = "", name = ""] = text.split("=");
  if (!["lane", "notice", "carrier"].includes(kind) || name === "") throw new Refused(`${text} is none of ${KINDS}`);
  return { [kind]: name };
}

function programOf(): Command {
  const program = new Command("carillon")
    .description("Speaks to a Carillon router.")
    .addOption(new Option("--url <address>", "address of the router").env("CARILLON_URL").default("http://127.0.0.1:8787"))
    .addOption(new Option("--key <key>", "an admin key of the tenant").env("CARILLON_KEY"))
    .option("--json", "print one JSON object instead of words")
    .showHelpAfterError("(carillon --help says what there is)");
  const as = (): Connection => {
    const parsed = connection.safeParse(program.opts());
    if (parsed.success) return parsed.data;
    throw new Refused("--url or CARILLON_URL must be an address such as https://carillon.example.com");
  };
  program
    .command("recover")
    .description("puts back into the lanes what was accepted and is not on its way, such as what a lost queue left behind")
    .action(() => recover(as()));
  addCatalog(program, as);
  addLint(program);
  program
    .command("pauses")
    .description("shows what is paused")
    .action(() => changePause(as(), "GET"));
  program
    .command("pause <what>")
    .description(`lets it wait: ${KINDS}`)
    .action((what: string) => changePause(as(), "POST", pauseOf(what)));
  program
    .command("resume <what>")
    .description(`lets it go on: ${KINDS}`)
    .action((what: string) => changePause(as(), "DELETE", pauseOf(what)));
  addCarriers(program, as);
  addDeadLetters(program, as);
  addRecipients(program, as);
  addAudit(program, as);
  addKeys(program, as);
  addTopics(program, as);
  addSealing(program, as);
  addPreferences(program, as);
  addBlocks(program, as);
  addSegments(program);
  addRender(program, as);
  program.addHelpText("after", "\nExamples:\n  CARILLON_KEY=ck_… carillon recover\n  carillon --key ck_… pause lane=marketing");
  return program;
}

try {
  await programOf().parseAsync();
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
