import { describe, expect, it } from "vitest";
import { type AuthenticateDeps, authenticate, bearerOf } from "../../src/accept/authenticate.ts";
import type { ApiKey, KeyScope } from "../../src/store/keys.ts";

const ID = "0123456789abcdef";
const SECRET = "s".repeat(43);
const GOOD = `ck_shop_${ID}_${SECRET}`;

const NOW = 1_000_000;

function deps(scopes: readonly KeyScope[], over: Partial<ApiKey> = {}): AuthenticateDeps & { readonly asked: string[] } {
  const made = { name: "test", created_at: 0, created_by: "root" };
  const key: ApiKey = { id: ID, tenant: "shop", hash: `#${SECRET}`, scopes: [...scopes], ...made, ...over };
  const asked: string[] = [];
  return {
    asked,
    now: () => NOW,
    withinKeyRate: async () => true,
    withinAddressRate: async () => true,
    hashSecret: async (secret) => `#${secret}`,
    findKey: async (id) => {
      asked.push(id);
      return id === ID ? key : undefined;
    },
  };
}

const request = (authorization?: string, from?: string): Request =>
  new Request("https://carillon.example/", {
    headers: { ...(authorization === undefined ? {} : { authorization }), ...(from === undefined ? {} : { "cf-connecting-ip": from }) },
  });

const statusOf = async (authorization: string | undefined, scope: KeyScope, scopes: readonly KeyScope[]): Promise<number> => {
  const caller = await authenticate(request(authorization), scope, deps(scopes));
  return caller.ok ? 200 : caller.problem.status;
};

describe("authenticate", () => {
  it("finds the caller by its key", async () => {
    expect(await authenticate(request(`Bearer ${GOOD}`), "events", deps(["events", "read"]))).toEqual({
      ok: true,
      value: { tenant: "shop", key: ID, scopes: ["events", "read"] },
    });
  });

  it("takes the scheme in any writing", async () => {
    for (const scheme of ["bearer", "BEARER", "Bearer  "]) expect(await statusOf(`${scheme} ${GOOD}`, "events", ["events"])).toBe(200);
  });

  it("lets a key do what its scopes say, and admin everything but see what is masked", async () => {
    expect(await statusOf(`Bearer ${GOOD}`, "unmask", ["admin", "events", "read"])).toBe(403);
    expect(await statusOf(`Bearer ${GOOD}`, "unmask", ["admin", "unmask"])).toBe(200);
    expect(await statusOf(`Bearer ${GOOD}`, "read", ["events"])).toBe(403);
    expect(await statusOf(`Bearer ${GOOD}`, "admin", ["events", "read"])).toBe(403);
    for (const scope of ["events", "read", "admin"] as const) expect(await statusOf(`Bearer ${GOOD}`, scope, ["admin"])).toBe(200);
  });

  it("refuses every other key in the same words", async () => {
    const wrong = [
      undefined,
      "",
      GOOD,
      "Bearer",
      `Basic ${GOOD}`,
      "Bearer x",
      `Bearer ck_shop_${ID}_${"t".repeat(43)}`,
      `Bearer ck_shop_fedcba9876543210_${SECRET}`,
      `Bearer ck_other_${ID}_${SECRET}`,
      `Bearer ck_SHOP_${ID}_${SECRET}`,
      `Bearer ${GOOD}x`,
      `Bearer ${GOOD} ${GOOD}`,
      `Bearer ck_shop_${ID}_`,
    ];
    const answers = await Promise.all(wrong.map((authorization) => authenticate(request(authorization), "events", deps(["admin"]))));
    expect(answers.map((answer) => !answer.ok && answer.problem.status)).toEqual(wrong.map(() => 401));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it("refuses a key that has expired or is revoked in the words of an unknown one, and takes one that will expire", async () => {
    const at = (over: Partial<ApiKey>) => authenticate(request(`Bearer ${GOOD}`), "events", deps(["events"], over));
    const unknown = await authenticate(request("Bearer x"), "events", deps(["events"]));
    expect(await Promise.all([at({ expires_at: NOW }), at({ revoked_at: NOW }), at({ revoked_at: NOW + 1 })])).toEqual(
      Array.from({ length: 3 }, () => unknown),
    );
    expect(await at({ expires_at: NOW + 1 })).toMatchObject({ ok: true });
  });

  it("tells what the key is limited to", async () => {
    expect(await authenticate(request(`Bearer ${GOOD}`), "read", deps(["read"], { notices: ["a"] }))).toEqual({
      ok: true,
      value: { tenant: "shop", key: ID, scopes: ["read"], limits: { notices: ["a"] } },
    });
  });

  it("answers 429 where the key has made too many requests, which only right keys count for", async () => {
    const counted: string[] = [];
    const busy = {
      ...deps(["read"]),
      withinKeyRate: async (id: string) => {
        counted.push(id);
        return false;
      },
    };
    expect(await authenticate(request(`Bearer ${GOOD}`), "read", busy)).toMatchObject({
      ok: false,
      problem: { type: "urn:carillon:problem:too-many-requests", status: 429, retry_after: 10 },
    });
    expect(await authenticate(request(`Bearer ${GOOD.slice(0, -1)}t`), "read", busy)).toMatchObject({ problem: { status: 401 } });
    expect(counted).toEqual([ID]);
  });

  it("counts bad keys by the address that they come from, and answers 429 when they are too many, but never a right one", async () => {
    const counted: string[] = [];
    const tried = {
      ...deps(["read"]),
      withinAddressRate: async (address: string) => {
        counted.push(address);
        return false;
      },
    };
    expect(await authenticate(request("Bearer x", "192.0.2.7"), "read", tried)).toMatchObject({
      problem: { status: 429, retry_after: 60 },
    });
    expect(await authenticate(request(undefined, "2001:DB8::1:2"), "read", tried)).toMatchObject({ problem: { status: 429 } });
    expect(await authenticate(request("Bearer x"), "read", tried)).toMatchObject({ problem: { status: 401 } });
    expect(await authenticate(request(`Bearer ${GOOD}`, "192.0.2.7"), "read", tried)).toMatchObject({ ok: true });
    expect(counted).toEqual(["192.0.2.7", "2001:db8:0:0::/64"]);
  });

  it("looks nothing up for what has not the form of a key", async () => {
    const looking = deps(["admin"]);
    await authenticate(request("Bearer ck_shop_short_secret"), "events", looking);
    await authenticate(request(`Bearer ck_shop_${"'; DROP --".padEnd(16)}_${SECRET}`), "events", looking);
    expect(looking.asked).toEqual([]);
  });
});

describe("bearerOf", () => {
  it("gives the secret alone, and nothing for other schemes", () => {
    expect(bearerOf(request("Bearer abc"))).toBe("abc");
    expect(bearerOf(request("Basic abc"))).toBeUndefined();
    expect(bearerOf(request())).toBeUndefined();
  });
});
