import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, LineSplitter } from "../../src/support/split-lines.ts";

const encoder = new TextEncoder();

/** Pushes the bytes in pieces that end at these places, and notes the most that was held between them. */
function split(bytes: Uint8Array, cuts: readonly number[], maxBytes = 64): { lines: Line[]; held: number } {
  const splitter = new LineSplitter(maxBytes);
  const lines: Line[] = [];
  let held = 0;
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  for (const [at, end] of [...places, bytes.length].entries()) {
    lines.push(...splitter.push(bytes.subarray(at === 0 ? 0 : places[at - 1], end)));
    held = Math.max(held, splitter.heldBytes);
  }
  lines.push(...splitter.end());
  return { lines, held };
}

const cuts = fc.array(fc.nat(2_000), { maxLength: 40 });
/** Of one to four bytes each in UTF-8, a CR that ends no line among them. */
const text = fc
  .array(fc.constantFrom("a", '"', "\r.", "é", "发", "𠮷", "\u2028"), { maxLength: 12 })
  .map((signs) => signs.join(""))
  .filter((line) => !line.endsWith("\r"));

describe("A stream of lines", () => {
  it("is cut into the same lines wherever its chunks end, within a sign and within CRLF too", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.constantFrom("\n", "\r\n")), { maxLength: 20 }), text, cuts, (ended, last, places) => {
        const bytes = encoder.encode(ended.map(([line, end]) => line + end).join("") + last);
        const expected = [...ended.map(([line]) => line), ...(last === "" ? [] : [last])];
        expect(split(bytes, places).lines).toEqual(expected.map((line, at) => ({ n: at + 1, text: line })));
      }),
      { numRuns: 500 },
    );
  });

  it("gives any bytes whatever back in numbered lines, and never holds more than a line", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), cuts, fc.integer({ min: 1, max: 40 }), (bytes, places, max) => {
        const { lines, held } = split(bytes, places, max);
        expect(held).toBeLessThanOrEqual(max + 1);
        expect(lines.map(({ n }) => n)).toEqual(lines.map((_, at) => at + 1));
        expect(lines).toEqual(split(bytes, [], max).lines);
      }),
      { numRuns: 500 },
    );
  });

  it("tells of a line that is too long, skips it without holding it, and goes on behind it", () => {
    const bytes = encoder.encode(`first\n${"x".repeat(1_000_000)}\nlast`);
    const { lines, held } = split(
      bytes,
      Array.from({ length: 1_000 }, (_, at) => at * 1_000),
    );
    expect(lines).toEqual([
      { n: 1, text: "first" },
      { n: 2, unreadable: "is longer than 64 bytes; a line may have as many" },
      { n: 3, text: "last" },
    ]);
    expect(held).toBeLessThanOrEqual(65);
  });

  it("counts neither the line's end nor its CR as its length", () => {
    for (const end of ["\n", "\r\n", ""]) {
      expect(split(encoder.encode("x".repeat(64) + end), []).lines).toEqual([{ n: 1, text: "x".repeat(64) }]);
      expect(split(encoder.encode("x".repeat(65) + end), []).lines).toMatchObject([{ unreadable: expect.any(String) }]);
    }
  });

  it("tells of a line that is not UTF-8 and reads the others", () => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0xe5, 0x8f, 0x0a, 0x62);
    expect(split(bytes, []).lines).toEqual([
      { n: 1, text: "a" },
      { n: 2, unreadable: "is not UTF-8; encode it as UTF-8" },
      { n: 3, text: "b" },
    ]);
  });

  it("leaves out a byte order mark before the first line, and counts empty lines", () => {
    expect(split(encoder.encode("\ufeffa\n\nb\n"), [1, 2]).lines).toEqual([
      { n: 1, text: "a" },
      { n: 2, text: "" },
      { n: 3, text: "b" },
    ]);
  });
});
