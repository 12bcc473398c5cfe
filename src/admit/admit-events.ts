import { sealingKeyOf } from "../support/sealing.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import { changeProfile, type ProfileChange } from "./change-profile.ts";
import { type Decided, decideEvents, isChanged } from "./decide-events.ts";
import type { Decision } from "./decision.ts";
import type { RecipientDocument } from "./document.ts";
import type { EventOrder } from "./notice-rules.ts";
import { OpenPast } from "./past.ts";
import type { AdmissionContext } from "./question.ts";

/** What one event brings to this recipient: perhaps a profile, and perhaps notices to be decided. */
export interface AdmitEntry {
  readonly profile?: ProfileChange;
  /** Hash of the event's source and id, where the profile comes with an event. */
  readonly event?: string;
  readonly order?: EventOrder;
}

/** One decision as the caller is told it. `enqueue`: it stands in no lane yet, or perhaps not any more. */
export interface Admitted {
  readonly id: string;
  readonly notice: string;
  readonly class: NoticeClass;
  readonly step?: string;
  readonly decision: Decision;
  /** Of a merge: the sealed attributes of the event that opened the digest, as far as it is still known. */
  readonly joined?: string;
  readonly replayed: boolean;
  readonly enqueue: boolean;
}

/** By entry: its decisions in order; `changed` where an event with this source and id was decided with another body; `full` where
 * so much waits for this recipient that no more can be kept; `outdated` where it was planned by an older catalog than one seen before. */
export type AdmitOutcome =
  | { readonly kind: "decided"; readonly admitted: readonly Admitted[] }
  | { readonly kind: "changed" | "full" | "outdated" };

export interface AdmitStep {
  readonly document: RecipientDocument;
  readonly outcomes: readonly AdmitOutcome[];
  /** Rows of the past to be written with the document. */
  readonly rows: readonly RowWrite[];
}

/**
 * The admission step: of each event first the profile, then every notice, in order of arrival. Pure; never awaits. An event
 * that comes again brings no profile, since that may be outdated by now; one with another body than before brings nothing. The id is kept
 * under the key that seals now: of one who is known by events alone nothing else would seal it anew.
 */
export function admitEvents(document: RecipientDocument, entries: readonly AdmitEntry[], context: AdmissionContext): AdmitStep {
  const written = new Map<string, string | undefined>();
  const step: AdmissionContext = { ...context, rows: readOnce(written, context.rows) };
  const note = (rows: readonly RowWrite[]): void => {
    for (const { row, text } of rows) written.set(row, text);
  };
  const { sealed } = context.recipient;
  const known = document.id !== undefined && sealingKeyOf(document.id) === sealingKeyOf(sealed);
  let next: RecipientDocument = known ? document : { ...document, id: sealed };
  const outcomes = entries.map(({ profile, event, order }): AdmitOutcome => {
    if (order && isChanged(next, order, step)) return { kind: "changed" };
    if (profile) {
      const brought = bringProfile(next, profile, event, step);
      note(brought.rows);
      next = brought.document;
    }
    if (!order) return { kind: "decided", admitted: [] };
    const { document: decidedDocument, outcomes: decided, rows } = decideEvents(next, [order], step);
    note(rows);
    const [outcome] = decided;
    if (outcome?.kind !== "decided") return { kind: "changed" };
    next = withUnsent(decidedDocument, outcome.decided);
    return { kind: "decided", admitted: outcome.decided.map((one) => admittedOf(one, order)) };
  });
  return { document: next, outcomes, rows: Array.from(written, ([row, text]) => ({ row, text })) };
}

/** Takes a profile; of an event (by its hash) once, remembered like its decisions. */
function bringProfile(
  document: RecipientDocument,
  profile: ProfileChange,
  event: string | undefined,
  { rows, now, identities_kept_ms }: AdmissionContext,
): { readonly document: RecipientDocument; readonly rows: readonly RowWrite[] } {
  if (event === undefined) return { document: changeProfile(document, profile), rows: [] };
  const past = new OpenPast(document.past, rows, now);
  if (past.identities.find(event, now).length > 0) return { document, rows: [] };
  past.identities.add(event, now + identities_kept_ms, "", now);
  const closed = past.close();
  return { document: { ...changeProfile(document, profile), ...(closed.past ? { past: closed.past } : {}) }, rows: closed.rows };
}

/** The rows as this step finds and leaves them; each is read once. */
function readOnce(written: ReadonlyMap<string, string | undefined>, beside: PastRows): PastRows {
  const known = new Map<string, string | undefined>();
  return {
    read(row) {
      if (written.has(row)) return written.get(row);
      if (!known.has(row)) known.set(row, beside.read(row));
      return known.get(row);
    },
  };
}

/** Suppressed and merged messages are kept for people to see; the rules do not look at them. */
function withUnsent(document: RecipientDocument, decided: readonly Decided[]): RecipientDocument {
  const unsent = decided.flatMap(({ message, replayed }): Message[] => {
    if (!message || replayed || (message.state !== "suppressed" && message.state !== "merged")) return [];
    const { data: _, ...rest } = message;
    return [rest];
  });
  return unsent.length === 0 ? document : { ...document, messages: [...document.messages, ...unsent] };
}

function admittedOf({ id, notice, step, decision, replayed, message }: Decided, order: EventOrder): Admitted {
  const rules = order.notices.find((candidate) => candidate.notice === notice);
  return {
    id,
    notice,
    class: message?.class ?? rules?.class ?? "transactional",
    ...(step === undefined ? {} : { step }),
    decision,
    replayed,
    // A claim decides what is sent: what is under way or waits for its next attempt is only looked at once more.
    enqueue: message?.state === "queued" || message?.state === "sending",
  };
}
