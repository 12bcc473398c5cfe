import * as z from "zod";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { answerLines, refuseOtherThanLines } from "./answer-lines.ts";
import type { Outcome } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import { type LinePlace, type LineSteps, takeLines } from "./take-lines.ts";

/** Recipients of a pack that are asked at once. */
export const AT_ONCE = 20;
/** What fails is tried again after these. */
const AGAIN_MS = [100, 500];

const NUMBER = "must be the number of a line: 1 for the first, after=0 for none";
const lineNumber = z.coerce.number(NUMBER).int(NUMBER).max(Number.MAX_SAFE_INTEGER, NUMBER);
/** Where a place in a file is told to an import of lines. */
export const linePlace = { first: lineNumber.min(1, NUMBER).default(1), after: lineNumber.min(0, NUMBER).default(0) };

/** Opens an import: its body says that it is lines, and its query how they are meant. */
export function openImport<Query extends z.ZodType>(request: Request, query: Query): Outcome<z.infer<Query>> {
  const lines = refuseOtherThanLines(request);
  return lines.ok ? parseAs(query, parametersOf(request), "The query") : lines;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The answer to an import, written while the body is read: it is locked before, since `wrangler dev` drains what nobody reads by then. */
export function importLines<Item>(request: Request, place: LinePlace, steps: LineSteps<Item>): Response {
  return answerLines(takeLines(request.body?.values() ?? nothing(), place, steps));
}

export interface TriedDeps {
  readonly pause: (ms: number) => Promise<void>;
}

/** What it answers, after a few tries; undefined where all failed. `whose` says in the log whose call it was. */
export async function tried<Value>(
  call: () => Promise<Value>,
  { pause }: TriedDeps,
  whose: { readonly tenant: string; readonly recipient?: string },
): Promise<{ readonly value: Value } | undefined> {
  for (const wait of [...AGAIN_MS, undefined]) {
    try {
      return { value: await call() };
    } catch (error) {
      if (wait === undefined) log("error", "import.call.failed", { ...whose, error: errorName(error) });
      else await pause(wait);
    }
  }
  return undefined;
}
