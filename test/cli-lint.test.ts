import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type LintTerms, lintCatalog } from "../src/cli-findings.ts";
import { goodCatalog, goodCatalogWith } from "./accept/good-catalog.ts";
import { folderOf } from "./folder-of.ts";
import { runCarillon } from "./run-carillon.ts";

const BROKEN = join(import.meta.dirname, "fixtures/broken-catalogs");
const EXPECTED = "expected.ndjson";

/** What a broken catalog is told, once: it breaks one rule. Paths from the folder of all of them. */
const expectation = z.strictObject({
  catalog: z.string(),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  pointer: z.string(),
  detail: z.string(),
});
const expected = readFileSync(join(BROKEN, EXPECTED), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => expectation.parse(JSON.parse(line)));

/** What is found, paths from a folder. */
function found(folder: string, path: string, terms: Partial<LintTerms> = {}) {
  const fromThere = (text: string): string => text.replaceAll(`${folder}/`, "");
  return lintCatalog(join(folder, path), { carrierHosts: [], ...terms }).map(({ severity, file, line, column, pointer, detail }) => {
    return { severity, file: fromThere(file), line, column, pointer, detail: fromThere(detail) };
  });
}

/** The good catalog with changes, as a folder with one file. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  return folderOf({ "catalog.yaml": JSON.stringify(goodCatalogWith(changes), undefined, 1) });
}

/** Runs the command in a folder. */
const carillon = (folder: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runCarillon(["lint", ...args], { CARRIER_HOSTS: "", ...more }, folder);

describe("A broken catalog", () => {
  it("is one of at least forty, each with what it is told", () => {
    const names = readdirSync(BROKEN).filter((name) => name !== EXPECTED);
    expect(expected.map(({ catalog }) => catalog)).toEqual(names.sort());
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  it.each(expected)("is told exactly what is wrong, and where: $catalog", ({ catalog, ...place }) => {
    const errors = found(BROKEN, catalog, { tenant: "shop" }).filter(({ severity }) => severity === "error");
    expect(errors).toEqual([{ severity: "error", ...place }]);
  });

  it("is printed by the command, file, line and column in front, and fails it", async () => {
    const { code, stdout } = await carillon(BROKEN, ["02-unknown-key-of-a-notice.yaml"]);
    const error = "/notices/order.paid/priority is not known here; remove it or check its spelling";
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `02-unknown-key-of-a-notice.yaml:16:5: error: ${error}\n1 error, 0 pieces of advice\n`,
    });
  });

  it("is printed as one JSON object a line where that is asked for", async () => {
    const { code, stdout } = await carillon(join(BROKEN, "85-stray-beside-notices"), ["--json"]);
    const detail = "is not read: notices holds files named *.yaml, each a map of notices; move it away";
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `{"file":"notices/order.yml","line":1,"column":1,"severity":"error","pointer":"","detail":"${detail}"}\n`,
    });
  });
});

describe("A good catalog", () => {
  it("is found without errors and advice, which the command says in one line", async () => {
    const folder = folderOf({ "catalog.yaml": JSON.stringify(goodCatalog()) });
    expect(found(folder, "catalog.yaml")).toEqual([]);
    expect(await carillon(folder, [])).toEqual({ code: 0, stdout: "0 errors, 0 pieces of advice\n", stderr: "" });
    expect((await carillon(folder, ["--strict", "."])).code).toBe(0);
  });

  it("passes with advice, and does not where the command is strict", async () => {
    const folder = changed({ "/brand": undefined });
    const advice = "/brand/name is missing: nobody reads who writes; give brand: { name }, which stands in front of every SMS";
    const stdout = `catalog.yaml:1:1: advice: ${advice}\n0 errors, 1 piece of advice\n`;
    expect(await carillon(folder, [])).toEqual({ code: 0, stdout, stderr: "" });
    expect(await carillon(folder, ["--strict"])).toEqual({ code: 1, stdout, stderr: "" });
  });

  it("is told all that is found by file, line and column, advice among the errors", () => {
    const folder = folderOf({
      "catalog.yaml":
        'defaults: { locale: zh-CN }\nnotices:\n  a:\n    class: service\n    ttl: PT0S\n    channels: [sms]\n    templates: { sms: { zh-CN: "优惠！！" } }\n',
      "notices/b.yaml": "b:\n  class: service\n  ttl: PT0S\n  channels: []\n",
    });
    expect(found(folder, "").map(({ file, line, column, severity }) => `${file}:${line}:${column} ${severity}`)).toEqual([
      "catalog.yaml:1:1 advice",
      "catalog.yaml:5:10 error",
      "catalog.yaml:6:16 error",
      "catalog.yaml:7:23 advice",
      "catalog.yaml:7:32 advice",
      "catalog.yaml:7:32 advice",
      "notices/b.yaml:3:8 error",
      "notices/b.yaml:4:13 error",
    ]);
    const whole = folderOf({
      "catalog.yaml":
        'defaults: { locale: zh-CN }\nnotices:\n  a:\n    class: service\n    ttl: PT0S\n    channels: [sms]\n    templates: { sms: { zh-CN: "优惠！！" } }\n',
      "notices/b.yaml": 'b:\n  class: service\n  channels: [sms]\n  templates: { sms: { segments: 1, zh-CN: "{{ x" } }\n',
    });
    expect(found(whole, "").map(({ file, line, column, severity }) => `${file}:${line}:${column} ${severity}`)).toEqual([
      "catalog.yaml:1:1 advice",
      "catalog.yaml:5:10 error",
      "catalog.yaml:6:16 error",
      "catalog.yaml:7:23 advice",
      "catalog.yaml:7:32 advice",
      "catalog.yaml:7:32 advice",
      "notices/b.yaml:3:14 error",
      "notices/b.yaml:4:43 error",
    ]);
  });
});

describe("What words mean wrong", () => {
  it("is placed at the tag or output, in a file of its own and in a block", () => {
    const block = "        en: |\n          Hello\n          {% if data.due %}and {{ data.yy }}{% endif %}\n";
    const folder = folderOf({
      "catalog.yaml": "notices: {}\n",
      "notices/a.yaml": `a:\n  class: transactional\n  channels: [sms]\n  data: { due: date }\n  templates:\n    sms:\n${block.replace(/^ {2}/gm, "")}`,
      "templates/a/sms/zh-CN.liquid": "\n您好\n再见\n  {{ data.zz }}\n",
    });
    const places = found(folder, "", { tenant: "shop" }).filter(({ detail }) => detail.includes("is not declared"));
    expect(places.map(({ file, line, column, detail }) => `${file}:${line}:${column} ${detail}`)).toEqual([
      "notices/a.yaml:9:30 data.yy is not declared; add it to data",
      "templates/a/sms/zh-CN.liquid:4:3 data.zz is not declared; add it to data",
    ]);
  });
});

describe("What cannot be known offline", () => {
  const at = "/carriers/main/base_url";

  it("is whether a secret is set: it counts as set", () => {
    expect(found(changed({ "/carriers/main/secrets/auth_token": "CARRIER_SHOP_ANY" }), "")).toEqual([]);
  });

  it("is whose catalog it is: its secrets say, else it is asked for", async () => {
    const other = { ...goodCatalog().carriers.main, secrets: { auth_token: "CARRIER_OTHER_TWILIO" } };
    expect(found(changed({ "/carriers/main/secrets/auth_token": "CARRIER_B2_TWILIO" }), "")).toEqual([]);
    const both = changed({ "/carriers/other": other });
    expect(() => found(both, "")).toThrow("whose catalog is it? Give --tenant: its secrets are of shop and other");
    expect(found(both, "", { tenant: "shop" })).toMatchObject([{ pointer: "/carriers/other/secrets/auth_token", severity: "error" }]);
    expect(() => found(changed({ "/carriers/main/secrets": undefined }), "")).toThrow("Give --tenant: it names no secrets");
    const malformed = { "/carriers/main/secrets": {}, "/carriers/main/per_second": "x", "/defaults/country": "XX" };
    expect(
      found(changed(malformed), "")
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(["/carriers/main/per_second", "/defaults/country"]);
    expect(await carillon(both, ["--tenant", "SHOP"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("--tenant must be"),
    });
  });

  it("is which hosts the deployment allows: they are named, and this machine's are no error", async () => {
    const errors = (url: string, ...carrierHosts: string[]) =>
      found(changed({ [at]: url }), "", { carrierHosts }).map(
        ({ severity, pointer, detail }) => `${severity} ${pointer} ${detail.slice(0, 26)}`,
      );
    expect(errors("https://relay.example")).toEqual([`error ${at} is not allowed; use https `]);
    expect(errors("https://relay.example", "https://relay.example")).toEqual([]);
    expect(errors("http://127.0.0.1:8788")).toEqual([`advice ${at} reaches this machine only;`]);
    expect(errors("http://localhost:8788")).toEqual([`advice ${at} reaches this machine only;`]);
    expect(errors("http://127.0.0.1.example")).toEqual([`error ${at} is not allowed; use https `]);
    const folder = changed({ [at]: "https://relay.example" });
    expect((await carillon(folder, ["--carrier-host", "https://x.example", "--carrier-host", "https://relay.example"])).code).toBe(0);
    expect((await carillon(folder, [], { CARRIER_HOSTS: "https://x.example, https://relay.example" })).code).toBe(0);
  });
});
