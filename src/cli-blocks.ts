import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print } from "./cli-connection.ts";
import { gather, queryOf } from "./cli-pages.ts";

const block = z.looseObject({
  channel: z.string(),
  address: z.string().nullable(),
  problem: z.looseObject({ detail: z.string() }).optional(),
  reason: z.string().optional(),
  at: z.string(),
  lifting_since: z.string().optional(),
});
const blocks = z.object({ blocks: z.array(block), next: z.string().optional() });
const setOptions = z.object({ channel: z.string(), reason: z.string().optional() });
const liftOptions = z.object({ channel: z.string() });
const listOptions = z.object({ channel: z.string().optional(), address: z.string().optional(), unmask: z.literal(true).optional() });

function lineOf({ channel, address, problem, reason, at, lifting_since }: z.infer<typeof block>): string {
  const why = reason === undefined ? "" : `: ${reason}`;
  const lifting = lifting_since === undefined ? "" : `, is being lifted since ${lifting_since}; lift it again`;
  return `${channel} ${address ?? problem?.detail ?? "(forgotten with its owner)"}, since ${at}${why}${lifting}`;
}

async function set(as: Connection, address: string, options: z.infer<typeof setOptions>): Promise<void> {
  const answer = await ask(as, "PUT", "/v1/blocks", block, { address, ...options });
  print(as, answer, lineOf(answer));
}

async function list(as: Connection, options: z.infer<typeof listOptions>): Promise<void> {
  const read = (cursor: string | undefined) => ask(as, "GET", `/v1/blocks${queryOf({ ...options, cursor })}`, blocks);
  const found = await gather(read, (page) => page.blocks);
  print(as, { blocks: found }, found.length === 0 ? "nothing is blocked" : found.map(lineOf).join("\n"));
}

async function lift(as: Connection, address: string, options: z.infer<typeof liftOptions>): Promise<void> {
  await ask(as, "DELETE", "/v1/blocks", z.undefined(), { address, ...options });
  print(as, { ...options, lifted: true }, "the block is lifted");
}

/** Addresses to which nothing goes. */
export function addBlocks(program: Command, as: () => Connection): void {
  const command = program.command("blocks").description("shows, sets and lifts blocks of addresses, to which nothing goes");
  command
    .command("list", { isDefault: true })
    .description("shows what is blocked, addresses masked")
    .option("--channel <channel>", "those of a channel")
    .option("--address <address>", "this one; needs --channel")
    .option("--unmask", "shows them whole; the key needs the scope unmask, and the audit says so")
    .action((options: unknown) => list(as(), listOptions.parse(options)));
  command
    .command("set <address>")
    .description("blocks an address for everybody who has it")
    .option("--channel <channel>", "whose address it is", "sms")
    .option("--reason <text>", "why; it names nobody")
    .action((address: string, options: unknown) => set(as(), address, setOptions.parse(options)));
  command
    .command("lift <address>")
    .description("lets messages go there again")
    .option("--channel <channel>", "whose address it is", "sms")
    .action((address: string, options: unknown) => lift(as(), address, liftOptions.parse(options)));
}
