import { describe, expect, it } from "vitest";
import { compareSimulations, readSimulation, runSimulation } from "../../src/accept/run-simulation.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { eventAt, preferenceAt, recipient } from "../admit/story.ts";

const withCap = (max: number, more: object = {}) =>
  catalog.parse({
    notices: {
      sale: { class: "marketing", channels: ["sms"], quiet_hours: [], caps: [{ max, per: "P7D", over: "suppress" }] },
      code: { class: "verification", channels: ["sms"] },
      ...more,
    },
  });

const events = [1, 2, 3, 4].flatMap((hour) => [
  eventAt(`2026-03-02T0${hour}:00:00Z`, "sale"),
  eventAt(`2026-03-02T0${hour}:30:00Z`, "code"),
]);

function inputOf(lines: readonly unknown[]) {
  const read = readSimulation([recipient()], lines);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value;
}

describe("a simulation", () => {
  it("decides given events over given recipients", () => {
    const decisions = runSimulation(withCap(2), inputOf(events));
    expect(decisions.filter(({ notice }) => notice === "sale").map(({ decision, reason }) => reason ?? decision)).toEqual([
      "send",
      "send",
      "capped",
      "capped",
    ]);
  });

  it("answers what would have been with a cap of 2, summed by notice and reason", () => {
    const input = inputOf([...events, { ...events[0], arrives: "2026-03-03T00:00:00Z" }]);
    const [active, draft] = [runSimulation(withCap(4), input), runSimulation(withCap(2), input)];
    expect(compareSimulations(active, draft)).toEqual([
      { notice: "sale", before: { decision: "send" }, after: { decision: "suppress", reason: "capped" }, count: 2 },
    ]);
    expect(compareSimulations(draft, draft)).toEqual([]);
  });

  it("counts notices that come and go, what is moved, and what is refused at release", () => {
    const note = { class: "service", channels: ["sms"], on: ["later"], quiet_hours: [] };
    const quiet = [{ from: "00:00", to: "12:00" }];
    const lines = [
      eventAt("2026-03-02T01:00:00Z", "later"),
      eventAt("2026-03-02T02:00:00Z", "later"),
      preferenceAt("2026-03-02T13:00:00Z", "all", "*", "out"),
      eventAt("2026-03-03T00:00:00Z", "end"),
    ];
    const changes = (before: object, after: object) =>
      compareSimulations(runSimulation(withCap(4, before), inputOf(lines)), runSimulation(withCap(4, after), inputOf(lines)));
    expect(changes({}, { note })).toEqual([{ notice: "note", before: { decision: "none" }, after: { decision: "send" }, count: 2 }]);
    expect(
      changes({ note: { ...note, quiet_hours: quiet } }, { note: { ...note, quiet_hours: [{ from: "00:00", to: "11:00" }] } }),
    ).toEqual([{ notice: "note", before: { decision: "defer" }, after: { decision: "defer" }, count: 2 }]);
    expect(changes({ note }, { note: { ...note, quiet_hours: [{ from: "00:00", to: "14:00" }] } })).toEqual([
      { notice: "note", before: { decision: "send" }, after: { decision: "suppress", reason: "opted_out" }, count: 2 },
    ]);
  });

  it("names every bad recipient and event by its place", () => {
    const read = readSimulation([recipient(), { id: "x", age: 3 }, { id: "u1" }], [events[3], events[0], { type: "x" }]);
    expect(read.ok ? [] : read.issues.map(({ pointer }) => pointer)).toEqual([
      "/recipients/1/age",
      "/recipients/2/id",
      "/events/1/time",
      "/events/2/time",
    ]);
  });

  it("takes recipients that an event brings whole", () => {
    const brought = eventAt(
      "2026-03-02T01:00:00Z",
      "code",
      {},
      { recipients: [{ id: "new", addresses: { sms: "+8613800138001" } }, "u1"] },
    );
    expect(runSimulation(withCap(1), inputOf([brought])).map((told) => [told.recipient, told.decision])).toEqual([
      ["new", "send"],
      ["u1", "send"],
    ]);
  });
});
