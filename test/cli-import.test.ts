import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCarillon } from "./run-carillon.ts";

const folder = mkdtempSync(join(tmpdir(), "carillon-cli-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody is asked: what is wrong with a state file is said before. */
function importWith(state: string) {
  const [file, stateFile] = [join(folder, "people.ndjson"), join(folder, "state.json")];
  writeFileSync(file, '{"id":"a"}\n');
  writeFileSync(stateFile, state);
  const args = ["recipients", "import", file, "--state", stateFile];
  return runCarillon(args, { CARILLON_URL: "http://127.0.0.1:9", CARILLON_KEY: "ck_x" });
}

describe("The line after which an import goes on", () => {
  it.each(["x", "-1", "1.5", "1e3", ""])("is refused in words where it is no number of a line: %j", async (line) => {
    for (const kind of ["recipients", "preferences"]) {
      const { code, stderr } = await runCarillon([kind, "import", "people.ndjson", `--after=${line}`]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("It must be the number of a line, or 0 for none.")]);
      expect(stderr).not.toContain("{");
    }
  });
});

describe("The state of an import", () => {
  it("is refused where it is another file's: its lines would pass for sent", async () => {
    const { code, stderr } = await importWith(JSON.stringify({ of: "another", through: 1, kept: 1, wrong: 0 }));
    expect(code).toBe(1);
    expect(stderr).toContain("is of the import of another file, or of one that has changed since; name another file, or remove it");
  });

  it("is refused where it is none", async () => {
    const { code, stderr } = await importWith("{}");
    expect(code).toBe(1);
    expect(stderr).toContain("is no state of an import");
  });
});
