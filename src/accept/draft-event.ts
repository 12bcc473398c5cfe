import type { AdmitEntry } from "../admit/admit-events.ts";
import type { ProfileChange } from "../admit/change-profile.ts";
import type { ActiveCatalog, CompiledCatalog } from "../store/compiled-catalog.ts";
import type { ProvenPreference } from "../store/preferences.ts";
import { millisecondsOf } from "../support/clock.ts";
import { closestOf } from "../support/closest-name.ts";
import { type Issue, pointerOf } from "../support/issues.ts";
import { plainHash } from "../support/keyed-hash.ts";
import { bodyHashOf, recipientKeyOf } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import type { Event } from "../vocabulary/event.ts";
import { dataProblem } from "./check-event-data.ts";
import { type Addressee, type Expanded, expandTopics, type TopicReader } from "./open-topics.ts";
import { type ParsedEvent, parseEvent, RECIPIENTS_MAX } from "./parse-event.ts";
import { planByRecipient, planEvent } from "./plan-event.ts";
import { type ProfileDeps, prepareProfile } from "./prepare-profile.ts";
import { fine, type Outcome, wrong } from "./problem.ts";
import { rulebookFor } from "./rulebook.ts";

/** What one event brings to one recipient. */
export interface DraftedEntry {
  readonly recipient: Addressee;
  readonly entry: AdmitEntry;
  readonly preferences: readonly ProvenPreference[];
}

/** An event that is ready to be admitted. Nothing is written yet. */
export interface Drafted {
  readonly event: Event;
  /** Which notice is for whom, in the order in which the answer lists them. */
  readonly listed: readonly { readonly notice: string; readonly recipient: string; readonly key: string }[];
  readonly entries: readonly DraftedEntry[];
  /** Messages that it may make. */
  readonly size: number;
}

export interface DraftDeps extends ProfileDeps {
  readonly now: () => number;
}

/** What is the same for all events of a request. */
export interface DraftPlace {
  readonly tenant: string;
  /** Has the notices that the event's type means. */
  readonly compiled: ActiveCatalog;
  readonly topics: TopicReader;
}

/** Parses one event, plans it by the catalog, looks whether its data fits the words and seals what it brings. */
export async function draftEvent(
  body: unknown,
  bytes: number,
  { tenant, compiled, topics }: DraftPlace,
  deps: DraftDeps,
): Promise<Outcome<Drafted>> {
  const parsed = parseEvent(body, bytes, deps.now());
  if (!parsed.ok) return parsed;
  const { event, recipients } = parsed.value;
  const rulebook = rulebookFor(compiled);
  if (!compiled.index.types.has(event.type)) return unknownType(event.type, closestOf(event.type, [...compiled.index.types.keys()]));
  const ids = recipients?.map((given) => (typeof given === "string" ? given : given.id));
  const named = planEvent(event, ids, rulebook);
  const people = new Set([...named.notices, ...named.cancels].flatMap((target) => target.recipients)).size;
  if (people > RECIPIENTS_MAX) {
    const detail = `must name at most ${RECIPIENTS_MAX} recipients`;
    return wrong("invalid", `The event is for ${people} recipients; at most ${RECIPIENTS_MAX} are taken.`, [{ pointer: "/data", detail }]);
  }
  const unfit = dataProblem(event, named.notices);
  if (unfit) return unfit;
  const brought = await profilesOf(parsed.value, tenant, compiled, deps);
  if (!brought.ok) return brought;
  const expanded = await expandTopics(named, topics);
  if (!expanded.ok) return expanded;
  const { plan } = expanded.value;
  const entries = await entriesOf(parsed.value, expanded.value, brought.value, tenant, deps);
  const keys = new Map(entries.map(({ recipient }) => [recipient.id, recipient.key]));
  const listed = plan.notices.flatMap(({ rule, recipients: meant }) =>
    meant.map((recipient) => ({ notice: rule.notice, recipient, key: keys.get(recipient) ?? "" })),
  );
  const messages = plan.notices.reduce((sum, { rule, recipients: meant }) => sum + meant.length * (rule.series?.length ?? 1), 0);
  return fine({ event, listed, entries, size: Math.max(messages, entries.length) });
}

interface Brought {
  readonly change: ProfileChange;
  readonly preferences: readonly ProvenPreference[];
}

/** Recipients given whole, by id. */
async function profilesOf(
  parsed: ParsedEvent,
  tenant: string,
  { catalog }: CompiledCatalog,
  deps: DraftDeps,
): Promise<Outcome<Map<string, Brought>>> {
  const brought = new Map<string, Brought>();
  const issues: Issue[] = [];
  for (const [at, given] of (parsed.recipients ?? []).entries()) {
    if (typeof given === "string") continue;
    const place = {
      tenant,
      id: given.id,
      how: "merge" as const,
      country: catalog.defaults?.country,
      at: parsed.dated ? millisecondsOf(parsed.event.time) : undefined,
      path: ["recipients", at],
    };
    const prepared = await prepareProfile(given, place, deps);
    if (!prepared.ok) issues.push(...prepared.issues);
    else if (brought.has(given.id))
      issues.push({ pointer: pointerOf([...place.path, "id"]), detail: "stands twice; give each recipient once" });
    else brought.set(given.id, prepared);
  }
  return issues.length > 0
    ? wrong("invalid", "A recipient of the event is not valid; see errors for where and why.", issues)
    : fine(brought);
}

/** What each recipient is asked, in the order in which they are first met. */
async function entriesOf(
  parsed: ParsedEvent,
  { plan, addressees }: Expanded,
  brought: ReadonlyMap<string, Brought>,
  tenant: string,
  deps: DraftDeps,
): Promise<DraftedEntry[]> {
  const { data, ...attributes } = parsed.event;
  const context = contextOf(tenant, "event");
  const [bodyHash, sealed, sealedData] = await Promise.all([
    bodyHashOf(deps.naming, tenant, parsed.posted),
    deps.sealer.seal(JSON.stringify(attributes), context),
    data === undefined ? undefined : deps.sealer.seal(JSON.stringify(data), context),
  ]);
  const plans = planByRecipient(plan);
  const eventHash = plainHash("event brought", parsed.event.source, parsed.event.id);
  return Promise.all(
    [...new Set([...brought.keys(), ...plans.keys()])].map(async (id): Promise<DraftedEntry> => {
      const own = plans.get(id);
      const given = brought.get(id);
      const order = own && {
        event: parsed.event,
        body_hash: bodyHash,
        sealed,
        ...(sealedData === undefined ? {} : { data: sealedData }),
        ...own,
      };
      return {
        recipient: addressees.get(id) ?? (await addressee(id, tenant, deps)),
        entry: { ...(given ? { profile: given.change, event: eventHash } : {}), ...(order ? { order } : {}) },
        preferences: given?.preferences ?? [],
      };
    }),
  );
}

/** A recipient as its Durable Object is told who it is. */
export async function addressee(id: string, tenant: string, deps: ProfileDeps): Promise<Addressee> {
  const [key, sealed] = await Promise.all([recipientKeyOf(deps.naming, tenant, id), deps.sealer.seal(id, contextOf(tenant, "recipient"))]);
  return { id, key, sealed };
}

function unknownType(type: string, nearest: string | undefined): ReturnType<typeof wrong> {
  const hint = nearest === undefined ? "" : ` The closest one known is ${nearest}.`;
  return wrong("unknown-type", `No notice of the catalog is for the event type ${type}.${hint}`, [
    { pointer: "/type", detail: "is not an event type that a notice of the catalog is on" },
  ]);
}
