import type { Command } from "commander";
import * as z from "zod";
import { ask, type Connection, legible, print, Refused } from "./cli-connection.ts";
import { pause } from "./support/clock.ts";

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

/** Pauses after answers that came no further, counted anew with every one that did. */
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

/** Asks until nothing is left; how far it is goes to stderr meanwhile. */
async function renew(as: Connection): Promise<void> {
  let [before, still] = ["", 0];
  const renewed = async (): Promise<Sealing> => {
    for (;;) {
      const answer = await ask(as, "POST", "/v1/sealing", sealing, { at_once: true });
      if (answer.state === "finished" || answer.state === "one_key") return answer;
      const words = wordsOf(answer);
      process.stderr.write(`\r${legible(words)} `);
      still = words === before ? still + 1 : 0;
      before = words;
      const wait = AGAIN_MS[still];
      if (wait === undefined)
        throw new Refused(`${words}; it comes no further. See the log for sealing.recipient.unavailable, mend that and ask again.`);
      await pause(wait);
    }
  };
  const answer = await renewed().finally(() => before !== "" && process.stderr.write("\n"));
  print(as, answer, wordsOf(answer));
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
