import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "carillon-cli-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody is asked: what is wrong with a state file is said before. */
function importWith(state: string): { readonly status: number | null; readonly stderr: string } {
  const [file, stateFile] = [join(folder, "people.ndjson"), join(folder, "state.json")];
  writeFileSync(file, '{"id":"a"}\n');
  writeFileSync(stateFile, state);
  const args = [join(import.meta.dirname, "../src/cli.ts"), "recipients", "import", file, "--state", stateFile];
  const env = { ...process.env, CARILLON_URL: "http://127.0.0.1:9", CARILLON_KEY: "ck_x" };
  return spawnSync(process.execPath, args, { encoding: "utf8", env });
}

describe("The state of an import", () => {
  it("is refused where it is another file's: its lines would pass for sent", () => {
    const { status, stderr } = importWith(JSON.stringify({ of: "another", through: 1, kept: 1, wrong: 0 }));
    expect(status).toBe(1);
    expect(stderr).toContain("is of the import of another file, or of one that has changed since; name another file, or remove it");
  });

  it("is refused where it is none", () => {
    const { status, stderr } = importWith("{}");
    expect(status).toBe(1);
    expect(stderr).toContain("is no state of an import");
  });
});
