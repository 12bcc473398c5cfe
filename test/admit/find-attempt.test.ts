import { describe, expect, it } from "vitest";
import { emptyDocument } from "../../src/admit/document.ts";
import { tellHistory } from "../../src/admit/tell-history.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import type { ToldReceipt, ToldResult } from "../../src/deliver/recipient-port.ts";
import type { Attempt, Message } from "../../src/vocabulary/message.ts";
import { attemptOf, ID, LEASE_MS, messageOf, TIMING } from "../settle/messages.ts";
import { NOTHING_BESIDE, OneMessage, TAKEN } from "./one-message.ts";

const OTHER = "r".repeat(22) + "o".repeat(22);
const NOW = 1_000;

/** A receipt that names a number alone, as Tencent's do. */
const numbered = (over: Partial<ToldReceipt> = {}): ToldReceipt => ({
  kind: "receipt",
  carrier: "main",
  reference: "BATCH1",
  addresses: ["sms", "rcs"],
  status: "delivered",
  arrived_at: NOW,
  ...over,
});
const calling = (over: Partial<Attempt> = {}): Attempt => attemptOf({ address: "sms", channel: "sms", ...over });
const taken = (over: Partial<Attempt> = {}): Attempt =>
  calling({ carrier: "main", reference: "BATCH1", answer: { kind: "taken", reference: "BATCH1" }, answered_at: 500, ...over });
const sending = (attempts: Attempt[], over: Partial<Message> = {}): Message => messageOf({ state: "sending", attempts, ...over });

function told(messages: Message[], word: ToldReceipt, now = NOW): { result: ToldResult | undefined; messages: readonly Message[] } {
  const { document, results } = tellMessages({ ...emptyDocument(), messages }, [word], now, TIMING);
  return { result: results[0], messages: document.messages };
}

describe("A receipt that names no message", () => {
  it("belongs to the attempt with its carrier, reference and number", () => {
    const messages = [sending([taken({ reference: "BATCH0" })]), sending([taken()], { id: OTHER })];
    expect(told(messages, numbered()).result).toEqual({ id: OTHER, matched: true, state: "delivered" });
  });

  it.each<[string, Attempt, Partial<ToldReceipt>]>([
    ["carrier", taken({ carrier: "second" }), {}],
    ["reference", taken({ reference: "BATCH2" }), {}],
    ["number, though one call for many gave both their reference", taken({ address: "another" }), {}],
    ["number at all", taken({ address: undefined }), {}],
    ["number, where none is told", taken(), { addresses: [] }],
  ])("belongs to none of another %s", (_what, attempt, over) => {
    const before = [sending([attempt])];
    const { result, messages } = told(before, numbered(over));
    expect(result).toEqual({ id: "", matched: false });
    expect(messages).toEqual(before);
  });

  it("that came before the answer, or whose answer was lost or unclear, belongs to the only attempt that waits for a reference", () => {
    expect(told([sending([calling()])], numbered()).result).toMatchObject({ id: ID, matched: true });
    expect(told([sending([calling()])], numbered(), LEASE_MS).result).toMatchObject({ id: ID, state: "delivered" });
    const unclear = calling({ carrier: "main", answer: { kind: "unclear" }, answered_at: 500 });
    expect(told([sending([unclear])], numbered()).result).toMatchObject({ id: ID, matched: true, state: "delivered" });
  });

  it("belongs to none where two wait, others share the number, or a message that has left the document has the reference", () => {
    const two = [sending([calling()]), sending([calling()], { id: OTHER })];
    expect(told(two, numbered()).result).toEqual({ id: "", matched: false });
    expect(told([sending([calling()])], numbered({ shared: true })).result).toEqual({ id: "", matched: false });
    const document = { ...emptyDocument(), messages: [sending([calling()])] };
    expect(tellMessages(document, [numbered()], NOW, TIMING, () => false).results).toEqual([{ id: "", matched: false }]);
  });

  it("goes to an attempt that was taken by an answer which named nothing, and not to one that was refused", () => {
    const nameless = calling({ carrier: "main", answer: { kind: "taken" }, answered_at: 500 });
    const refused = calling({ carrier: "main", answer: { kind: "refused", because: "content" }, answered_at: 500 });
    expect(told([sending([nameless])], numbered()).result?.matched).toBe(true);
    expect(told([sending([refused])], numbered()).result?.matched).toBe(false);
  });

  it("goes to an attempt by another name of the same account, and to no other carrier's", () => {
    const other = calling({ carrier: "main-rcs", answer: { kind: "taken", reference: "SM1" }, reference: "SM1", answered_at: 500 });
    expect(told([sending([other])], { ...numbered(), reference: "SM1", also: ["main-rcs"] }).result?.matched).toBe(true);
    expect(told([sending([other])], { ...numbered(), reference: "SM1" }).result?.matched).toBe(false);
  });

  it("that was guessed counts when the answer has the same reference, and is nobody's where it has another or is a no", () => {
    const guessed = (): OneMessage => {
      const one = new OneMessage({}, ["sms"]);
      one.send(0);
      one.tell(500, numbered());
      return one;
    };
    const same = guessed();
    expect(same.state(600)).toBe("sending");
    expect(same.answer(700, 1, { kind: "taken", reference: "BATCH1" })).toMatchObject({ state: "delivered" });
    const another = guessed();
    expect(another.answer(700, 1, { kind: "taken", reference: "BATCH2" })).toMatchObject({ state: "sent" });
    expect(another.message.attempts).toMatchObject([{ reference: "BATCH2", receipts: [] }]);
    const no = guessed();
    expect(no.answer(700, 1, { kind: "throttled" })).toMatchObject({ state: "queued" });
    expect(no.message.attempts).toMatchObject([{ receipts: [] }]);
    expect(no.message.attempts[0]).not.toHaveProperty("reference");
    const unclear = guessed();
    expect(unclear.answer(700, 1, { kind: "unclear" })).toMatchObject({ state: "delivered" });
    const lost = guessed();
    expect(lost.claim(LEASE_MS)).toMatchObject({ kind: "done", state: "delivered" });
  });

  it("that was guessed is followed by others with its reference, and confirmed by one that names the message", () => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    one.tell(500, numbered({ status: "sent" }));
    expect(one.tell(600, numbered())).toMatchObject({ id: ID, matched: true });
    expect(one.state(600)).toBe("sending");
    expect(one.receipt(700, 1, "delivered")).toMatchObject({ state: "delivered" });
  });

  it("is the same in any order of receipt and answer", () => {
    const words = [
      numbered(),
      { kind: "answer", id: ID, n: 1, carrier: "main", answer: { kind: "taken", reference: "BATCH1" }, untried: 0, open: 1 },
    ] as const;
    const [first, second] = [words, words.toReversed()].map((order) => {
      const one = new OneMessage({}, ["sms"]);
      one.send(0);
      for (const word of order) one.tell(word.kind === "receipt" ? NOW : 700, word);
      return one.message;
    });
    expect(first).toEqual(second);
  });

  it("finds a message in history by its reference and number, and guesses nothing there", () => {
    const past = sending([taken()], { state: "sent" });
    const heard = (messages: Message[]) => tellHistory(emptyDocument(), { seq: 1, messages }, numbered(), NOTHING_BESIDE, NOW, TIMING);
    const { result, row } = heard([past]);
    expect(result).toEqual({ id: ID, matched: true, state: "delivered" });
    expect(row.messages).toMatchObject([{ state: "delivered" }]);
    expect(heard([sending([calling()])]).result).toEqual({ id: "", matched: false });
  });
});

describe("What a gate hears of an attempt that it watches", () => {
  const watched = (): OneMessage => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    one.tell(500, { kind: "answer", id: ID, n: 1, carrier: "main", answer: TAKEN, untried: 0, open: 1, watched: true, cost: "0.09 CNY" });
    return one;
  };

  it("is its delivered or undelivered receipt, when that is news", () => {
    const one = watched();
    expect(one.message.attempts).toMatchObject([{ watched: true, cost: "0.09 CNY" }]);
    expect(one.receipt(600, 1, "sent")).not.toHaveProperty("watched");
    expect(one.receipt(900, 1, "delivered").watched).toEqual({ carrier: "main", at: 900, delivered: true });
    expect(one.receipt(950, 1, "delivered")).not.toHaveProperty("watched");
    expect(watched().receipt(900, 1, "undelivered").watched).toEqual({ carrier: "main", at: 900, delivered: false });
  });

  it("is told with the answer where the receipt came before it, and nothing of what it does not watch", () => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    expect(one.receipt(300, 1, "delivered")).not.toHaveProperty("watched");
    const answer = {
      kind: "answer",
      id: ID,
      n: 1,
      carrier: "main",
      answer: { kind: "taken", reference: "SM1" },
      untried: 0,
      open: 1,
    } as const;
    expect(one.tell(500, { ...answer, watched: true }).watched).toEqual({ carrier: "main", at: 300, delivered: true });
    const unwatched = new OneMessage({}, ["sms"]);
    unwatched.send(0);
    unwatched.answer(500, 1, TAKEN);
    expect(unwatched.receipt(900, 1, "delivered")).not.toHaveProperty("watched");
  });
});
