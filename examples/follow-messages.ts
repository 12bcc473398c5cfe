import pLimit from "p-limit";
import { isFinalState, type RouterMessage } from "./reconcile.ts";
import type { RouterClient } from "./router-client.ts";

const READS_AT_ONCE = 8;
const PAUSE_MS = 1_500;

/** Asks for messages until each has come to its end, or until patience has; final ones are not asked for again. */
export async function followMessages(
  ids: readonly string[],
  router: Pick<RouterClient, "readMessage">,
  key: string,
  patienceMs: number,
  onLook: (messages: readonly RouterMessage[]) => void,
): Promise<RouterMessage[]> {
  const until = Date.now() + patienceMs;
  const limit = pLimit(READS_AT_ONCE);
  const seen = new Map<string, RouterMessage>();
  for (;;) {
    const open = ids.filter((id) => !isFinalState(seen.get(id)?.state ?? ""));
    await Promise.all(open.map((id) => limit(async () => seen.set(id, await look(id, router, key)))));
    const messages = [...seen.values()];
    onLook(messages);
    if (messages.every((message) => isFinalState(message.state)) || Date.now() > until) return messages;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function look(id: string, router: Pick<RouterClient, "readMessage">, key: string): Promise<RouterMessage> {
  const { notice, state, reason, attempts } = await router.readMessage(key, id);
  return { id, notice, state, reason, answers: attempts.map((attempt) => attempt.answer?.kind ?? "none") };
}
