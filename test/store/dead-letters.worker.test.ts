import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findDeadLetters, insertDeadLetters, type LetterFilter, listDeadLetters, markReplayed } from "../../src/store/dead-letters.ts";
import type { DeadLetter } from "../../src/vocabulary/dead-letter.ts";

const letter = (tenant: string, id: string, over: Partial<DeadLetter> = {}): DeadLetter => ({
  tenant,
  id,
  class: "service",
  notice: "parcel.late",
  reason: "failed",
  ...over,
});
const insert = (letters: readonly DeadLetter[], at: number) => insertDeadLetters(env.DB, letters, at);
const idsOf = async (tenant: string, filter: LetterFilter = {}) =>
  (await listDeadLetters(env.DB, tenant, filter, undefined, 100)).map(({ id }) => id);

describe("Dead letters in D1", () => {
  it("come back as they were written, what is not known left out", async () => {
    const whole = letter("t1", "a", { code: "21606", carrier: "main" });
    const bare: DeadLetter = { tenant: "t1", id: "b", reason: "unreadable", body: '{"v":2}' };
    expect(await insert([whole, bare], 5)).toEqual([
      { ...whole, at: 5 },
      { ...bare, at: 5 },
    ]);
    expect(await findDeadLetters(env.DB, "t1", ["b", "a", "c"])).toEqual([
      { ...whole, at: 5 },
      { ...bare, at: 5 },
    ]);
    expect(await findDeadLetters(env.DB, "t2", ["a"])).toEqual([]);
  });

  it("stand once however often they are written, and cost nothing then", async () => {
    expect(await insert([letter("t3", "a"), letter("t3", "a"), letter("t3", "a", { reason: "expired" })], 1)).toHaveLength(2);
    expect(await insert([letter("t3", "a", { code: "other" })], 2)).toEqual([]);
    expect((await findDeadLetters(env.DB, "t3", ["a"])).map(({ reason, at, code }) => [reason, at, code])).toEqual([
      ["expired", 1, undefined],
      ["failed", 1, undefined],
    ]);
  });

  it("stand anew where the message was replayed and died again", async () => {
    await insert([letter("t4", "a", { code: "first" })], 1);
    await markReplayed(env.DB, "t4", ["a", "unknown"], 2);
    expect([await idsOf("t4"), await idsOf("t4", { replayed: true })]).toEqual([[], ["a"]]);
    await markReplayed(env.DB, "t4", ["a"], 3);
    expect(await findDeadLetters(env.DB, "t4", ["a"])).toMatchObject([{ replayed_at: 2 }]);
    expect(await insert([letter("t4", "a", { code: "second" })], 4)).toEqual([{ ...letter("t4", "a", { code: "second" }), at: 4 }]);
    expect(await idsOf("t4")).toEqual(["a"]);
  });

  it("are listed newest first, by all that a filter names, of one tenant", async () => {
    await insert([letter("t5", "old")], 10);
    await insert(
      [letter("t5", "a", { carrier: "main" }), letter("t5", "b", { class: "marketing", notice: "sale.offer" }), letter("t6", "x")],
      20,
    );
    await insert([letter("t5", "new", { reason: "expired" })], 30);
    expect(await idsOf("t5")).toEqual(["new", "b", "a", "old"]);
    expect(await idsOf("t5", { notice: "sale.offer" })).toEqual(["b"]);
    expect(await idsOf("t5", { class: "service", reason: "failed" })).toEqual(["a", "old"]);
    expect(await idsOf("t5", { carrier: "main" })).toEqual(["a"]);
    expect(await idsOf("t5", { from: 10, to: 30 })).toEqual(["b", "a", "old"]);
    expect(await idsOf("t5", { from: 11, to: 20 })).toEqual([]);
  });

  it("are paged without gap or repetition, many of one instant too", async () => {
    const ids = Array.from({ length: 25 }, (_, at) => `m${String(at).padStart(2, "0")}`);
    await insert(
      ids.flatMap((id) => [letter("t7", id), letter("t7", id, { reason: "faults" })]),
      1,
    );
    await insert([letter("t7", "zz")], 2);
    const seen: string[] = [];
    let after: Parameters<typeof listDeadLetters>[3];
    for (let page = 0; page < 6; page++) {
      const found = await listDeadLetters(env.DB, "t7", {}, after, 10);
      seen.push(...found.map(({ id, reason }) => `${id} ${reason}`));
      after = found.at(-1);
    }
    expect(seen).toEqual(["zz failed", ...ids.toReversed().flatMap((id) => [`${id} faults`, `${id} failed`])]);
  });

  it("are read by their index: a list neither sorts nor looks at what it does not show", async () => {
    const letters = Array.from({ length: 300 }, (_, at) => letter("t8", `m${at}`));
    await insert(letters, 1);
    await markReplayed(
      env.DB,
      "t8",
      letters.slice(5).map(({ id }) => id),
      2,
    );
    const counted: number[] = [];
    const counting = new Proxy(env.DB, {
      get: (database, name) =>
        name === "prepare"
          ? (sql: string) => ({
              bind: (...values: unknown[]) => ({
                async all() {
                  const result = await database
                    .prepare(sql)
                    .bind(...values)
                    .all();
                  counted.push(result.meta.rows_read);
                  return result;
                },
              }),
            })
          : Reflect.get(database, name),
    });
    expect(await listDeadLetters(counting, "t8", {}, undefined, 50)).toHaveLength(5);
    expect(await listDeadLetters(counting, "t8", { replayed: true }, { at: 1, id: "m200", reason: "failed" }, 10)).toHaveLength(10);
    for (const rows of counted) expect(rows).toBeLessThanOrEqual(24);
  });
});
