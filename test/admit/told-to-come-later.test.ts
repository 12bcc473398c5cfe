import { describe, expect, it } from "vitest";
import { letGo, overdueIn, waitingIn } from "../../src/admit/wake.ts";
import { ID, LEASE_MS, TIMING } from "../settle/messages.ts";
import { OneMessage, TAKEN } from "./one-message.ts";

const UNTIL = 40_000;
const DUE = [{ id: ID, class: "transactional" }];

/** Claimed at 0 and returned at 500 ms: to come again at 40 s. */
function held(): OneMessage {
  const one = new OneMessage({}, ["sms"]);
  one.send(0);
  one.returned(500, 1, UNTIL);
  return one;
}

describe("An attempt that is returned without a call", () => {
  it("never was: the message is queued again, to come then, and the number is not given out twice", () => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    expect(one.returned(500, 1, UNTIL)).toEqual({ id: ID, matched: true, state: "queued", again_at: UNTIL });
    expect(one.message).toMatchObject({ state: "queued", attempts: [], last_n: 1, held_until: UNTIL });
    expect(one.send(UNTIL)).toMatchObject({ n: 2, due_at: 0, before: [] });
    expect(one.message).not.toHaveProperty("held_until");
    one.returned(UNTIL + 1, 2, UNTIL + 60_000);
    expect(one.send(UNTIL + 60_000)).toMatchObject({ n: 3 });
  });

  it("has no effect the second time, after an answer or a receipt, or for a number that is not there", () => {
    const again = held();
    const before = again.document;
    expect(again.returned(600, 1, 90_000)).toMatchObject({ matched: true, state: "queued", again_at: UNTIL });
    expect(again.document).toBe(before);
    again.returned(600, 7, 90_000);
    expect(again.document).toBe(before);

    const answered = new OneMessage({}, ["sms"]);
    answered.send(0);
    answered.answer(500, 1, TAKEN);
    const sent = answered.document;
    expect(answered.returned(600, 1, UNTIL)).toEqual({ id: ID, matched: true, state: "sent" });
    expect(answered.document).toBe(sent);

    const reported = new OneMessage({}, ["sms"]);
    reported.send(0);
    reported.receipt(500, 1, "delivered");
    const delivered = reported.document;
    reported.returned(600, 1, UNTIL);
    expect(reported.document).toBe(delivered);
  });

  it("is not one that its words, told after all, belong to", () => {
    const one = held();
    expect(one.answer(600, 1, TAKEN)).toEqual({ id: ID, matched: false });
    expect(one.receipt(700, 1, "delivered")).toEqual({ id: ID, matched: false });
    expect(one.state(700)).toBe("queued");
  });

  it("of a channel that followed leaves the message sent, and that channel due", () => {
    const one = new OneMessage({ class: "service", on_unclear: "stop", fallback_after_ms: 60_000 });
    one.send(0);
    one.answer(1_000, 1, TAKEN);
    one.wake(61_000);
    one.send(61_000);
    expect(one.returned(61_100, 2, 90_000)).toEqual({ id: ID, matched: true, state: "sent", again_at: 90_000 });
    expect(one.wake(70_000)).toEqual([]);
    expect(one.claim(70_000)).toEqual({ kind: "done", id: ID, state: "sent" });
    expect(one.send(90_000)).toMatchObject({ n: 3, channel: "sms" });
  });

  it("of a channel that followed is not made again where the first one's receipt comes meanwhile", () => {
    const one = new OneMessage({ class: "service", on_unclear: "stop", fallback_after_ms: 60_000 });
    one.send(0);
    one.answer(1_000, 1, TAKEN);
    one.send(61_000);
    one.returned(61_100, 2, 90_000);
    one.receipt(62_000, 1, "delivered");
    expect(one.claim(90_000)).toEqual({ kind: "done", id: ID, state: "delivered" });
  });

  it("after its lease was over and the message given up does not begin it anew", () => {
    const one = new OneMessage({ class: "service", on_unclear: "stop" }, ["sms"]);
    one.send(0);
    expect(one.claim(LEASE_MS)).toEqual({ kind: "done", id: ID, state: "unknown" });
    expect(one.returned(LEASE_MS + 1, 1, UNTIL + LEASE_MS)).toEqual({ id: ID, matched: true, state: "failed" });
  });

  it("that is not the last leaves the one that was made since alone", () => {
    const one = new OneMessage({ class: "verification", on_unclear: "elsewhere" }, ["sms"]);
    one.send(0);
    one.send(LEASE_MS);
    one.returned(LEASE_MS + 1, 1, LEASE_MS + 30_000);
    expect(one.message.attempts.map(({ n }) => n)).toEqual([2]);
    expect(one.message).not.toHaveProperty("held_until");
    expect(one.state(LEASE_MS + 1)).toBe("sending");
  });

  it("is followed by the alarm where it was given back for a receipt that was found, with nobody to put it into its lane", () => {
    const one = new OneMessage({ on_unclear: "resend_without_receipt", fallback_after_ms: 60_000 });
    one.send(0);
    one.answer(1_000, 1, { kind: "unclear" });
    one.send(61_000);
    one.receipt(61_200, 1, "sent");
    one.returned(61_200, 2, 61_200);
    expect([one.state(61_200), one.alarm]).toEqual(["sent", 61_201]);
    expect(one.wake(61_201)).toEqual(DUE);
    expect(one.send(61_300)).toMatchObject({ n: 3, channel: "sms" });
  });
});

describe("Whoever was told to come later", () => {
  it("comes then; every other copy is absorbed until then, unless it holds a slot", () => {
    const one = held();
    expect(one.claim(UNTIL - 1_001)).toEqual({ kind: "done", id: ID, state: "queued" });
    expect(one.send(UNTIL - 1_001, { has_slots: true })).toMatchObject({ n: 2 });
    const later = held();
    expect(later.send(UNTIL)).toMatchObject({ n: 2 });
  });

  it("is not taken for a stray copy where the clock of the machine that sent it is up to a second ahead", () => {
    expect(held().send(UNTIL - 1)).toMatchObject({ n: 2 });
    expect(held().send(UNTIL - 1_000)).toMatchObject({ n: 2 });
  });

  it("and holds a slot still waits where another attempt is under way, or a pause is not over", () => {
    const one = held();
    one.send(UNTIL, { has_slots: true });
    expect(one.claim(UNTIL + 1, { has_slots: true })).toEqual({ kind: "wait", id: ID, until: UNTIL + LEASE_MS });
    one.answer(UNTIL + 2, 2, { kind: "throttled", retry_after_seconds: 30 });
    expect(one.claim(UNTIL + 3, { has_slots: true })).toEqual({ kind: "wait", id: ID, until: UNTIL + 30_002 });
  });

  it("for as good as no time keeps nobody off: clocks differ by more", () => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    one.returned(500, 1, 700);
    expect(one.send(600)).toMatchObject({ n: 2 });
  });

  it("is found by recover, which lets go of it, so that the copy that is made then is not absorbed, however often", () => {
    const one = held();
    for (const now of [1_000, 2_000]) {
      const waiting = waitingIn(one.document, now, TIMING);
      expect(waiting).toEqual(DUE);
      one.save(letGo(one.document, waiting, now), now);
    }
    expect(one.send(2_500)).toMatchObject({ n: 2 });
    // Should its lane not be lost after all, the copies that are left are absorbed by what was sent.
    one.answer(3_000, 2, TAKEN);
    expect(one.claim(UNTIL, { has_slots: true })).toEqual({ kind: "done", id: ID, state: "sent" });
    expect(one.claim(UNTIL)).toEqual({ kind: "done", id: ID, state: "sent" });
  });

  it("is the only one that recover lets go of", () => {
    const { document } = held();
    expect(letGo(document, [], 1_000)).toBe(document);
    expect(
      letGo(
        document,
        DUE.map((due) => ({ ...due, class: "transactional" as const })),
        UNTIL,
      ),
    ).toBe(document);
  });

  it("counts as overdue from then on, and no sooner", () => {
    const { document } = held();
    expect(overdueIn(document, UNTIL, UNTIL + 300_000, TIMING)).toEqual([]);
    expect(overdueIn(document, UNTIL + 1, UNTIL + 300_001, TIMING)).toEqual(DUE);
  });

  it("still expires", () => {
    const one = new OneMessage({ expires_at: 30_000 }, ["sms"]);
    one.send(0);
    expect(one.returned(500, 1, UNTIL).again_at).toBe(30_000);
    expect(one.claim(UNTIL)).toEqual({ kind: "done", id: ID, state: "expired" });
  });
});
