import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Finding, type Watched, weighLook } from "../../examples/watch-worker.ts";

/** What is found look after look, each of which says whether it was answered. */
function findings(looks: readonly boolean[]): Finding[] {
  let watched: Watched = { silent: 0 };
  return looks.map((answers) => {
    const weighed = weighLook(watched, answers);
    watched = weighed.watched;
    return weighed.finding;
  });
}

const times = (count: number, answers: boolean) => Array.from({ length: count }, () => answers);

describe("A Worker that is looked at", () => {
  it("is said to be silent once, and once that it answers again", () => {
    expect(findings([...times(40, false), true, true]).filter((one) => one !== "nothing")).toEqual(["silent", "again"]);
    expect(findings([...times(3, false), true, ...times(3, false)]).filter((one) => one !== "nothing")).toEqual([]);
  });

  it("is said to be silent and to answer again in turns, whatever it does", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (looks) => {
        const said = findings(looks).filter((one) => one !== "nothing");
        expect(said).toEqual(said.map((_, at) => (at % 2 === 0 ? "silent" : "again")));
      }),
    );
  });
});
