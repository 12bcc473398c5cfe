import { expect, it } from "vitest";
import { emptyDocument, type KeptPreference } from "../../src/admit/document.ts";
import { hasNoRoom, isFull } from "../../src/admit/keep-data.ts";

it("counts what a person wants: a document of preferences alone may be full", () => {
  const entry: KeptPreference = { scope: "marketing", channel: "sms", state: "in", at: 0 };
  const wants = (entries: number) => ({ ...emptyDocument(), preferences: Array.from({ length: entries }, () => entry) });
  expect([isFull(wants(200)), isFull(wants(5_000))]).toEqual([false, true]);
});

it("finds no room for more of them then, but for a no to all or to a class", () => {
  const many = Array.from({ length: 5_000 }, (_, at): KeptPreference => ({ scope: `notice${at}`, channel: "sms", state: "in", at: 0 }));
  const before = { ...emptyDocument(), preferences: many };
  const adds = (scope: string, state: "in" | "out"): boolean =>
    hasNoRoom(before, { ...before, preferences: [...many, { scope, channel: "*", state, at: 1 }] });
  expect([adds("notice-x", "in"), adds("notice-x", "out"), adds("all", "in")]).toEqual([true, true, true]);
  expect([adds("all", "out"), adds("marketing", "out"), hasNoRoom(before, before)]).toEqual([false, false, false]);
  expect(hasNoRoom(emptyDocument(), { ...emptyDocument(), preferences: many.slice(0, 100) })).toBe(false);
});
