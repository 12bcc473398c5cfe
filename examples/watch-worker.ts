import { isHealthy, type LocalWorker } from "./local.ts";

const LOOK_EVERY_MS = 5_000;
/** A look waits two seconds for an answer. */
const TOLD_AFTER_LOOKS = 4;

/** Looks without an answer, one after another. */
export interface Watched {
  readonly silent: number;
}

/** `silent` and `again` are to be said. */
export type Finding = "nothing" | "silent" | "again";

/** A Worker that is silent may be busy, or held by a debugger: that is said once, and once that it answers again. */
export function weighLook({ silent }: Watched, answers: boolean): { readonly watched: Watched; readonly finding: Finding } {
  if (answers) return { watched: { silent: 0 }, finding: silent >= TOLD_AFTER_LOOKS ? "again" : "nothing" };
  const watched = { silent: silent + 1 };
  return { watched, finding: watched.silent === TOLD_AFTER_LOOKS ? "silent" : "nothing" };
}

/** Says where a Worker is silent for long, for as long as this process lives. */
export async function sayWhenSilent(worker: LocalWorker, say: (words: string) => void): Promise<never> {
  for (let watched: Watched = { silent: 0 }; ; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const weighed = weighLook(watched, await isHealthy(worker.url));
    watched = weighed.watched;
    if (weighed.finding === "silent") say(`${worker.url} does not answer: it is busy or held. It is left to itself; see ${worker.log}`);
    if (weighed.finding === "again") say(`${worker.url} answers again.`);
  }
}
