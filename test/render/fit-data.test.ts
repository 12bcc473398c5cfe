import { describe, expect, it } from "vitest";
import { fitData, withoutNulls } from "../../src/render/fit-data.ts";
import { dataDeclaration, variablesOf } from "../../src/vocabulary/variables.ts";

const variables = (declared: object) => variablesOf(dataDeclaration.parse(declared));
const fitted = (data: unknown, declared: object, variant?: "shorten") => fitData(data, variables(declared), variant);

describe("fitData", () => {
  it("keeps what is declared and leaves out what is not, in objects and lists too", () => {
    const lines = { type: "list", of: { type: "object", fields: { title: "string" } } };
    const data = { id: "D1", gift: true, lines: [{ title: "a", price: 1 }], secret: "x" };
    expect(fitted(data, { id: "string", gift: "boolean", lines })).toEqual({
      data: { id: "D1", gift: true, lines: [{ title: "a" }] },
      overlong: [],
    });
  });

  it("counts null as missing, wherever it stands", () => {
    const declared = {
      id: "string",
      to: { type: "object", fields: { name: "string", city: "string" } },
      tags: { type: "list", of: "string" },
    };
    expect(fitted({ id: null, to: { name: null, city: "Bonn" }, tags: ["a", null, "b"] }, declared).data).toEqual({
      to: { city: "Bonn" },
      tags: ["a", "b"],
    });
  });

  it("counts an empty string as missing where it is not required, so that the words' guards hold", () => {
    const note = { type: "string", required: false };
    const declared = {
      note,
      id: { type: "string", min: 0 },
      to: { type: "object", fields: { note } },
      notes: { type: "list", of: note },
      ids: { type: "list", of: { type: "string", min: 0 } },
      loose: { type: "list" },
    };
    const data = { note: "", id: "", to: { note: "" }, notes: ["a", ""], ids: ["a", ""], loose: ["", null] };
    expect(fitted(data, declared).data).toEqual({ id: "", to: {}, notes: ["a"], ids: ["a", ""], loose: [""] });
    expect(fitted({ note: " " }, declared).data).toEqual({ note: " " });
  });

  it("has nothing where there is no data, and never what an object inherits", () => {
    expect(fitted(undefined, { id: "string" }).data).toEqual({});
    expect(fitted("text", { length: "integer" }).data).toEqual({});
    expect(fitted({}, { constructor: "string", toString: "string" }).data).toEqual({});
  });

  it("cuts a value that may be shortened to its max, in objects and lists too, and no grapheme", () => {
    const short = { type: "string", max: 5, over: "shorten" };
    const declared = { item: short, to: { type: "object", fields: { name: short } }, tags: { type: "list", of: short } };
    const { data, overlong } = fitted({ item: "羊绒围巾两条装", to: { name: "A long name" }, tags: ["ok", "一二三👨‍👩‍👧‍👦四"] }, declared);
    expect(data).toEqual({ item: "羊绒围巾…", to: { name: "A..." }, tags: ["ok", "一二三…"] });
    expect(overlong).toEqual([]);
  });

  it("names each value once that asks for the short form, and leaves it whole", () => {
    const item = { type: "string", max: 3, over: "variant" };
    const declared = { item, lines: { type: "list", of: { type: "object", fields: { title: item } } } };
    const data = { item: "abc", lines: [{ title: "abcd" }, { title: "abcde" }] };
    expect(fitted(data, declared)).toEqual({ data, overlong: ["lines.title"] });
    expect(fitted({ item: "abcd", lines: [] }, declared).overlong).toEqual(["item"]);
  });

  it("cuts what asks for a variant where there are none", () => {
    expect(fitted({ item: "abcdef" }, { item: { type: "string", max: 5, over: "variant" } }, "shorten")).toEqual({
      data: { item: "ab..." },
      overlong: [],
    });
  });

  it("leaves alone what accepting would have refused: too long, or of another type", () => {
    const data = { id: "abcdef", name: 7, list: "x", to: [1] };
    const declared = { id: { type: "string", max: 3 }, name: "string", list: { type: "list" }, to: { type: "list", of: "string" } };
    expect(fitted(data, declared).data).toEqual(data);
  });

  it("makes half a surrogate pair the character for what is no character", () => {
    expect(fitted({ id: "a\ud83d" }, { id: "string" }).data).toEqual({ id: "a\ufffd" });
  });
});

describe("withoutNulls", () => {
  it("drops nulls at any depth and keeps all else", () => {
    expect(withoutNulls({ a: null, b: { c: null, d: 0 }, e: [null, false, { f: null, g: "" }] })).toEqual({
      b: { d: 0 },
      e: [false, { g: "" }],
    });
    expect([withoutNulls(null), withoutNulls(undefined), withoutNulls("x")]).toEqual([undefined, undefined, "x"]);
  });

  it("stops at a depth that no honest data has", () => {
    const nested = JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    expect(JSON.stringify(withoutNulls(nested))).toHaveLength(`${'{"a":'.repeat(63)}{}${"}".repeat(63)}`.length);
  });
});
