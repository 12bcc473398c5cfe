import { millisecondsOf } from "../support/clock.ts";
import { plainHash } from "../support/keyed-hash.ts";
import type { Message } from "../vocabulary/message.ts";
import type { RowWrite } from "./book.ts";
import { type Cancel, rememberCancel, withCancel } from "./cancel.ts";
import { reachableBy, suppressedBy } from "./consent.ts";
import { decide, type Verdict } from "./decide.ts";
import { type Decision, packDecision } from "./decision.ts";
import type { RecipientDocument } from "./document.ts";
import { messageOf } from "./message-of.ts";
import type { EventOrder, NoticeRules, StepRule } from "./notice-rules.ts";
import { OpenPast } from "./past.ts";
import type { AdmissionContext, Question, Working } from "./question.ts";
import { renderKey, scopeOf } from "./render-key.ts";

/**
 * What became of one notice and step. `replayed`: decided before, `decision` is that first one. `message`: as it is now, new
 * ones that wait or leave stand in the document, suppressed and merged ones do not; a replayed one only while it is there.
 */
export interface Decided {
  readonly id: string;
  readonly notice: string;
  readonly step?: string;
  readonly decision: Decision;
  readonly replayed: boolean;
  readonly message: Message | undefined;
}

/** `changed`: an event with this source and id was decided with another body; nothing was done. */
export type EventOutcome =
  | { readonly kind: "decided"; readonly decided: readonly Decided[] }
  | { readonly kind: "changed"; readonly ids: readonly string[] };

export interface DecidedEvents {
  /** The same document where nothing changed. */
  readonly document: RecipientDocument;
  /** By order. */
  readonly outcomes: readonly EventOutcome[];
  /** Messages that these events took back, as they are now. */
  readonly canceled: readonly Message[];
  /** Rows of the past to be written with the document. */
  readonly rows: readonly RowWrite[];
}

/** The admission step: decides events for one recipient in their order of arrival. Pure; never awaits. */
export function decideEvents(document: RecipientDocument, orders: readonly EventOrder[], context: AdmissionContext): DecidedEvents {
  const working: Working = {
    profile: document.profile,
    preferences: document.preferences,
    reachable: reachableBy(document),
    suppressed: suppressedBy(document),
    messages: document.messages,
    past: new OpenPast(document.past, context.rows, context.now),
  };
  const canceled: Message[] = [];
  const outcomes = orders.map((order) => decideEvent(order, working, context, canceled));
  working.past.sweep(new Set(working.messages.map((message) => message.notice)), context.now);
  const { past, rows } = working.past.close();
  if (working.messages === document.messages && past === document.past) return { document, outcomes, canceled, rows };
  return { document: { ...document, messages: working.messages, ...(past && { past }) }, outcomes, canceled, rows };
}

/** Whether this event was decided before with another body. */
export function isChanged(document: RecipientDocument, order: EventOrder, context: AdmissionContext): boolean {
  const { identities } = new OpenPast(document.past, context.rows, context.now);
  return order.notices.some((rules) =>
    (rules.series ?? [undefined]).some((step) => {
      const [line] = order.body_hash === "" ? [] : identities.find(identityOf(order, rules, step), context.now);
      return line !== undefined && line.slice(0, line.indexOf(",")) !== keptHash(order.body_hash);
    }),
  );
}

function decideEvent(order: EventOrder, working: Working, context: AdmissionContext, canceled: Message[]): EventOutcome {
  const questions = questionsOf(order, working, context);
  const changed = questions.filter((question) => hasChanged(question, order.body_hash));
  if (changed.length > 0) return { kind: "changed", ids: changed.map(({ identity }) => context.recipient.key + identity) };
  cancelBefore(order, working, context, canceled);
  const decided = questions.flatMap((question) => {
    const verdict = decide(question);
    return verdict.kind === "not_meant" ? [] : [record(verdict, question, order, context)];
  });
  return { kind: "decided", decided };
}

function questionsOf(order: EventOrder, working: Working, context: AdmissionContext): Question[] {
  const { event } = order;
  const eventTime = millisecondsOf(event.time);
  const shared = {
    event,
    event_key: plainHash("event", event.source, event.id),
    event_time: eventTime,
    base: event.deliverat === undefined ? eventTime : Math.max(eventTime, millisecondsOf(event.deliverat)),
    working,
    hash: context.hash,
    now: context.now,
  };
  const [first] = order.notices;
  if (!first) return [];
  const scope = scopeFor(order, first.defaults, working, context);
  const zone = working.profile?.time_zone ?? first.defaults.time_zone ?? "UTC";
  return order.notices.flatMap((rules) => {
    const steps: readonly (StepRule | undefined)[] = rules.series ?? [undefined];
    return steps.map((step) => ({ ...shared, rules, step, zone, scope, identity: identityOf(order, rules, step) }));
  });
}

/** The second half of a message's id, which the recipient's key begins. */
function identityOf({ event }: EventOrder, { notice }: NoticeRules, step: StepRule | undefined): string {
  return plainHash("message", event.source, event.id, notice, step?.step ?? "");
}

function scopeFor({ event }: EventOrder, defaults: NoticeRules["defaults"], { profile }: Working, { recipient }: AdmissionContext) {
  return scopeOf(event, { id: recipient.id, tags: profile?.tags ?? [], locale: profile?.locale ?? defaults.locale });
}

function hasChanged({ working, identity, now }: Question, bodyHash: string): boolean {
  const [line] = bodyHash === "" ? [] : working.past.identities.find(identity, now);
  return line !== undefined && line.slice(0, line.indexOf(",")) !== keptHash(bodyHash);
}

/** Enough of a body's hash to tell a changed event from a repeated one. */
function keptHash(bodyHash: string): string {
  return bodyHash.slice(0, 8);
}

/** Before the gates: what waits and is meant to be canceled by this event is; the cancel is remembered. */
function cancelBefore(order: EventOrder, working: Working, context: AdmissionContext, canceled: Message[]): void {
  const { event } = order;
  for (const { notice, key: template, defaults } of order.cancels) {
    const key = renderKey(template, scopeFor(order, defaults, working, context), context.hash, "cancel", notice);
    if (key === undefined) continue;
    const cancel: Cancel = { notice, key, event_key: plainHash("event", event.source, event.id), event_time: millisecondsOf(event.time) };
    for (const message of working.messages) {
      const taken = withCancel(message, cancel);
      if (taken === message) continue;
      replace(working, taken);
      if (taken.state === "canceled") canceled.push(taken);
    }
    rememberCancel(working.past, cancel, context.now);
  }
}

/** Writes a verdict into the document: the identity always, the message where it waits or leaves, a merge into its digest. */
function record(
  verdict: Exclude<Verdict, { kind: "not_meant" }>,
  question: Question,
  order: EventOrder,
  context: AdmissionContext,
): Decided {
  const { rules, step, identity, working, now } = question;
  const id = context.recipient.key + identity;
  const named = { id, notice: rules.notice, ...(step && { step: step.step }), decision: verdict.decision };
  if (verdict.kind === "found") return { ...named, replayed: true, message: working.messages.find((message) => message.id === id) };
  const message = messageOf(id, verdict, question, order);
  // Counted from when the message is over: as long as it waits, its event is known.
  const until = Math.max(now, message.expires_at) + context.identities_kept_ms;
  working.past.identities.add(identity, until, `${keptHash(order.body_hash)},${packDecision(verdict.decision)}`, now);
  switch (verdict.kind) {
    case "accepted":
      working.messages = [...working.messages, message];
      working.past.keepFor(
        rules.class,
        rules.notice,
        rules.caps.map(({ max, per_ms }) => ({ max, per_ms })),
      );
      break;
    case "merged":
      replace(working, withEvent(verdict.into, order.data ?? ""));
      break;
    case "suppressed":
      break;
  }
  return { ...named, replayed: false, message };
}

function withEvent(into: Message, data: string): Message {
  if (!into.digest) return into;
  return { ...into, digest: { ...into.digest, events: into.digest.events + 1, merged: [...into.digest.merged, data] } };
}

function replace(working: Working, next: Message): void {
  working.messages = working.messages.map((message) => (message.id === next.id ? next : message));
}
