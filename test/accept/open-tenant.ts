import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { insertKey, type KeyScope } from "../../src/store/keys.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { keyHashOf } from "../../src/support/names.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

export const ORIGIN = "https://carillon.example";
export const ROOT_KEY = "root-key-of-the-tests";

/** An answer of the Worker, its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** One request to the Worker. A body that is neither text nor bytes is sent as JSON. */
export async function ask(
  method: string,
  path: string,
  key?: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const sent = body === undefined ? {} : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const response = await exports.default.fetch(`${ORIGIN}${path}`, { method, headers: { ...authorization, ...type, ...headers }, ...sent });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A tenant with a published catalog. */
export interface OpenTenant {
  readonly id: string;
  readonly admin: string;
  readonly post: (events: unknown, key?: string) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  readonly put: (path: string, body: unknown) => Promise<Answer>;
  /** A key of lesser scopes, as an admin would make it. */
  readonly keyWith: (...scopes: KeyScope[]) => Promise<string>;
}

/** Only `shop` and `other` have a carrier's secret in the deployment of the tests. */
export async function openTenant(id: string, catalog: Catalog | null = smallCatalog(id)): Promise<OpenTenant> {
  const made = await ask("POST", "/v1/tenants", ROOT_KEY, { id });
  expect(made.status).toBe(201);
  const admin = String(made.body !== null && typeof made.body === "object" ? Reflect.get(made.body, "key") : "");
  if (catalog) expect(await ask("PUT", "/v1/catalog", admin, catalog)).toMatchObject({ status: 200, body: { version: 1 } });
  let keys = 0;
  return {
    id,
    admin,
    post: (events, key = admin) => ask("POST", "/v1/events", key, events),
    get: (path) => ask("GET", path, admin),
    put: (path, body) => ask("PUT", path, admin, body),
    async keyWith(...scopes) {
      const keyId = `${id}-${String(++keys).padStart(15 - id.length, "0")}`;
      const secret = "s".repeat(43);
      const naming = await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64")));
      const hash = await keyHashOf(naming, secret);
      await insertKey(env.DB, { id: keyId, tenant: id, hash, name: "", scopes, created_by: "root" }, 0);
      return `ck_${id}_${keyId}_${secret}`;
    },
  };
}
