import { realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BadCatalogFiles, loadCatalog, readCatalog } from "../src/cli-files.ts";
import { folderOf } from "./folder-of.ts";

/** `line:column` of a pointer in a catalog of one file. */
function placeIn(yaml: string, pointer: string): string {
  const { line, column } = loadCatalog(join(folderOf({ "one.yaml": yaml }), "one.yaml")).placeOf(pointer);
  return `${line}:${column}`;
}

/** Where an issue of a catalog of one file is told. */
function toldIn(yaml: string, pointer: string, detail: string): string {
  const { line, column } = loadCatalog(join(folderOf({ "one.yaml": yaml }), "one.yaml")).placeOfIssue({ pointer, detail });
  return `${line}:${column}`;
}

/** The faults of a folder, paths from there. */
function faultsIn(files: Parameters<typeof folderOf>[0], name = ""): string[] {
  const folder = folderOf(files);
  try {
    loadCatalog(join(folder, name));
    return [];
  } catch (error) {
    if (!(error instanceof BadCatalogFiles)) throw error;
    return error.message.replaceAll(`${folder}/`, "").replaceAll(folder, ".").split("\n");
  }
}

/** The faults of a folder with these links in it, each with where it leads. */
function faultsOfLinks(links: Readonly<Record<string, string>>): string[] {
  const folder = folderOf({ "catalog.yaml": "notices: {}\n", "templates/a/sms/en.liquid": "Hi" });
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
  return readCatalog(folder).faults.map(({ file, detail }) =>
    `${file} ${detail}`.replaceAll(`${realpathSync(folder)}/`, "").replaceAll(`${folder}/`, ""),
  );
}

const shop =
  "notices:\n  paid: { class: service, channels: [sms, email] }\n  due:\n    class: service\n    channels: [sms]\n    series: [{ step: full, from: time, offset: P1D }]\n";

describe("A catalog in one file", () => {
  it("is YAML or JSON", () => {
    const folder = folderOf({ "a.yaml": "notices: {}\n", "a.json": '{\n\t"notices": {"x": {"class": "a\\ud83d\\ude00"}}}' });
    expect(loadCatalog(join(folder, "a.yaml")).value).toEqual({ notices: {} });
    const json = loadCatalog(join(folder, "a.json"));
    expect(json.value).toEqual({ notices: { x: { class: "a😀" } } });
    expect(json.placeOf("/notices/x/class")).toEqual({ file: join(folder, "a.json"), line: 2, column: 29 });
  });

  it("may have anchors and merges, which its value has written out", () => {
    const yaml = "a: &a { k: 1, j: [x] }\nb: { <<: *a, k: 2 }\nc: *a\n";
    const { value } = loadCatalog(join(folderOf({ "one.yaml": yaml }), "one.yaml"));
    expect(value).toEqual({ a: { k: 1, j: ["x"] }, b: { k: 2, j: ["x"] }, c: { k: 1, j: ["x"] } });
    expect([placeIn(yaml, "/b/k"), placeIn(yaml, "/b/j/0"), placeIn(yaml, "/c"), placeIn(yaml, "/c/k")]).toEqual([
      "2:17",
      "1:19",
      "3:4",
      "1:12",
    ]);
  });

  it("may begin with a byte order mark and have line breaks of Windows", () => {
    const folder = folderOf({ "one.yaml": "\uFEFFa: 1\r\nb:\r\n  c: 字😀\r\n  d: 2\r\n" });
    const { value, placeOf } = loadCatalog(join(folder, "one.yaml"));
    expect(value).toEqual({ a: 1, b: { c: "字😀", d: 2 } });
    expect([placeOf("/a"), placeOf("/b/d")]).toMatchObject([
      { line: 1, column: 4 },
      { line: 4, column: 6 },
    ]);
  });

  it("takes the files beside it where its name is catalog.yaml, and none under another name", () => {
    const files = { "catalog.yaml": shop, "draft.yaml": shop, "notices/a.yaml": "extra: { class: service }\n" };
    const folder = folderOf(files);
    const names = (path: string) => Object.keys(Object(Object(loadCatalog(join(folder, path)).value).notices));
    expect(names("catalog.yaml")).toEqual(["paid", "due", "extra"]);
    expect(names("")).toEqual(["paid", "due", "extra"]);
    expect(names("draft.yaml")).toEqual(["paid", "due"]);
  });
});

describe("The place of a pointer", () => {
  const yaml = [
    "# a comment",
    "brand: { name: 鲸落, x: 1 }",
    "routes:",
    "  - channel: sms",
    "    carriers:",
    "      - main",
    "  - { channel: rcs }",
    "notices:",
    "  'a/b':",
    "    class: 'service'",
    "    empty:",
    "    text: |",
    "      one",
    "",
  ].join("\n");

  it.each([
    ["a scalar's start", "/brand/name", "2:16"],
    ["a quoted scalar's quote", "/notices/a~1b/class", "10:12"],
    ["the start of what is in flow style", "/brand", "2:8"],
    ["a block map's key", "/notices", "8:1"],
    ["a block list's key", "/routes", "3:1"],
    ["the start of a block that is an item", "/routes/0", "4:5"],
    ["the start of a flow map that is an item", "/routes/1", "7:5"],
    ["an item's start", "/routes/0/carriers/0", "6:9"],
    ["the key of an empty value", "/notices/a~1b/empty", "11:5"],
    ["a block scalar's sign", "/notices/a~1b/text", "12:11"],
    ["the text that stands for its map", "/notices/a~1b/text/text", "12:11"],
    ["for a missing key, the nearest key", "/notices/a~1b/channels/0", "9:3"],
    ["for a missing key of an item, the key of its list", "/routes/1/carriers", "3:1"],
    ["for what misses at the top, the document's start", "/classes", "1:1"],
    ["for the whole, the document's start", "", "1:1"],
  ])("is %s", (_, pointer, place) => {
    expect(placeIn(yaml, pointer)).toBe(place);
  });

  it("is the key where the name is what is wrong", () => {
    expect(toldIn(yaml, "/brand/x", "is not known here; remove it or check its spelling")).toBe("2:20");
    expect(toldIn(yaml, "/brand/x", "as a name: must be lower-case letters")).toBe("2:20");
    expect(toldIn("t: { zh_CN: x, locale: y }\n", "/t/zh_CN", "is not a language tag, such as zh-CN")).toBe("1:6");
    expect(toldIn("t: { zh_CN: x, locale: y }\n", "/t/locale", "is not a language tag, such as zh-CN")).toBe("1:24");
  });

  it("is that which Liquid tells, in a block scalar, whatever its style", () => {
    const liquid = 'is not Liquid: output "{{ x" not closed, line:2, col:4';
    expect(toldIn("a:\n  t: |- # why\n    ab\n    cd {{ x\n", "/a/t", liquid)).toBe("4:8");
    expect(toldIn("a:\n  t: >\n    ab\n\n    cd\n    ef\n", "/a/t", "x, line:2, col:4")).toBe("6:5");
    expect(toldIn('a:\n  t: "ab\\ncd {{ x"\n', "/a/t", liquid)).toBe("2:6");
  });
});

describe("Files beside a catalog", () => {
  it("add notices behind the catalog's own, file by file in the order of their names", () => {
    const folder = folderOf({
      "catalog.yaml": "notices: { z: { class: service } }\n",
      "notices/b.yaml": "b: { class: marketing }\n",
      "notices/a.yaml": "# two\na1:\n  class: service\na2: { class: service }\n",
      "notices/c.yaml": "",
      "notices/.hidden": "x",
    });
    const { value, placeOf } = loadCatalog(folder);
    expect(Object.keys(Object(Object(value).notices))).toEqual(["z", "a1", "a2", "b"]);
    expect(placeOf("/notices/a1/class")).toEqual({ file: join(folder, "notices/a.yaml"), line: 3, column: 10 });
    expect(placeOf("/notices/a1/ttl")).toEqual({ file: join(folder, "notices/a.yaml"), line: 2, column: 1 });
    expect(placeOf("/notices/z/class")).toEqual({ file: join(folder, "catalog.yaml"), line: 1, column: 24 });
  });

  it("may be all notices that there are", () => {
    const folder = folderOf({ "catalog.yaml": "brand: { name: x }\n", "notices/a.yaml": "a: { class: service }\n" });
    expect(loadCatalog(folder).value).toEqual({ brand: { name: "x" }, notices: { a: { class: "service" } } });
  });

  it("bring texts by notice, channel, locale and leaf, without their last line break", () => {
    const folder = folderOf({
      "catalog.yaml": `${shop}  a/b: { class: service, templates: { sms: { segments: 1, en: Hello } } }\n`,
      "templates/paid/sms/zh-CN.liquid": "您好\r\n再见\n",
      "templates/paid/sms/en.liquid": "\uFEFFHi\n\n",
      "templates/paid/sms/en.short.liquid": "H",
      "templates/paid/email/en.liquid": "text",
      "templates/paid/email/en.html.liquid": "<p>{{ x",
      "templates/due/full/sms/en.liquid": "Due",
      "templates/a%2Fb/sms/en.short.liquid": "Hi",
    });
    const { value, placeOf, placeOfIssue } = loadCatalog(folder);
    expect(Object(value).notices).toMatchObject({
      paid: {
        templates: { sms: { "zh-CN": "您好\n再见", en: { text: "Hi\n", short: "H" } }, email: { en: { text: "text", html: "<p>{{ x" } } },
      },
      due: { templates: { full: { sms: { en: "Due" } } } },
      "a/b": { templates: { sms: { segments: 1, en: { text: "Hello", short: "Hi" } } } },
    });
    const fileAt = (pointer: string) => placeOf(pointer).file.slice(folder.length + 1);
    expect(fileAt("/notices/paid/templates/sms/zh-CN")).toBe("templates/paid/sms/zh-CN.liquid");
    expect(fileAt("/notices/paid/templates/sms/en")).toBe("templates/paid/sms/en.liquid");
    expect(fileAt("/notices/paid/templates/sms/en/short")).toBe("templates/paid/sms/en.short.liquid");
    expect(fileAt("/notices/a~1b/templates/sms/en/short")).toBe("templates/a%2Fb/sms/en.short.liquid");
    expect(fileAt("/notices/a~1b/templates/sms/en/text")).toBe("catalog.yaml");
    expect(fileAt("/notices/due/templates/full/sms/en/text")).toBe("templates/due/full/sms/en.liquid");
    expect(fileAt("/notices/due/templates/half")).toBe("catalog.yaml");
    const html = "/notices/paid/templates/email/en/html";
    expect(placeOf(html)).toMatchObject({ line: 1, column: 1 });
    expect(placeOfIssue({ pointer: html, detail: 'is not Liquid: output "{{ x" not closed, line:1, col:4' })).toMatchObject({
      line: 1,
      column: 4,
    });
  });
});

describe("Files that make no catalog", () => {
  it("are told all at once, each with its place", () => {
    expect(
      faultsIn({
        "catalog.yaml": "a: 1\na: 2\n\tb: x\n",
        "notices/a.yaml": "x: *none\n",
        "notices/b.yaml": "x: [\n",
        "notices/c.yaml": "a: 1\n---\nb: 2\n",
      }),
    ).toEqual([
      "catalog.yaml:2:1: Map keys must be unique",
      "catalog.yaml:3:1: Tabs are not allowed as indentation",
      "notices/a.yaml:1:4: names the anchor none, which is not set before it",
      "notices/b.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
      "notices/c.yaml:2:1: holds more than one document; take the --- between them away",
    ]);
  });

  it("are those that cannot be read, are not UTF-8 or are too large", () => {
    expect(faultsIn({}, "none.yaml")).toEqual([expect.stringMatching(/^none\.yaml cannot be read: ENOENT/)]);
    expect(faultsIn({ "draft.yaml": "" })).toEqual([". cannot be read: it holds no catalog.yaml"]);
    expect(faultsIn({ "a.yaml": Uint8Array.of(0x61, 0x3a, 0x20, 0xc3) }, "a.yaml")).toEqual([
      "a.yaml cannot be read: it is not UTF-8; save it as UTF-8",
    ]);
    expect(faultsIn({ "a.yaml": "#".repeat(16 * 1024 * 1024 + 1) }, "a.yaml")).toEqual([
      "a.yaml cannot be read: it has 16777217 bytes, and a file may have 16777216; split it",
    ]);
  });

  it.each([
    ["a tag that means nothing", "a: !secret b\n", "a.yaml:1:4: Unresolved tag: !secret"],
    ["an anchor within itself", "a: &a [*a]\n", "a.yaml:1:1: holds an anchor that stands within itself"],
    ["a key that no map may have", "a: { __proto__: 1 }\n", "a.yaml:1:6: may not be a key; give it another name"],
    [
      "anchors that multiply",
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${["a", "b", "c", "d"].map((name, at) => `${"bcde"[at]}: &${"bcde"[at]} [${Array(9).fill(`*${name}`).join(",")}]\n`).join("")}`,
      "a.yaml:1:1: Excessive alias count indicates a resource exhaustion attack",
    ],
  ])("are those with %s", (_, text, fault) => {
    expect(faultsIn({ "a.yaml": text }, "a.yaml")).toEqual([fault]);
  });

  it("are two that hold the same notice or the same text, and both are named", () => {
    expect(
      faultsIn({
        "catalog.yaml": "notices:\n  a:\n    series: []\n  b: { templates: { sms: { en: x } } }\n",
        "notices/one.yaml": "# one\nc: {}\na: {}\n",
        "notices/two.yaml": "c: {}\n",
        "templates/b/sms/en.liquid": "x",
      }),
    ).toEqual([
      "notices/one.yaml:3:1: /notices/a stands in catalog.yaml:2 already; keep one of them",
      "notices/two.yaml:1:1: /notices/c stands in notices/one.yaml:2 already; keep one of them",
      "templates/b/sms/en.liquid:1:1: /notices/b/templates/sms/en stands in catalog.yaml:4 already; keep one of them",
    ]);
  });

  it.each([
    ["templates/paid/sms/en.txt", "is not read: it must be named templates/paid/<channel>/<locale>.liquid"],
    ["templates/paid/sms/en.a.b.liquid", "is not read: it must be named templates/paid/<channel>/<locale>.liquid"],
    ["templates/paid/sms/deep/en.liquid", "is not read: it must be named templates/paid/<channel>/<locale>.liquid"],
    ["templates/paid/en.liquid", "is not read: it must be named templates/<notice>/<channel>/<locale>.liquid"],
    [
      "templates/due/sms/en.liquid",
      "is not read: it must be named templates/due/<template>/<channel>/<locale>.liquid, since the notice is a series",
    ],
    ["templates/piad/sms/en.liquid", "belongs to no notice: piad is none of this catalog; the closest one is paid"],
    ["templates/readme.md", "is not read: it must be named templates/<notice>/<channel>/<locale>.liquid"],
    ["templates/paid/smss/en.liquid", "belongs to no channel: smss is none; the closest one is sms"],
    ["templates/paid/sms/zh_CN.liquid", "is in no language: zh_CN is not a language tag, such as zh-CN"],
    ["templates/paid/sms/segments.liquid", "is in no language: segments is not a language tag, such as zh-CN"],
    ["templates/paid/email/en.title.liquid", "is no text of email: it has en.subject.liquid, en.liquid, en.html.liquid"],
    ["templates/p%ZZ/sms/en.liquid", "has a name that cannot be read: names are percent-encoded, with %25 for a per cent sign"],
    ["notices/a.yml", "is not read: notices holds files named *.yaml, each a map of notices; move it away"],
    ["notices/more/a.yaml", "is not read: notices holds files named *.yaml, each a map of notices; move it away"],
  ])("are strays such as %s", (path, detail) => {
    expect(faultsIn({ "catalog.yaml": shop, [path]: "x\n" })).toEqual([`${path}:1:1: ${detail}`]);
  });

  it("are notices that are no map", () => {
    expect(faultsIn({ "catalog.yaml": shop, "notices/a.yaml": "- x\n" })).toEqual([
      "notices/a.yaml:1:1: must be a map of notices, as under notices",
    ]);
  });
});

describe("Links in a folder", () => {
  it("are followed, but to a folder around them or to themselves: that is told, however many there are", () => {
    const says = "is a link that leads back to";
    expect(faultsOfLinks({ "templates/a/up": "..", "templates/a/sms/back": "../.." })).toEqual([
      `templates cannot be read: templates/a/sms/back ${says} a folder around it; take it away`,
    ]);
    expect(faultsOfLinks({ "templates/a/sms/self.liquid": "self.liquid" })).toEqual([
      `templates cannot be read: templates/a/sms/self.liquid ${says} itself; take it away`,
    ]);
    const one = folderOf({});
    symlinkSync("catalog.yaml", join(one, "catalog.yaml"));
    expect(readCatalog(one).faults).toEqual([expect.objectContaining({ detail: expect.stringContaining(`${says} itself`) })]);
  });
});
