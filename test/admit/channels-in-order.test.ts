import { describe, expect, it } from "vitest";
import type { KeptPreference } from "../../src/admit/document.ts";
import { cancelMessages, verifyMessage } from "../../src/admit/take-back.ts";
import { waitingIn } from "../../src/admit/wake.ts";
import type { Message } from "../../src/vocabulary/message.ts";
import { ID, LEASE_MS, TIMING } from "../settle/messages.ts";
import { OneMessage, reachableOn, TAKEN, UNCLEAR } from "./one-message.ts";

const UNKNOWN_MS = TIMING.unknown_after_seconds * 1000;
const service: Partial<Message> = { class: "service", on_unclear: "stop", fallback_after_ms: 60_000 };
const code: Partial<Message> = { class: "verification", on_unclear: "elsewhere", resend_after_ms: 20_000, expires_at: 300_000 };
const REFUSED = { kind: "refused", because: "recipient", code: "21610" } as const;
const DUE = [{ id: ID, class: "service" }];

/** Taken on RCS at 1 s: the SMS follows at 61 s. */
function silent(over: Partial<Message> = {}, preferences: KeptPreference[] = []): OneMessage {
  const one = new OneMessage({ ...service, ...over }, ["rcs", "sms"], preferences);
  one.send(0);
  one.answer(1_000, 1, TAKEN);
  return one;
}

describe("A channel that is silent", () => {
  it("gives way to the next one by the alarm, which puts the message into its lane once", () => {
    const one = silent();
    expect([one.state(1_000), one.alarm]).toEqual(["sent", 61_000]);
    expect(one.wake(60_999)).toEqual([]);
    expect(one.wake(61_000)).toEqual(DUE);
    expect(one.wake(61_001)).toEqual([]);
    expect(one.alarm).toBe(UNKNOWN_MS);
    expect(one.send(61_500)).toMatchObject({ n: 2, channel: "sms", address: { hash: "sms" }, due_at: 61_000, before: [] });
    expect(one.state(61_500)).toBe("sent");
    one.answer(62_000, 2, TAKEN);
    expect(one.message.attempts.map(({ n, channel, address }) => [n, channel, address])).toEqual([
      [1, "rcs", "rcs"],
      [2, "sms", "sms"],
    ]);
    expect(one.alarm).toBe(UNKNOWN_MS);
    one.wake(UNKNOWN_MS);
    expect([one.message.state, one.alarm]).toEqual(["sent", 61_500 + UNKNOWN_MS]);
    one.wake(61_500 + UNKNOWN_MS);
    expect([one.message.state, one.alarm]).toEqual(["unknown", undefined]);
  });

  it("does not where its receipt comes before the claim, though the message is in its lane by then", () => {
    const one = silent();
    one.wake(61_000);
    one.receipt(61_200, 1, "delivered");
    expect(one.claim(61_500)).toEqual({ kind: "done", id: ID, state: "delivered" });
    expect(one.message.attempts).toHaveLength(1);
  });

  it("has its receipt counted beside the next one's where it comes after the claim: one message, delivered once", () => {
    const one = silent();
    one.wake(61_000);
    one.send(61_500);
    expect(one.receipt(61_600, 1, "delivered")).toMatchObject({ state: "delivered" });
    expect(one.answer(62_000, 2, TAKEN)).toMatchObject({ state: "delivered" });
    expect(one.receipt(63_000, 2, "delivered")).toMatchObject({ state: "delivered" });
    expect(one.document.messages).toHaveLength(1);
  });

  it("is not stopped by a `sent` receipt, and absorbs copies that come too early", () => {
    const one = silent();
    one.receipt(30_000, 1, "sent");
    expect(one.claim(60_999)).toEqual({ kind: "done", id: ID, state: "sent" });
    expect(one.wake(61_000)).toEqual(DUE);
  });

  it("counts as silent where its outcome is unclear, or its answer lost; then the time runs from the end of the lease", () => {
    const unclear = new OneMessage(service);
    unclear.send(0);
    expect(unclear.answer(1_000, 1, UNCLEAR)).toMatchObject({ state: "sending" });
    expect(unclear.alarm).toBe(61_000);
    const lost = new OneMessage(service);
    lost.send(0);
    expect(lost.alarm).toBeUndefined();
    expect(waitingIn(lost.document, LEASE_MS, TIMING)).toEqual(DUE);
    expect(lost.claim(LEASE_MS)).toEqual({ kind: "done", id: ID, state: "sending" });
    expect(lost.alarm).toBe(LEASE_MS + 60_000);
    expect(waitingIn(lost.document, LEASE_MS, TIMING)).toEqual([]);
    expect(lost.send(LEASE_MS + 60_000)).toMatchObject({ n: 2, channel: "sms" });
  });

  it("is sent to once more by its class's own rule before the next channel follows", () => {
    const one = new OneMessage({ ...service, class: "transactional", on_unclear: "resend_without_receipt", fallback_after_ms: 30_000 });
    one.send(0);
    expect(one.answer(1_000, 1, UNCLEAR).again_at).toBe(61_000);
    expect(one.send(61_000)).toMatchObject({
      n: 2,
      channel: "rcs",
      before: [{ n: 1, channel: "rcs", carrier: "main", closed: false, unclear_since: 0 }],
    });
    expect(one.answer(62_000, 2, UNCLEAR).again_at).toBeUndefined();
    expect(one.alarm).toBe(92_000);
    expect(one.send(92_000)).toMatchObject({ n: 3, channel: "sms", before: [] });
  });

  it("never gives way without `fallback_after`, nor after the message's time, nor to a channel without address or consent", () => {
    expect(silent({ fallback_after_ms: undefined }).alarm).toBe(UNKNOWN_MS);
    expect(silent({ expires_at: 61_000 }).alarm).toBe(UNKNOWN_MS);
    const out: KeptPreference = { scope: "all", channel: "sms", state: "out", at: 1 };
    expect(silent({ consent: "opt_out" }, [out]).alarm).toBe(UNKNOWN_MS);
    const alone = new OneMessage(service);
    alone.document = { ...alone.document, profile: reachableOn("rcs") };
    alone.send(0);
    alone.answer(1_000, 1, TAKEN);
    expect(alone.alarm).toBe(UNKNOWN_MS);
  });

  it("is the end where the person has said no by then, and what was sent stays sent", () => {
    const one = silent({ consent: "opt_out" });
    one.wake(61_000);
    one.document = { ...one.document, preferences: [{ scope: "all", channel: "*", state: "out", at: 61_100 }] };
    expect(one.claim(61_500)).toEqual({ kind: "done", id: ID, state: "sent" });
    expect(one.message).toMatchObject({ closed: true, state: "sent" });
    expect(one.message.reason).toBeUndefined();
    expect(one.state(UNKNOWN_MS)).toBe("unknown");
  });

  it("waits while its notice is paused, in its lane", () => {
    const one = silent();
    one.wake(61_000);
    expect(one.claim(61_500, { paused: ["order.shipped"] })).toEqual({ kind: "wait", id: ID, until: 76_500 });
    expect(one.send(76_500)).toMatchObject({ channel: "sms" });
  });
});

describe("A channel that failed", () => {
  it("gives way at once where it refuses for good, by whoever holds the message, and only its own address is suppressed", () => {
    const one = new OneMessage(service);
    one.send(0);
    expect(one.answer(1_000, 1, REFUSED)).toMatchObject({ state: "queued", again_at: 1_000 });
    expect(one.alarm).toBeUndefined();
    expect(one.document.profile?.addresses.rcs?.suppressed).toBe("21610");
    expect(one.document.profile?.addresses.sms?.suppressed).toBeUndefined();
    expect(one.send(1_000)).toMatchObject({ n: 2, channel: "sms" });
    expect(one.answer(2_000, 2, REFUSED)).toMatchObject({ state: "failed" });
    expect(one.document.profile?.addresses.sms?.suppressed).toBe("21610");
  });

  it("gives way at once where a receipt says undelivered, by the alarm; until the last has failed the message is sent", () => {
    const one = silent();
    expect(one.receipt(5_000, 1, "undelivered")).toMatchObject({ state: "sent" });
    expect(one.alarm).toBe(5_001);
    expect(one.wake(5_001)).toEqual(DUE);
    one.send(5_500);
    expect(one.state(5_500)).toBe("sent");
    one.answer(6_000, 2, { kind: "throttled", retry_after_seconds: 9 });
    expect(one.state(6_000)).toBe("sent");
    one.send(15_000);
    one.answer(16_000, 3, TAKEN);
    expect(one.receipt(17_000, 3, "undelivered")).toMatchObject({ state: "undelivered" });
  });

  it("ends the message where the next one cannot be reached any more, by its own failure", () => {
    const refused = new OneMessage(service);
    refused.send(0);
    refused.answer(1_000, 1, REFUSED);
    refused.document = { ...refused.document, profile: reachableOn("rcs") };
    expect(refused.claim(1_000)).toEqual({ kind: "done", id: ID, state: "failed" });
    const undelivered = silent();
    undelivered.receipt(5_000, 1, "undelivered");
    undelivered.document = { ...undelivered.document, profile: reachableOn("rcs") };
    expect(undelivered.claim(5_500)).toEqual({ kind: "done", id: ID, state: "undelivered" });
  });

  it("is suppressed where the person has left all that is left, and nothing was sent", () => {
    const one = new OneMessage({ ...service, consent: "opt_out" });
    one.send(0);
    one.answer(1_000, 1, REFUSED);
    one.document = { ...one.document, preferences: [{ scope: "all", channel: "*", state: "out", at: 1 }] };
    expect(one.claim(1_000)).toEqual({ kind: "done", id: ID, state: "suppressed" });
    expect(one.message.reason).toBe("opted_out");
  });

  it("does not come back, though many attempts on the next one push its own out of the document", () => {
    const one = new OneMessage({ ...service, fallback_after_ms: undefined, expires_at: 1_000_000_000 });
    one.send(0);
    one.answer(1_000, 1, { kind: "refused", because: "content" });
    let now = 1_000;
    for (let n = 2; n <= 60; n++) {
      expect(one.send(now)).toMatchObject({ n, channel: "sms" });
      one.answer(now, n, { kind: "unreachable" });
      now += 400_000;
    }
    expect(one.message.attempts.length).toBeLessThanOrEqual(15);
    expect(one.message.attempts[0]).toMatchObject({ n: 1, channel: "rcs" });
    one.send(now);
    expect(one.answer(now, 61, { kind: "refused", because: "content" })).toMatchObject({ state: "failed" });
  });

  it("takes its attempts along that were written before there were several channels", () => {
    const one = silent();
    const attempts = one.message.attempts.map(({ channel: _, ...attempt }) => attempt);
    one.document = { ...one.document, messages: [{ ...one.message, attempts }] };
    one.send(61_000);
    expect(one.message.attempts.map(({ channel }) => channel)).toEqual(["rcs", "sms"]);
  });
});

describe("A code without a receipt", () => {
  const taken = (over: Partial<Message> = {}, untried = 1): OneMessage => {
    const one = new OneMessage({ ...code, ...over }, ["sms"]);
    one.send(0);
    one.answer(1_000, 1, TAKEN, { untried, open: 2 });
    return one;
  };

  it("is sent once more by another carrier, by the alarm, and never a third time", () => {
    const one = taken({}, 2);
    expect(one.alarm).toBe(21_000);
    expect(one.wake(21_000)).toEqual([{ id: ID, class: "verification" }]);
    expect(one.send(21_100)).toMatchObject({ n: 2, due_at: 21_000, before: [{ n: 1, carrier: "main", closed: false }] });
    one.answer(22_000, 2, { kind: "taken", reference: "SM2" }, { untried: 1, carrier: "second" });
    expect(one.alarm).toBe(UNKNOWN_MS);
    expect(one.receipt(23_000, 2, "undelivered")).toMatchObject({ state: "sent" });
    expect(one.receipt(24_000, 1, "undelivered")).toMatchObject({ state: "undelivered" });
    expect(one.claim(25_000)).toMatchObject({ kind: "done" });
  });

  it("goes to another carrier at once where it is undelivered, also where the receipt comes before the answer", () => {
    const one = taken();
    one.receipt(2_000, 1, "undelivered");
    expect([one.state(2_000), one.alarm]).toEqual(["sent", 2_001]);
    expect(one.send(2_001)).toMatchObject({ n: 2 });
    const early = new OneMessage(code, ["sms"]);
    early.send(0);
    expect(early.receipt(500, 1, "undelivered")).toMatchObject({ state: "sent" });
    expect(early.claim(600)).toEqual({ kind: "wait", id: ID, until: LEASE_MS });
    early.answer(1_000, 1, TAKEN, { untried: 1 });
    expect([early.state(1_000), early.alarm]).toEqual(["sent", 1_001]);
  });

  it("sets no alarm but the one for unknown without a carrier that is untried, and none is made", () => {
    const one = taken({}, 0);
    expect(one.alarm).toBe(UNKNOWN_MS);
    expect(one.receipt(2_000, 1, "undelivered")).toMatchObject({ state: "undelivered" });
  });

  it("is not sent again once it was used, or delivered, or is over", () => {
    const used = taken();
    used.save(verifyMessage(used.document, ID, 5_000, TIMING).document, 5_000);
    used.wake(21_000);
    expect(used.claim(21_100)).toEqual({ kind: "done", id: ID, state: "sent" });
    expect(used.receipt(22_000, 1, "undelivered")).toMatchObject({ state: "undelivered" });
    const delivered = taken();
    delivered.receipt(5_000, 1, "delivered");
    expect(delivered.wake(21_000)).toEqual([]);
    expect(taken({ expires_at: 21_000 }).alarm).toBe(UNKNOWN_MS);
  });

  it.each(["transactional", "service", "marketing"] as const)("is not what the other classes are: %s", (noticeClass) => {
    const one = taken({ class: noticeClass });
    expect(one.alarm).toBe(UNKNOWN_MS);
    expect(one.receipt(2_000, 1, "undelivered")).toMatchObject({ state: "undelivered" });
  });
});

describe("The alarm", () => {
  it("does not ring again and again for what is in its lane and not claimed, and finds it unknown when its time is over", () => {
    const one = silent({ expires_at: 2 * UNKNOWN_MS });
    let rung = 0;
    while (one.alarm !== undefined && ++rung < 20) one.wake(one.alarm);
    expect([rung, one.message.state]).toEqual([3, "unknown"]);
  });
});

describe("An account that is refused", () => {
  const ACCOUNT = { kind: "refused", because: "config", account: true, code: "401" } as const;

  it("is waited for when it was the last one, and all such accounts are open again", () => {
    const one = new OneMessage(service, ["sms"]);
    one.send(0);
    one.answer(1_000, 1, ACCOUNT, { carrier: "one", untried: 1, open: 1 });
    expect(one.send(1_000).before).toMatchObject([{ carrier: "one", closed: true }]);
    expect(one.answer(2_000, 2, ACCOUNT, { carrier: "two", untried: 0, open: 0 })).toMatchObject({ state: "queued", again_at: 6_000 });
    expect(one.send(6_000).before).toMatchObject([
      { carrier: "one", closed: false },
      { carrier: "two", closed: false },
    ]);
    one.answer(7_000, 3, ACCOUNT, { carrier: "one", untried: 0, open: 1 });
    expect(one.send(20_000).before.map(({ closed }) => closed)).toEqual([false, false, true]);
  });

  it("ends the message where it is not the account that is refused but the message", () => {
    const one = new OneMessage(service, ["sms"]);
    one.send(0);
    expect(one.answer(1_000, 1, { kind: "refused", because: "config" }, { open: 0 })).toMatchObject({ state: "failed" });
  });

  it("keeps no more than a few attempts, however long people take to mend it", () => {
    const one = new OneMessage({ ...service, expires_at: 1_000_000_000 }, ["sms"]);
    for (let n = 1; n <= 50; n++) {
      one.send(n * 400_000);
      one.answer(n * 400_000, n, ACCOUNT, { open: 0 });
    }
    expect(one.message.attempts.length).toBeLessThanOrEqual(14);
  });
});

describe("Taking back what was sent", () => {
  const cancel = (one: OneMessage, now: number) => {
    const { document, results } = cancelMessages(one.document, { id: ID }, now, TIMING);
    one.save(document, now);
    return results[0];
  };

  it("stops the next channel and leaves sent what was sent", () => {
    const one = silent();
    expect(cancel(one, 2_000)).toEqual({ id: ID, state: "sent", changed: true });
    expect(cancel(one, 2_001)).toEqual({ id: ID, state: "sent", changed: false });
    one.receipt(3_000, 1, "undelivered");
    expect(one.state(3_000)).toBe("undelivered");
    expect(one.claim(61_000)).toEqual({ kind: "done", id: ID, state: "undelivered" });
  });

  it("changes nothing where nothing would follow", () => {
    const one = new OneMessage(service, ["sms"]);
    one.send(0);
    expect(cancel(one, 500)).toEqual({ id: ID, state: "sending", changed: false });
    one.answer(1_000, 1, TAKEN);
    expect(cancel(one, 2_000)).toEqual({ id: ID, state: "sent", changed: false });
  });

  it("stops what waits for its receipt, and is the end where a late answer shows that nothing was sent", () => {
    const one = new OneMessage({ ...service, class: "transactional", on_unclear: "resend_without_receipt" }, ["sms"]);
    one.send(0);
    expect(cancel(one, LEASE_MS)).toEqual({ id: ID, state: "unknown", changed: true });
    expect(one.answer(LEASE_MS + 1, 1, { kind: "throttled" })).toMatchObject({ state: "canceled" });
    expect(one.message.reason).toBe("canceled");
  });

  it("that is a code's use ends it as suppressed where nothing had been sent", () => {
    const one = new OneMessage(code, ["sms"]);
    one.send(0);
    one.save(verifyMessage(one.document, ID, 500, TIMING).document, 500);
    expect(one.returned(600, 1, 30_000)).toMatchObject({ state: "suppressed" });
    expect(one.message).toMatchObject({ reason: "verified", attempts: [] });
  });
});
