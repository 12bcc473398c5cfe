import * as z from "zod";
import { auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { unmatched } from "./if-match.ts";
import { NO_CATALOG } from "./no-catalog.ts";
import { prepareVersion } from "./prepare-version.ts";
import { fine, type Outcome, problemOf, problemResponse } from "./problem.ts";
import { type CatalogChange, type InForce, inForceResponse, type PublishDeps, standingValue } from "./publish-catalog.ts";
import { readJson } from "./read-json.ts";

const activation = z.strictObject({ version: z.number().int().min(1) });

/**
 * `POST /v1/catalog/activate`: puts a version in force that was published before. It is held to today's rules, since a secret that it
 * names may be gone. `If-Match` is looked at before all of that, and once more when it is written.
 */
export async function activateCatalog(request: Request, caller: Caller, deps: PublishDeps): Promise<Response> {
  const body = await readJson(request, activation, "The activation");
  if (!body.ok) return problemResponse(body.problem);
  const { version } = body.value;
  const { tenant } = caller;
  const standing = await deps.standingCatalog(tenant);
  const early = unmatched(request, standing?.version);
  if (early) return problemResponse(early.problem);
  if (!(await deps.findManifest(tenant, version))) {
    const detail = "is not a version of this tenant's catalog; GET /v1/catalog/versions lists them";
    const why = standing ? "There is no such version." : NO_CATALOG;
    return problemResponse(problemOf("invalid", why, [{ pointer: "/version", detail }]));
  }
  const { settings, notices } = await standingValue(tenant, version, deps);
  const what = `Version ${version} is not put in force: it`;
  const checked = await prepareVersion({ ...settings, notices: Object.fromEntries(notices) }, tenant, deps, what);
  if (!checked.ok) return problemResponse(checked.problem);
  const outcome = await deps.changeCatalog(tenant, async (): Promise<CatalogChange<Outcome<InForce>>> => {
    const standing = await deps.standingCatalog(tenant);
    const refused = unmatched(request, standing?.version);
    if (refused) return { entries: [], answer: refused };
    if (standing?.version === version) return { entries: [], answer: fine({ version, unchanged: true }) };
    const entry = auditEntryOf(caller, "catalog.activate", String(version), { before: standing?.version ?? null });
    return { activate: version, entries: [entry], answer: fine({ version }) };
  });
  return outcome.ok ? inForceResponse(outcome.value) : problemResponse(outcome.problem);
}
