import pLimit from "p-limit";
import * as z from "zod";
import type { Preferred } from "../admit/recipient-commands.ts";
import type { PreferenceRow } from "../store/preferences.ts";
import { issueAt, issuesOf } from "../support/issues.ts";
import { callerId } from "../vocabulary/identifiers.ts";
import { consentProof, preference } from "../vocabulary/recipient.ts";
import { preferencesOf } from "./admit-all.ts";
import { actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { copyEntries } from "./copy-recipient.ts";
import { addressee } from "./draft-event.ts";
import { AT_ONCE, importLines, linePlace, openImport, type TriedDeps, tried } from "./import-lines.ts";
import { NO_ROOM, takenOf } from "./no-room.ts";
import { keptPreferenceOf, preparePreferences } from "./prepare-preferences.ts";
import { problemResponse } from "./problem.ts";
import type { PutPreferencesDeps } from "./put-preferences.ts";
import type { Fate, ReadLine } from "./take-lines.ts";

export interface ImportPreferencesDeps extends PutPreferencesDeps, TriedDeps {}

const query = z.strictObject(linePlace);

/** A claim about the past: every entry says when, and an "in" how the person said so. What an export adds is taken and not looked at. */
const importedLine = preference
  .extend({ recipient: callerId, ...consentProof.partial({ source: true }).shape, recorded_at: z.string().optional() })
  .refine(({ state, source }) => state === "out" || source !== undefined, {
    path: ["source"],
    message: 'is missing: an "in" counts only with its proof',
  });

interface ImportedEntry {
  readonly recipient: Awaited<ReturnType<typeof addressee>>;
  readonly row: PreferenceRow;
}

/**
 * `POST /v1/preferences/import?first=&after=`: entries as NDJSON, one a line, mostly "in"s that were given elsewhere. The answer is NDJSON,
 * written while the body is read: a line for each that is wrong, `through` after each pack that is in force, and `done`.
 */
export async function importPreferences(request: Request, caller: Caller, deps: ImportPreferencesDeps): Promise<Response> {
  const place = openImport(request, query);
  if (!place.ok) return problemResponse(place.problem);
  await deps.audit(caller.tenant, [auditEntryOf(caller, "preferences.import", "", place.value)]);
  const steps = {
    read: (value: unknown) => readEntry(value, caller, deps),
    keep: (entries: readonly ImportedEntry[]) => keepEntries(entries, caller.tenant, deps),
  };
  return importLines(request, place.value, steps);
}

const named = z.looseObject({ recipient: callerId });

async function readEntry(value: unknown, caller: Caller, deps: ImportPreferencesDeps): Promise<ReadLine<ImportedEntry>> {
  const { tenant } = caller;
  const whose = named.safeParse(value);
  const id = whose.success ? { id: whose.data.recipient } : {};
  const parsed = importedLine.safeParse(value);
  if (!parsed.success) return { ...id, ok: false, issues: issuesOf(parsed.error) };
  const { recipient: name, source, wording_version, ip, recorded_at: _, ...entry } = parsed.data;
  const proof = source === undefined ? {} : { proof: { source, ...defined({ wording_version, ip }) } };
  const prepared = await preparePreferences([{ ...entry, ...proof }], { tenant, at: undefined, path: [] }, [], deps.sealer);
  const recipient = await addressee(name, tenant, deps);
  const [row] = preferencesOf({ recipient, preferences: prepared }, tenant, actorOf(caller));
  if (!row) throw new Error("an entry with a time was not prepared");
  return { ...id, ok: true, item: { recipient, row } };
}

function defined(proof: { readonly wording_version: string | undefined; readonly ip: string | undefined }) {
  return {
    ...(proof.wording_version === undefined ? {} : { wording_version: proof.wording_version }),
    ...(proof.ip === undefined ? {} : { ip: proof.ip }),
  };
}

/** Proofs of a pack first, then each Recipient with all of its entries, then copies: in the order that a PUT has. */
async function keepEntries(entries: readonly ImportedEntry[], tenant: string, deps: ImportPreferencesDeps): Promise<Fate[]> {
  const ins = entries.map(({ row }) => row).filter(({ state }) => state === "in");
  if (!(await tried(() => deps.keepProofs(ins), deps, { tenant }))) return entries.map(() => "unavailable");
  const limit = pLimit(AT_ONCE);
  const recipients = [...Map.groupBy(entries, ({ recipient }) => recipient.key)];
  const told = await Promise.all(recipients.map(([, own]) => limit(() => tellOwn(own, tenant, deps))));
  const taken = new Map(
    recipients.flatMap(([key, own], at) => {
      const held = told[at];
      return held ? [[key, takenOf(own, held.refused).map(({ row }) => ({ ...row, revision: held.revision }))] as const] : [];
    }),
  );
  const at = (kind: "refused" | "unchanged") =>
    new Set(recipients.flatMap(([, own], place) => (told[place]?.[kind] ?? []).map((one) => own[one])));
  const [refused, unchanged] = [at("refused"), at("unchanged")];
  const kept = await copyEntries(tenant, taken, deps);
  return entries.map((entry): Fate => {
    if (!kept.has(entry.recipient.key)) return "unavailable";
    if (refused.has(entry)) return [issueAt([], NO_ROOM)];
    return unchanged.has(entry) ? "unchanged" : "imported";
  });
}

/** What the Recipient answers; undefined where it cannot be asked, which spoils its own lines and no others. */
async function tellOwn(own: readonly ImportedEntry[], tenant: string, deps: ImportPreferencesDeps): Promise<Preferred | undefined> {
  const [first] = own;
  if (!first) return undefined;
  const { key, sealed } = first.recipient;
  const entries = own.map(({ row }) => keptPreferenceOf(row));
  return (await tried(() => deps.prefer(tenant, key, sealed, entries), deps, { tenant, recipient: key }))?.value;
}
