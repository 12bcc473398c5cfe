import * as z from "zod";
import type { NewVersion, StandingCatalog, StoredManifest, StoredNotice } from "../store/catalogs.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { plainText } from "../vocabulary/identifiers.ts";
import { actorOf, auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { changesNothing, summaryOf } from "./catalog-summary.ts";
import type { CarrierDeps } from "./check-carriers.ts";
import { etagOf, unmatched } from "./if-match.ts";
import type { PreparedVersion } from "./prepare-version.ts";
import { fine, type Outcome, problemResponse } from "./problem.ts";

/** A change of what is in force, decided on what stands; with no entries nothing is written. */
export interface CatalogChange<Answer> {
  readonly insert?: NewVersion;
  readonly activate?: number;
  readonly entries: readonly AuditEntry[];
  readonly answer: Answer;
}

export interface PublishDeps extends CarrierDeps {
  readonly now: () => number;
  /** What is in force, read now. */
  readonly standingCatalog: (tenant: string) => Promise<StandingCatalog | undefined>;
  readonly findManifest: (tenant: string, version: number) => Promise<StoredManifest | undefined>;
  /** Texts of notices by hash. */
  readonly findNotices: (tenant: string, hashes: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly keepNotices: (tenant: string, notices: readonly StoredNotice[]) => Promise<void>;
  /** One transaction with its audit; `decide` is asked anew where another change came between. */
  readonly changeCatalog: <Answer>(tenant: string, decide: () => Promise<CatalogChange<Answer>>) => Promise<Answer>;
}

/** Why a version was published; stands in the list of versions. */
export const publishQuery = z.strictObject({
  note: plainText(500).optional(),
});

/** Reads the catalog that stands as plain values, the notices in their order; an empty one where there is none. */
export async function standingValue(tenant: string, version: number | undefined, deps: PublishDeps): Promise<StandingValue> {
  const manifest = (version === undefined ? undefined : await deps.findManifest(tenant, version)) ?? { notices: [] };
  const { notices: listed, ...settings } = manifest;
  const bodies = await deps.findNotices(tenant, [...new Set(listed.map(({ hash }) => hash))]);
  const notices = new Map(listed.map(({ name, hash }) => [name, JSON.parse(bodies.get(hash) ?? "null")]));
  return { settings, notices };
}

export interface StandingValue {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly notices: ReadonlyMap<string, unknown>;
}

/** What is to be published, made for the version that stands. */
export type Prepare = (standing: StandingCatalog | undefined) => Promise<Outcome<PreparedVersion>>;

/**
 * Writes the next version and puts it in force, in one transaction with its audit. It is prepared before the turn of this tenant comes, and
 * once more where another was put in force meanwhile; `once`: what stands makes no difference to it. Where it is what stands, nothing is
 * written, and the version that stands is the answer.
 */
export async function publish(
  request: Request,
  caller: Caller,
  terms: { readonly note: string | undefined; readonly once: boolean; readonly detail?: AuditEntry["detail"] },
  prepare: Prepare,
  deps: PublishDeps,
): Promise<Response> {
  const { tenant } = caller;
  const made = async (standing: StandingCatalog | undefined) => {
    const refused = unmatched(request, standing?.version);
    const prepared = refused ?? (await prepare(standing));
    if (prepared.ok) await deps.keepNotices(tenant, prepared.value.notices);
    return { on: standing?.activation, prepared };
  };
  let { on, prepared } = await made(await deps.standingCatalog(tenant));
  if (!prepared.ok) return problemResponse(prepared.problem);
  const outcome = await deps.changeCatalog(tenant, async (): Promise<CatalogChange<Outcome<InForce>>> => {
    const standing = await deps.standingCatalog(tenant);
    const refused = unmatched(request, standing?.version);
    if (refused) return { entries: [], answer: refused };
    if (standing?.activation !== on && !terms.once) ({ on, prepared } = await made(standing));
    if (!prepared.ok) return { entries: [], answer: prepared };
    const { manifest, text } = prepared.value;
    const summary = summaryOf(manifest, standing && (await deps.findManifest(tenant, standing.version)));
    if (standing && changesNothing(summary)) return { entries: [], answer: fine({ version: standing.version, unchanged: true }) };
    const version = (standing?.newest ?? 0) + 1;
    const row = { version, manifest: text, published_at: deps.now(), published_by: actorOf(caller), note: terms.note ?? null, summary };
    const entry = auditEntryOf(caller, "catalog.publish", String(version), {
      ...summary.counts,
      settings: summary.settings,
      ...terms.detail,
    });
    return { insert: row, activate: version, entries: [entry], answer: fine({ version }) };
  });
  return outcome.ok ? inForceResponse(outcome.value) : problemResponse(outcome.problem);
}

/** The version in force; `unchanged`: it was before. */
export interface InForce {
  readonly version: number;
  readonly unchanged?: true;
}

export function inForceResponse(answer: InForce): Response {
  return Response.json(answer, { headers: { etag: etagOf(answer.version) } });
}
