import { describe, expect, it } from "vitest";
import { readCatalog } from "../../src/accept/check-catalog.ts";
import { crowdedIssue } from "../../src/accept/crowded.ts";
import { parseYaml } from "../../src/accept/read-yaml.ts";
import { decidesMoreThan, readSimulation } from "../../src/accept/run-simulation.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { eventAt } from "../admit/story.ts";

const many = (length: number, value: unknown = {}) => Array.from({ length }, () => value);

describe("A catalog that is too crowded", () => {
  it("is refused for the list that is too long, without a look at its elements", () => {
    const deps = { carrierHosts: [], hasSecret: () => true };
    const { catalog: read, issues } = readCatalog({ notices: {}, routes: many(400_000) }, "shop", deps);
    expect({ read, issues }).toEqual({
      read: undefined,
      issues: [{ pointer: "/routes", detail: "has 400000 entries, and may have 1000" }],
    });
  });

  it.each([
    [{ notices: { a: { channels: many(21, "sms") } } }, "/notices/a/channels"],
    [{ carriers: Object.fromEntries(many(201).map((one, at) => [`c${at}`, one])) }, "/carriers"],
    [{ routes: many(900, { prefixes: many(500, 1) }) }, ""],
  ])("is told where", (value, pointer) => {
    expect(crowdedIssue(value)?.pointer).toBe(pointer);
  });

  it("has 5,000 notices of forty values and is not", () => {
    const notices = Object.fromEntries(many(5_000, { on: many(39, "x") }).map((one, at) => [`n.${at}`, one]));
    expect(crowdedIssue({ notices })).toBeUndefined();
  });

  it("is no small YAML with anchors within anchors", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let at = 1; at < 5; at++) lines.push(`a${at}: &a${at} [${many(10, `*a${at - 1}`).join(", ")}]`);
    expect(parseYaml(lines.slice(0, 3).join("\n")).ok).toBe(true);
    expect(parseYaml(lines.join("\n"))).toMatchObject({ ok: false, problem: { detail: expect.stringContaining("stand for too much") } });
  });
});

describe("A simulation's decisions", () => {
  it("are counted with each topic's members before any is made", () => {
    const read = readSimulation([], [eventAt("2026-03-02T01:00:00Z", "sale"), eventAt("2026-03-02T02:00:00Z", "sale")]);
    if (!read.ok) throw new Error("not read");
    const rules = catalog.parse({ notices: { sale: { class: "marketing", channels: ["sms"], to: "topic:all" } } });
    const input = { ...read.value, topics: new Map([["all", ["a", "b", "c"]]]) };
    expect([5, 6].map((max) => decidesMoreThan(max, rules, input))).toEqual([true, false]);
  });
});
