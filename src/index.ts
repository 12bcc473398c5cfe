import { problemOf, problemResponse } from "./accept/problem.ts";
import { consumeLane } from "./deliver/consume-lane.ts";
import { routerOf } from "./routes.ts";
import { log } from "./support/log.ts";
import { type Wiring, wire } from "./wiring.ts";

export { Recipient } from "./admit/recipient.ts";

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

export default {
  async fetch(request, env) {
    try {
      return await (await join(env)).router.fetch(request);
    } catch (error) {
      log("error", "deployment.unusable", { why: error instanceof Error ? error.message : "unknown" });
      return problemResponse(problemOf("unavailable", "The deployment is not configured. Its log says what is missing."));
    }
  },
  async queue(batch, env) {
    await consumeLane(batch.messages, (await join(env)).wiring.deliver);
  },
} satisfies ExportedHandler<Env>;
