import * as z from "zod";
import type { Admitted } from "../admit/admit-events.ts";
import type { Decision } from "../admit/decision.ts";
import { isoOf } from "../support/clock.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import type { AdmittedAll } from "./admit-all.ts";
import type { Drafted } from "./draft-event.ts";
import { type Outcome, type Problem, problemOf } from "./problem.ts";

/** What the answer says of one event: its messages, or the problem that stands in their place. */
export type EventAnswer =
  | { readonly id: string; readonly source: string; readonly messages: readonly object[] }
  | { readonly id?: string | undefined; readonly source?: string | undefined; readonly problem: Problem };

/** Which event it is, as far as a bad one says so. */
const callersName = callerId.optional().catch(undefined);
const named = z.object({ id: callersName, source: callersName }).catch({ id: undefined, source: undefined });

/** The answer to one event, its messages in catalog order and then as its recipients are listed. */
export function answerOf(draft: Outcome<Drafted>, posted: unknown, outcomes: AdmittedAll["outcomes"]): EventAnswer {
  if (!draft.ok) return { ...named.parse(posted), problem: draft.problem };
  const { event, entries, listed } = draft.value;
  const answers = entries.map((entry) => [entry.recipient.key, outcomes.get(entry)] as const);
  const problem = problemIn(
    event,
    answers.map(([, outcome]) => outcome?.kind),
  );
  if (problem) return { id: event.id, source: event.source, problem };
  const byKey = new Map(answers);
  const messages = listed.flatMap(({ notice, recipient, key }) => {
    const outcome = byKey.get(key);
    const admitted = outcome?.kind === "decided" ? outcome.admitted : [];
    return admitted.filter((one) => one.notice === notice).map((one) => messageAnswerOf(one, recipient));
  });
  return { id: event.id, source: event.source, messages };
}

function problemIn({ id, source }: Drafted["event"], kinds: readonly (string | undefined)[]): Problem | undefined {
  if (kinds.includes("changed")) {
    const detail = `The event ${id} of ${source} was posted before with other attributes or data. Give a new event a new id.`;
    return problemOf("changed-event", detail, [{ pointer: "/id", detail: "belongs to an event that was posted before with another body" }]);
  }
  if (kinds.includes("full")) {
    return problemOf(
      "unavailable",
      "So much is kept of one of its recipients that no more can be. Post it again when messages have left, and without preferences to new scopes.",
    );
  }
  if (kinds.includes("outdated")) {
    return problemOf("unavailable", "The catalog changes faster than the event can be planned. Post it again as it is.");
  }
  if (kinds.includes("unavailable")) {
    return problemOf(
      "unavailable",
      "The event could not be kept for all its recipients. Post it again as it is: what was kept is not sent twice.",
    );
  }
  return undefined;
}

function messageAnswerOf({ id, notice, step, decision, replayed }: Admitted, recipient: string): object {
  const who = { id, recipient, notice, ...(step === undefined ? {} : { step }) };
  return { ...who, decision: decision.kind, ...detailOf(decision), ...(replayed ? { replayed } : {}) };
}

function detailOf(decision: Decision): object {
  switch (decision.kind) {
    case "send":
    case "defer":
      return { channel: decision.channel, send_at: isoOf(decision.send_at) };
    case "suppress": {
      const { reason, next_eligible_at } = decision;
      return { reason, ...(next_eligible_at === undefined ? {} : { next_eligible_at: isoOf(next_eligible_at) }) };
    }
    case "merge":
      return { into: decision.into };
  }
}
