import * as z from "zod";
import type { Held } from "../admit/recipient-commands.ts";
import type { HistoryCursor, KeptEntry } from "../store/preferences.ts";
import { isoOf } from "../support/clock.ts";
import { recipientKeyOf } from "../support/names.ts";
import { contextOf } from "../support/sealing.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { type AuditDeps, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { maskIp } from "./mask-ip.ts";
import { NOBODY_HERE } from "./nobody-here.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import type { ProfileDeps } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import { shownHeld } from "./put-preferences.ts";
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
const OF_HISTORY = "is about the history: ask for history=true too, or leave it out";
const place = cursor(z.tuple([z.string(), z.string(), z.string(), z.string()]));
const query = z
  .strictObject({ history: z.literal("true", "must be true, or left out").optional(), unmask, cursor: place.optional() })
  .refine(({ history, cursor: after }) => history || after === undefined, { path: ["cursor"], message: OF_HISTORY })
  .refine(({ history, unmask: inClear }) => history || !inClear, { path: ["unmask"], message: OF_HISTORY });

/**
 * `GET /v1/recipients/{id}/preferences`: the entries that count now, as the Recipient has them; with `?history=true` also all that were
 * ever written to D1, newest first, with their proofs.
 */
export async function showPreferences(request: Request, rawId: string, caller: Caller, deps: ShowPreferencesDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const { history, cursor: after } = asked.value;
  const inClear = mayUnmask(caller, asked.value.unmask);
  if (!inClear.ok) return problemResponse(inClear.problem);
  const { tenant } = caller;
  const id = callerId.safeParse(rawId);
  if (!id.success) return problemResponse(NOBODY_HERE);
  const key = await recipientKeyOf(deps.naming, tenant, id.data);
  const held = await deps.profile(tenant, key);
  if (!held.profile && held.preferences.length === 0) return problemResponse(NOBODY_HERE);
  const current = { id: id.data, ...shownHeld(held) };
  if (!history) return Response.json(current);
  const found = await deps.preferencesOfRecipient(tenant, key, after, PAGE + 1);
  const page = found.slice(0, PAGE);
  const last = found.length > PAGE ? page.at(-1) : undefined;
  const open = rowOpener(tenant);
  const entries = await Promise.all(
    page.map((entry) => shownEntry(entry, inClear.value, (ip) => open(key, () => deps.sealer.open(ip, contextOf(tenant, "ip"))))),
  );
  // The audit has what is shown in clear, and where there is no address of the network that is nothing.
  if (inClear.value && page.some(({ ip }) => ip !== undefined))
    await deps.audit(tenant, [auditEntryOf(caller, "recipient.unmask", key, { of: "preferences" })]);
  return Response.json({
    ...current,
    history: entries,
    ...(last ? { next: cursorOf(last.at, last.scope, last.channel, last.state) } : {}),
  });
}

async function shownEntry(
  { ip, recorded_at, source, wording_version, recorded_by, ...entry }: KeptEntry,
  inClear: boolean,
  open: (ip: string) => Promise<string | undefined>,
): Promise<object> {
  const opened = ip === undefined ? undefined : await open(ip);
  return {
    ...entry,
    recorded_at: isoOf(recorded_at),
    recorded_by,
    proof: source === undefined ? undefined : { source, wording_version, ip: opened && !inClear ? maskIp(opened) : opened },
    ...(ip === undefined || opened !== undefined ? {} : UNREADABLE),
  };
}
