import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { type Outcome, wrong } from "./problem.ts";

const NDJSON = "application/x-ndjson";
/** Names under which NDJSON goes: it has none that is registered. */
const TAKEN: ReadonlySet<string> = new Set([NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines", "text/plain"]);

/** Refuses a body that says it is something else than NDJSON. */
export function refuseOtherThanLines(request: Request): Outcome<undefined> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? NDJSON;
  if (TAKEN.has(type)) return { ok: true, value: undefined };
  return wrong("unsupported-media-type", `The content type is ${type}. Send ${NDJSON}: one JSON object to a line.`);
}

/**
 * NDJSON as it comes: each object is made when its reader has room for it. An answer that breaks off without a last line of its own is not
 * whole; why it broke off stands in the log by its name.
 */
export function answerLines(objects: AsyncGenerator<object>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await objects.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
        } catch (error) {
          log("error", "lines.broken", { error: errorName(error) });
          controller.error(error);
        }
      },
      async cancel() {
        await objects.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": `${NDJSON}; charset=utf-8` } });
}
