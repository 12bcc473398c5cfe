import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { tracesIn, tracesInFolder } from "./find-traces.ts";

const SECRET = "13977310042";
const NAME = "欧阳漏风";
const found = (bytes: Buffer | string, ...texts: string[]): number => tracesIn("f", Buffer.from(bytes), texts).length;

const folder = mkdtempSync(join(tmpdir(), "carillon-traces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("What looks for traces", () => {
  it("finds a text among any bytes, plain and in each encoding, at any place", () => {
    fc.assert(
      fc.property(fc.constantFrom(SECRET, NAME, "leak9@mail.example"), fc.uint8Array(), fc.uint8Array(), (text, before, after) => {
        const whole = Buffer.concat([before, Buffer.from(text), after]);
        expect(found(whole, text)).toBeGreaterThan(0);
        for (const encoding of ["base64", "base64url", "hex"] as const) expect(found(whole.toString(encoding), text)).toBeGreaterThan(0);
        expect(found(Buffer.concat([before, Buffer.from(text, "utf16le"), after]), text)).toBeGreaterThan(0);
        expect(found(encodeURIComponent(`a ${text}&`), text)).toBeGreaterThan(0);
        expect(found(encodeURIComponent(`a ${text}&`).toLowerCase(), text)).toBeGreaterThan(0);
      }),
    );
    expect(found(JSON.stringify({ a: "\\u6b27\\u9633\\u6f0f\\u98ce" }).replaceAll("\\\\", "\\"), NAME)).toBe(1);
  });

  it("finds nothing where the text is not, and takes no instant for a number", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => found(Buffer.from(bytes), SECRET) === 0));
    expect(found('{"at":1813977310042}', "1397731")).toBe(0);
    expect(found('{"at":1813977310042,"to":"8613977310042"}', "1397731")).toBe(1);
    expect(() => found("", "12345")).toThrow("too short");
  });

  it("reads the files of a folder and below it, a database's log of writes too", () => {
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    writeFileSync(join(folder, "deep/er/log"), `called ${SECRET}`);
    writeFileSync(join(folder, "deep/other"), "called nobody");
    const database = new DatabaseSync(join(folder, "base.sqlite"));
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x TEXT)");
    database.prepare("INSERT INTO t VALUES (?)").run("leak-in-the-log");
    expect(tracesInFolder(folder, [SECRET]).map(({ file }) => file)).toEqual([join("deep/er/log")]);
    expect(tracesInFolder(folder, ["leak-in-the-log"]).map(({ file }) => file)).toEqual(["base.sqlite-wal"]);
    database.close();
    expect(tracesInFolder(folder, ["leak-in-the-log"]).map(({ file }) => file)).toEqual(["base.sqlite"]);
    expect(tracesInFolder(folder, [SECRET], (file) => file.endsWith("log"))).toEqual([]);
  });
});
