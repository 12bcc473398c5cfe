import { readPath } from "../admit/event-path.ts";
import type { CancelRule, NoticeRules } from "../admit/notice-rules.ts";
import type { Event } from "../vocabulary/event.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import type { Variables } from "../vocabulary/variables.ts";
import type { Addressed, Rulebook } from "./rulebook.ts";

/** Whom one notice is for, each id once, as listed; `topic`: whose members they are to be, or are. */
export interface Target<Rule> {
  readonly rule: Rule;
  readonly recipients: readonly string[];
  readonly topic?: string;
  /** What its words need of the event's data. */
  readonly data?: Variables;
}

/** What an event means by the catalog alone: what it cancels and which notices it brings, in catalog order. */
export interface EventPlan {
  readonly cancels: readonly Target<CancelRule>[];
  readonly notices: readonly Target<NoticeRules>[];
}

/** What one recipient is asked: first the cancels, then the notices, both in catalog order. */
export interface RecipientPlan {
  readonly cancels: readonly CancelRule[];
  readonly notices: readonly NoticeRules[];
}

/** Plans an event (spec: whom and in which order). `recipients`: those that the event itself names; undefined where it names none. */
export function planEvent(event: Event, recipients: readonly string[] | undefined, rulebook: Rulebook): EventPlan {
  const targeted = <Rule>(entries: readonly Addressed<Rule>[] | undefined) =>
    (entries ?? []).map((entry) => targetOf(entry, event, recipients));
  return { cancels: targeted(rulebook.cancels.get(event.type)), notices: targeted(rulebook.notices.get(event.type)) };
}

/** The same plan with the members of each topic in its place. `membersOf` gives their ids, each once. */
export function withMembers(plan: EventPlan, membersOf: (topic: string) => readonly string[]): EventPlan {
  const expanded = <Rule>(target: Target<Rule>): Target<Rule> =>
    target.topic === undefined ? target : { ...target, recipients: membersOf(target.topic) };
  return { cancels: plan.cancels.map(expanded), notices: plan.notices.map(expanded) };
}

/** The same plan by recipient, in the order in which they are first met. People are decided independently of each other. */
export function planByRecipient(plan: EventPlan): Map<string, RecipientPlan> {
  const people = new Map<string, { cancels: CancelRule[]; notices: NoticeRules[] }>();
  const planOf = (recipient: string) => {
    const known = people.get(recipient) ?? { cancels: [], notices: [] };
    people.set(recipient, known);
    return known;
  };
  for (const { rule, recipients } of plan.cancels) for (const recipient of recipients) planOf(recipient).cancels.push(rule);
  for (const { rule, recipients } of plan.notices) for (const recipient of recipients) planOf(recipient).notices.push(rule);
  return people;
}

/** How a `to` begins that is no path: a topic by its name, one recipient by its id. */
export const TOPIC = "topic:";
export const RECIPIENT = "recipient:";

/** Whom `to` names or points at, else the event's recipients, else its subject. Nothing there means nobody. */
function targetOf<Rule>(entry: Addressed<Rule>, event: Event, recipients: readonly string[] | undefined): Target<Rule> {
  const { to, ...asked } = entry;
  if (to?.startsWith(TOPIC)) return { ...asked, recipients: [], topic: to.slice(TOPIC.length) };
  if (to?.startsWith(RECIPIENT)) return { ...asked, recipients: idsIn(to.slice(RECIPIENT.length)) };
  const ids = to === undefined ? (recipients ?? (event.subject === undefined ? [] : [event.subject])) : idsIn(readPath(event, to));
  return { ...asked, recipients: ids.length > 1 ? [...new Set(ids)] : ids };
}

/** An id or a list of ids. Only strings are ids: a number, null or an empty string is nobody. */
function idsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((id) => {
    const parsed = callerId.safeParse(id);
    return parsed.success ? [parsed.data] : [];
  });
}
