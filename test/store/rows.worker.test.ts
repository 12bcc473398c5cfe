import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findKey, insertKey } from "../../src/store/keys.ts";
import { insertPreferences } from "../../src/store/preferences.ts";
import { upsertRecipients } from "../../src/store/recipients.ts";

describe("recipients", () => {
  it("are never replaced by an older copy, in whatever order copies come", async () => {
    const row = (revision: number) => upsertRecipients(env.DB, [{ tenant: "t1", key: "k", profile: `p${revision}`, revision }], revision);
    for (const revision of [2, 1, 3, 3, 2]) await row(revision).run();
    expect(await env.DB.prepare("SELECT profile, revision FROM recipients WHERE key = 'k'").first()).toEqual({
      profile: "p3",
      revision: 3,
    });
    expect((await row(3).run()).meta.rows_written).toBe(0);
  });

  it("have each entry of their preferences once", async () => {
    const entry = { tenant: "t1", recipient: "k", scope: "all", channel: "*", state: "out", at: "2026-01-01T00:00:00.000Z" } as const;
    await env.DB.batch([
      insertPreferences(env.DB, [entry], 1),
      insertPreferences(env.DB, [entry, entry], 2),
      insertPreferences(env.DB, [{ ...entry, state: "in" }], 3),
    ]);
    const { results } = await env.DB.prepare("SELECT state, recorded_at FROM preferences WHERE recipient = 'k' ORDER BY recorded_at").all();
    expect(results).toEqual([
      { state: "out", recorded_at: 1 },
      { state: "in", recorded_at: 3 },
    ]);
  });
});

describe("keys", () => {
  it("come back as they were written, and a scope that there is not is a fault", async () => {
    const key = { id: "id1", tenant: "t1", hash: "h", name: "", scopes: ["events" as const, "read" as const], created_by: "root" };
    await insertKey(env.DB, key, 1);
    expect(await findKey(env.DB, "id1")).toEqual({ ...key, created_at: 1 });
    const whole = { name: "n", notices: ["a"], event_types: ["b.*"], created_by: "key:x", expires_at: 9, rotated_from: "id1" };
    await insertKey(env.DB, { ...key, ...whole, id: "id2" }, 2);
    expect(await findKey(env.DB, "id2")).toEqual({ ...key, ...whole, id: "id2", created_at: 2 });
    expect(await findKey(env.DB, "id4")).toBeUndefined();
    await env.DB.prepare("INSERT INTO keys (id, tenant, hash, scopes, created_at) VALUES ('id3', 't1', 'h', 'root', 1)").run();
    await expect(findKey(env.DB, "id3")).rejects.toThrow();
  });
});
