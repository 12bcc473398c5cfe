import * as z from "zod";
import type { AdmitOutcome, Admitted } from "../admit/admit-events.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { contextOf, type Sealer } from "../support/sealing.ts";

const attributes = z.looseObject({ id: z.string() });

/** What a Recipient decided, with the event into which one was merged by the id that its poster gave it. */
export async function openJoined(outcome: AdmitOutcome, tenant: string, sealer: Sealer): Promise<AdmitOutcome> {
  if (outcome.kind !== "decided") return outcome;
  const opened = async ({ joined, ...one }: Admitted): Promise<Admitted> => {
    if (joined === undefined) return one;
    try {
      const { id } = attributes.parse(JSON.parse(await sealer.open(joined, contextOf(tenant, "event"))));
      return { ...one, decision: { kind: "merge", into: id } };
    } catch (error) {
      // It is decided and kept, whether its opener can still be read or not.
      log("error", "accept.opener.unreadable", { tenant, message: one.id, error: errorName(error) });
      return one;
    }
  };
  return { ...outcome, admitted: await Promise.all(outcome.admitted.map(opened)) };
}
