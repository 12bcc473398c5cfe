import { expect, it } from "vitest";
import { emptyDocument, type KeptPreference } from "../../src/admit/document.ts";
import { isFull } from "../../src/admit/keep-data.ts";

it("counts what a person wants: a document of preferences alone may be full", () => {
  const entry: KeptPreference = { scope: "marketing", channel: "sms", state: "in", at: 0 };
  const wants = (entries: number) => ({ ...emptyDocument(), preferences: Array.from({ length: entries }, () => entry) });
  expect([isFull(wants(200)), isFull(wants(5_000))]).toEqual([false, true]);
});
