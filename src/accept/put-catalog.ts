import type { Catalog } from "../vocabulary/catalog.ts";
import { catalog } from "../vocabulary/catalog.ts";
import type { Caller } from "./authenticate.ts";
import type { CarrierDeps } from "./check-carriers.ts";
import { checkCatalog } from "./check-catalog.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

/** A version is one row of D1, which may have 2 MB. */
export const CATALOG_MAX_BYTES = 1024 * 1024;

export interface PutCatalogDeps extends CarrierDeps {
  /** Writes the next version and makes it the one in force. Answers the version. */
  readonly insertCatalog: (tenant: string, catalog: Catalog) => Promise<number>;
}

/** `PUT /v1/catalog`: validated as a whole, then stored as a new version that is in force everywhere within 10 s. */
export async function putCatalog(request: Request, { tenant }: Caller, deps: PutCatalogDeps): Promise<Response> {
  const body = await readJson(request, catalog, "The catalog", CATALOG_MAX_BYTES);
  if (!body.ok) return problemResponse(body.problem);
  const issues = checkCatalog(body.value, tenant, deps);
  if (issues.length > 0) {
    const places = `${issues.length} ${issues.length === 1 ? "place" : "places"}`;
    return problemResponse(problemOf("invalid", `The catalog is not valid in ${places}; nothing was published.`, issues));
  }
  const version = await deps.insertCatalog(tenant, body.value);
  return Response.json({ version }, { headers: { etag: `"${version}"` } });
}
