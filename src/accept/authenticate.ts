import type { ApiKey, KeyScope } from "../store/keys.ts";
import { equalSecrets } from "../support/hashing.ts";
import { fine, type Outcome, wrong } from "./problem.ts";

/** Who calls, once its key is known to be right. */
export interface Caller {
  readonly tenant: string;
  /** The id of its key. */
  readonly key: string;
  readonly scopes: readonly KeyScope[];
}

export interface AuthenticateDeps {
  /** The stored key with this id, from a cache of at most 10 s. */
  readonly findKey: (id: string) => Promise<ApiKey | undefined>;
  readonly hashSecret: (secret: string) => Promise<string>;
}

const WANTED = "Send the header `Authorization: Bearer <key>` with a key of this deployment.";
const KEY_FORM = /^ck_([a-z0-9]{2,32})_([A-Za-z0-9-]{16})_([A-Za-z0-9_-]{43})$/;

/** The secret of an `Authorization: Bearer …` header. */
export function bearerOf(request: Request): string | undefined {
  return request.headers.get("authorization")?.match(/^Bearer +(\S+) *$/i)?.[1];
}

/** Finds the caller by its key. An unknown key and a wrong secret look and cost the same from outside. */
export async function authenticate(request: Request, scope: KeyScope, deps: AuthenticateDeps): Promise<Outcome<Caller>> {
  const [, tenant = "", id = "", secret = ""] = bearerOf(request)?.match(KEY_FORM) ?? [];
  if (!id) return wrong("unauthorized", WANTED);
  const [key, hash] = await Promise.all([deps.findKey(id), deps.hashSecret(secret)]);
  const right = await equalSecrets(hash, key?.hash ?? "");
  if (!key || !right || key.tenant !== tenant) return wrong("unauthorized", WANTED);
  if (!key.scopes.includes(scope) && !key.scopes.includes("admin")) {
    return wrong("forbidden", `The key has the scopes ${key.scopes.join(", ")}; this needs ${scope}.`);
  }
  return fine({ tenant: key.tenant, key: key.id, scopes: key.scopes });
}
