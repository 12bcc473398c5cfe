import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataIssues } from "../../src/accept/check-data.ts";
import { exampleData } from "../../src/accept/example-data.ts";
import { type DataDeclaration, type VariableInput, variablesOf } from "../../src/vocabulary/variables.ts";

const made = (declaration: DataDeclaration) => exampleData(variablesOf(declaration));

describe("exampleData", () => {
  it("takes the examples that are declared, whatever they are", () => {
    expect(made({ order_id: { type: "string", example: "D10001" }, items: { type: "list", example: [] } })).toEqual({
      data: { order_id: "D10001", items: [] },
      filled: [],
    });
  });

  it("makes up what has no example so that its name is seen, and says what", () => {
    expect(made({ item: "string", paid: "boolean", eta: "date", left: "integer", at: { type: "string", example: "x" } })).toEqual({
      data: { item: "item", paid: true, eta: "2030-06-15T10:30:00", left: 12, at: "x" },
      filled: ["data.item", "data.paid", "data.eta", "data.left"],
    });
  });

  it("keeps to lengths, characters and ranges", () => {
    const { data } = made({
      pickup_code: { type: "string", charset: "digits", min: 6, max: 6 },
      warehouse: { type: "string", max: 4 },
      note: { type: "string", min: 9, max: 12 },
      名: { type: "string", charset: "gsm" },
      left: { type: "integer", min: 100, max: 200 },
      rate: { type: "number", min: 0.1, max: 0.5, decimals: 2 },
    });
    expect(data).toEqual({
      pickup_code: "123456",
      warehouse: "ware",
      note: "notenoten".padEnd(12, "ote"),
      名: "sample",
      left: 100,
      rate: 0.5,
    });
  });

  it("goes into objects and lists, whose parts may have examples of their own", () => {
    const buyer: VariableInput = { type: "object", fields: { name: { type: "string", example: "李雷" }, city: "string" } };
    expect(made({ buyer, lines: { type: "list", of: buyer }, tags: "string", codes: { type: "list" } })).toEqual({
      data: { buyer: { name: "李雷", city: "city" }, lines: [{ name: "李雷", city: "city" }], tags: "tags", codes: ["codes"] },
      filled: ["data.buyer.city", "data.lines[].city", "data.tags", "data.codes"],
    });
  });

  it("always makes data that fit their declaration", () => {
    const bounds = fc.tuple(fc.nat(40), fc.nat(40)).map(([one, other]) => ({ min: Math.min(one, other), max: Math.max(one, other, 1) }));
    const text = fc.record({
      type: fc.constant("string" as const),
      charset: fc.constantFrom("digits", "alphanumeric", "gsm", "any"),
    });
    const string = fc.tuple(text, bounds).map(([one, range]) => ({ ...one, ...range }));
    const figure = fc
      .tuple(fc.constantFrom("integer" as const, "number" as const), fc.integer({ min: -500, max: 500 }), fc.nat(500))
      .map(([type, min, width]) => ({ type, min, max: min + width }));
    const leaf: fc.Arbitrary<VariableInput> = fc.oneof(string, figure, fc.constantFrom("boolean" as const, "date" as const));
    const tree: fc.Arbitrary<VariableInput> = fc.oneof(
      leaf,
      leaf.map((of) => ({ type: "list" as const, of, max: 1 })),
      fc.dictionary(fc.constantFrom("a", "b_c", "名"), leaf).map((fields) => ({ type: "object" as const, fields })),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("item", "order_id", "城市", "𠮷"), tree), (declaration) => {
        const variables = variablesOf(declaration);
        expect(dataIssues(exampleData(variables).data, variables)).toEqual([]);
      }),
    );
  });
});
