import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Finding, type Look, type Watched, weighLook } from "../../examples/watch-worker.ts";

/** What is found look after look. */
function findings(looks: readonly Look[]): Finding[] {
  let watched: Watched = { silent: 0 };
  return looks.map((look) => {
    const weighed = weighLook(watched, look);
    watched = weighed.watched;
    return weighed.finding;
  });
}

const WELL = { answers: true, crashed: false };
const SILENT = { answers: false, crashed: false };
const CRASHED = { answers: false, crashed: true };
const times = (count: number, look: Look) => Array.from({ length: count }, () => look);

describe("A Worker that is looked at", () => {
  it("is never given up while its runtime has not crashed, however long it is silent", () => {
    const look = fc.boolean().map((answers) => ({ answers, crashed: false }));
    fc.assert(fc.property(fc.array(look), (looks) => !findings(looks).includes("dead")));
  });

  it("is said to be silent once, and once that it answers again", () => {
    expect(findings([...times(40, SILENT), WELL, WELL]).filter((one) => one !== "nothing")).toEqual(["silent", "again"]);
    expect(findings([...times(3, SILENT), WELL, ...times(3, SILENT)]).filter((one) => one !== "nothing")).toEqual([]);
  });

  it("is dead where its runtime has crashed and it does not come back in half a minute", () => {
    expect(findings(times(6, CRASHED))).toEqual(["nothing", "nothing", "nothing", "silent", "nothing", "dead"]);
    expect(findings([...times(5, CRASHED), WELL, ...times(5, CRASHED)])).not.toContain("dead");
    expect(findings([...times(30, SILENT), CRASHED]).at(-1)).toBe("dead");
  });
});
