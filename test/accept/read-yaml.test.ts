import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/accept/read-yaml.ts";
import { readSource } from "../../src/cli-yaml.ts";

const ROOT = join(import.meta.dirname, "../..");
const files = ["test/fixtures/refused-catalogs", "test/fixtures/broken-catalogs", "examples/shop", "examples/shop/notices"].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => join(folder, name)),
);

describe("YAML that the Worker reads", () => {
  it.each(files)("is what the command line reads, or refused by both: %s", (file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const { value, faults } = readSource(file, text);
    const read = parseYaml(text);
    expect(read.ok).toBe(faults.length === 0);
    if (read.ok) expect(read.value).toEqual(value);
  });

  it("has the same values for what looks like several things", () => {
    const text = [
      "[0o17, 0x1f, 0b11, 1_000, 0777, 1e3, 1.50, .5, +1, -0.0, .inf, .nan, yes, no, on, ~, null, Null, '', true, True]",
      "[2024-01-01, 10:30, 12:30:45, =, '<<', \"\\u00e9\", 'it''s', 1.2.3]",
      "{ 1: a, true: b, 1.5: d }",
      "|\n  kept\n   lines\n",
      ">-\n  folded\n  lines\n\n  here\n",
    ];
    for (const one of text) expect(parseYaml(one)).toMatchObject({ ok: true, value: readSource("x", one).value });
  });
});
