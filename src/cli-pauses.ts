import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print, Refused } from "./cli-connection.ts";

const paused = z.object({ pauses: z.array(z.record(z.string(), z.union([z.string(), z.literal(true)]))) });

async function changePause(as: Connection, method: "GET" | "POST" | "DELETE", what?: object): Promise<void> {
  const { pauses } = await ask(as, method, "/v1/pauses", paused, what);
  const lines = pauses.map(
    ({ since, ...rest }) =>
      `${Object.entries(rest)
        .map(([kind, name]) => (name === true ? kind : `${kind} ${name}`))
        .join(" ")}, since ${since}`,
  );
  print(as, { pauses }, lines.length === 0 ? "nothing is paused" : lines.join("\n"));
}

const KINDS = "lane=<class>, notice=<name>, carrier=<name> or tenant";

/** `lane=marketing` as the body that the router takes. */
function pauseOf(text: string): object {
  if (text === "tenant") return { tenant: true };
  const [kind = "", name = ""] = text.split("=");
  if (!["lane", "notice", "carrier"].includes(kind) || name === "") throw new Refused(`${text} is none of ${KINDS}`);
  return { [kind]: name };
}

/** What waits because somebody said so. */
export function addPauses(program: Command, as: () => Connection): void {
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
}
