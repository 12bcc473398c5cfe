import * as z from "zod";
import type { Held } from "../admit/recipient-commands.ts";
import type { HistoryCursor, KeptEntry } from "../store/preferences.ts";
import { base64urlOf, bytesOf } from "../support/base64.ts";
import { isoOf } from "../support/clock.ts";
import { recipientKeyOf } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { maskIp } from "./mask-ip.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { shownPreference } from "./put-preferences.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import { mayUnmask, unmask } from "./unmask.ts";

export interface ShowPreferencesDeps extends ProfileDeps, AuditDeps {
  readonly profile: (tenant: string, recipientKey: string) => Promise<Held>;
  readonly preferencesOfRecipient: (
    tenant: string,
    recipientKey: string,
    after: HistoryCursor | undefined,
    limit: number,
  ) => Promise<readonly KeptEntry[]>;
}

const PAGE = 100;
const yes = z.literal("true", "must be true, or left out");
const cursorParts = z.tuple([z.string(), z.string(), z.string(), z.string()]);
const cursor = z.string().transform((text, context): HistoryCursor => {
  try {
    return cursorParts.parse(JSON.parse(new TextDecoder().decode(bytesOf(text))));
  } catch {
    context.addIssue({ code: "custom", message: "is not a cursor that this list gave; begin without one" });
    return z.NEVER;
  }
});
const query = z.strictObject({ history: yes.optional(), unmask, cursor: cursor.optional() });

/**
 * `GET /v1/recipients/{id}/preferences`: the entries that count now, as the Recipient has them; with `?history=true` also all that were
 * ever written to D1, newest first, with their proofs.
 */
export async function showPreferences(request: Request, rawId: string, caller: Caller, deps: ShowPreferencesDeps): Promise<Response> {
  const id = parseAs(callerId, rawId, "The recipient's id");
  if (!id.ok) return problemResponse(id.problem);
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { history, cursor: after } = asked.value;
  const inClear = mayUnmask(caller, asked.value.unmask);
  if (!inClear.ok) return problemResponse(inClear.problem);
  const { tenant } = caller;
  const key = await recipientKeyOf(deps.naming, tenant, id.value);
  const { profile, preferences, uncopied_since } = await deps.profile(tenant, key);
  if (!profile && preferences.length === 0) return problemResponse(problemOf("not-found", "There is no recipient with this id."));
  const current = {
    id: id.value,
    preferences: preferences.map(shownPreference),
    ...(uncopied_since === undefined ? {} : { uncopied_since: isoOf(uncopied_since) }),
  };
  if (!history) return Response.json(current);
  if (inClear.value) await deps.audit(tenant, [auditEntryOf(caller, "recipient.unmask", key, { of: "preferences" })]);
  const found = await deps.preferencesOfRecipient(tenant, key, after, PAGE + 1);
  const page = found.slice(0, PAGE);
  const last = found.length > PAGE ? page.at(-1) : undefined;
  const entries = await Promise.all(page.map((entry) => shownEntry(entry, inClear.value, tenant, deps)));
  return Response.json({ ...current, history: entries, ...(last ? { next: cursorOf(last) } : {}) });
}

function cursorOf({ at, scope, channel, state }: KeptEntry): string {
  const place: HistoryCursor = [at, scope, channel, state];
  return base64urlOf(new TextEncoder().encode(JSON.stringify(place)));
}

async function shownEntry(
  { ip, recorded_at, source, wording_version, recorded_by, ...entry }: KeptEntry,
  inClear: boolean,
  tenant: string,
  { sealer }: ProfileDeps,
): Promise<object> {
  const opened = ip === undefined ? undefined : await sealer.open(ip, contextOf(tenant, "ip"));
  return {
    ...entry,
    recorded_at: isoOf(recorded_at),
    recorded_by,
    proof: source === undefined ? undefined : { source, wording_version, ip: opened && !inClear ? maskIp(opened) : opened },
  };
}
