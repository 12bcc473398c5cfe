import pLimit from "p-limit";
import * as z from "zod";
import type { ChangeAnswer } from "../admit/change-profiles.ts";
import { copyOf } from "../admit/copies.ts";
import type { AdmitCommand } from "../admit/recipient-commands.ts";
import { issuesOf } from "../support/issues.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { wholeRecipient } from "../vocabulary/recipient.ts";
import { preferencesOf } from "./admit-all.ts";
import { actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { addressee } from "./draft-event.ts";
import { homeCountryOf } from "./home-country-of.ts";
import { AT_ONCE, importLines, linePlace, openImport, type TriedDeps, tried } from "./import-lines.ts";
import type { PatchRecipientDeps } from "./patch-recipient.ts";
import { type PreparedProfile, prepareProfile } from "./prepare-profile.ts";
import { problemResponse } from "./problem.ts";
import type { Fate, ReadLine } from "./take-lines.ts";

export interface ImportRecipientsDeps extends PatchRecipientDeps, TriedDeps {}

const query = z.strictObject({ ...linePlace, how: z.enum(["replace", "merge"]).default("replace") });

interface ImportedPerson {
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
    read: (value: unknown) => readPerson(value, { tenant, how, country }, deps),
    keep: (people: readonly ImportedPerson[]) => keepPeople(people, caller, deps),
  };
  return importLines(request, place, steps);
}

const named = z.looseObject({ id: callerId });

/** Preferences must say when: the same line again must not be a newer word. */
async function readPerson(
  value: unknown,
  { tenant, how, country }: { readonly tenant: string; readonly how: "replace" | "merge"; readonly country: string | undefined },
  deps: ImportRecipientsDeps,
): Promise<ReadLine<ImportedPerson>> {
  const whose = named.safeParse(value);
  const id = whose.success ? { id: whose.data.id } : {};
  const parsed = wholeRecipient.safeParse(value);
  if (!parsed.success) return { ...id, ok: false, issues: issuesOf(parsed.error) };
  const place = { tenant, id: parsed.data.id, how, country, at: undefined, path: [] };
  const prepared = await prepareProfile(parsed.data, place, deps);
  if (!prepared.ok) return { ...id, ok: false, issues: prepared.issues };
  return { ...id, ok: true, item: { recipient: await addressee(parsed.data.id, tenant, deps), prepared } };
}

/** Proofs of "in" first, then each Recipient with all of its lines, then the copies: in the order that a PUT has. */
async function keepPeople(people: readonly ImportedPerson[], caller: Caller, deps: ImportRecipientsDeps): Promise<Fate[]> {
  const { tenant } = caller;
  const by = actorOf(caller);
  const preferences = people.flatMap(({ recipient, prepared }) =>
    preferencesOf({ recipient, preferences: prepared.preferences }, tenant, by),
  );
  const nobody = people.map((): Fate => "unavailable");
  if (!(await tried(() => deps.keepProofs(preferences.filter(({ state }) => state === "in")), deps, { tenant }))) return nobody;
  const limit = pLimit(AT_ONCE);
  const answers = new Map<string, ChangeAnswer | undefined>();
  const byKey = Map.groupBy(people, ({ recipient }) => recipient.key);
  await Promise.all(
    [...byKey].map(([key, lines]) =>
      limit(async () => {
        const changes = lines.map(({ prepared }) => prepared.change);
        answers.set(key, (await tried(() => deps.change(tenant, key, changes), deps, { tenant, recipient: key }))?.value);
      }),
    ),
  );
  const rows = [...answers].flatMap(([key, answer]) => (answer?.profile ? [copyOf(tenant, key, answer.profile)] : []));
  const kept = preferences.flatMap((row) => {
    const answer = answers.get(row.recipient);
    return answer ? [{ ...row, revision: answer.profile?.revision ?? 0 }] : [];
  });
  if (!(await tried(() => deps.copyRecipients(rows, kept), deps, { tenant }))) return nobody;
  const outcomes = new Map([...answers].map(([key, answer]) => [key, [...(answer?.outcomes ?? [])]]));
  return people.map(({ recipient }): Fate => {
    const outcome = outcomes.get(recipient.key)?.shift();
    return outcome === undefined ? "unavailable" : outcome === "changed" ? "imported" : "unchanged";
  });
}
