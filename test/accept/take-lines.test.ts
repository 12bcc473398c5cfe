import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fate, type LineLimits, type LineSteps, takeLines } from "../../src/accept/take-lines.ts";

const encoder = new TextEncoder();
const LIMITS: LineLimits = { line_bytes: 50, pack_lines: 4, pack_bytes: 120, lines: 1_000_000, packs: 1_000_000 };
const START = { first: 1, after: 0 };

/** Lines are numbers that are kept in order; a text is wrong. */
function numbers(kept: number[], fateOf: (item: number) => Fate = () => "imported"): LineSteps<number> {
  return {
    read: (value) =>
      typeof value === "number" ? { ok: true, item: value } : { ok: false, id: "x", issues: [{ pointer: "/x", detail: "is bad" }] },
    async keep(items) {
      kept.push(...items.filter((item) => fateOf(item) !== "unavailable"));
      return items.map(fateOf);
    },
  };
}

async function* inPieces(text: string | Uint8Array, size: number, pulled: (bytes: number) => void = () => undefined) {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pulled(piece.length);
    yield piece;
  }
}

async function told(reports: AsyncIterable<object>): Promise<object[]> {
  const all: object[] = [];
  for await (const report of reports) all.push(report);
  return all;
}

const lines = (count: number): string => Array.from({ length: count }, (_, at) => `${at + 1}\n`).join("");

describe("An import of lines", () => {
  it("keeps every good line once and in order, and tells of every other one, however the body comes in", async () => {
    const line = fc.oneof(fc.nat(999).map(String), fc.constantFrom('"text"', "{", "", "  ", "x".repeat(60), '{"__proto__":1}'));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 70 }), async (all, size) => {
        const kept: number[] = [];
        const reports = await told(takeLines(inPieces(all.join("\n"), size), START, numbers(kept), LIMITS));
        const good = all.filter((one) => /^\d+$/.test(one));
        const bad = all.flatMap((one, at) => (one.trim() === "" || good.includes(one) ? [] : [at + 1]));
        expect(kept).toEqual(good.map(Number));
        expect(reports.flatMap((one) => ("line" in one ? [one.line] : []))).toEqual(bad);
        expect(reports.at(-1)).toEqual({
          done: true,
          lines: good.length + bad.length,
          imported: good.length,
          unchanged: 0,
          failed: bad.length,
        });
      }),
    );
  });

  it("never holds more than a pack, a line and a chunk, and reads on only when its report was taken", async () => {
    const line = `"${"x".repeat(40)}"\n`;
    const [count, chunk] = [2_000, 33];
    let pulled = 0;
    let most = 0;
    let seen = 0;
    const steps: LineSteps<string> = { read: () => ({ ok: true, item: "" }), keep: async (items) => items.map(() => "imported") };
    const body = inPieces(line.repeat(count), chunk, (bytes) => {
      pulled += bytes;
    });
    for await (const report of takeLines(body, START, steps, LIMITS)) {
      most = Math.max(most, pulled - seen);
      if ("through" in report) seen = Number(report.through) * line.length;
      const before = pulled;
      await new Promise((resolve) => setImmediate(resolve));
      expect(pulled).toBe(before);
    }
    expect(pulled).toBe(count * line.length);
    expect(most).toBeLessThanOrEqual(LIMITS.pack_bytes + LIMITS.line_bytes + chunk);
  });

  it("goes on behind a line, whether it is skipped here or was by whoever sends", async () => {
    const kept: number[] = [];
    const reports = await told(takeLines(inPieces(lines(10), 3), { first: 1, after: 7 }, numbers(kept), LIMITS));
    expect(kept).toEqual([8, 9, 10]);
    expect(reports).toEqual([{ through: 10 }, { done: true, lines: 3, imported: 3, unchanged: 0, failed: 0 }]);
    const sent = await told(takeLines(inPieces('8\n"bad"\n10', 3), { first: 8, after: 0 }, numbers(kept), LIMITS));
    expect(sent.slice(0, 2)).toEqual([{ line: 9, id: "x", errors: [{ pointer: "/x", detail: "is bad" }] }, { through: 10 }]);
  });

  it("stops at its limits and says behind which line there is more", async () => {
    const kept: number[] = [];
    const reports = await told(takeLines(inPieces(lines(100), 7), START, numbers(kept), { ...LIMITS, lines: 8 }));
    expect(reports).toEqual([{ through: 4 }, { through: 8, more: true, lines: 8, imported: 8, unchanged: 0, failed: 0 }]);
    expect(await told(takeLines(inPieces(lines(100), 7), START, numbers([]), { ...LIMITS, packs: 3 }))).toHaveLength(3);
  });

  it("stops before a pack of which a line could not be kept, and says which: `through` passes no line that is lost", async () => {
    const kept: number[] = [];
    const fateOf = (item: number): Fate => (item === 6 ? "unavailable" : "imported");
    const reports = await told(takeLines(inPieces(lines(10), 5), START, numbers(kept, fateOf), LIMITS));
    expect(reports).toEqual([
      { through: 4 },
      { line: 6, status: 503, errors: [{ pointer: "", detail: expect.any(String) }] },
      { through: 4, more: true, lines: 4, imported: 4, unchanged: 0, failed: 0 },
    ]);
    const steps = { ...numbers([]), keep: () => Promise.reject(new Error("away")) };
    expect((await told(takeLines(inPieces(lines(3), 5), START, steps, LIMITS))).at(-1)).toMatchObject({ through: 0, more: true });
  });

  it("loses no line and keeps none twice, wherever it stops and goes on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }), async (count, falls) => {
        const kept: number[] = [];
        let call = 0;
        let after = 0;
        for (let round = 0; round < 200; round++) {
          const steps = numbers(kept);
          const failing: LineSteps<number> = {
            ...steps,
            keep: async (items) => (falls[call++ % falls.length] === 0 && round < 40 ? items.map(() => "unavailable") : steps.keep(items)),
          };
          const last = (await told(takeLines(inPieces(lines(count), 9), { first: 1, after }, failing, { ...LIMITS, lines: 12 }))).at(-1);
          if (last && "done" in last) break;
          after = Number(last && "through" in last ? last.through : after);
        }
        expect(kept).toEqual(Array.from({ length: count }, (_, at) => at + 1));
      }),
    );
  });
});
