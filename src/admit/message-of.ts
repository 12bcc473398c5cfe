import type { Message } from "../vocabulary/message.ts";
import type { Verdict } from "./decide.ts";
import type { EventOrder } from "./notice-rules.ts";
import type { Question } from "./question.ts";

/** The message that a fresh verdict makes, in the state in which it begins. */
export function messageOf(
  id: string,
  verdict: Extract<Verdict, { kind: "accepted" | "suppressed" | "merged" }>,
  question: Question,
  order: EventOrder,
): Message {
  const { rules, step, now } = question;
  return {
    id,
    notice: rules.notice,
    ...(step && { step: step.step }),
    class: rules.class,
    consent: rules.consent,
    catalog: rules.catalog,
    channels: [...rules.channels],
    on_unclear: rules.on_unclear,
    ...(rules.fallback_after_ms === undefined ? {} : { fallback_after_ms: rules.fallback_after_ms }),
    ...(rules.resend_after_ms === undefined ? {} : { resend_after_ms: rules.resend_after_ms }),
    event: question.event_key,
    event_time: question.event_time,
    accepted_at: now,
    body_hash: order.body_hash,
    sealed: order.sealed,
    ...(order.data === undefined ? {} : { data: { sealed: order.data } }),
    attempts: [],
    decision: verdict.decision.kind,
    ...beginning(verdict, question),
  };
}

function beginning(
  verdict: Extract<Verdict, { kind: "accepted" | "suppressed" | "merged" }>,
  question: Question,
): Pick<Message, "state" | "reason" | "channel" | "dedupe" | "cancel_key" | "digest" | "send_at" | "expires_at"> {
  const { now } = question;
  switch (verdict.kind) {
    case "suppressed":
      return { state: "suppressed", reason: verdict.decision.reason, send_at: now, expires_at: now };
    case "merged":
      return { state: "merged", send_at: verdict.into.send_at, expires_at: verdict.into.expires_at };
    case "accepted": {
      const { decision, expires_at } = verdict;
      const state = decision.kind === "send" ? "queued" : "scheduled";
      return { state, channel: decision.channel, send_at: decision.send_at, expires_at, ...keysOf(verdict, question) };
    }
  }
}

function keysOf(
  { keys }: Extract<Verdict, { kind: "accepted" }>,
  { rules, now }: Question,
): Pick<Message, "dedupe" | "cancel_key" | "digest"> {
  const { dedupe, digest } = rules;
  return {
    ...(keys.cancel !== undefined && { cancel_key: keys.cancel }),
    ...(dedupe && keys.content !== undefined && { dedupe: { key: keys.content, until: now + dedupe.window_ms } }),
    ...(digest && { digest: { ...(keys.digest !== undefined && { key: keys.digest }), max: digest.max, events: 1, merged: [] } }),
  };
}
