import { describe, expect, it } from "vitest";
import { mergePatch } from "../../src/accept/merge-patch.ts";

describe("mergePatch", () => {
  // RFC 7396, appendix A.
  it.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("makes of %j by %j: %j", (target, patch, merged) => {
    const before = JSON.stringify(target);
    expect(mergePatch(target, patch)).toEqual(merged);
    expect(JSON.stringify(target)).toBe(before);
  });

  it("keeps the order of what stands, and has no prototypes changed", () => {
    expect(Object.keys(Object(mergePatch({ a: 1, b: 2 }, { c: 3, a: 4 })))).toEqual(["a", "b", "c"]);
    expect(mergePatch({}, JSON.parse('{"__proto__":{"x":1}}'))).not.toHaveProperty("x");
  });
});
