import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_FOLDER, runWrangler } from "./wrangler-process.ts";

/** As wrangler makes it (`d1 migrations apply`), which goes on from what stands there. */
const APPLIED_TABLE = `CREATE TABLE d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/**
 * Brings the router's local database to the newest migration. Wrangler starts a runtime for each migration, some 20 s in all, so a
 * database that is not there yet gets them at once, and one whose folder says that it has had all of them is left alone.
 */
export async function migrateLocal(stateFolder: string): Promise<void> {
  const migrations = await readMigrations();
  const had = createHash("sha256").update(JSON.stringify(migrations)).digest("hex");
  const hadFile = join(stateFolder, "migrated");
  const state = join(stateFolder, "router");
  const isThere = existsSync(join(state, "v3/d1"));
  if (isThere && (await readFile(hadFile, "utf8").catch(() => "")) === had) return;
  const where = ["DB", "--config", "wrangler.toml", "--local", "--persist-to", state];
  const log = join(stateFolder, "migrations.log");
  if (isThere) await runWrangler(["d1", "migrations", "apply", ...where], log);
  else {
    const whole = join(stateFolder, "migrations.sql");
    const names = migrations.map(({ name }) => `INSERT INTO d1_migrations (name) VALUES ('${name}');`);
    await writeFile(whole, [APPLIED_TABLE, ...migrations.map(({ sql }) => sql), ...names].join("\n"));
    await runWrangler(["d1", "execute", ...where, "--file", whole, "--yes"], log);
  }
  await writeFile(hadFile, had);
}

async function readMigrations(): Promise<readonly { readonly name: string; readonly sql: string }[]> {
  const folder = join(PROJECT_FOLDER, "migrations");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), "utf8") })));
}
