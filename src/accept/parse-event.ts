import * as z from "zod";
import { isoOf, millisecondsOf } from "../support/clock.ts";
import { DEPTH_MAX, isDeeperThan } from "../support/depth.ts";
import { isWrittenTime } from "../support/given-time.ts";
import { isMap } from "../support/is-map.ts";
import { type Issue, issueAt, issuesOf } from "../support/issues.ts";
import { EVENT_MAX_BYTES, type Event, event } from "../vocabulary/event.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { type WholeRecipient, wholeRecipient } from "../vocabulary/recipient.ts";
import { fine, type Outcome, type Rejected, wrong } from "./problem.ts";

export const RECIPIENTS_MAX = 100;
const ATTRIBUTES_MAX = 4096;
const AHEAD_MAX_MS = 5 * 60_000;
const DELIVERAT_MAX_MS = 10 * 366 * 86_400_000;

/** An event that may be planned. `posted` is what a repetition must be equal to: attributes and data before defaults. */
export interface ParsedEvent {
  readonly event: Event;
  /** Ids or whole recipients; undefined where the event names none (then its subject or the notice's `to` does). */
  readonly recipients: readonly (string | WholeRecipient)[] | undefined;
  readonly posted: string;
  /** Whether the caller gave its time; else it is ours, and another one when the event is posted again. */
  readonly dated: boolean;
}

/** CloudEvents' own attributes that need no place of ours. `recipients` is Carillon's, in plain JSON only. */
const posted = z
  .looseObject({
    specversion: z.literal("1.0", { error: 'must be "1.0"' }).optional(),
    datacontenttype: z.string().optional(),
    data_base64: z.never({ error: "is not taken: data is JSON, send it as data" }).optional(),
    recipients: z
      .array(z.union([callerId, wholeRecipient]))
      .min(1, "must name at least one recipient")
      .max(RECIPIENTS_MAX, `must name at most ${RECIPIENTS_MAX} recipients`)
      .optional(),
  })
  .refine((body) => !body.datacontenttype || /json/i.test(body.datacontenttype), {
    path: ["datacontenttype"],
    error: "data is JSON: must be application/json",
  });

/** Checks one posted event; every issue has a pointer into the event. `now` in milliseconds. */
export function parseEvent(body: unknown, bytes: number, now: number): Outcome<ParsedEvent> {
  if (bytes > EVENT_MAX_BYTES)
    return wrong("too-large", `The event has ${bytes} bytes; at most ${EVENT_MAX_BYTES} are taken. Send ids, not documents.`);
  if (isDeeperThan(body, DEPTH_MAX)) return invalid([{ pointer: "/data", detail: `is nested more than ${DEPTH_MAX} levels deep` }]);
  const attributed = withoutUnset(body);
  const envelope = posted.safeParse(attributed);
  // Nothing that is wrong hides what else is.
  const ill = envelope.success ? [] : issuesOf(envelope.error);
  if (!isMap(attributed)) return invalid(ill);
  const {
    specversion,
    datacontenttype,
    data_base64,
    dataschema,
    recipients: _,
    id,
    source,
    type,
    time,
    subject,
    deliverat,
    data,
    ...extensions
  } = attributed;
  const given = { id, source, type, subject, deliverat, data, extensions, time: time ?? isoOf(now) };
  const parsed = event.safeParse(given);
  if (!parsed.success)
    return invalid([
      ...ill,
      ...issuesOf(parsed.error).map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/extensions/, ""), detail })),
    ]);
  const attributes = JSON.stringify({ ...given, data: undefined }).length;
  if (attributes > ATTRIBUTES_MAX)
    ill.push(issueAt([], `has ${attributes} characters in its attributes; at most ${ATTRIBUTES_MAX} are taken beside data`));
  ill.push(...issuesOfTimes(parsed.data, now));
  if (!envelope.success || ill.length > 0) return invalid(ill);
  const { recipients } = envelope.data;
  return fine({ event: parsed.data, recipients, posted: canonical({ ...given, time }), dated: time !== undefined && time !== null });
}

function issuesOfTimes({ time, deliverat }: Event, now: number): Issue[] {
  if (!isWrittenTime(time))
    return [issueAt(["time"], "must be of a year from 1000 to 8999, with at most nine digits behind the seconds' point")];
  const planned = millisecondsOf(time);
  if (planned > now + AHEAD_MAX_MS) return [issueAt(["time"], "is more than 5 minutes ahead of our clock; to send later, use deliverat")];
  if (deliverat !== undefined && millisecondsOf(deliverat) > planned + DELIVERAT_MAX_MS)
    return [issueAt(["deliverat"], "is more than ten years after the event")];
  return [];
}

function invalid(errors: Parameters<typeof wrong>[2]): Rejected {
  return wrong("invalid", "The event is not valid; see errors for where and why.", errors);
}

/** An attribute that is null counts as left out (CloudEvents' JSON format, 2.2); data may be null. */
function withoutUnset(body: unknown): unknown {
  if (!isMap(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== null || name === "data"));
}

/** JSON with keys in order, so that equal bodies are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
