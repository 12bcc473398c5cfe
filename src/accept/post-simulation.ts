import * as z from "zod";
import type { RecipientDocument } from "../admit/document.ts";
import type { WantedNotices } from "../store/catalog-index.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import type { Issue } from "../support/issues.ts";
import { pointerOf } from "../support/issues.ts";
import { recipientKeyOf } from "../support/names.ts";
import { catalog } from "../vocabulary/catalog.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import type { Caller } from "./authenticate.ts";
import { ruleIssues } from "./check-rules.ts";
import { crowdedIssue } from "./crowded.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";
import { compareSimulations, decidesMoreThan, readSimulation, runSimulation } from "./run-simulation.ts";
import type { SimulatedRecipient } from "./simulate.ts";
import { simulatedTopics } from "./simulation-input.ts";

const SIMULATION_MAX_BYTES = 4 * 1024 * 1024;
const EVENTS_MAX = 5_000;
const RECIPIENTS_MAX = 1_000;
const DECISIONS_MAX = 50_000;

const draftCatalog = z
  .unknown()
  .superRefine((value, { addIssue }) => {
    const crowded = crowdedIssue(value);
    if (crowded) addIssue({ code: "custom", path: crowded.pointer.split("/").slice(1), message: crowded.detail });
  })
  .pipe(catalog);

/** Body of `POST /v1/simulations`. A recipient that is only an id is looked up: its real profile and preferences. */
const simulation = z.strictObject({
  /** A draft; left out, the catalog in force. */
  catalog: draftCatalog.optional(),
  recipients: z.array(z.union([callerId, z.record(z.string(), z.unknown())])).max(RECIPIENTS_MAX, `must be at most ${RECIPIENTS_MAX}`),
  events: z.array(z.unknown()).max(EVENTS_MAX, `must be at most ${EVENTS_MAX}`),
  /** Who is in which topic; one that is left out has no members. */
  topics: simulatedTopics.optional(),
  /** Whether to say what the draft changes against the catalog in force. */
  compare: z.boolean().optional(),
});

const typed = z.object({ type: z.string() });

export interface SimulateDeps extends ProfileDeps {
  readonly activeCatalog: (tenant: string, wanted: WantedNotices) => Promise<CompiledCatalog | undefined>;
  readonly profile: (tenant: string, recipientKey: string) => Promise<Pick<RecipientDocument, "profile" | "preferences">>;
}

/** `POST /v1/simulations`: what would be decided. Nothing is written and nothing is sent. */
export async function postSimulation(request: Request, { tenant }: Caller, deps: SimulateDeps): Promise<Response> {
  const body = await readJson(request, simulation, "The simulation", SIMULATION_MAX_BYTES);
  if (!body.ok) return problemResponse(body.problem);
  const { catalog: draft, recipients, events, topics = new Map(), compare } = body.value;
  const active = await deps.activeCatalog(tenant, { types: events.flatMap((event) => typed.safeParse(event).data?.type ?? []) });
  const tried = draft ?? active?.catalog;
  if (!tried) return invalid([{ pointer: "/catalog", detail: "is missing, and the tenant has none in force" }]);
  if (compare && !(draft && active)) return invalid([{ pointer: "/compare", detail: "needs a draft in catalog, and a catalog in force" }]);

  // Words are not looked at; rules that cannot be read or kept would decide otherwise than a published catalog.
  const unkept = draft ? ruleIssues(draft).filter(({ pointer }) => !pointer.includes("/templates/")) : [];
  if (unkept.length > 0) return invalid(unkept.map(({ pointer, detail }) => ({ pointer: `/catalog${pointer}`, detail })));

  const given = recipients.map((recipient) => (typeof recipient === "string" ? { id: recipient } : recipient));
  const read = readSimulation(given, events);
  if (!read.ok) return invalid(read.issues);
  const real = await Promise.all(
    recipients.flatMap((recipient, at) => (typeof recipient === "string" ? [realRecipient(recipient, at, tenant, deps)] : [])),
  );
  const unknown = real.flatMap((found) => ("pointer" in found ? [found] : []));
  if (unknown.length > 0) return invalid(unknown);
  const byId = new Map(real.flatMap((found) => ("pointer" in found ? [] : [[found.id, found] as const])));
  const input = { ...read.value, recipients: read.value.recipients.map((recipient) => byId.get(recipient.id) ?? recipient), topics };

  if ([tried, ...(compare && active ? [active.catalog] : [])].some((each) => decidesMoreThan(DECISIONS_MAX, each, input)))
    return invalid([{ pointer: "/events", detail: `bring more than ${DECISIONS_MAX} decisions; give fewer events or members` }]);
  const decisions = runSimulation(tried, input);
  const changes = compare && active ? { changes: compareSimulations(runSimulation(active.catalog, input), decisions) } : {};
  return Response.json({ ...(draft ? {} : { catalog: active?.version }), decisions, ...changes });
}

function invalid(errors: readonly Issue[]): Response {
  return problemResponse(problemOf("invalid", "The simulation is not valid; see errors for where and why.", errors));
}

/** A recipient as its Durable Object knows it; its messages so far do not count. */
async function realRecipient(id: string, at: number, tenant: string, deps: SimulateDeps): Promise<SimulatedRecipient | Issue> {
  const { profile, preferences } = await deps.profile(tenant, await recipientKeyOf(deps.naming, tenant, id));
  if (!profile) return { pointer: pointerOf(["recipients", at]), detail: "is not a known recipient; give it whole" };
  const { addresses, more_addresses, locale, time_zone, tags, quiet_hours } = profile;
  const kept = { id, tags, quiet_hours, ...(locale === undefined ? {} : { locale }), ...(time_zone === undefined ? {} : { time_zone }) };
  const book = { addresses, ...(more_addresses ? { more_addresses } : {}) };
  return { id, change: { how: "replace", profile: kept, ...book, preferences } };
}
