import { LocalProblem } from "./local.ts";

/**
 * Runs an entry and ends the process with the code that it returns. What a person can mend is said in one line; anything
 * else is a bug and keeps its trace. `interrupted` resolves at the first Ctrl-C or SIGTERM; a second one ends at once.
 */
export async function runEntry(entry: (interrupted: Promise<void>) => Promise<number>): Promise<never> {
  const interrupted = new Promise<void>((resolve) => {
    let before = false;
    const onSignal = () => {
      if (before) process.exit(1);
      before = true;
      resolve();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
  try {
    process.exit(await entry(interrupted));
  } catch (error) {
    console.error(isMendable(error) ? error.message : error);
    process.exit(1);
  }
}

function isMendable(error: unknown): error is Error {
  return error instanceof LocalProblem || (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
}
