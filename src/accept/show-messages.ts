import * as z from "zod";
import type { Timeline, TimelineCursor, TimelinePage, TimelineQuestion } from "../admit/timeline.ts";
import { isoOf } from "../support/clock.ts";
import { recipientKeyOf, recipientKeyOfMessage } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import { event } from "../vocabulary/event.ts";
import { callerId, catalogName, messageId } from "../vocabulary/identifiers.ts";
import { type Attempt, messageState } from "../vocabulary/message.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { mayTouch } from "./key-limits.ts";
import { since } from "./limit-of.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";

export interface ShowMessagesDeps extends ProfileDeps {
  readonly message: (tenant: string, recipientKey: string, id: string) => Promise<Timeline | undefined>;
  readonly timeline: (tenant: string, recipientKey: string, question: TimelineQuestion) => Promise<TimelinePage>;
}

/** `GET /v1/messages/{id}`: decision, attempts and receipts of one message. Another tenant's is not there, nor one that the key is not for. */
export async function showMessage(rawId: string, { tenant, limits = {} }: Caller, deps: ShowMessagesDeps): Promise<Response> {
  const id = messageId.safeParse(rawId);
  const found = id.success ? await deps.message(tenant, recipientKeyOfMessage(id.data), id.data) : undefined;
  if (!found || !mayTouch(limits, found.message.notice))
    return problemResponse(problemOf("not-found", "There is no message with this id."));
  return Response.json(await outsideView(found, tenant, rowOpener(tenant), deps));
}

const place = z
  .tuple([z.number().int().nullable(), messageId])
  .transform(([seq, id]): TimelineCursor => ({ ...(seq === null ? {} : { seq }), id }));

const query = z.strictObject({
  recipient: callerId,
  notice: catalogName.optional(),
  state: messageState.optional(),
  from: since.optional(),
  to: since.optional(),
  cursor: cursor(place).optional(),
});

/**
 * `GET /v1/messages?recipient=&notice=&state=&from=&to=&cursor=`: a recipient's messages, open and past, newest first. Those that the key
 * is not for are left out, so that a page may be short and still have a next one.
 */
export async function listMessages(request: Request, { tenant, limits = {} }: Caller, deps: ShowMessagesDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { recipient, cursor: after, ...question } = asked.value;
  const key = await recipientKeyOf(deps.naming, tenant, recipient);
  const page = await deps.timeline(tenant, key, { ...defined(question), ...(after ? { after } : {}) });
  const open = rowOpener(tenant);
  const messages = await Promise.all(
    page.found.filter(({ message }) => mayTouch(limits, message.notice)).map((found) => outsideView(found, tenant, open, deps)),
  );
  return Response.json({ messages, ...(page.next ? { next: cursorOf(page.next.seq ?? null, page.next.id) } : {}) });
}

function defined({ notice, state, from, to }: Omit<z.infer<typeof query>, "recipient" | "cursor">): TimelineQuestion {
  return {
    ...(notice === undefined ? {} : { notice }),
    ...(state === undefined ? {} : { state }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/**
 * A message as the outside sees it: times as instants, what was sealed opened, addresses left out. What became of it is shown also
 * where that cannot be opened.
 */
async function outsideView(
  { message, recipient }: Timeline,
  tenant: string,
  open: ReturnType<typeof rowOpener>,
  { sealer }: ShowMessagesDeps,
): Promise<object> {
  const opened = await open(message.id, async () => {
    const [whose, sealed] = await Promise.all([
      recipient === undefined ? undefined : sealer.open(recipient, contextOf(tenant, "recipient")),
      sealer.open(message.sealed, contextOf(tenant, "event")),
    ]);
    const { id, source, type, time } = event.parse(JSON.parse(sealed));
    return { recipient: whose, event: { id, source, type, time } };
  });
  return {
    id: message.id,
    ...(opened ?? UNREADABLE),
    notice: message.notice,
    step: message.step,
    class: message.class,
    state: message.state,
    digest: message.digest && { events: message.digest.events },
    decision: message.decision,
    reason: message.reason,
    channel: message.channel,
    catalog: message.catalog,
    accepted_at: isoOf(message.accepted_at),
    send_at: isoOf(message.send_at),
    expires_at: isoOf(message.expires_at),
    attempts: message.attempts.map((attempt) => attemptView(attempt, message)),
  };
}

function attemptView(attempt: Attempt, { channel }: Timeline["message"]): object {
  return {
    n: attempt.n,
    channel: attempt.channel ?? channel,
    carrier: attempt.carrier === "" ? undefined : attempt.carrier,
    claimed_at: isoOf(attempt.claimed_at),
    answered_at: attempt.answered_at === undefined ? undefined : isoOf(attempt.answered_at),
    answer: attempt.answer,
    cost: attempt.cost,
    reference: attempt.reference,
    receipts: attempt.receipts.map((receipt) => ({ ...receipt, at: isoOf(receipt.at) })),
  };
}
