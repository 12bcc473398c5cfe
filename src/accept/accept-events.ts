import * as z from "zod";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import { answerOf, type EventAnswer } from "./answer-events.ts";
import { actorOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { type DraftDeps, type Drafted, draftEvent } from "./draft-event.ts";
import { refusedByLimits } from "./key-limits.ts";
import { type TopicDeps, topicReader } from "./open-topics.ts";
import { admitPlanned, type PlanDeps } from "./plan-anew.ts";
import { type Outcome, problemResponse, type Rejected, wrong } from "./problem.ts";
import { readEvents } from "./read-events.ts";
import { rulebookFor } from "./rulebook.ts";

const MESSAGES_MAX = 1000;

export interface AcceptDeps extends PlanDeps, DraftDeps, TopicDeps {}

/** `POST /v1/events`: read, plan, admit, enqueue, answer. The 202 leaves when every row is written and every lane has its ids. */
export async function acceptEvents(request: Request, caller: Caller, deps: AcceptDeps): Promise<Response> {
  const { tenant, limits } = caller;
  const posted = await readEvents(request);
  if (!posted.ok) return problemResponse(posted.problem);
  const { batch, events } = posted.value;
  const topics = topicReader(tenant, deps);
  const admitted = await admitPlanned(
    {
      poster: { tenant, by: actorOf(caller) },
      events,
      types: events.flatMap(({ event }) => typed.safeParse(event).data?.type ?? []),
      draft: async ({ event, bytes }, compiled) =>
        refusedAsOurs(event) ??
        (limits && refusedByLimits(event, limits, rulebookFor(compiled))) ??
        draftEvent(event, bytes, { tenant, compiled, topics }, deps),
      refuse: refusedAsTooMany,
    },
    deps,
  );
  if (!admitted.ok) return problemResponse(admitted.problem);
  const { drafts, outcomes } = admitted.value;
  const answers = drafts.map((draft, at): EventAnswer => answerOf(draft, events[at]?.event, outcomes));
  const [only] = answers;
  if (!batch && only && "problem" in only) return problemResponse(only.problem);
  return Response.json({ events: answers }, { status: 202 });
}

const typed = z.object({ type: z.string() });
const ours = z.object({ type: z.string().startsWith(RESERVED_PREFIX) });

/** Whoever hears of an alert may rely on it: events of our own types are posted by ourselves alone, and never come in here. */
function refusedAsOurs(event: unknown): Rejected | undefined {
  if (!ours.safeParse(event).success) return undefined;
  return wrong("invalid", `Event types that begin with ${RESERVED_PREFIX} are Carillon's own; nobody else posts them.`, [
    { pointer: "/type", detail: `begins with ${RESERVED_PREFIX}, which is reserved` },
  ]);
}

function refusedAsTooMany(drafts: readonly Outcome<Drafted>[]): Rejected | undefined {
  const size = drafts.reduce((sum, draft) => sum + (draft.ok ? draft.value.size : 0), 0);
  if (size <= MESSAGES_MAX) return undefined;
  const detail = `The request would make ${size} messages or recipients; at most ${MESSAGES_MAX} are taken at once. Send it in pieces.`;
  return wrong("too-large", detail);
}
