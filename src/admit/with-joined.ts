import type { Message } from "../vocabulary/message.ts";
import type { AdmitOutcome, Admitted } from "./admit-events.ts";

/**
 * Adds to each merge the sealed attributes of the event that opened the digest: its id may be personal, and is kept nowhere else.
 * `past` is only asked where an event comes again whose digest has left the document.
 */
export function withJoined(
  outcomes: readonly AdmitOutcome[],
  messages: readonly Message[],
  past: (id: string) => readonly Message[],
): readonly AdmitOutcome[] {
  const told = (one: Admitted): Admitted => {
    if (one.decision.kind !== "merge") return one;
    const { into } = one.decision;
    const isMeant = ({ id }: Message): boolean => id === into;
    const joined = (messages.find(isMeant) ?? past(into).find(isMeant))?.sealed;
    return joined === undefined ? one : { ...one, joined };
  };
  return outcomes.map((outcome) => (outcome.kind === "decided" ? { ...outcome, admitted: outcome.admitted.map(told) } : outcome));
}
