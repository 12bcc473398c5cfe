import * as z from "zod";
import type { ApiKey } from "../store/keys.ts";
import type { NewTenant } from "../store/tenants.ts";
import { equalSecrets } from "../support/hashing.ts";
import type { AuditEntry } from "../vocabulary/audit.ts";
import { tenantId } from "../vocabulary/identifiers.ts";
import { bearerOf } from "./authenticate.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readJson } from "./read-json.ts";

const newTenant = z.strictObject({ id: tenantId, name: z.string().min(1).max(100).optional() });

export interface CreateTenantDeps {
  readonly rootKey: string;
  readonly randomToken: (bytes: number) => string;
  readonly hashSecret: (secret: string) => Promise<string>;
  /** With the entry in one transaction; false where the tenant exists already, and then nothing is written. */
  readonly insertTenant: (tenant: NewTenant, key: ApiKey, entry: AuditEntry) => Promise<boolean>;
}

/** `POST /v1/tenants`, with the deployment's ROOT_KEY: a tenant and its first admin key, which is shown this once. */
export async function createTenant(request: Request, deps: CreateTenantDeps): Promise<Response> {
  if (!(await equalSecrets(bearerOf(request) ?? "", deps.rootKey))) {
    return problemResponse(problemOf("unauthorized", "Send the header `Authorization: Bearer <ROOT_KEY>` with the deployment's root key."));
  }
  const body = await readJson(request, newTenant, "The tenant");
  if (!body.ok) return problemResponse(body.problem);
  const { id, name } = body.value;
  const keyId = deps.randomToken(12).replaceAll("_", "-");
  const secret = deps.randomToken(32);
  const key: ApiKey = { id: keyId, tenant: id, hash: await deps.hashSecret(secret), scopes: ["admin"] };
  const entry: AuditEntry = { actor: "root", action: "tenant.create", target: id, detail: { key: keyId, scopes: [...key.scopes] } };
  const created = await deps.insertTenant({ id, name: name ?? id }, key, entry);
  if (!created)
    return problemResponse(problemOf("conflict", `The tenant ${id} exists already; its first key was shown when it was created.`));
  return Response.json({ tenant: id, key: `ck_${id}_${keyId}_${secret}` }, { status: 201 });
}
