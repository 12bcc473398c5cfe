import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../../src/settle/attempt-outcome.ts";
import { isFinal, stateOf } from "../../src/settle/message-state.ts";
import { nextOf } from "../../src/settle/next-attempt.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import type { Attempt, KeptReceipt, Message, MessageState } from "../../src/vocabulary/message.ts";
import { attemptOf, LEASE_MS, messageOf, TIMING } from "./messages.ts";

const SOON = 1_000;
const AFTER_LEASE = LEASE_MS;
const MUCH_LATER = TIMING.unknown_after_seconds * 1000;

const answered = (answer: CarrierAnswer, over: Partial<Attempt> = {}): Attempt =>
  attemptOf({ answer, answered_at: 500, untried: 0, open: 1, ...over });
const receipt = (status: KeptReceipt["status"], over: Partial<KeptReceipt> = {}): KeptReceipt => ({ status, at: 900, ...over });
const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };
const UNCLEAR: CarrierAnswer = { kind: "unclear", code: "timeout" };
const REFUSED: CarrierAnswer = { kind: "refused", because: "recipient" };

describe("One attempt", () => {
  it.each<[string, Attempt, number, string]>([
    ["a receipt that says undelivered", answered(TAKEN, { receipts: [receipt("delivered"), receipt("undelivered")] }), SOON, "undelivered"],
    ["a receipt that says delivered", answered(TAKEN, { receipts: [receipt("delivered")] }), SOON, "delivered"],
    ["a receipt before the answer", attemptOf({ receipts: [receipt("delivered")] }), SOON, "delivered"],
    ["one of two parts delivered", answered(TAKEN, { receipts: [receipt("delivered", { part: 1, parts: 2 })] }), SOON, "sent"],
    [
      "both parts delivered",
      answered(TAKEN, { receipts: [receipt("delivered", { part: 1, parts: 2 }), receipt("delivered", { part: 2, parts: 2 })] }),
      SOON,
      "delivered",
    ],
    [
      "a failed part beside a delivered one",
      answered(TAKEN, { receipts: [receipt("undelivered", { part: 1, parts: 2 }), receipt("delivered", { part: 2, parts: 2 })] }),
      SOON,
      "undelivered",
    ],
    ["a receipt that says sent after an unclear answer", answered(UNCLEAR, { receipts: [receipt("sent")] }), SOON, "sent"],
    ["taken", answered(TAKEN), SOON, "sent"],
    ["refused", answered(REFUSED), SOON, "not_sent"],
    ["throttled", answered({ kind: "throttled" }), SOON, "not_sent"],
    ["unreachable", answered({ kind: "unreachable" }), SOON, "not_sent"],
    ["unclear", answered(UNCLEAR), SOON, "unclear"],
    ["a guessed receipt while the answer may still come", attemptOf({ guessed: true, receipts: [receipt("delivered")] }), SOON, "calling"],
    ["a guessed receipt when it comes no more", attemptOf({ guessed: true, receipts: [receipt("delivered")] }), AFTER_LEASE, "delivered"],
    ["no answer within the lease", attemptOf(), SOON, "calling"],
    ["no answer when the lease is over", attemptOf(), AFTER_LEASE, "unclear"],
  ])("is read from %s", (_what, attempt, now, outcome) => {
    expect(outcomeOf(attempt, now)).toBe(outcome);
  });
});

describe("A message", () => {
  const second = (over: Partial<Attempt>): Attempt => attemptOf({ n: 2, claimed_at: 100_000, lease_until: 160_000, ...over });

  it.each<[string, readonly Attempt[], number, MessageState]>([
    ["has no attempt", [], SOON, "queued"],
    ["is being sent", [attemptOf()], SOON, "sending"],
    ["was taken", [answered(TAKEN)], SOON, "sent"],
    ["was taken and has no final receipt for long", [answered(TAKEN)], MUCH_LATER, "unknown"],
    ["was taken and is delivered after it was unknown", [answered(TAKEN, { receipts: [receipt("delivered")] })], MUCH_LATER, "delivered"],
    ["was not delivered", [answered(TAKEN, { receipts: [receipt("undelivered")] })], SOON, "undelivered"],
    ["was refused for good", [answered(REFUSED)], SOON, "failed"],
    ["is throttled and waits", [answered({ kind: "throttled" })], SOON, "queued"],
    ["has an unclear answer and waits for a receipt", [answered(UNCLEAR)], SOON, "sending"],
    ["was unclear twice", [answered(UNCLEAR), second({ answer: UNCLEAR, answered_at: 110_000 })], 111_000, "unknown"],
    ["was unclear, then taken", [answered(UNCLEAR), second({ answer: TAKEN, answered_at: 110_000 })], 111_000, "sent"],
    ["was unclear, then refused for good", [answered(UNCLEAR), second({ answer: REFUSED, answered_at: 110_000 })], 111_000, "unknown"],
    [
      "was unclear, is undelivered by a receipt, and nothing follows",
      [answered(UNCLEAR, { receipts: [receipt("undelivered")] })],
      SOON,
      "undelivered",
    ],
    [
      "is delivered by the second while the first is undelivered",
      [answered(UNCLEAR, { receipts: [receipt("undelivered")] }), second({ receipts: [receipt("delivered")] })],
      111_000,
      "delivered",
    ],
    [
      "was refused by the account's carrier while another is untried",
      [answered({ kind: "refused", because: "balance" }, { untried: 1, open: 1 })],
      SOON,
      "queued",
    ],
    ["was refused by the last account", [answered({ kind: "refused", because: "config" }, { open: 0 })], SOON, "failed"],
  ])("that %s has its state", (_what, attempts, now, state) => {
    expect(stateOf(messageOf({ attempts: [...attempts] }), now, TIMING)).toBe(state);
  });

  const onSms = (over: Partial<Attempt>): Attempt => second({ channel: "sms", ...over });
  const LATER = 111_000;

  it.each<[string, readonly Attempt[], MessageState]>([
    ["is undelivered on the first channel, and the next is left", [answered(TAKEN, { receipts: [receipt("undelivered")] })], "sent"],
    ["was refused on the first channel, and the next is left", [answered(REFUSED)], "queued"],
    ["is unclear on the first channel, and the next follows its silence", [answered(UNCLEAR)], "sending"],
    ["is taken on the first channel and calls on the next", [answered(TAKEN), onSms({})], "sent"],
    [
      "is taken on the first channel and waits to be tried again on the next",
      [answered(TAKEN), onSms({ answer: { kind: "throttled" }, answered_at: 110_000 })],
      "sent",
    ],
    ["is taken on the first channel and refused on the next", [answered(TAKEN), onSms({ answer: REFUSED, answered_at: 110_000 })], "sent"],
    [
      "is undelivered on the first channel and calls on the next",
      [answered(TAKEN, { receipts: [receipt("undelivered")] }), onSms({})],
      "sent",
    ],
    [
      "is undelivered on the first channel and refused on the next",
      [answered(TAKEN, { receipts: [receipt("undelivered")] }), onSms({ answer: REFUSED, answered_at: 110_000 })],
      "undelivered",
    ],
    ["is refused on both", [answered(REFUSED), onSms({ answer: REFUSED, answered_at: 110_000 })], "failed"],
    [
      "is delivered on the first channel while it calls on the next",
      [answered(TAKEN, { receipts: [receipt("delivered")] }), onSms({})],
      "delivered",
    ],
    [
      "is delivered on both",
      [answered(TAKEN, { receipts: [receipt("delivered")] }), onSms({ receipts: [receipt("delivered")] })],
      "delivered",
    ],
    [
      "is said to be delivered and undelivered on the first channel while it calls on the next",
      [answered(TAKEN, { receipts: [receipt("delivered"), receipt("undelivered")] }), onSms({})],
      "undelivered",
    ],
  ])("with two channels that %s has its state", (_what, attempts, state) => {
    const [first, next] = attempts.map((attempt, at) => ({ ...attempt, channel: at === 0 ? ("rcs" as const) : ("sms" as const) }));
    const message = messageOf({
      class: "service",
      on_unclear: "stop",
      channels: ["rcs", "sms"],
      channel: next ? "sms" : "rcs",
      ...(next ? {} : { next_channel: "sms" }),
      fallback_after_ms: 120_000,
      state: "sending",
      attempts: [first, next].filter((attempt) => attempt !== undefined),
    });
    expect(stateOf(message, LATER, TIMING)).toBe(state);
  });

  it("whose next channel still follows is not unknown, however long its silence; from the end of its time on it is", () => {
    const waiting = messageOf({
      channels: ["rcs", "sms"],
      channel: "rcs",
      next_channel: "sms",
      fallback_after_ms: 2 * MUCH_LATER,
      attempts: [answered(TAKEN, { channel: "rcs" })],
    });
    expect(stateOf(waiting, MUCH_LATER, TIMING)).toBe("sent");
    expect(stateOf({ ...waiting, expires_at: MUCH_LATER }, MUCH_LATER, TIMING)).toBe("unknown");
  });

  it("of marketing or service is unknown after one unclear answer", () => {
    expect(stateOf(messageOf({ on_unclear: "stop", attempts: [answered(UNCLEAR)] }), SOON, TIMING)).toBe("unknown");
    expect(stateOf(messageOf({ on_unclear: "stop", attempts: [attemptOf()] }), AFTER_LEASE, TIMING)).toBe("unknown");
  });

  it.each<MessageState>(["suppressed", "merged", "canceled", "expired", "scheduled"])("that is %s by a decision stays so", (state) => {
    expect(stateOf(messageOf({ state }), SOON, TIMING)).toBe(state);
  });

  it("that is closed is not sent again", () => {
    const message = messageOf({ attempts: [answered(UNCLEAR)], closed: true });
    expect(stateOf(message, SOON, TIMING)).toBe("unknown");
  });

  it("may be tried again at once, after a pause, or not at all", () => {
    const next = (over: Partial<Message>, now = SOON) => nextOf(messageOf(over), now, TIMING);
    const again = (at: number) => ({ kind: "attempt", at, on: "here", by: "lane" });
    expect(next({ send_at: 7 })).toEqual(again(7));
    expect(next({ attempts: [answered(UNCLEAR)] })).toEqual(again(60_500));
    expect(next({ attempts: [answered({ kind: "unreachable" })] })).toEqual(again(2_500));
    expect(next({ attempts: [attemptOf()] }, AFTER_LEASE)).toEqual(again(LEASE_MS + 60_000));
    expect(next({ attempts: [answered(TAKEN)] })).toEqual({ kind: "nothing" });
    expect(next({ attempts: [attemptOf()] })).toEqual({ kind: "call", until: LEASE_MS });
  });

  it("never goes back from sent on, whatever else comes and however late", () => {
    const rank = (state: MessageState): number => ["queued", "sending", "sent", "unknown", "delivered", "undelivered"].indexOf(state);
    const status = fc.constantFrom<KeptReceipt["status"]>("sent", "delivered", "undelivered");
    fc.assert(
      fc.property(
        fc.array(status, { maxLength: 6 }),
        fc.array(fc.nat(2 * MUCH_LATER), { minLength: 7, maxLength: 7 }),
        (statuses, times) => {
          const clock = times.toSorted((a, b) => a - b);
          const states = [undefined, ...statuses].map((_, at) => {
            const receipts = statuses.slice(0, at).map((one) => receipt(one));
            return stateOf(messageOf({ attempts: [answered(TAKEN, { receipts })] }), clock[at] ?? 0, TIMING);
          });
          for (const [at, state] of states.entries()) expect(rank(state)).toBeGreaterThanOrEqual(rank(states[at - 1] ?? "sent"));
        },
      ),
    );
  });

  it("is final in exactly the states in which nothing more is done", () => {
    expect((["scheduled", "queued", "sending", "sent"] as const).some(isFinal)).toBe(false);
    expect((["delivered", "undelivered", "suppressed", "merged", "canceled", "expired", "failed", "unknown"] as const).every(isFinal)).toBe(
      true,
    );
  });
});
