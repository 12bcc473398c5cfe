import { fine, type Outcome, wrong } from "./problem.ts";
import { parseJson, readText } from "./read-json.ts";

export const EVENTS_MAX = 100;

/** Events as they were posted, each an object of attributes and data, still unchecked. */
export interface PostedEvents {
  /** A single event is answered by its own problem where it is bad; in a batch each event has its own answer. */
  readonly batch: boolean;
  readonly events: readonly { readonly event: unknown; readonly bytes: number }[];
}

const BATCH_TYPE = "application/cloudevents-batch+json";
const STRUCTURED_TYPE = "application/cloudevents+json";

/**
 * Reads one event or a batch: CloudEvents 1.0 over HTTP in structured, binary and batch mode, or the same fields as plain
 * JSON, one object or an array. The content type tells the mode: in structured mode `ce-` headers may repeat attributes.
 */
export async function readEvents(request: Request): Promise<Outcome<PostedEvents>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "application/json";
  const text = await readText(request);
  if (!text.ok) return text;
  const binary = request.headers.has("ce-id") || request.headers.has("ce-specversion");
  if (binary && !type.startsWith("application/cloudevents")) return readBinary(request.headers, type, text.value);
  if (type !== BATCH_TYPE && type !== STRUCTURED_TYPE && type !== "application/json") {
    return wrong(
      "unsupported-media-type",
      `The content type is ${type}. Send application/json, ${STRUCTURED_TYPE}, ${BATCH_TYPE}, or ce- headers.`,
    );
  }
  const json = parseJson(text.value);
  if (!json.ok) return json;
  if (type === BATCH_TYPE && !Array.isArray(json.value))
    return wrong("invalid", "A batch is an array of events.", [{ pointer: "", detail: "must be an array" }]);
  if (type === STRUCTURED_TYPE && Array.isArray(json.value)) {
    return wrong("invalid", `An array of events is sent as ${BATCH_TYPE}.`, [{ pointer: "", detail: "must be an object" }]);
  }
  return Array.isArray(json.value) ? readBatch(json.value) : fine({ batch: false, events: [sized(json.value, text.value)] });
}

function readBatch(events: readonly unknown[]): Outcome<PostedEvents> {
  if (events.length === 0) return wrong("invalid", "The batch is empty.", [{ pointer: "", detail: "must have at least 1 event" }]);
  if (events.length > EVENTS_MAX) {
    return wrong("too-large", `The batch has ${events.length} events; at most ${EVENTS_MAX} are taken at once. Send it in pieces.`, [
      { pointer: "", detail: `must have at most ${EVENTS_MAX} events` },
    ]);
  }
  return fine({ batch: true, events: events.map((event) => sized(event)) });
}

/** Binary mode: attributes stand in `ce-` headers, percent-encoded where they are not plain ASCII; the body is the data. */
function readBinary(headers: Headers, type: string, body: string): Outcome<PostedEvents> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of headers) if (name.startsWith("ce-")) event[name.slice(3)] = percentDecoded(value);
  if (body !== "") {
    if (type !== "application/json" && !type.endsWith("+json")) {
      return wrong("unsupported-media-type", `The data's content type is ${type}. Data is JSON: send application/json.`);
    }
    const data = parseJson(body);
    if (!data.ok) return data;
    event.data = data.value;
  }
  event.datacontenttype ??= "application/json";
  return fine({ batch: false, events: [sized(event)] });
}

/** CloudEvents' HTTP binding, 3.1.3.2. A stray percent sign is taken as it stands. */
function percentDecoded(value: string): string {
  const unquoted = value.replace(/^"(.*)"$/, "$1");
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return unquoted;
  }
}

function sized(event: unknown, text = textOf(event)): { event: unknown; bytes: number } {
  return { event, bytes: new TextEncoder().encode(text).byteLength };
}

/** What is nested too deeply to be written has no text here; parsing the event refuses it for its depth. */
function textOf(event: unknown): string {
  try {
    return JSON.stringify(event);
  } catch {
    return "";
  }
}
