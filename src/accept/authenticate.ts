import type { ApiKey, KeyScope } from "../store/keys.ts";
import { clientAddressOf } from "../support/client-address.ts";
import { equalSecrets } from "../support/hashing.ts";
import type { KeyLimits } from "./key-limits.ts";
import { fine, type Outcome, problemOf, type Rejected, wrong } from "./problem.ts";

/** Who calls, once its key is known to be right. */
export interface Caller {
  readonly tenant: string;
  /** The id of its key. */
  readonly key: string;
  readonly scopes: readonly KeyScope[];
  /** Left out where the key is limited by its scopes alone. */
  readonly limits?: KeyLimits;
}

export interface AuthenticateDeps {
  readonly now: () => number;
  /** The stored key with this id, from a cache of at most 10 s. */
  readonly findKey: (id: string) => Promise<ApiKey | undefined>;
  readonly hashSecret: (secret: string) => Promise<string>;
  /** Counts a request of this key; false where it has made too many. */
  readonly withinKeyRate: (id: string) => Promise<boolean>;
  /** Counts an attempt from this address; false where it has made too many. */
  readonly withinAddressRate: (address: string) => Promise<boolean>;
}

const WANTED = "Send the header `Authorization: Bearer <key>` with a key of this deployment.";
const ROOT_WANTED = "Send the header `Authorization: Bearer <ROOT_KEY>` with the deployment's root key.";
const KEY_FORM = /^ck_([a-z0-9]{2,32})_([A-Za-z0-9-]{16})_([A-Za-z0-9_-]{43})$/;
/** The periods of the two limits (wrangler.toml); their bindings do not tell how much of it is left. */
const KEY_PERIOD_SECONDS = 10;
const ADDRESS_PERIOD_SECONDS = 60;

/** The secret of an `Authorization: Bearer …` header. */
export function bearerOf(request: Request): string | undefined {
  return request.headers.get("authorization")?.match(/^Bearer +(\S+) *$/i)?.[1];
}

/** Whether a key has ended. */
export function isOver({ expires_at, revoked_at }: ApiKey, now: number): boolean {
  return revoked_at !== undefined || (expires_at !== undefined && expires_at <= now);
}

/**
 * Finds the caller by its key. An unknown key, one that is over and a wrong secret look and cost the same from outside, and many of
 * them from one address are answered by 429; a right key is never refused for what others do from its address.
 */
export async function authenticate(request: Request, scope: KeyScope, deps: AuthenticateDeps): Promise<Outcome<Caller>> {
  const [, tenant = "", id = "", secret = ""] = bearerOf(request)?.match(KEY_FORM) ?? [];
  const [key, hash] = id ? await Promise.all([deps.findKey(id), deps.hashSecret(secret)]) : [];
  const right = hash !== undefined && (await equalSecrets(hash, key?.hash ?? ""));
  if (!key || !right || key.tenant !== tenant || isOver(key, deps.now())) return stranger(request, deps);
  if (!(await deps.withinKeyRate(id))) return tooMany("The key makes more requests than it may; send fewer at a time.", KEY_PERIOD_SECONDS);
  if (!allows(key.scopes, scope)) return wrong("forbidden", `The key has the scopes ${key.scopes.join(", ")}; this needs ${scope}.`);
  const { scopes, notices, event_types } = key;
  const limits = { ...(notices ? { notices } : {}), ...(event_types ? { event_types } : {}) };
  return fine({ tenant, key: id, scopes, ...(notices || event_types ? { limits } : {}) });
}

/** Whether scopes allow what needs this one: admin is everything but to see what is masked. */
export function allows(scopes: readonly KeyScope[], scope: KeyScope): boolean {
  return scopes.includes(scope) || (scope !== "unmask" && scopes.includes("admin"));
}

export interface RootDeps extends Pick<AuthenticateDeps, "withinAddressRate"> {
  readonly rootKey: string;
}

/** Undefined where the deployment's root key asks. Every attempt counts, so that a short one cannot be tried out. */
export async function refusedAsRoot(request: Request, deps: RootDeps): Promise<Rejected | undefined> {
  if (!(await withinAddressRate(request, deps))) return tooManyAttempts();
  return (await equalSecrets(bearerOf(request) ?? "", deps.rootKey)) ? undefined : wrong("unauthorized", ROOT_WANTED);
}

async function stranger(request: Request, deps: AuthenticateDeps): Promise<Rejected> {
  return (await withinAddressRate(request, deps)) ? wrong("unauthorized", WANTED) : tooManyAttempts();
}

async function withinAddressRate(request: Request, deps: Pick<AuthenticateDeps, "withinAddressRate">): Promise<boolean> {
  const address = clientAddressOf(request);
  return address === undefined || (await deps.withinAddressRate(address));
}

function tooManyAttempts(): Rejected {
  return tooMany("Too many requests without a valid key came from this address.", ADDRESS_PERIOD_SECONDS);
}

function tooMany(detail: string, seconds: number): Rejected {
  return { ok: false, problem: { ...problemOf("too-many-requests", detail), retry_after: seconds } };
}
