import * as z from "zod";
import type { NewKey } from "../store/keys.ts";
import type { NewTenant } from "../store/tenants.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { plainText, tenantId } from "../vocabulary/identifiers.ts";
import { type RootDeps, refusedAsRoot } from "./authenticate.ts";
import { type FreshKeyDeps, freshKey } from "./fresh-key.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

const newTenant = z.strictObject({ id: tenantId, name: plainText(100).optional() });

export interface CreateTenantDeps extends FreshKeyDeps, RootDeps {
  /** With the entry in one transaction; false where the tenant exists already, and then nothing is written. */
  readonly insertTenant: (tenant: NewTenant, key: NewKey, entry: AuditEntry) => Promise<boolean>;
}

/** `POST /v1/tenants`, with the deployment's ROOT_KEY: a tenant and its first admin key, which is shown this once. */
export async function createTenant(request: Request, deps: CreateTenantDeps): Promise<Response> {
  const refused = await refusedAsRoot(request, deps);
  if (refused) return problemResponse(refused.problem);
  const body = await readJson(request, newTenant, "The tenant");
  if (!body.ok) return problemResponse(body.problem);
  const { id, name } = body.value;
  const fresh = await freshKey(id, deps);
  const key: NewKey = { id: fresh.id, tenant: id, hash: fresh.hash, name: "first key", scopes: ["admin"], created_by: "root" };
  const entry: AuditEntry = { actor: "root", action: "tenant.create", target: id, detail: { key: fresh.id, scopes: [...key.scopes] } };
  const created = await deps.insertTenant({ id, name: name ?? id }, key, entry);
  if (!created)
    return problemResponse(problemOf("conflict", `The tenant ${id} exists already; its first key was shown when it was created.`));
  return Response.json({ tenant: id, key: fresh.text }, { status: 201 });
}
