import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callerId, plainText } from "../../src/vocabulary/identifiers.ts";

const words = (schema: typeof callerId, text: string): string[] => schema.safeParse(text).error?.issues.map(({ message }) => message) ?? [];

describe("A text that people choose", () => {
  it("is taken without the white space at its ends, and never with a control character or a break of lines", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
        const parsed = plainText(20).safeParse(text);
        expect(parsed.success).toBe(text.trim() !== "" && !/[\p{Cc}\u2028\u2029]/u.test(text.trim()));
        if (parsed.success) expect(parsed.data).toBe(text.trim());
      }),
    );
  });

  it("may be of any script, with signs that are joined", () => {
    for (const text of ["上线前", "👩‍🔧 on duty", "a".repeat(20)]) expect(plainText(20).parse(text)).toBe(text);
    expect(words(plainText(20), "a".repeat(21))).toHaveLength(1);
  });
});

describe("An id that a caller gives", () => {
  it("is told once that it is empty", () => {
    expect(words(callerId, "")).toEqual(["must not be empty"]);
  });
});
