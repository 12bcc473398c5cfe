import pLimit from "p-limit";
import * as z from "zod";
import type { ChangeAnswer } from "../admit/change-profiles.ts";
import { copyOf } from "../admit/copies.ts";
import type { AdmitCommand } from "../admit/recipient-commands.ts";
import type { PreferenceRow } from "../store/preferences.ts";
import { issuesOf } from "../support/issues.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { importedRecipient } from "../vocabulary/recipient.ts";
import { preferencesOf } from "./admit-all.ts";
import { actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { addressee } from "./draft-event.ts";
import { homeCountryOf } from "./home-country-of.ts";
import { AT_ONCE, importLines, linePlace, openImport, type TriedDeps, tried } from "./import-lines.ts";
import { issuesForRoom, takenOf } from "./no-room.ts";
import type { PatchRecipientDeps } from "./patch-recipient.ts";
import { type PreparedProfile, prepareProfile } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import type { Fate, ReadLine } from "./take-lines.ts";

export interface ImportRecipientsDeps extends PatchRecipientDeps, TriedDeps {}

const query = z.strictObject({ ...linePlace, how: z.enum(["replace", "merge"]).default("replace") });

interface ImportedRecipient {
  readonly recipient: AdmitCommand["recipient"];
  readonly prepared: Extract<PreparedProfile, { ok: true }>;
}

/**
 * `POST /v1/recipients/import?first=&after=&how=`: recipients as NDJSON, each line a profile as `PUT /v1/recipients/{id}` takes it, with its
 * `id`. The answer is NDJSON, written while the body is read.
 */
export async function importRecipients(request: Request, caller: Caller, deps: ImportRecipientsDeps): Promise<Response> {
  const asked = openImport(request, query);
  if (!asked.ok) return problemResponse(asked.problem);
  const { how, ...place } = asked.value;
  const { tenant } = caller;
  const country = await homeCountryOf(tenant, deps);
  await deps.audit(tenant, [auditEntryOf(caller, "recipients.import", "", { how, ...place })]);
  const steps = {
    read: (value: unknown) => readRecipient(value, { tenant, how, country }, deps),
    keep: (recipients: readonly ImportedRecipient[]) => keepRecipients(recipients, caller, deps),
  };
  return importLines(request, place, steps);
}

const named = z.looseObject({ id: callerId });

async function readRecipient(
  value: unknown,
  { tenant, how, country }: { readonly tenant: string; readonly how: "replace" | "merge"; readonly country: string | undefined },
  deps: ImportRecipientsDeps,
): Promise<ReadLine<ImportedRecipient>> {
  const whose = named.safeParse(value);
  const id = whose.success ? { id: whose.data.id } : {};
  const parsed = importedRecipient.safeParse(value);
  if (!parsed.success) return { ...id, ok: false, issues: issuesOf(parsed.error) };
  const place = { tenant, id: parsed.data.id, how, country, at: undefined, path: [] };
  const prepared = await prepareProfile(parsed.data, place, deps);
  if (!prepared.ok) return { ...id, ok: false, issues: prepared.issues };
  return { ...id, ok: true, item: { recipient: await addressee(parsed.data.id, tenant, deps), prepared } };
}

/** Proofs of "in" first, then each Recipient with all of its lines, then the copies: in the order that a PUT has. */
async function keepRecipients(recipients: readonly ImportedRecipient[], caller: Caller, deps: ImportRecipientsDeps): Promise<Fate[]> {
  const { tenant } = caller;
  const proven = ({ recipient, prepared: { preferences } }: ImportedRecipient): PreferenceRow[] =>
    preferencesOf({ recipient, preferences }, tenant, actorOf(caller));
  const nobody = recipients.map((): Fate => "unavailable");
  const ins = recipients.flatMap(proven).filter(({ state }) => state === "in");
  if (!(await tried(() => deps.keepProofs(ins), deps, { tenant }))) return nobody;
  const limit = pLimit(AT_ONCE);
  const asked = await Promise.all(
    [...Map.groupBy(recipients, ({ recipient }) => recipient.key)].map(([key, lines]) =>
      limit(async () => {
        const changes = lines.map(({ prepared }) => prepared.change);
        const answer = (await tried(() => deps.change(tenant, key, changes), deps, { tenant, recipient: key }))?.value;
        return { key, lines, answer };
      }),
    ),
  );
  const rows = asked.flatMap(({ key, answer }) => (answer?.profile ? [copyOf(tenant, key, answer.profile)] : []));
  const kept = asked.flatMap(({ lines, answer }) =>
    answer
      ? lines.flatMap((line, at) =>
          takenOf(proven(line), answer.refused?.[at]).map((row) => ({ ...row, revision: answer.profile?.revision ?? 0 })),
        )
      : [],
  );
  if (!(await tried(() => deps.copyRecipients(rows, kept), deps, { tenant }))) return nobody;
  const fates = new Map(asked.flatMap(({ lines, answer }) => lines.map((line, at) => [line, fateOf(answer, at)] as const)));
  return recipients.map((line) => fates.get(line) ?? "unavailable");
}

function fateOf(answer: ChangeAnswer | undefined, at: number): Fate {
  const outcome = answer?.outcomes[at];
  if (outcome === undefined) return "unavailable";
  const refused = answer?.refused?.[at] ?? [];
  if (refused.length > 0) return issuesForRoom(refused, ["preferences"]);
  return outcome === "changed" ? "imported" : "unchanged";
}
