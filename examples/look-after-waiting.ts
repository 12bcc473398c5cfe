import type { Recovered, RouterClient } from "./router-client.ts";

/** Local queues live in memory: puts back what waited in them when they ended, and says so. Never rejects. */
export async function lookAfterWaiting(router: Pick<RouterClient, "recover">, key: string, say: (words: string) => void): Promise<void> {
  say("Looking after people whom the stopped queues may have left waiting …");
  try {
    const { unavailable, ...all } = await router.recover(key, (soFar) => say(`  ${sumsOf(soFar)} so far …`));
    const failed = unavailable > 0 ? `; ${unavailable} of them could not be asked: POST /v1/recover asks again` : "";
    say(`${sumsOf(all)}, done${failed}.`);
  } catch (error) {
    say(`Looking after people has broken off: ${error instanceof Error ? error.message : error}. The next start does it again.`);
  }
}

function sumsOf({ recipients, requeued }: Pick<Recovered, "recipients" | "requeued">): string {
  return `${recipients} ${recipients === 1 ? "person" : "people"} looked after, ${requeued} ${requeued === 1 ? "message" : "messages"} put back`;
}
