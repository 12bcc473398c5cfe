import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { issuesOf } from "../../src/support/issues.ts";

function detailOf(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = z.object({ it: schema }).safeParse({ it: value });
  return parsed.success ? undefined : issuesOf(parsed.error)[0]?.detail;
}

describe("A schema without words of its own", () => {
  it.each([
    [z.string(), undefined, "is missing; must be a text"],
    [z.string(), 13_800_138_000, "is a number; must be a text"],
    [z.string(), null, "is null; must be a text"],
    [z.array(z.string()), "x", "is a text; must be a list"],
    [z.record(z.string(), z.string()), [], "is a list; must be a map"],
    [z.strictObject({}), true, "is true; must be a map"],
    [z.number(), {}, "is a map; must be a number"],
    [z.boolean(), "yes", "is a text; must be true or false"],
    [z.number().int(), 1.5, "is 1.5; must be a whole number"],
    [z.number(), Number.POSITIVE_INFINITY, "is Infinity; must be a number"],
    [z.number().int(), Number.NaN, "is NaN; must be a number"],
    [z.number().min(1), 0, "is 0; must be at least 1"],
    [z.number().positive(), -2, "is -2; must be above 0"],
    [z.number().max(10), 11, "is 11; must be at most 10"],
    [z.string().min(1), "", "is empty; must have at least 1 character"],
    [z.string().max(255), "x".repeat(300), "has 300 characters; must have at most 255 characters"],
    [z.array(z.string()).min(1), [], "is empty; must have at least 1 entry"],
    [z.array(z.string()).max(1), ["a", "b"], "has 2 entries; must have at most 1 entry"],
    [z.enum(["sms", "email"]), "emial", "is none of sms, email; the closest one is email"],
    [z.enum(["sms", "email"]), "SMS", "is none of sms, email; the closest one is sms"],
    [z.enum(["sms", "email"]), "pigeon", "is none of sms, email"],
    [z.enum(["sms", "email"]), undefined, "is missing; must be one of sms, email"],
    [z.enum(["sms", "email"]), 1, "is a number; must be one of sms, email"],
    [z.literal("all"), "x", "must be all"],
    [z.union([z.string(), z.array(z.string())]), 5, "is a number; must be a text or a list"],
    [z.union([z.literal("*"), z.string().min(2)]), "x", "has 1 character; must have at least 2 characters"],
    [z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") })]), { kind: "b" }, "must be a"],
    [
      z.discriminatedUnion("kind", [z.object({ kind: z.literal(["date", "list"]) })]),
      { kind: "lists" },
      "is none of date, list; the closest one is list",
    ],
    [z.discriminatedUnion("kind", [z.object({ kind: z.literal(["date", "list"]) })]), {}, "is missing; must be one of date, list"],
    [z.string().regex(/^[a-z]$/), "1", "must be of the form /^[a-z]$/"],
    [z.string().refine(() => false), "1", "is not valid"],
  ])("says in our words what a value is and what it must be: %#", (schema, value, detail) => {
    expect(detailOf(schema, value)).toBe(detail);
  });

  it("leaves the words of a schema that has some as they are", () => {
    expect(detailOf(z.string("must be a name"), 5)).toBe("must be a name");
    expect(detailOf(z.string().min(2, "is too short"), "x")).toBe("is too short");
  });

  it("never quotes a text, nor a number that stands in a text's place: either may be personal", () => {
    const schemas = [
      z.number(),
      z.array(z.string()),
      z.enum(["sms", "email"]),
      z.string().max(3),
      z.boolean(),
      z.record(z.string(), z.string()),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.stringMatching(/^1[0-9]{10}$/), (schema, phone) => {
        expect(detailOf(schema, phone)).not.toContain(phone);
        if (!(schema instanceof z.ZodNumber)) expect(detailOf(schema, Number(phone))).not.toContain(phone);
      }),
    );
  });
});
