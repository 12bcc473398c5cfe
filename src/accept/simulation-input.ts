import * as z from "zod";
import type { ProfileChange } from "../admit/change-profile.ts";
import { millisecondsOf } from "../support/clock.ts";
import { type Issue, issuesOf } from "../support/issues.ts";
import { callerId, catalogName } from "../vocabulary/identifiers.ts";
import { instant } from "../vocabulary/instant.ts";
import { preference, type WholeRecipient, wholeRecipient } from "../vocabulary/recipient.ts";
import { TOPIC_MEMBERS_MAX } from "./open-topics.ts";
import { parseEvent } from "./parse-event.ts";
import { changedAddresses, type KeptByChannel, listsOf } from "./prepare-addresses.ts";
import type { SimulatedLine, SimulatedRecipient, SimulatedTopics } from "./simulate.ts";

/** A value, or all that is wrong with what stands in its place. */
export type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Members' ids by topic, as a simulation is told them. */
export const simulatedTopics = z
  .record(catalogName, z.array(callerId).max(TOPIC_MEMBERS_MAX, `must be at most ${TOPIC_MEMBERS_MAX}`))
  .transform((topics): SimulatedTopics => new Map(Object.entries(topics).map(([topic, ids]) => [topic, [...new Set(ids)]])));

/** When `at` of a preference is left out in a simulation's recipients, the entry is older than any other. */
const BEFORE_ALL = 0;

/** A recipient of a simulation: the profile as `PUT /v1/recipients/{id}` takes it, with its `id`. */
export function readSimulatedRecipient(value: unknown): Read<SimulatedRecipient> {
  const parsed = wholeRecipient.safeParse(value);
  return parsed.success
    ? { ok: true, value: recipientOf(parsed.data, "replace", BEFORE_ALL) }
    : { ok: false, issues: issuesOf(parsed.error) };
}

const arriving = z.looseObject({ arrives: instant.optional(), time: instant.optional() });
const preferenceData = preference.omit({ at: true }).extend({ recipient: callerId });

/** An event or `carillon.preference` of a simulation; its clock is `arrives`, else its `time`. `clock`: that of the line before. */
export function readSimulatedLine(value: unknown, clock: number): Read<SimulatedLine> {
  const times = arriving.safeParse(value);
  if (!times.success) return { ok: false, issues: issuesOf(times.error) };
  const { arrives, ...body } = times.data;
  const text = arrives ?? body.time;
  if (text === undefined) return wrongAt("/time", "must be given where there is no arrives");
  const now = millisecondsOf(text);
  if (now < clock)
    return wrongAt(arrives === undefined ? "/time" : "/arrives", "is earlier than the line before; lines are in clock order");
  const parsed = parseEvent(body, 0, Math.max(now, body.time === undefined ? now : millisecondsOf(body.time)));
  if (!parsed.ok) return { ok: false, issues: parsed.problem.errors ?? [{ pointer: "", detail: parsed.problem.detail }] };
  const { event, recipients } = parsed.value;
  if (event.type === "carillon.preference") return readPreference(event.data, now);
  const brought = (recipients ?? []).flatMap((given) => (typeof given === "string" ? [] : [recipientOf(given, "merge", now)]));
  const ids = recipients?.map((given) => (typeof given === "string" ? given : given.id));
  return { ok: true, value: { kind: "event", clock: now, event, recipients: ids, brought } };
}

function readPreference(data: unknown, clock: number): Read<SimulatedLine> {
  const parsed = preferenceData.safeParse(data);
  if (!parsed.success) return { ok: false, issues: issuesOf(parsed.error, ["data"]) };
  const { recipient, ...entry } = parsed.data;
  return { ok: true, value: { kind: "preference", clock, recipient, entry: { ...entry, at: clock } } };
}

function wrongAt(pointer: string, detail: string): { readonly ok: false; readonly issues: readonly Issue[] } {
  return { ok: false, issues: [{ pointer, detail }] };
}

/** Nothing is sealed, since nothing is kept; an empty address is none. `at`: of preferences that do not say when, in milliseconds. */
function recipientOf(given: WholeRecipient, how: ProfileChange["how"], at: number): SimulatedRecipient {
  const kept: KeptByChannel = {};
  for (const { channel, texts } of listsOf(given.addresses ?? {}))
    kept[channel] = texts.filter((text) => text !== "").map((text) => ({ sealed: "", hash: text }));
  const profile = {
    id: given.id,
    ...(given.locale !== undefined && { locale: given.locale }),
    ...(given.time_zone !== undefined && { time_zone: given.time_zone }),
    ...(given.tags && { tags: given.tags }),
    ...(given.quiet_hours && { quiet_hours: given.quiet_hours }),
  };
  const preferences = (given.preferences ?? []).map(({ proof: _, ...entry }) => ({
    ...entry,
    at: entry.at === undefined ? at : millisecondsOf(entry.at),
  }));
  return { id: given.id, change: { how, profile, ...changedAddresses(kept), preferences } };
}
