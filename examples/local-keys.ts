import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What a local router and its sandbox must know and what must outlive them: without the same keys kept state cannot be read. */
const localKeys = z.strictObject({
  root_key: z.string(),
  naming_key: z.string(),
  sealing_keys: z.string(),
  sandbox_auth_token: z.string(),
  /** First admin key of each tenant made here; the router shows it once. */
  tenants: z.record(z.string(), z.string()),
});
export type LocalKeys = z.infer<typeof localKeys>;

const fileIn = (stateFolder: string) => join(stateFolder, "keys.json");

/** The keys kept in the folder; drawn and kept there the first time. */
export async function loadLocalKeys(stateFolder: string): Promise<LocalKeys> {
  try {
    return localKeys.parse(JSON.parse(await readFile(fileIn(stateFolder), "utf8")));
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
  const keys: LocalKeys = {
    root_key: `root_${randomBytes(24).toString("base64url")}`,
    naming_key: randomBytes(32).toString("base64"),
    sealing_keys: `k1:${randomBytes(32).toString("base64")}`,
    sandbox_auth_token: randomBytes(16).toString("hex"),
    tenants: {},
  };
  await keepLocalKeys(stateFolder, keys);
  return keys;
}

/** Written beside and renamed, so that a crash leaves the old or the new, never half. Only its owner may read it. */
export async function keepLocalKeys(stateFolder: string, keys: LocalKeys): Promise<void> {
  await mkdir(stateFolder, { recursive: true });
  const beside = `${fileIn(stateFolder)}.new`;
  await writeFile(beside, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, fileIn(stateFolder));
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
