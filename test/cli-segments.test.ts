import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { CLI, runCarillon, type Said, spawnCarillon } from "./run-carillon.ts";

const folder = mkdtempSync(join(tmpdir(), "carillon-segments-"));
const file = join(folder, "texts.ndjson");
afterAll(() => rmSync(folder, { recursive: true }));

interface Counted {
  readonly code: number;
  readonly lines: readonly unknown[];
  readonly stderr: string;
}

/** The lines of what was said; each has its end, so that nothing is behind the last. */
function counted({ code, stdout, stderr }: Said): Counted {
  const lines = stdout.split("\n").flatMap((line, at, all): unknown[] => (at === all.length - 1 && line === "" ? [] : [JSON.parse(line)]));
  return { code, lines, stderr };
}

/** Counts a file of this content, with no router and no key. */
async function segments(content: string | Uint8Array, ...args: string[]): Promise<Counted> {
  writeFileSync(file, content);
  return counted(await runCarillon(["segments", "--file", file, ...args], { CARILLON_URL: "", CARILLON_KEY: "" }));
}

const cases = z
  .array(z.object({ text: z.string(), encoding: z.string(), segments: z.number(), units: z.number() }))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/segments.json"), "utf8")));
const ndjson = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("carillon segments", () => {
  it("prints a line for each of a file's texts in order, as the cases have them", async () => {
    expect(await segments(ndjson(cases.map(({ text }) => ({ text }))))).toEqual({ code: 0, lines: cases, stderr: "" });
  });

  it("reads standard input, ends of lines of other systems, empty lines, and a last line without an end", async () => {
    const input = '\uFEFF{"text":"a"}\r\n\n{"text":"b\u2028c","tag":"kept out"}\n  \n{"text":"€"}';
    const read = (text: string) => spawnCarillon(["segments", "--file", "-"], { CARILLON_URL: "", CARILLON_KEY: "" }, text);
    const [some, none] = await Promise.all([read(input), read("")]);
    expect(counted(some)).toEqual({
      code: 0,
      lines: [
        { text: "a", encoding: "GSM-7", segments: 1, units: 1 },
        { text: "b\u2028c", encoding: "UCS-2", segments: 1, units: 3 },
        { text: "€", encoding: "GSM-7", segments: 1, units: 2 },
      ],
      stderr: "",
    });
    expect(counted(none)).toEqual({ code: 0, lines: [], stderr: "" });
  });

  it("counts as the mainland does, and refuses what is too long for it", async () => {
    const texts = [0, 70, 71, 134, 135, 160, 500, 501].map((length) => "a".repeat(length));
    const { code, lines, stderr } = await segments(ndjson(texts.map((text) => ({ text }))), "--rule", "mainland");
    expect(lines.slice(0, -1)).toEqual(
      [1, 1, 2, 2, 3, 3, 8].map((count, at) => ({ text: texts[at], encoding: "UCS-2", segments: count, units: texts[at]?.length })),
    );
    expect(lines.at(-1)).toEqual({ text: texts.at(-1), encoding: "UCS-2", units: 501, error: expect.stringContaining("at most 500") });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(await segments(ndjson([{ text: texts.at(-1) }]))).toMatchObject({ code: 0, lines: [{ segments: 4 }] });
  });

  it("tells where a line is wrong, prints the others, and fails at the end", async () => {
    const wrong = ['{"text":"a"}', "nonsense", '{"text":7}', "{}", '["a"]', '{"text":"b"}'].join("\n");
    const bytes = Buffer.concat([Buffer.from(`${wrong}\n{"text":"`), Buffer.from([0xff]), Buffer.from('"}\n{"text":"c"}\n')]);
    const { code, lines, stderr } = await segments(bytes);
    expect(lines.map((line) => z.object({ text: z.string() }).parse(line).text)).toEqual(["a", "b", "c"]);
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^\S+texts\.ndjson:2: is not JSON: ./),
      `${file}:3: /text must be a text`,
      `${file}:4: /text must be a text`,
      `${file}:5: must be an object such as {"text": "您好"}`,
      `${file}:7: is not UTF-8; save the file in that encoding`,
      "",
    ]);
  });

  it("keeps texts whole that are longer than what is read at once", async () => {
    const texts = ["中".repeat(100_000), "a", "😀".repeat(70_000)];
    const { code, lines } = await segments(ndjson(texts.map((text) => ({ text }))));
    expect(code).toBe(0);
    expect(lines).toEqual([
      { text: texts[0], encoding: "UCS-2", segments: Math.ceil(100_000 / 67), units: 100_000 },
      { text: "a", encoding: "GSM-7", segments: 1, units: 1 },
      { text: texts[2], encoding: "UCS-2", segments: Math.ceil(70_000 / 33), units: 140_000 },
    ]);
  });

  it("says what is wrong with its options", async () => {
    const none = join(folder, "none.ndjson");
    const refused = (...args: string[]) => runCarillon(["segments", ...args]);
    expect(await refused("--file", none)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(`${none} cannot be read: `),
    });
    expect(await refused()).toMatchObject({ code: 1, stderr: expect.stringContaining("--file") });
    expect(await refused("--file", file, "--rule", "roman")).toMatchObject({ code: 1, stderr: expect.stringContaining("gsm, mainland") });
  });

  it("ends quietly when its reader has seen enough", async () => {
    writeFileSync(file, ndjson(Array.from({ length: 50_000 }, () => ({ text: "a".repeat(100) }))));
    const child = spawn(process.execPath, [CLI, "segments", "--file", file]);
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
