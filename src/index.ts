import { problemOf, problemResponse } from "./accept/problem.ts";
import { resealAll } from "./accept/reseal-all.ts";
import { checkBalances } from "./deliver/check-balances.ts";
import { consumeDeadQueue } from "./deliver/consume-dead-queue.ts";
import { consumeLane } from "./deliver/consume-lane.ts";
import { routerOf } from "./routes.ts";
import { log } from "./support/log.ts";
import { type Wiring, wire } from "./wiring.ts";

export { Recipient } from "./admit/recipient.ts";
export { CarrierGate } from "./deliver/carrier-gate.ts";

interface Wired {
  readonly wiring: Wiring;
  readonly router: ReturnType<typeof routerOf>;
}

let wired: Promise<Wired> | undefined;

/** Joined once per isolate; what could not be joined is tried again by the next call. */
function join(env: Env): Promise<Wired> {
  wired ??= wire(env).then(
    (wiring) => ({ wiring, router: routerOf(wiring) }),
    (error: unknown) => {
      wired = undefined;
      throw error;
    },
  );
  return wired;
}

/** How the queue behind a lane is named, whatever its lane is. */
const DEAD_QUEUE = "-dead";

export default {
  async fetch(request, env, context) {
    try {
      return await (await join(env)).router.fetch(request, (work) => context.waitUntil(work));
    } catch (error) {
      log("error", "deployment.unusable", { why: error instanceof Error ? error.message : "unknown" });
      return problemResponse(problemOf("unavailable", "The deployment is not configured. Its log says what is missing."));
    }
  },
  async queue(batch, env) {
    const { wiring } = await join(env);
    if (batch.queue.endsWith(DEAD_QUEUE)) await consumeDeadQueue(batch.messages, wiring.deadQueue);
    else await consumeLane(batch.messages, wiring.deliver);
  },
  async scheduled({ scheduledTime }, env) {
    const { wiring } = await join(env);
    // Neither keeps the other from its turn.
    const done = await Promise.allSettled([checkBalances(scheduledTime, wiring.balances), resealAll(wiring.sealing)]);
    for (const one of done) if (one.status === "rejected") throw one.reason;
  },
} satisfies ExportedHandler<Env>;
