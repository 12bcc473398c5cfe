import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { wire } from "../../src/wiring.ts";
import { ask, type OpenTenant, ORIGIN, openTenant, ROOT_KEY } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

/** As wrangler.toml has it. Periods follow the wall clock, so that one may end within a test: counts go past the limit by a whole one. */
const ADDRESS_LIMIT = 100;

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

/** Asks until it is answered otherwise than by `status`, so often at most. */
async function askUntilNot(status: number, most: number, once: () => ReturnType<typeof ask>) {
  for (let at = 0; at < most; at++) {
    const answer = await once();
    if (answer.status !== status) return answer;
  }
  return undefined;
}

const limited = (seconds: number) => ({
  status: 429,
  body: { type: "urn:carillon:problem:too-many-requests", status: 429, detail: expect.any(String), retry_after: seconds },
});

describe("The platform's limits", () => {
  it("answer bad keys from one address by 429 when they are too many, and never a right key from there", async () => {
    const from = { "cf-connecting-ip": "192.0.2.1" };
    const answer = await askUntilNot(401, 2 * ADDRESS_LIMIT + 1, () => ask("GET", "/v1/carriers", "wrong", undefined, from));
    expect(answer).toMatchObject(limited(60));
    expect(answer?.headers.get("retry-after")).toBe("60");
    expect((await ask("GET", "/v1/carriers", shop.admin, undefined, from)).status).toBe(200);
    expect((await ask("GET", "/v1/carriers", "wrong", undefined, { "cf-connecting-ip": "192.0.2.2" })).status).toBe(401);
  });

  it("refuse the root key too where too many attempts came from its address, so that it cannot be tried out", async () => {
    const from = { "cf-connecting-ip": "2001:db8::1" };
    expect(await askUntilNot(401, 2 * ADDRESS_LIMIT + 1, () => ask("POST", "/v1/tenants", "wrong", {}, from))).toMatchObject(limited(60));
    const neighbour = { "cf-connecting-ip": "2001:db8::2" };
    expect(await askUntilNot(422, ADDRESS_LIMIT + 1, () => ask("POST", "/v1/tenants", ROOT_KEY, {}, neighbour))).toMatchObject(limited(60));
  });

  it("answer a key by 429 when it has made its requests, other keys not, and callbacks never", async () => {
    // The binding of addresses stands in, whose limit is sooner reached.
    const router = routerOf(await wire({ ...env, KEY_RATE: env.ADDRESS_RATE }));
    const asked = (path: string, key: string) =>
      router.fetch(new Request(`${ORIGIN}${path}`, { headers: { authorization: `Bearer ${key}` } }));
    const key = await shop.keyWith("read");
    let answer = await asked("/v1/carriers", key);
    expect(answer.status).toBe(200);
    for (let at = 0; answer.status === 200 && at <= 2 * ADDRESS_LIMIT; at++) answer = await asked("/v1/dead-letters", key);
    expect(answer.headers.get("retry-after")).toBe("10");
    expect({ status: answer.status, body: await answer.json() }).toMatchObject(limited(10));
    expect((await asked("/v1/dead-letters", shop.admin)).status).toBe(200);
    expect((await asked("/carriers/shop/main/token/receipts", key)).status).not.toBe(429);
  });

  it("do not stand in the way where they cannot be asked", async () => {
    const router = routerOf(await wire({ ...env, KEY_RATE: broken, ADDRESS_RATE: broken }));
    const headers = { authorization: `Bearer ${shop.admin}`, "cf-connecting-ip": "192.0.2.9" };
    expect((await router.fetch(new Request(`${ORIGIN}/v1/dead-letters`, { headers }))).status).toBe(200);
    const wrong = { ...headers, authorization: "Bearer wrong" };
    expect((await router.fetch(new Request(`${ORIGIN}/v1/dead-letters`, { headers: wrong }))).status).toBe(401);
  });
});

const broken: RateLimit = { limit: () => Promise.reject(new Error("away")) };
