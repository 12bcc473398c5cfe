import { recipientKeyOf } from "../support/names.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { NOBODY_HERE } from "./nobody-here.ts";
import { problemResponse } from "./problem.ts";
import type { ShowRecipientsDeps } from "./show-recipients.ts";

export interface EraseRecipientDeps extends Pick<ShowRecipientsDeps, "naming" | "audit" | "profile"> {
  /** Erases one Recipient; answers the count of its changes. */
  readonly erase: (tenant: string, recipientKey: string) => Promise<number>;
  /** Whether a table knows somebody, whose Recipient perhaps does not. */
  readonly knowsRecipient: (tenant: string, recipientKey: string) => Promise<boolean>;
  /** Takes somebody out of every table that knows people, all or nothing. */
  readonly eraseCopies: (tenant: string, recipientKey: string, revision: number) => Promise<void>;
}

/**
 * `DELETE /v1/recipients/{id}`: erases somebody: first where the truth is, then its copies. What fails between the two is completed by
 * the same request again. What is kept is that they said "out", found by an HMAC of their id alone.
 */
export async function eraseRecipient(rawId: string, caller: Caller, deps: EraseRecipientDeps): Promise<Response> {
  const { tenant } = caller;
  const id = callerId.safeParse(rawId);
  if (!id.success) return problemResponse(NOBODY_HERE);
  const key = await recipientKeyOf(deps.naming, tenant, id.data);
  if (!(await deps.profile(tenant, key)).known && !(await deps.knowsRecipient(tenant, key))) return problemResponse(NOBODY_HERE);
  await deps.audit(tenant, [auditEntryOf(caller, "recipient.erase", key)]);
  await deps.eraseCopies(tenant, key, await deps.erase(tenant, key));
  return new Response(null, { status: 204 });
}
