import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print, putBack } from "./cli-connection.ts";
import { pagesOf, queryOf } from "./cli-pages.ts";

const recovered = z.object({ recipients: z.number(), requeued: z.number(), unavailable: z.number(), next: z.string().optional() });

async function recover(as: Connection): Promise<void> {
  const sum = { recipients: 0, requeued: 0, unavailable: 0 };
  for await (const page of pagesOf((cursor: string | undefined) => ask(as, "POST", `/v1/recover${queryOf({ cursor })}`, recovered))) {
    sum.recipients += page.recipients;
    sum.requeued += page.requeued;
    sum.unavailable += page.unavailable;
  }
  const people = (count: number): string => (count === 1 ? "1 recipient" : `${count} recipients`);
  const left = sum.unavailable > 0 ? `; ${people(sum.unavailable)} could not be asked, run it again` : "";
  print(as, sum, `${putBack(sum.requeued, ` of ${people(sum.recipients)}`)}${left}`);
}

/** What a lost queue left behind. */
export function addRecover(program: Command, as: () => Connection): void {
  program
    .command("recover")
    .description("puts back into the lanes what was accepted and is not on its way, such as what a lost queue left behind")
    .action(() => recover(as()));
}
