import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Counted, instantsOf, trimmed, withInstant, withoutInstant } from "../../src/admit/counted.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2026-03-02T00:00:00Z");

describe("kept instants", () => {
  it("stay ascending and exact, whatever is added and taken back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.integer({ min: 1_770_000_000_000, max: 1_770_000_000_099 }), back: fc.boolean() }), { maxLength: 60 }),
        (changes) => {
          let kept: Counted = { class: "service", notice: "n", caps: [], at: [] };
          const expected: number[] = [];
          for (const { at, back } of changes) {
            kept = back ? withoutInstant(kept, at) : withInstant(kept, at);
            if (!back) expected.push(at);
            else if (expected.includes(at)) expected.splice(expected.indexOf(at), 1);
          }
          expect(instantsOf(kept)).toEqual(expected.sort((a, b) => a - b));
        },
      ),
    );
  });

  it("keep the newest of a cap's length, one more than it allows, and a week's 256 where no cap asks", () => {
    const at = Array.from({ length: 2000 }, (_, hour) => START + hour * 3_600_000);
    const now = START + 2000 * 3_600_000;
    const keptOf = (caps: Counted["caps"]) =>
      instantsOf(trimmed(at.reduce<Counted>(withInstant, { class: "service", notice: "n", caps, at: [] }), now)).length;
    expect(keptOf([])).toBe(167);
    expect(keptOf([{ max: 400, per_ms: 30 * DAY_MS }])).toBe(401);
    expect(keptOf([{ max: 5000, per_ms: 30 * DAY_MS }])).toBe(719);
  });
});
