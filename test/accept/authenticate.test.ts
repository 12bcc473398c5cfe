import { describe, expect, it } from "vitest";
import { type AuthenticateDeps, authenticate, bearerOf } from "../../src/accept/authenticate.ts";
import type { ApiKey, KeyScope } from "../../src/store/keys.ts";

const ID = "0123456789abcdef";
const SECRET = "s".repeat(43);
const GOOD = `ck_shop_${ID}_${SECRET}`;

function deps(scopes: readonly KeyScope[]): AuthenticateDeps & { readonly asked: string[] } {
  const key: ApiKey = { id: ID, tenant: "shop", hash: `#${SECRET}`, scopes: [...scopes] };
  const asked: string[] = [];
  return {
    asked,
    hashSecret: async (secret) => `#${secret}`,
    findKey: async (id) => {
      asked.push(id);
      return id === ID ? key : undefined;
    },
  };
}

const request = (authorization?: string): Request =>
  new Request("https://carillon.example/", authorization === undefined ? {} : { headers: { authorization } });

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

  it("lets a key do what its scopes say, and admin everything", async () => {
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
