import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { migrateLocal } from "../../examples/migrate-local.ts";
import { PROJECT_FOLDER } from "../../examples/wrangler-process.ts";
import { fastFolder } from "../start-everything.ts";

const folder = mkdtempSync(join(fastFolder(), "carillon-migrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands in the database of a state folder. */
function read(query: string): unknown[] {
  const databases = join(folder, "router/v3/d1/miniflare-D1DatabaseObject");
  const [file] = readdirSync(databases).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  const database = new DatabaseSync(join(databases, file ?? ""));
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

describe("A database that is not there yet", () => {
  it("has had every migration, as wrangler counts them, and is left alone from then on", async () => {
    mkdirSync(folder, { recursive: true });
    await migrateLocal(folder);
    const applied = read("SELECT name FROM d1_migrations ORDER BY id");
    expect(applied).toEqual(
      readdirSync(join(PROJECT_FOLDER, "migrations"))
        .sort()
        .map((name) => ({ name })),
    );
    expect(read("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('tenants', 'audit', 'topic_members')")).toHaveLength(3);
    const log = readdirSync(folder);
    rmSync(join(folder, "migrations.log"));
    await migrateLocal(folder);
    expect(readdirSync(folder)).toEqual(log.filter((name) => name !== "migrations.log"));
  });
});
