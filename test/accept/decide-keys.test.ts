import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { creation, KEYS_MAX, revocation, rotation } from "../../src/accept/decide-keys.ts";
import type { ApiKey } from "../../src/store/keys.ts";

const NOW = 1_000_000;
const DAY = 86_400_000;
const key = (id: string, over: Partial<ApiKey> = {}): ApiKey => ({
  id,
  tenant: "shop",
  name: id,
  hash: "#",
  scopes: ["admin"],
  created_at: 0,
  created_by: "root",
  ...over,
});
const FRESH = { id: "new", hash: "#new", text: "ck_shop_new_secret" };
const rotated = (standing: readonly ApiKey[], id: string, until = NOW + DAY) =>
  rotation(standing, id, FRESH, "key:who", { now: NOW, until });

describe("A rotation", () => {
  it("makes a key of the same name, scopes and limits, and has the old one go on until the overlap is over", () => {
    const old = key("old", { scopes: ["events", "read"], notices: ["a"], event_types: ["b.*"], name: "shop server" });
    expect(rotated([old], "old")).toEqual({
      kind: "write",
      at: NOW,
      writes: { insert: expect.objectContaining({ id: "new" }), rotate: { id: "old", to: "new", until: NOW + DAY } },
      made: {
        id: "new",
        hash: "#new",
        tenant: "shop",
        name: "shop server",
        scopes: ["events", "read"],
        notices: ["a"],
        event_types: ["b.*"],
        created_by: "key:who",
        rotated_from: "old",
      },
      entry: { actor: "key:who", action: "key.rotate", target: "old", detail: { to: "new", until: "1970-01-02T00:16:40.000Z" } },
    });
  });

  it("gives the new key as long a life as the old one had, and never lengthens the old one's", () => {
    const decision = rotated([key("old", { created_at: NOW - 10, expires_at: NOW + 90 })], "old");
    expect(decision).toMatchObject({ made: { expires_at: NOW + 100 }, writes: { rotate: { until: NOW + 90 } } });
  });

  it("is refused for a key that is over, not there, or rotated already", () => {
    for (const over of [{ expires_at: NOW }, { revoked_at: NOW - 1 }, { rotated_to: "x", expires_at: NOW + 1 }])
      expect(rotated([key("old", over)], "old")).toMatchObject({ kind: "refused", problem: { status: 409 } });
    expect(rotated([], "old")).toMatchObject({ kind: "refused", problem: { status: 409 } });
  });
});

describe("A creation", () => {
  it("is refused where there are as many keys as may be", () => {
    const all = Array.from({ length: KEYS_MAX }, (_, at) => key(`k${at}`));
    const made = { id: "new", tenant: "shop", hash: "#", name: "new", scopes: ["read" as const], created_by: "root" };
    expect(creation(all, made, NOW)).toMatchObject({ kind: "refused", problem: { status: 409 } });
    expect(creation(all.slice(1), made, NOW)).toMatchObject({ kind: "write", entry: { action: "key.create", target: "new" } });
    expect(rotated(all, "k0")).toMatchObject({ kind: "refused" });
  });

  it("tells the audit everything but the name, which may say anything", () => {
    const scopes = ["read" as const];
    const made = { id: "new", tenant: "shop", hash: "#", scopes, name: "李雷的手机", notices: ["a"], expires_at: NOW, created_by: "root" };
    const decision = creation([], made, NOW);
    expect(decision).toMatchObject({ entry: { detail: { scopes: ["read"], notices: ["a"], expires_at: "1970-01-01T00:16:40.000Z" } } });
    expect(decision.kind === "write" && JSON.stringify(decision.entry)).not.toMatch(/李雷|#/);
  });
});

describe("A revocation", () => {
  it("is nothing for a key that is over", () => {
    for (const standing of [[], [key("old", { revoked_at: 1 })], [key("old", { expires_at: NOW })]])
      expect(revocation(standing, "old", "key:who", NOW)).toEqual({ kind: "nothing" });
  });

  it("is refused for the last admin key that does not expire, whatever other keys there are", () => {
    const others = [key("a", { scopes: ["events", "read", "unmask"] }), key("b", { expires_at: NOW + DAY }), key("c", { revoked_at: 1 })];
    expect(revocation([key("old"), ...others], "old", "key:who", NOW)).toMatchObject({
      kind: "refused",
      problem: { type: "urn:carillon:problem:needed", status: 409 },
    });
    for (const { id } of others.slice(0, 2))
      expect(revocation([key("old"), ...others], id, "key:who", NOW)).toMatchObject({ kind: "write" });
    expect(revocation([key("old"), key("d")], "old", "key:who", NOW)).toMatchObject({
      kind: "write",
      writes: { revoke: { id: "old", at: NOW } },
    });
  });

  it("always leaves an admin key that does not expire, however keys are rotated and revoked", () => {
    const step = fc.record({ rotate: fc.boolean(), at: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let keys: ApiKey[] = [key("k0"), key("k1"), key("k2", { scopes: ["read"] }), key("k3", { expires_at: NOW + DAY })];
        for (const [n, { rotate, at }] of steps.entries()) {
          const id = keys[at % keys.length]?.id ?? "";
          const fresh = { id: `n${n}`, hash: "#", text: "" };
          const decision = rotate ? rotation(keys, id, fresh, "key:who", { now: NOW, until: NOW }) : revocation(keys, id, "key:who", NOW);
          if (decision.kind !== "write") continue;
          const { insert, rotate: moved, revoke } = decision.writes;
          keys = keys.map((one) => {
            if (one.id === moved?.id) return { ...one, rotated_to: moved.to, expires_at: moved.until };
            return one.id === revoke?.id ? { ...one, revoked_at: revoke.at } : one;
          });
          if (insert) keys.push({ ...insert, created_at: NOW });
        }
        expect(keys.some((one) => one.scopes.includes("admin") && one.expires_at === undefined && one.revoked_at === undefined)).toBe(true);
      }),
    );
  });
});
