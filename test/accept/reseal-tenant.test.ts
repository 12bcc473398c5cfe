import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resealAll } from "../../src/accept/reseal-all.ts";
import { type ResealDeps, resealTenant, SETTLING_MS } from "../../src/accept/reseal-tenant.ts";
import type { Resealing } from "../../src/store/resealing.ts";

const COLUMNS = 2;

/** People and rows under the older key, in memory; calls fail where `fails` says so. */
function world(people: number, rows: number, fails: () => boolean = () => false) {
  const sealed = new Map(Array.from({ length: people }, (_, at) => [`r${String(at).padStart(5, "0")}`, "k1"]));
  const columns = Array.from({ length: COLUMNS }, () => Array.from({ length: rows }, () => "k1"));
  let kept: Resealing | undefined;
  let now = 0;
  const maybe = (): void => {
    if (fails()) throw new Error("away");
  };
  const deps: ResealDeps = {
    now: () => now++,
    sealingKeys: ["k2", "k1"],
    sealedColumns: COLUMNS,
    findResealing: async () => kept,
    async saveResealing(_tenant, _key, at) {
      maybe();
      kept = at;
    },
    async knownKeysAfter(_tenant, key, limit) {
      maybe();
      return [...sealed.keys()].filter((one) => one > key).slice(0, limit);
    },
    async resealRecipient(_tenant, key, keyId) {
      maybe();
      const changed = sealed.get(key) === keyId ? 0 : 1;
      sealed.set(key, keyId);
      return { changed, unreadable: 0 };
    },
    async resealRows(_tenant, column, after, limit) {
      maybe();
      const from = Number(after);
      const page = columns[column]?.slice(from, from + limit) ?? [];
      columns[column]?.fill("k2", from, from + limit);
      return {
        changed: page.filter((key) => key === "k1").length,
        unreadable: 0,
        next: page.length === limit ? String(from + limit) : undefined,
      };
    },
  };
  const older = () => [...sealed.values(), ...columns.flat()].filter((key) => key === "k1").length;
  return { deps, older, pass: (ms: number) => (now += ms), kept: () => kept };
}

describe("A tenant's texts", () => {
  it("are all sealed anew, wherever it is broken off and whatever fails, and are finished only then", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(350), fc.nat(1_200), fc.infiniteStream(fc.nat(9)), async (people, rows, luck) => {
        let tries = 0;
        const { deps, older, kept } = world(people, rows, () => tries < 200 && Number(luck.next().value) === 0);
        for (; kept()?.finished_at == null && tries < 400; tries++) {
          await resealTenant("shop", deps.now() + 8, true, deps).catch(() => undefined);
          if (older() > 0) expect(kept()?.finished_at ?? null).toBe(null);
        }
        expect(older()).toBe(0);
        expect(kept()?.finished_at).not.toBe(null);
      }),
      { numRuns: 60 },
    );
  });

  it("are counted, and a walk that is through begins no more", async () => {
    const { deps, older } = world(250, 30);
    const done = await resealTenant("shop", 1e9, true, deps);
    expect(done).toMatchObject({ recipients: 250, texts: 250 + COLUMNS * 30, unreadable: 0 });
    expect(done.finished_at).not.toBe(null);
    expect(older()).toBe(0);
    expect(await resealTenant("shop", 1e9, true, deps)).toEqual(done);
  });

  it("wait until nobody seals under the older key, and until copies have arrived", async () => {
    const { deps, older, pass } = world(3, 3);
    const go = () => resealTenant("shop", 1e12, false, deps);
    expect(await go()).toMatchObject({ stage: 0, recipients: 0 });
    pass(SETTLING_MS - 100);
    expect(await go()).toMatchObject({ stage: 0, recipients: 0 });
    pass(200);
    expect(await go()).toMatchObject({ stage: 1, recipients: 3, finished_at: null });
    expect(older()).toBe(3 * COLUMNS);
    pass(SETTLING_MS + 100);
    expect((await go()).finished_at).not.toBe(null);
    expect(older()).toBe(0);
  });

  it("are left alone where there is one key", async () => {
    const { deps, older, kept } = world(3, 3);
    await resealTenant("shop", 1e9, true, { ...deps, sealingKeys: ["k1"] });
    await resealAll({ ...deps, sealingKeys: ["k1"], tenantsToReseal: () => Promise.reject(new Error("asked")) });
    expect(older()).toBe(3 + 3 * COLUMNS);
    expect(kept()).toBeUndefined();
  });

  it("of one tenant are sealed anew though another's cannot be", async () => {
    const { deps, kept, older, pass } = world(3, 3);
    const tenantsToReseal = async () => ["broken", "shop"];
    const findResealing: ResealDeps["findResealing"] = (tenant, key) =>
      tenant === "broken" ? Promise.reject(new Error("away")) : deps.findResealing(tenant, key);
    for (let run = 0; run < 3; run++) {
      await resealAll({ ...deps, tenantsToReseal, findResealing });
      pass(SETTLING_MS + 1_000);
    }
    expect(kept()?.finished_at).not.toBe(null);
    expect(older()).toBe(0);
  });
});
