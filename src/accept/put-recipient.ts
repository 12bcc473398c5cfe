import { callerId } from "../vocabulary/identifiers.ts";
import { recipientInput } from "../vocabulary/recipient.ts";
import { preferencesOf } from "./admit-all.ts";
import { actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { copyRecipient } from "./copy-recipient.ts";
import { addressee } from "./draft-event.ts";
import { homeCountryOf } from "./home-country-of.ts";
import { refusedForRoom, takenOf } from "./no-room.ts";
import type { PatchRecipientDeps } from "./patch-recipient.ts";
import { prepareProfile } from "./prepare-profile.ts";
import { problemOf, problemResponse } from "./problem.ts";
import type { PutPreferencesDeps } from "./put-preferences.ts";
import { parseAs, readJson } from "./read-json.ts";
import { scopesIn, type WarnDeps, warningsOf } from "./warn-unknown.ts";

export type PutRecipientDeps = PatchRecipientDeps & WarnDeps & Pick<PutPreferencesDeps, "keepProofs" | "now">;

/**
 * `PUT /v1/recipients/{id}`: the whole profile; preferences are appended. An "in" is proven in D1 before the Recipient
 * counts it; an "out" counts in the Recipient before D1 has its copy. What cannot be copied now, the Recipient copies later.
 */
export async function putRecipient(request: Request, rawId: string, caller: Caller, deps: PutRecipientDeps): Promise<Response> {
  const { tenant } = caller;
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const body = await readJson(request, recipientInput, "The recipient");
  if (!body.ok) return problemResponse(body.problem);
  const country = await homeCountryOf(tenant, deps);
  const place = { tenant, id: id.value, how: "replace" as const, country, at: deps.now(), path: [] };
  const prepared = await prepareProfile(body.value, place, deps);
  if (!prepared.ok)
    return problemResponse(problemOf("invalid", "The recipient is not valid; see errors for where and why.", prepared.issues));

  const recipient = await addressee(id.value, tenant, deps);
  const preferences = preferencesOf({ recipient, preferences: prepared.preferences }, tenant, actorOf(caller));
  await deps.audit(tenant, [auditEntryOf(caller, "recipient.put", recipient.key)]);
  await deps.keepProofs(preferences.filter(({ state }) => state === "in"));
  const { profile, refused } = await deps.change(tenant, recipient.key, [prepared.change]);
  const taken = takenOf(preferences, refused?.[0]).map((row) => ({ ...row, revision: profile?.revision }));
  const copied = await copyRecipient(tenant, recipient.key, profile, taken, deps);
  if (refused?.[0]?.length) return refusedForRoom(refused[0]);
  const warnings = await warningsOf(scopesIn(body.value.preferences), tenant, deps);
  return Response.json({ id: id.value, revision: profile?.revision, copied, ...warnings });
}
