import { describe, expect, it } from "vitest";
import { acceptToHandset, demoTable } from "../../examples/demo-table.ts";
import type { PostedEvent } from "../../examples/play-day.ts";
import { type RouterMessage, reconcile } from "../../examples/reconcile.ts";

const accepted = (id: string, message: string, posted_at: number): PostedEvent => ({
  source: "/shop",
  id,
  posted_at,
  answered_at: posted_at + 10,
  outcome: { kind: "accepted", messages: [{ id: message, recipient: "u1", notice: "order.paid", decision: "send" }] },
});
const texts = [
  { message: "a", to: "+8613800000000", status: "delivered", accepted_at: 1_900 },
  { message: "a", to: "+8613800000000", status: "delivered", accepted_at: 1_300 },
];

describe("acceptToHandset", () => {
  it("reaches from the first post of an event to the first text of its message", () => {
    expect(acceptToHandset([accepted("e", "a", 1_100), accepted("e", "a", 1_000), accepted("f", "b", 1_000)], texts)).toEqual([300]);
  });
});

describe("demoTable", () => {
  it("tells repeats, states and reasons apart", () => {
    const posted: PostedEvent[] = [
      accepted("e", "a", 1_000),
      accepted("e", "a", 1_100),
      accepted("f", "b", 1_000),
      { source: "/shop", id: "g", posted_at: 0, answered_at: 1, outcome: { kind: "refused", why: "no" } },
    ];
    const messages: RouterMessage[] = [
      { id: "a", notice: "order.paid", state: "delivered", answers: ["unclear", "taken"] },
      { id: "b", notice: "promotion", state: "suppressed", reason: "no_consent", answers: [] },
    ];
    const lines = demoTable(
      posted,
      messages,
      texts,
      reconcile(messages, { texts, accepted: 2, handset_messages: 2 }, () => true),
    )
      .split("\n")
      .map((line) => line.trim().split(/\s{2,}/));
    expect(lines).toEqual([
      ["events posted", "4"],
      ["accepted", "3"],
      ["refused", "1"],
      ["of them repeats", "1"],
      ["messages", "2"],
      ["sent (the carrier took them)", "1"],
      ["delivered", "1"],
      ["undelivered", "0"],
      ["unknown", "0"],
      ["suppressed", "1"],
      ["no_consent", "1"],
      ["failed", "0"],
      ["texts in the carrier's book", "2"],
      ["sent again after an unclear call", "1"],
      ["accept p50 / p99", "10 / 10 ms"],
      ["accept → handset p50 / p99", "300 / 300 ms"],
    ]);
  });
});
