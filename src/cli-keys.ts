import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print } from "./cli-connection.ts";
import { gather, queryOf } from "./cli-pages.ts";

const key = z.looseObject({
  id: z.string(),
  prefix: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  notices: z.array(z.string()).optional(),
  event_types: z.array(z.string()).optional(),
  last_used_at: z.string().optional(),
  expires_at: z.string().optional(),
  rotated_to: z.string().optional(),
  revoked_at: z.string().optional(),
});
const keys = z.object({ keys: z.array(key), next: z.string().optional() });
const made = key.extend({ key: z.string() });
const nothing = z.undefined();

function lineOf(one: z.infer<typeof key>): string {
  const told = [
    one.notices && `notices ${one.notices.join(" ")}`,
    one.event_types && `event types ${one.event_types.join(" ")}`,
    `used ${one.last_used_at ?? "never"}`,
    one.rotated_to && `rotated to ${one.rotated_to}`,
    one.expires_at && `until ${one.expires_at}`,
    one.revoked_at && `revoked ${one.revoked_at}`,
  ];
  return [`${one.prefix}  ${one.name} (${one.scopes.join(" ")})`, ...told.filter(Boolean)].join(", ");
}

async function listKeys(as: Connection): Promise<void> {
  const read = (cursor: string | undefined) => ask(as, "GET", `/v1/keys${queryOf({ cursor })}`, keys);
  const all = await gather(read, (page) => page.keys);
  print(as, { keys: all }, all.map(lineOf).join("\n"));
}

const createOptions = z.object({
  scope: z.array(z.string()),
  notice: z.array(z.string()).optional(),
  eventType: z.array(z.string()).optional(),
  expires: z.string().optional(),
});

async function createKey(as: Connection, name: string, options: z.infer<typeof createOptions>): Promise<void> {
  const { scope: scopes, notice: notices, eventType: event_types, expires: expires_at } = options;
  const answer = await ask(as, "POST", "/v1/keys", made, { name, scopes, notices, event_types, expires_at });
  print(as, answer, `${answer.key}\nis shown this once.`);
}

async function rotateKey(as: Connection, id: string, overlap?: string): Promise<void> {
  const answer = await ask(as, "POST", `/v1/keys/${encodeURIComponent(id)}/rotate`, made, { overlap });
  print(as, answer, `${answer.key}\nis shown this once; the old key goes on until its overlap is over.`);
}

async function revokeKey(as: Connection, id: string): Promise<void> {
  await ask(as, "DELETE", `/v1/keys/${encodeURIComponent(id)}`, nothing);
  print(as, { revoked: id }, `${id} is over within 10 s`);
}

/** Keys of the tenant. */
export function addKeys(program: Command, as: () => Connection): void {
  const command = program.command("keys").description("shows and changes the tenant's keys");
  command
    .command("list", { isDefault: true })
    .description("shows keys without their secrets")
    .action(() => listKeys(as()));
  command
    .command("create <name>")
    .description("makes a key and shows it this once")
    .requiredOption("--scope <scope...>", "events, read, admin, unmask")
    .option("--notice <name...>", "limits it to messages of these notices")
    .option("--event-type <type...>", "limits it to events of these types, such as order.paid or order.*")
    .option("--expires <instant>", "when it is over, such as 2027-01-01T00:00:00Z")
    .action((name: string, options: unknown) => createKey(as(), name, createOptions.parse(options)));
  command
    .command("rotate <id>")
    .description("makes a key like it; both are valid until the overlap is over")
    .option("--overlap <duration>", "P7D where it is left out, P90D at most")
    .action((id: string, options: unknown) => rotateKey(as(), id, z.object({ overlap: z.string().optional() }).parse(options).overlap));
  command
    .command("revoke <id>")
    .description("ends a key")
    .action((id: string) => revokeKey(as(), id));
}
