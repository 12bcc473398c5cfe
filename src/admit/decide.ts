import { conditionHolds } from "../support/liquid.ts";
import type { Channel, QuietWindow } from "../vocabulary/classes.ts";
import type { Message } from "../vocabulary/message.ts";
import { wasCanceledBefore } from "./cancel.ts";
import { chooseChannel } from "./consent.ts";
import { counts } from "./counted.ts";
import { type Decision, unpackDecision } from "./decision.ts";
import { findSlot, type Obstacles } from "./find-slot.ts";
import { type Planned, plannedAtOnce, plannedStep } from "./planned-time.ts";
import type { Question } from "./question.ts";
import { renderKey } from "./render-key.ts";

/** The hashes of a message's keys; one that renders empty is left out and matches nothing. */
export interface Keys {
  readonly cancel?: string;
  readonly content?: string;
  readonly digest?: string;
}

/** What `decide` comes to. `found`: it was decided before. `made`: it is decided now. `not_meant`: there is no decision. */
export type Verdict =
  | { readonly kind: "found"; readonly body_hash: string; readonly decision: Decision }
  | { readonly kind: "not_meant" }
  | { readonly kind: "suppressed"; readonly decision: Extract<Decision, { kind: "suppress" }> }
  | { readonly kind: "merged"; readonly decision: Extract<Decision, { kind: "merge" }>; readonly into: Message }
  | {
      readonly kind: "accepted";
      readonly decision: Extract<Decision, { kind: "send" | "defer" }>;
      readonly keys: Keys;
      readonly expires_at: number;
    };

type Suppression = Extract<Decision, { kind: "suppress" }>;

/** The ten gates in their order; the first that does not pass decides (spec: admission, exactly). */
export function decide(question: Question): Verdict {
  const { rules, working, now } = question;
  const before = decidedBefore(question); // 1: same event
  if (before) return before;
  if (!isMeant(question)) return { kind: "not_meant" }; // 2: condition, and canceled before it came
  const keys = renderKeys(question);
  if (keys.cancel !== undefined && wasCanceledBefore(working.past, keys.cancel, question.event_time, now)) return suppressed("canceled");
  const atOnce = plannedAtOnce(rules, question.base, now);
  if (!question.step && now >= atOnce.expires_at) return suppressed("expired"); // 3: too late
  const consent = chooseChannel(rules, working.reachable, working.preferences, working.suppressed); // 4: consent and channel
  if (consent.kind === "no") return suppressed(consent.reason);
  const duplicateUntil = toldUntil(question, keys); // 5: duplicate content
  if (duplicateUntil !== undefined) return suppressed("duplicate", duplicateUntil);
  const waiting = waitingDigest(question, keys); // 6: digest
  if (waiting) return waiting;
  const planned = question.step ? plannedStep(rules, question.step, question.event, question.zone, now) : atOnce; // 7: planned time
  if (!planned) return suppressed("missed");
  const slot = findSlot(planned, obstaclesOf(question)); // 8: quiet hours, 9: caps, 10: too late after all
  if (slot.kind === "none") return suppressed(slot.reason, slot.next_eligible_at);
  return accepted(slot.instant, consent.channel, keys, planned, now);
}

function suppressed(reason: Suppression["reason"], next?: number): Verdict {
  return { kind: "suppressed", decision: { kind: "suppress", reason, ...(next === undefined ? {} : { next_eligible_at: next }) } };
}

function accepted(instant: number, channel: Channel, keys: Keys, planned: Planned, now: number): Verdict {
  return {
    kind: "accepted",
    decision: { kind: instant > now ? "defer" : "send", channel, send_at: instant },
    keys,
    expires_at: planned.expires_at,
  };
}

function decidedBefore(question: Question): Verdict | undefined {
  const { working, identity, now } = question;
  const [line] = working.past.identities.find(identity, now);
  if (line === undefined) return stillKnown(question);
  const comma = line.indexOf(",");
  return { kind: "found", body_hash: line.slice(0, comma), decision: unpackDecision(line.slice(comma + 1)) };
}

/** A message that is still there is known, however long ago it was decided: it may have been moved far ahead. */
function stillKnown({ working, identity }: Question): Verdict | undefined {
  const message = working.messages.find(({ id }) => id.endsWith(identity));
  if (!message?.channel || (message.decision !== "send" && message.decision !== "defer")) return undefined;
  return { kind: "found", body_hash: "", decision: { kind: message.decision, channel: message.channel, send_at: message.send_at } };
}

function isMeant({ rules, scope }: Question): boolean {
  return rules.when === undefined || conditionHolds(rules.when, scope);
}

function renderKeys({ rules, step, scope, hash }: Question): Keys {
  const cancel = rules.cancel_key === undefined ? undefined : renderKey(rules.cancel_key, scope, hash, "cancel", rules.notice);
  const content = rules.dedupe && renderKey(rules.dedupe.key, scope, hash, "content", rules.notice, step?.step ?? "");
  const digest = rules.digest && renderKey(rules.digest.key, scope, hash, "digest", rules.notice);
  return { ...(cancel !== undefined && { cancel }), ...(content !== undefined && { content }), ...(digest !== undefined && { digest }) };
}

/** Until when this content counts as told; undefined where it does not. */
function toldUntil({ rules, working, now }: Question, { content }: Keys): number | undefined {
  if (!rules.dedupe || content === undefined) return undefined;
  const accepted = [
    ...working.past.contentsOf(content, now),
    ...working.messages.filter((message) => message.dedupe?.key === content && counts(message.state)).map((message) => message.accepted_at),
  ];
  const until = Math.max(...accepted) + rules.dedupe.window_ms;
  return until > now ? until : undefined;
}

function waitingDigest({ rules, working }: Question, { digest }: Keys): Verdict | undefined {
  if (digest === undefined) return undefined;
  const into = working.messages.find(
    (message) =>
      message.state === "scheduled" &&
      message.notice === rules.notice &&
      message.digest?.key === digest &&
      message.digest.events < (rules.digest?.max ?? 0),
  );
  return into?.digest && { kind: "merged", decision: { kind: "merge", into: into.id }, into };
}

/** The recipient's own quiet hours hold for what may wait: service and marketing. */
function quietHoursOf({ rules, working }: Question): readonly QuietWindow[] {
  const own = rules.class === "service" || rules.class === "marketing" ? working.profile?.quiet_hours : undefined;
  return own && own.length > 0 ? [...rules.quiet_hours, ...own] : rules.quiet_hours;
}

function obstaclesOf(question: Question): Obstacles {
  const { rules, working } = question;
  const open = working.messages.filter((message) => message.class === rules.class && counts(message.state));
  return {
    quiet_hours: quietHoursOf(question),
    zone: question.zone,
    caps: rules.caps,
    taken: ({ of, per_ms }, instant) => {
      const notice = of === "notice" ? rules.notice : undefined;
      const taken = working.past.instantsOf(rules.class, notice, instant - per_ms);
      for (const message of open) {
        if ((notice === undefined || message.notice === notice) && message.send_at > instant - per_ms) taken.push(message.send_at);
      }
      return taken.sort((a, b) => a - b);
    },
  };
}
