import { describe, expect, it } from "vitest";
import * as z from "zod";
import { issuesOf, pointerOf } from "../../src/support/issues.ts";

function issuesIn(schema: z.ZodType, value: unknown, at: readonly PropertyKey[] = []) {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : issuesOf(parsed.error, at);
}

describe("pointerOf", () => {
  it("escapes what RFC 6901 escapes, the tilde first", () => {
    expect(pointerOf([])).toBe("");
    expect(pointerOf(["a/b", "m~n", 0, "", "~1", "订单"])).toBe("/a~1b/m~0n/0//~01/订单");
  });
});

describe("issuesOf", () => {
  it("points at each thing that is wrong, below the place where the value stands", () => {
    const schema = z.strictObject({ a: z.string(), b: z.array(z.number()) });
    expect(issuesIn(schema, { a: 1, b: [1, "x"] }, ["in", 2]).map(({ pointer }) => pointer)).toEqual(["/in/2/a", "/in/2/b/1"]);
  });

  it("names every key that is not known itself", () => {
    const detail = "is not known here; remove it or check its spelling";
    expect(issuesIn(z.strictObject({ a: z.strictObject({}) }), { a: { "x/y": 1, z: 2 } })).toEqual([
      { pointer: "/a/x~1y", detail },
      { pointer: "/a/z", detail },
    ]);
  });

  it("points at a record's key that is not well named", () => {
    expect(issuesIn(z.record(z.string().regex(/^[a-z]+$/, "must be small letters"), z.number()), { A: 1 })).toEqual([
      { pointer: "/A", detail: "as a name: must be small letters" },
    ]);
  });

  it("tells of a union the branch that got farthest", () => {
    const schema = z.object({ to: z.union([z.string(), z.object({ id: z.string(), name: z.string() })]) });
    expect(issuesIn(schema, { to: { id: 1, name: "x" } })).toEqual([{ pointer: "/to/id", detail: expect.any(String) }]);
  });

  it("joins what the branches of a union say where none of them got anywhere", () => {
    const schema = z.object({ to: z.union([z.literal("*", { error: "must be *" }), z.number({ error: "must be a number" })]) });
    expect(issuesIn(schema, { to: "x" })).toEqual([{ pointer: "/to", detail: "must be *, or must be a number" }]);
  });
});
