import type { Caller } from "./authenticate.ts";
import { summaryOf } from "./catalog-summary.ts";
import { prepareVersion } from "./prepare-version.ts";
import { problemResponse } from "./problem.ts";
import { type PublishDeps, publish, publishQuery } from "./publish-catalog.ts";
import { readCatalogBody } from "./read-catalog-body.ts";
import { parametersOf, parseAs } from "./read-json.ts";

/** `PUT /v1/catalog?note=`: validated as a whole, then stored as a new version that is in force everywhere within 10 s. */
export async function putCatalog(request: Request, caller: Caller, deps: PublishDeps): Promise<Response> {
  const query = parseAs(publishQuery, parametersOf(request), "The query");
  if (!query.ok) return problemResponse(query.problem);
  const value = await readCatalogBody(request);
  if (!value.ok) return problemResponse(value.problem);
  const prepared = await prepareVersion(value.value, caller.tenant, deps);
  return publish(request, caller, { note: query.value.note, once: true }, async () => prepared, deps);
}

/** `POST /v1/catalog/check`: what `PUT /v1/catalog` would say of the same body, and what it would change. Nothing is written. */
export async function postCheck(request: Request, { tenant }: Caller, deps: PublishDeps): Promise<Response> {
  const value = await readCatalogBody(request);
  if (!value.ok) return problemResponse(value.problem);
  const prepared = await prepareVersion(value.value, tenant, deps);
  if (!prepared.ok) return problemResponse(prepared.problem);
  const standing = await deps.standingCatalog(tenant);
  const before = standing && (await deps.findManifest(tenant, standing.version));
  return Response.json({
    valid: true,
    ...(standing ? { against: standing.version } : {}),
    summary: summaryOf(prepared.value.manifest, before),
  });
}
