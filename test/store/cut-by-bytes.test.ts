import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutByBytes } from "../../src/store/cut-by-bytes.ts";

const bytesOf = (rows: readonly unknown[]) => new TextEncoder().encode(JSON.stringify(rows)).byteLength;

describe("Rows cut by bytes", () => {
  it("are all there in their order, no part is too large but a row alone, and none could take the next row", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 40 })), fc.integer({ min: 1, max: 120 }), (rows, max) => {
        const parts = cutByBytes(rows, max);
        expect(parts.flat()).toEqual(rows);
        for (const [at, part] of parts.entries()) {
          expect(part.length === 1 || (part.length > 0 && bytesOf(part) <= max + 1)).toBe(true);
          const [next] = parts[at + 1] ?? [];
          if (next !== undefined) expect(bytesOf([...part, next])).toBeGreaterThanOrEqual(max);
        }
      }),
    );
  });
});
