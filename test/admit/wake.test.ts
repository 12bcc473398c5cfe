import { describe, expect, it } from "vitest";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { dueIn, wake, wakeAt, withAlarm } from "../../src/admit/wake.ts";
import type { Message } from "../../src/vocabulary/message.ts";
import { attemptOf, messageOf, TIMING } from "../settle/messages.ts";

const UNKNOWN_MS = TIMING.unknown_after_seconds * 1000;
const sent = (claimed_at: number): Message =>
  messageOf({ state: "sent", attempts: [attemptOf({ claimed_at, answer: { kind: "taken" }, answered_at: claimed_at })] });
const documentOf = (...messages: Message[]): RecipientDocument => ({ ...emptyDocument(), messages });

describe("The alarm", () => {
  it("is wanted when the first message that was sent would become unknown, and never without one", () => {
    expect(wakeAt(documentOf(sent(500), sent(200)), 600, TIMING)).toBe(200 + UNKNOWN_MS);
    expect(wakeAt(documentOf(messageOf({ state: "delivered" })), 600, TIMING)).toBeUndefined();
  });

  it("stays as it is where it is early enough, since setting one costs a row", () => {
    const document = { ...documentOf(sent(500)), alarm_at: 1_000 };
    expect(withAlarm(document, 600, TIMING)).toBe(document);
  });

  it("is set anew where there is none, where it is too late, and where it is past and so may be lost", () => {
    const wanted = 500 + UNKNOWN_MS;
    expect(withAlarm(documentOf(sent(500)), 600, TIMING).alarm_at).toBe(wanted);
    expect(withAlarm({ ...documentOf(sent(500)), alarm_at: wanted + 1 }, 600, TIMING).alarm_at).toBe(wanted);
    expect(withAlarm({ ...documentOf(sent(500)), alarm_at: 400 }, 600, TIMING).alarm_at).toBe(wanted);
    expect(withAlarm(documentOf(sent(500)), wanted + 5_000, TIMING).alarm_at).toBe(wanted + 5_001);
  });

  it("is set no further ahead than the platform takes: the one that comes too early finds the next", () => {
    const DAY_MS = 86_400_000;
    const far = documentOf(messageOf({ state: "scheduled", send_at: 200 * 366 * DAY_MS }));
    expect(withAlarm(far, 600, TIMING).alarm_at).toBe(600 + 366 * DAY_MS);
  });

  it("lets leave what was put into its lane, and keeps what came due while that was done for the next time", () => {
    const profile = { revision: 1, id: "k1.x.y", addresses: { sms: { sealed: "k1.x.y", hash: "h" } }, tags: [], quiet_hours: [] };
    const [one, two] = ["1", "2"].map((name) => messageOf({ id: name.repeat(44), state: "scheduled", send_at: 10 }));
    const document = { ...documentOf(...[one, two].flatMap((message) => message ?? [])), profile };
    const enqueued = dueIn(document, 10, TIMING).slice(0, 1);
    const woken = wake(document, enqueued, 10, TIMING);
    expect(woken.messages.map(({ state }) => state)).toEqual(["queued", "scheduled"]);
    expect(withAlarm(woken, 10, TIMING).alarm_at).toBe(11);
  });

  it("writes down what became unknown, and nothing where nothing did", () => {
    const document = documentOf(
      sent(500),
      messageOf({ state: "delivered", attempts: [attemptOf({ answer: { kind: "taken" }, receipts: [{ status: "delivered", at: 1 }] })] }),
    );
    expect(wake(document, [], 500 + UNKNOWN_MS - 1, TIMING)).toBe(document);
    expect(wake(document, [], 500 + UNKNOWN_MS, TIMING).messages.map(({ state }) => state)).toEqual(["unknown", "delivered"]);
  });

  it("is not wanted again and again while one of several attempts is overdue and another is not", () => {
    const throttled = attemptOf({ n: 1, claimed_at: 0, answer: { kind: "throttled" }, answered_at: 1, untried: 0, open: 1 });
    const taken = attemptOf({ n: 2, claimed_at: 600_000, lease_until: 660_000, answer: { kind: "taken" }, answered_at: 600_001 });
    const document = documentOf(messageOf({ state: "sent", attempts: [throttled, taken] }));
    expect(wakeAt(document, 600_002, TIMING)).toBe(600_000 + UNKNOWN_MS);
    expect(wake(document, [], 600_000 + UNKNOWN_MS, TIMING).messages[0]?.state).toBe("unknown");
  });
});
