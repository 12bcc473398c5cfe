import { closeSync, openSync, readSync, statSync } from "node:fs";

/** What wrangler writes when the runtime has ended. It starts another at once, which mostly takes connections and answers none. */
const CRASH = "The Workers runtime crashed";

/** Tells, as often as it is asked, whether a crash was written to the log since now. Reads each part of the log once. */
export function crashInLog(log: string): () => boolean {
  let readTo = sizeOf(log);
  let end = "";
  let crashed = false;
  return () => {
    const size = sizeOf(log);
    if (crashed || size <= readTo) return crashed;
    const part = Buffer.alloc(size - readTo);
    const file = openSync(log, "r");
    const bytes = readSync(file, part, 0, part.length, readTo);
    closeSync(file);
    readTo += bytes;
    const text = end + part.toString("latin1", 0, bytes);
    end = text.slice(-CRASH.length);
    crashed = text.includes(CRASH);
    return crashed;
  };
}

function sizeOf(log: string): number {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
}
