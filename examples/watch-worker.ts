import { readFileSync, statSync } from "node:fs";
import { isHealthy, type LocalWorker } from "./local.ts";

const LOOK_EVERY_MS = 5_000;
/** A look waits two seconds for an answer. */
const TOLD_AFTER_LOOKS = 4;
const DEAD_AFTER_LOOKS = 6;

/** What wrangler writes when the runtime has ended; mostly it starts another, which then not always answers. */
const CRASH = "The Workers runtime crashed";

/** What one look at a Worker has found. */
export interface Look {
  readonly answers: boolean;
  /** Whether its runtime has crashed since it last answered. */
  readonly crashed: boolean;
}

/** Looks without an answer, one after another. */
export interface Watched {
  readonly silent: number;
}

/** `silent` and `again` are to be said; `dead` is the end of it. */
export type Finding = "nothing" | "silent" | "again" | "dead";

/** A Worker that is silent may be busy, or held by a debugger: only one whose runtime has crashed is given up. */
export function weighLook({ silent }: Watched, { answers, crashed }: Look): { readonly watched: Watched; readonly finding: Finding } {
  if (answers) return { watched: { silent: 0 }, finding: silent >= TOLD_AFTER_LOOKS ? "again" : "nothing" };
  const watched = { silent: silent + 1 };
  if (crashed && watched.silent >= DEAD_AFTER_LOOKS) return { watched, finding: "dead" };
  return { watched, finding: watched.silent === TOLD_AFTER_LOOKS ? "silent" : "nothing" };
}

/** Resolves with a Worker that has crashed and does not come back, though wrangler goes on; says where one is silent for long. */
export async function crashOf({ url, log, ...worker }: LocalWorker, say: (words: string) => void): Promise<LocalWorker> {
  let read = sizeOf(log);
  for (let watched: Watched = { silent: 0 }; ; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const answers = await isHealthy(url);
    const crashed = !answers && readFileSync(log).subarray(read).includes(CRASH);
    if (answers) read = sizeOf(log);
    const weighed = weighLook(watched, { answers, crashed });
    watched = weighed.watched;
    if (weighed.finding === "silent") say(`${url} does not answer: it is busy or held. It is left to itself; see ${log}`);
    if (weighed.finding === "again") say(`${url} answers again.`);
    if (weighed.finding === "dead") return { url, log, ...worker };
  }
}

function sizeOf(log: string): number {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
}
