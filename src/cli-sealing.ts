import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, print } from "./cli-connection.ts";

const sealing = z.looseObject({
  current: z.string(),
  older: z.array(z.string()),
  state: z.string(),
  recipients: z.number().optional(),
  texts: z.number().optional(),
  unreadable: z.number().optional(),
  due_at: z.string().optional(),
});
type Sealing = z.infer<typeof sealing>;

function wordsOf({ current, older, state, recipients = 0, texts = 0, unreadable = 0, due_at }: Sealing): string {
  if (state === "one_key") return `all is sealed under ${current}, the only key`;
  const counts = `${recipients} recipients are through, ${texts} texts were sealed anew under ${current}`;
  const left = unreadable > 0 ? `; ${unreadable} that look sealed are opened by no key` : "";
  if (state === "finished") return `finished: ${counts}${left}; for this tenant ${older.join(", ")} may be dropped`;
  return `${state === "waiting" ? `waiting${due_at === undefined ? "" : ` until ${due_at}`}` : "under way"}: ${counts}${left}`;
}

async function renew(as: Connection): Promise<void> {
  for (;;) {
    const answer = await ask(as, "POST", "/v1/sealing", sealing, { at_once: true });
    if (answer.state !== "finished" && answer.state !== "one_key") continue;
    print(as, answer, wordsOf(answer));
    return;
  }
}

/** Under which key texts rest. */
export function addSealing(program: Command, as: () => Connection): void {
  const command = program
    .command("sealing")
    .description("shows under which key texts rest, and how far sealing them anew is")
    .action(async () => {
      const answer = await ask(as(), "GET", "/v1/sealing", sealing);
      print(as(), answer, wordsOf(answer));
    });
  command
    .command("renew")
    .description("seals anew what older keys sealed, now and until it is finished; wait ten minutes after the new key was set")
    .action(() => renew(as()));
}
