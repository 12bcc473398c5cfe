import { describe, expect, it } from "vitest";
import { dataIssues } from "../../src/accept/check-data.ts";
import { dataDeclaration, variablesOf } from "../../src/vocabulary/variables.ts";

/** What is wrong with data by a declaration, as pointer and detail. */
function issuesIn(declaration: unknown, data: unknown): string[] {
  const variables = variablesOf(dataDeclaration.parse(declaration));
  return dataIssues(data, variables).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

/** The same of one variable, `x`, below its pointer. */
const issuesOf = (variable: unknown, x: unknown) => issuesIn({ x: variable }, { x }).map((issue) => issue.replace("/data/x ", ""));

describe("Data", () => {
  it("fits where every variable is there and as it is declared, whatever else is there", () => {
    const declaration = { order_id: "string", items: { type: "list", of: { type: "object", fields: { name: "string" } } }, eta: "date" };
    const data = { order_id: "D1", items: [{ name: "x", size: 5 }], eta: "2026-03-01", colour: { odd: [null] } };
    expect(issuesIn(declaration, data)).toEqual([]);
  });

  it("lacks what is required, null as well as nothing, and not what may be left out", () => {
    const declaration = { a: "string", b: "integer", c: "date", d: { type: "string", required: false } };
    expect(issuesIn(declaration, { a: null, b: undefined, d: null })).toEqual([
      "/data/a is missing",
      "/data/b is missing",
      "/data/c is missing",
    ]);
  });

  it("is missing as a whole like each of its variables, and may be where none is required", () => {
    for (const nothing of [undefined, null]) {
      expect(issuesIn({ a: "string", b: "boolean" }, nothing)).toEqual(["/data/a is missing", "/data/b is missing"]);
      expect(issuesIn({ a: { type: "string", required: false } }, nothing)).toEqual([]);
      expect(issuesIn({}, nothing)).toEqual([]);
    }
  });

  it("must be an object where something of it is needed or may be read", () => {
    expect(issuesIn({ a: "string", b: "date" }, ["x"])).toEqual(["/data is a list; must be an object with a, b"]);
    expect(issuesIn({ a: { type: "string", required: false } }, "x")).toEqual(["/data is a string; must be an object with a"]);
  });

  it("has no variables from what every object has", () => {
    expect(issuesIn({ constructor: "string", toString: "string" }, {})).toEqual([
      "/data/constructor is missing",
      "/data/toString is missing",
    ]);
  });

  it.each([
    ["string", 5, "is a number; must be a string"],
    ["string", ["x"], "is a list; must be a string"],
    ["string", { x: 1 }, "is an object; must be a string"],
    ["integer", "5", "is a string; must be a whole number"],
    ["number", "5.50", "is a string; must be a number"],
    ["boolean", "true", "is a string; must be true or false"],
    ["boolean", 0, "is a number; must be true or false"],
    ["date", 1767225600, "is a number; must be a date as a string"],
    [{ type: "list" }, "x", "is a string; must be a list"],
    [{ type: "list" }, { 0: "x" }, "is an object; must be a list"],
    [{ type: "object", fields: { name: "string", size: "integer" } }, true, "is a boolean; must be an object with name, size"],
    [{ type: "object", fields: { name: "string" } }, ["x"], "is a list; must be an object with name"],
  ])("declared as %j may not be %j", (variable, value, detail) => {
    expect(issuesOf(variable, value)).toEqual([detail]);
  });

  it("says all that is wrong at once, each in its place, however deep", () => {
    const item = { type: "object", fields: { name: { type: "string", max: 3 }, sizes: { type: "list", of: "integer" } } };
    const data = { items: [{ name: "abc", sizes: [1] }, { name: "abcd" }, 5, { name: 1, sizes: [1, null, 2.5] }] };
    expect(issuesIn({ items: { type: "list", of: item }, total: "number" }, data)).toEqual([
      "/data/items/1/name is 4 UTF-16 units long; at most 3 are taken",
      "/data/items/1/sizes is missing",
      "/data/items/2 is a number; must be an object with name, sizes",
      "/data/items/3/name is a number; must be a string",
      "/data/items/3/sizes/1 is missing",
      "/data/items/3/sizes/2 is 2.5; must be a whole number",
      "/data/total is missing",
    ]);
  });
});

describe("A string", () => {
  it("is counted in UTF-16 units, an emoji as two", () => {
    const four = { type: "string", max: 4 };
    expect(issuesOf(four, "abcd")).toEqual([]);
    expect(issuesOf(four, "订单已发")).toEqual([]);
    expect(issuesOf(four, "😀😀")).toEqual([]);
    expect(issuesOf(four, "😀😀!")).toEqual(["is 5 UTF-16 units long; at most 4 are taken"]);
  });

  it("has at most 32 units where nothing is said", () => {
    expect(issuesOf("string", "x".repeat(32))).toEqual([]);
    expect(issuesOf("string", "x".repeat(33))).toEqual(["is 33 UTF-16 units long; at most 32 are taken"]);
  });

  it("may be empty where it is not required, or where that is said", () => {
    expect(issuesOf("string", "")).toEqual(["is empty; must have at least 1 UTF-16 unit"]);
    expect(issuesOf({ type: "string", min: 0 }, "")).toEqual([]);
    expect(issuesOf({ type: "string", required: false }, "")).toEqual([]);
  });

  it("may be told a least length", () => {
    expect(issuesOf({ type: "string", min: 4 }, "123")).toEqual(["is 3 UTF-16 units long; must have at least 4"]);
    expect(issuesOf({ type: "string", min: 4 }, "a")).toEqual(["is 1 UTF-16 unit long; must have at least 4"]);
    expect(issuesOf({ type: "string", min: 4 }, "1234")).toEqual([]);
  });

  it("may be as long as it is where it is shortened or has a variant", () => {
    for (const over of ["shorten", "variant"]) expect(issuesOf({ type: "string", max: 2, over }, "x".repeat(5_000))).toEqual([]);
    expect(issuesOf({ type: "string", max: 2, over: "reject" }, "xxx")).toHaveLength(1);
  });

  it.each([
    ["digits", "0123456789", "1-2", 'holds "-"; may hold digits alone'],
    ["digits", "7", "٣", 'holds "٣"; may hold digits alone'],
    ["alphanumeric", "Az09 -._:/#+", "D_1@", 'holds "@"; may hold digits, Latin letters, spaces and - . _ : / # + alone'],
    ["alphanumeric", "D1", "é", 'holds "é"; may hold digits, Latin letters, spaces and - . _ : / # + alone'],
    ["alphanumeric", "D1", "a\nb", 'holds "\\n"; may hold digits, Latin letters, spaces and - . _ : / # + alone'],
    ["gsm", "Ça va? [5€]\n", "“x”", 'holds "“"; may hold characters of GSM-7 alone'],
    ["gsm", "Å", "a😀", 'holds "😀"; may hold characters of GSM-7 alone'],
  ])("of charset %s may be %j and not %j", (charset, good, bad, detail) => {
    expect(issuesOf({ type: "string", charset }, good)).toEqual([]);
    expect(issuesOf({ type: "string", charset }, bad)).toEqual([detail]);
  });

  it("of any charset holds whole characters", () => {
    expect(issuesOf("string", "订单😀é\u0000")).toEqual([]);
    for (const half of ["a\ud83d", "\ude00a", "\ude00\ud83d"])
      expect(issuesOf("string", half)).toEqual(["holds half a character, a surrogate alone; send whole characters"]);
  });

  it("that is too long and of other characters is told both", () => {
    expect(issuesOf({ type: "string", max: 3, charset: "digits" }, "12 4")).toEqual([
      "is 4 UTF-16 units long; at most 3 are taken",
      'holds " "; may hold digits alone',
    ]);
  });
});

describe("A number", () => {
  it("is within its range, both ends included", () => {
    const five = { type: "integer", min: 1, max: 5 };
    for (const good of [1, 5]) expect(issuesOf(five, good)).toEqual([]);
    expect(issuesOf(five, 0)).toEqual(["is 0; must be at least 1"]);
    expect(issuesOf(five, 6)).toEqual(["is 6; must be at most 5"]);
    expect(issuesOf("number", 1e12)).toEqual(["is 1000000000000; must be at most 999999999999"]);
    expect(issuesOf("number", -1e12)).toEqual(["is -1000000000000; must be at least -999999999999"]);
  });

  it("is finite: JSON may say more than a number holds", () => {
    expect(issuesOf({ type: "number", min: 0, max: 9 }, JSON.parse("1e999"))).toEqual(["is not finite; must be a number from 0 to 9"]);
    expect(issuesOf({ type: "integer", min: 0, max: 9 }, Number.NaN)).toEqual(["is not finite; must be a whole number from 0 to 9"]);
  });

  it("has no more digits after the point than are declared", () => {
    const cents = { type: "number", decimals: 2 };
    for (const good of [1, 1.5, 1.25, -0.01, 1e6]) expect(issuesOf(cents, good)).toEqual([]);
    expect(issuesOf(cents, 0.125)).toEqual(["is 0.125; may have at most 2 digits after the point"]);
    expect(issuesOf({ type: "number", decimals: 1 }, 0.25)).toEqual(["is 0.25; may have at most 1 digit after the point"]);
    expect(issuesOf({ type: "number", decimals: 0 }, 2.5)).toEqual(["is 2.5; may have at most 0 digits after the point"]);
    expect(issuesOf({ type: "number", decimals: 7 }, 1.5e-7)).toEqual(["is 1.5e-7; may have at most 7 digits after the point"]);
    expect(issuesOf({ type: "number", decimals: 8 }, 1.5e-7)).toEqual([]);
    expect(issuesOf("number", 0.1 + 0.2)).toEqual([]);
  });

  it("that is whole has none", () => {
    expect(issuesOf("integer", 2.5)).toEqual(["is 2.5; must be a whole number"]);
    expect(issuesOf("integer", -2)).toEqual([]);
  });
});

describe("A date", () => {
  it.each([
    "2026-03-01",
    "2024-02-29",
    "2026-03-01T09:30",
    "2026-03-01 09:30:00",
    "2026-03-01T09:30:00Z",
    "2026-03-01T09:30:00.123456789+08:00",
    "2026-03-01T09:30-05:00",
  ])("may be %s", (date) => {
    expect(issuesOf("date", date)).toEqual([]);
  });

  it.each([
    "",
    "soon",
    "now",
    "2026-02-29",
    "2026-13-01",
    "2026-03-01T24:00:00Z",
    "2026-03-01T09:30:60Z",
    "0999-12-31",
    "9000-01-01",
    "2026-03-01T09:30:00+25:00",
    "20260301",
    "1 March 2026",
    "2026-03-01T09:30:00Z[Asia/Shanghai]",
    "2026-03-01\n",
    "１２３４-03-01",
  ])("may not be %j", (date) => {
    expect(issuesOf("date", date)).toEqual([
      "is not a date; must be one such as 2026-03-01, or a time such as 2026-03-01T09:30:00+08:00, of a year from 1000 to 8999",
    ]);
  });
});

describe("A list", () => {
  it("has at most as many items as are declared, 20 where nothing is", () => {
    expect(issuesOf({ type: "list", max: 2 }, [1, "x"])).toEqual([]);
    expect(issuesOf({ type: "list", max: 2 }, [1, 2, 3])).toEqual(["has 3 items; at most 2 are taken"]);
    expect(issuesOf({ type: "list" }, Array(21).fill(0))).toEqual(["has 21 items; at most 20 are taken"]);
  });

  it("of which nothing is declared may hold anything", () => {
    expect(issuesOf({ type: "list" }, [null, { a: [] }, "x".repeat(99)])).toEqual([]);
  });

  it("is not looked at behind its end", () => {
    expect(issuesIn({ x: { type: "list", max: 1, of: "integer" } }, { x: ["a", "b", "c"] })).toEqual([
      "/data/x has 3 items; at most 1 are taken",
      "/data/x/0 is a string; must be a whole number",
    ]);
  });
});
