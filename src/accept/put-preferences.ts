import type { KeptPreference } from "../admit/document.ts";
import type { Held, Preferred } from "../admit/recipient-commands.ts";
import type { PreferenceRow } from "../store/preferences.ts";
import { isoOf } from "../support/clock.ts";
import type { Issue } from "../support/issues.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { preferencesInput } from "../vocabulary/recipient.ts";
import { preferencesOf } from "./admit-all.ts";
import { type AuditDeps, actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { type CopyDeps, copyRecipient } from "./copy-recipient.ts";
import { addressee } from "./draft-event.ts";
import { refusedForRoom, takenOf } from "./no-room.ts";
import { keptPreferenceOf, preparePreferences } from "./prepare-preferences.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import { parseAs, readJson } from "./read-json.ts";
import { scopesIn, type WarnDeps, warningsOf } from "./warn-unknown.ts";

export interface PreferDeps extends CopyDeps, ProfileDeps {
  /** Writes proofs of consent ("in") to D1: they count only once they are there. */
  readonly keepProofs: (proofs: readonly PreferenceRow[]) => Promise<void>;
  readonly prefer: (tenant: string, recipientKey: string, sealed: string, entries: readonly KeptPreference[]) => Promise<Preferred>;
}

export interface PutPreferencesDeps extends PreferDeps, AuditDeps, WarnDeps {
  readonly now: () => number;
}

/**
 * `PUT /v1/recipients/{id}/preferences`: entries are appended, with how the person said so. They count before the answer: an "in" once
 * D1 has its proof, an "out" as soon as the Recipient has it.
 */
export async function putPreferences(request: Request, rawId: string, caller: Caller, deps: PutPreferencesDeps): Promise<Response> {
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const body = await readJson(request, preferencesInput, "The list of preferences");
  if (!body.ok) return problemResponse(body.problem);
  const { tenant } = caller;
  const issues: Issue[] = [];
  const place = { tenant, at: deps.now(), path: ["preferences"] };
  const prepared = await preparePreferences(body.value.preferences, place, issues, deps.sealer);
  const recipient = await addressee(id.value, tenant, deps);
  const ins = prepared.filter(({ state }) => state === "in").length;
  await deps.audit(tenant, [auditEntryOf(caller, "preferences.put", recipient.key, { in: ins, out: prepared.length - ins })]);
  const rows = preferencesOf({ recipient, preferences: prepared }, tenant, actorOf(caller));
  const { held, copied } = await prefer(tenant, recipient, rows, deps);
  if (held.refused) return refusedForRoom(held.refused);
  const warnings = await warningsOf(scopesIn(body.value.preferences), tenant, deps);
  return Response.json({ id: id.value, preferences: held.preferences.map(shownPreference), copied, ...warnings });
}

/**
 * The order of writes that consent stands on. `copied`: D1 has all of it, proofs once more since an erasure may have taken them meanwhile;
 * where not, the Recipient copies it later.
 */
export async function prefer(
  tenant: string,
  recipient: { readonly key: string; readonly sealed: string },
  rows: readonly PreferenceRow[],
  deps: PreferDeps,
): Promise<{ readonly held: Preferred; readonly copied: boolean }> {
  await deps.keepProofs(rows.filter(({ state }) => state === "in"));
  const held = await deps.prefer(tenant, recipient.key, recipient.sealed, rows.map(keptPreferenceOf));
  const taken = takenOf(rows, held.refused).map((row) => ({ ...row, revision: held.revision }));
  return { held, copied: await copyRecipient(tenant, recipient.key, undefined, taken, deps) };
}

/** What somebody holds to, as the outside sees it. */
export function shownHeld({ preferences, uncopied_since }: Held): object {
  return {
    preferences: preferences.map(shownPreference),
    ...(uncopied_since === undefined ? {} : { uncopied_since: isoOf(uncopied_since) }),
  };
}

/** An entry as the outside sees it. */
export function shownPreference({ at, ...entry }: KeptPreference): object {
  return { ...entry, at: isoOf(at) };
}
