import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { beginCopy, endCopy, noteUncopied } from "../../src/admit/note-uncopied.ts";
import type { Missing } from "../../src/admit/uncopied.ts";
import { wakeAt } from "../../src/admit/wake.ts";

const TIMING = { unknown_after_seconds: 259_200, receipt_wait_seconds: 60 };
const entryAt = (n: number): Missing["preferences"][number] => ({
  scope: "all",
  channel: "*",
  state: "out",
  at: new Date(n * 1000).toISOString(),
  source: "checkout",
});
const noted = (document: RecipientDocument, missing: Missing, now = 0): RecipientDocument => {
  const next = noteUncopied(document, missing, now);
  if (!next) throw new Error("it was too much");
  return next;
};

describe("What could not be copied", () => {
  it("is tried again by the alarm, after pauses that grow to ten minutes, for ever", () => {
    let document = noted(emptyDocument(), { preferences: [entryAt(1)] });
    const pauses: number[] = [];
    for (let now = 0, tries = 0; tries < 9; tries++) {
      const at = wakeAt(document, now, TIMING);
      if (at === undefined) throw new Error("nothing wakes it");
      pauses.push((at - now) / 1000);
      expect(beginCopy(document, at - 1).copying).toBeUndefined();
      now = at;
      ({ document } = beginCopy(document, now));
    }
    expect(pauses).toEqual([30, 30, 60, 120, 240, 480, 600, 600, 600]);
    expect(document.uncopied).toMatchObject({ since: 0, tries: 9 });
  });

  it("is over once it is copied, and nothing wakes the document any more", () => {
    const { document, copying } = beginCopy(noted(emptyDocument(), { revision: 2, preferences: [entryAt(1)] }), 30_000);
    expect(copying && endCopy(document, copying)).toEqual(emptyDocument());
  });

  it("keeps its place for what was added while it was copied", () => {
    const first = noted(emptyDocument(), { revision: 2, preferences: [entryAt(1)] });
    const { document, copying } = beginCopy(first, 30_000);
    const more = noted(document, { revision: 3, preferences: [entryAt(1), entryAt(2)] }, 40_000);
    expect(copying && endCopy(more, copying).uncopied).toMatchObject({ since: 0, revision: 3, preferences: [entryAt(2)] });
  });

  it("is refused where it is more than can be remembered, and then changes nothing", () => {
    const most = Array.from({ length: 1_000 }, (_, at) => entryAt(at));
    const full = noted(emptyDocument(), { preferences: most });
    expect(noteUncopied(full, { preferences: [entryAt(1_000)] }, 1)).toBeUndefined();
    expect(noteUncopied(full, { preferences: [entryAt(5)] }, 1)).toEqual(full);
  });

  it("is lost by no order of notes, tries and ends", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("note" as const),
        n: fc.integer({ min: 0, max: 9 }),
        revision: fc.option(fc.integer({ min: 1, max: 9 })),
      }),
      fc.record({ kind: fc.constant("begin" as const) }),
      fc.record({ kind: fc.constant("end" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let document = emptyDocument();
        let now = 0;
        let copying: ReturnType<typeof beginCopy>["copying"];
        const wanted = new Map<string, ReturnType<typeof entryAt>>();
        const copied = new Set<string>();
        let [revision, copiedRevision] = [0, 0];
        for (const one of steps) {
          now += 700_000;
          if (one.kind === "note") {
            const missing = { preferences: [entryAt(one.n)], ...(one.revision === null ? {} : { revision: one.revision }) };
            document = noted(document, missing, now);
            wanted.set(entryAt(one.n).at, entryAt(one.n));
            copied.delete(entryAt(one.n).at);
            revision = Math.max(revision, one.revision ?? 0);
            copying = undefined;
          } else if (one.kind === "begin") ({ document, copying } = beginCopy(document, now));
          else if (copying) {
            for (const { at } of copying.preferences) copied.add(at);
            copiedRevision = Math.max(copiedRevision, copying.revision ?? 0);
            document = endCopy(document, copying);
            copying = undefined;
          }
        }
        const left = new Set(document.uncopied?.preferences.map(({ at }) => at));
        for (const at of wanted.keys()) expect(copied.has(at) || left.has(at)).toBe(true);
        expect(copiedRevision >= revision || (document.uncopied?.revision ?? 0) >= revision).toBe(true);
      }),
    );
  });
});
