import { DiedStarting, LocalProblem, type LocalWorker } from "./local.ts";
import { endOfLog } from "./wrangler-process.ts";

const WITHIN_MS = 60_000;
const DEATHS = 3;

/** The deaths that still count now, and whether they are too many to start again. */
export function weighDeaths(deaths: readonly number[], nowMs: number): { readonly recent: readonly number[]; readonly tooMany: boolean } {
  const recent = deaths.filter((at) => at > nowMs - WITHIN_MS);
  return { recent, tooMany: recent.length >= DEATHS };
}

export interface KeepRunningDeps {
  readonly say: (words: string) => void;
  /** Once it runs again. */
  readonly revived: () => void;
  readonly now: () => number;
}

/** Starts a Worker again on the same state as often as it dies. Throws `LocalProblem` at the third death within a minute. */
export async function keepRunning(name: string, worker: LocalWorker, deps: KeepRunningDeps): Promise<never> {
  let deaths: readonly number[] = [];
  for (;;) {
    await worker.died;
    const { recent, tooMany } = weighDeaths([...deaths, deps.now()], deps.now());
    deaths = recent;
    if (tooMany) {
      throw new LocalProblem(
        `The ${name} has died ${DEATHS} times within a minute and is given up; the end of ${worker.log}:\n${endOfLog(worker.log)}`,
      );
    }
    deps.say(`The ${name} has died (see ${worker.log}). It is started again on the same state …`);
    await worker.kill();
    if (await startsAgain(worker, deps)) deps.revived();
  }
}

/** Whether it runs; where it has died while starting, that is one death more. */
async function startsAgain(worker: LocalWorker, { say }: KeepRunningDeps): Promise<boolean> {
  try {
    await worker.start();
    say(`${worker.url} answers again.`);
    return true;
  } catch (error) {
    if (!(error instanceof DiedStarting)) throw error;
    return false;
  }
}
