import { describe, expect, it } from "vitest";
import { type Book, type BookEntry, type RouterMessage, reconcile } from "../../examples/reconcile.ts";

const mayResend = (notice: string) => notice === "order.paid";
const message = (id: string, state: string, answers: string[] = ["taken"], notice = "order.paid"): RouterMessage => ({
  id,
  notice,
  state,
  answers,
});
const text = (of: string | undefined, status = "delivered"): BookEntry => ({ message: of, to: "+8613800000000", status, accepted_at: 0 });
const bookOf = (...texts: BookEntry[]): Book => ({
  texts,
  accepted: texts.length,
  handset_messages: texts.filter(({ status }) => status === "delivered").length,
});
const problems = (messages: RouterMessage[], texts: BookEntry[]) => reconcile(messages, bookOf(...texts), mayResend).problems;

describe("reconcile", () => {
  it("has nothing to say where both books agree", () => {
    const messages = [
      message("a", "delivered"),
      message("b", "undelivered"),
      message("c", "unknown"),
      message("d", "suppressed", []),
      message("e", "failed", ["refused"]),
    ];
    const sums = reconcile(messages, bookOf(text("a"), text("b", "undelivered"), text("c")), mayResend);
    expect(sums).toEqual({ texts: 3, messages_with_text: 3, resent: 0, problems: [] });
  });

  it("permits a second text where the class does and the call before was unclear", () => {
    const messages = [message("a", "delivered", ["unclear", "taken"]), message("b", "delivered", ["none", "taken"])];
    const sums = reconcile(messages, bookOf(text("a"), text("a"), text("b"), text("b")), mayResend);
    expect(sums).toEqual({ texts: 4, messages_with_text: 2, resent: 2, problems: [] });
  });

  it.each([
    ["a message that has not ended", [message("a", "sent")], [text("a")], "not final"],
    ["a delivered message that the carrier never took", [message("a", "delivered")], [], "not in the carrier's book"],
    ["an unknown message that the carrier never took", [message("a", "unknown")], [], "not in the carrier's book"],
    ["a text to somebody who was not to be told", [message("a", "suppressed", [])], [text("a")], "has 1 texts"],
    ["a text of a failed message", [message("a", "failed", ["refused"])], [text("a")], "has 1 texts"],
    ["a delivered message that never reached the handset", [message("a", "delivered")], [text("a", "undelivered")], "never reached"],
    ["an undelivered message that reached the handset", [message("a", "undelivered")], [text("a")], "reached the handset"],
    [
      "a second text of a class that forbids it",
      [message("a", "delivered", ["unclear", "taken"], "promotion")],
      [text("a"), text("a")],
      "forbids",
    ],
    [
      "a second text after a clear answer",
      [message("a", "delivered", ["taken", "taken"])],
      [text("a"), text("a")],
      "without an unclear call",
    ],
    ["a third text", [message("a", "delivered", ["unclear", "unclear", "taken"])], [text("a"), text("a"), text("a")], "sent 3 times"],
    ["a text of nobody's message", [], [text("x"), text(undefined)], "2 texts in the carrier's book belong to no message"],
    ["a message that is listed twice", [message("a", "delivered"), message("a", "delivered")], [text("a")], "listed twice"],
  ])("finds %s", (_, messages, book, words) => {
    expect(problems(messages, book)).toEqual([expect.stringContaining(words)]);
  });

  it("finds sums of the carrier that its own texts do not bear out", () => {
    const sums = reconcile([message("a", "delivered")], { texts: [text("a")], accepted: 2, handset_messages: 0 }, mayResend);
    expect(sums.problems).toEqual([
      "the carrier says that it took 2 texts and shows 1",
      "the handsets hold 0 texts, the carrier's book says 1",
    ]);
  });
});
