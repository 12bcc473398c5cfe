import * as z from "zod";
import type { NewKey } from "../store/keys.ts";
import { plainText } from "../vocabulary/identifiers.ts";
import { type RootDeps, refusedAsRoot } from "./authenticate.ts";
import { answerOf, type ChangeKeysDeps } from "./change-keys.ts";
import { creation } from "./decide-keys.ts";
import { freshKey } from "./fresh-key.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { readOptions } from "./read-json.ts";

export interface CreateRootKeyDeps extends ChangeKeysDeps, RootDeps {
  readonly isTenant: (id: string) => Promise<boolean>;
}

const body = z.strictObject({ name: plainText(100).optional() });

/** `POST /v1/tenants/{id}/keys`, with the deployment's ROOT_KEY: a fresh admin key for a tenant that lost its own. */
export async function createRootKey(request: Request, tenant: string, deps: CreateRootKeyDeps): Promise<Response> {
  const refused = await refusedAsRoot(request, deps);
  if (refused) return problemResponse(refused.problem);
  const asked = await readOptions(request, body, "The key");
  if (!asked.ok) return problemResponse(asked.problem);
  if (!(await deps.isTenant(tenant))) return problemResponse(problemOf("not-found", "There is no tenant with this id."));
  const fresh = await freshKey(tenant, deps);
  const made: NewKey = {
    id: fresh.id,
    tenant,
    hash: fresh.hash,
    name: asked.value.name ?? "made with the root key",
    scopes: ["admin"],
    created_by: "root",
  };
  const now = deps.now();
  return answerOf(await deps.changeKeys(tenant, () => creation([], made, now)), fresh);
}
