import * as z from "zod";
import { laneMessagesOf } from "../admit/lane-messages.ts";
import type { CompiledCatalog } from "../store/compiled-catalog.ts";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import { type AdmitDeps, type AdmittedAll, admitAll, type Poster } from "./admit-all.ts";
import { answerOf, type EventAnswer } from "./answer-events.ts";
import type { Caller } from "./authenticate.ts";
import { type Drafted, draftEvent } from "./draft-event.ts";
import { refusedByLimits } from "./key-limits.ts";
import { type TopicDeps, topicReader } from "./open-topics.ts";
import { type Outcome, problemOf, problemResponse, type Rejected, wrong } from "./problem.ts";
import { readEvents } from "./read-events.ts";
import { rulebookFor } from "./rulebook.ts";

export const MESSAGES_MAX = 1000;

export interface AcceptDeps extends AdmitDeps, TopicDeps {
  readonly now: () => number;
  readonly activeCatalog: (tenant: string) => Promise<CompiledCatalog | undefined>;
  readonly enqueue: (messages: readonly LaneMessage[]) => Promise<void>;
}

/** `POST /v1/events`: read, plan, admit, enqueue, answer. The 202 leaves when every row is written and every lane has its ids. */
export async function acceptEvents(request: Request, { tenant, key, limits }: Caller, deps: AcceptDeps): Promise<Response> {
  const posted = await readEvents(request);
  if (!posted.ok) return problemResponse(posted.problem);
  const { batch, events } = posted.value;
  const catalog = await deps.activeCatalog(tenant);
  if (!catalog) return problemResponse(problemOf("unknown-type", "The tenant has no catalog yet. Publish one with PUT /v1/catalog."));
  const refused = (event: unknown): Rejected | undefined =>
    refusedAsOurs(event) ?? (limits && refusedByLimits(event, limits, rulebookFor(catalog)));
  const place = { tenant, compiled: catalog, topics: topicReader(tenant, deps) };
  const drafts = await Promise.all(events.map(({ event, bytes }) => refused(event) ?? draftEvent(event, bytes, place, deps)));
  const size = drafts.reduce((sum, draft) => sum + (draft.ok ? draft.value.size : 0), 0);
  if (size > MESSAGES_MAX) {
    const detail = `The request would make ${size} messages or recipients; at most ${MESSAGES_MAX} are taken at once. Send it in pieces.`;
    return problemResponse(problemOf("too-large", detail));
  }

  const admitted = await admitAndEnqueue(drafts, { tenant, key }, deps);
  const answers = drafts.map((draft, at): EventAnswer => answerOf(draft, events[at]?.event, admitted));
  const [only] = answers;
  if (!batch && only && "problem" in only) return problemResponse(only.problem);
  return Response.json({ events: answers }, { status: 202 });
}

/** Admits what was drafted; when it resolves every row is written and every lane has its ids. */
export async function admitAndEnqueue(drafts: readonly Outcome<Drafted>[], poster: Poster, deps: AcceptDeps): Promise<AdmittedAll> {
  const admitted = await admitAll(drafts, poster, deps);
  await deps.enqueue(laneMessagesOf(poster.tenant, admitted.enqueue));
  return admitted;
}

const ours = z.object({ type: z.string().startsWith(RESERVED_PREFIX) });

/** Whoever hears of an alert may rely on it: events of our own types are posted by ourselves alone, and never come in here. */
function refusedAsOurs(event: unknown): Rejected | undefined {
  if (!ours.safeParse(event).success) return undefined;
  return wrong("invalid", `Event types that begin with ${RESERVED_PREFIX} are Carillon's own; nobody else posts them.`, [
    { pointer: "/type", detail: `begins with ${RESERVED_PREFIX}, which is reserved` },
  ]);
}
