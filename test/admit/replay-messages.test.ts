import { describe, expect, it } from "vitest";
import { rememberCancel } from "../../src/admit/cancel.ts";
import { counts } from "../../src/admit/counted.ts";
import type { RecipientDocument } from "../../src/admit/document.ts";
import { forHistory, keepData } from "../../src/admit/keep-data.ts";
import { OpenPast } from "../../src/admit/past.ts";
import type { HistoryRow } from "../../src/admit/recipient-storage.ts";
import { type ReplayHow, type ReplayStep, replayMessages } from "../../src/admit/replay-messages.ts";
import { spill } from "../../src/admit/spill.ts";
import { verifyMessage } from "../../src/admit/take-back.ts";
import { MESSAGE_STATES, type Message } from "../../src/vocabulary/message.ts";
import { ID, LEASE_MS, messageOf, TIMING } from "../settle/messages.ts";
import { NOTHING_BESIDE, OneMessage, TAKEN, UNCLEAR } from "./one-message.ts";

const HOUR_MS = 3_600_000;
const LATER = 10 * HOUR_MS;
const DATA = { data: { sealed: "k1.a.a" } };

function replay(one: OneMessage, rows: readonly HistoryRow[] = [], how: ReplayHow = { catalog: 7 }, ids = [ID], now = LATER): ReplayStep {
  const find = (id: string): HistoryRow | undefined => rows.find(({ messages }) => messages.some((message) => message.id === id));
  const step = replayMessages(one.document, find, ids, how, NOTHING_BESIDE, now, TIMING);
  one.save(keepData(one.document, step.document).document, now);
  return step;
}

/** Refused on both of its channels; its data is kept as the shell keeps it. */
function failed(over: Partial<Message> = {}): OneMessage {
  const one = new OneMessage({ class: "service", on_unclear: "stop", expires_at: HOUR_MS, ...DATA, ...over });
  one.send(0);
  one.answer(1_000, 1, { kind: "refused", because: "config" }, { open: 0 });
  one.send(1_000);
  one.answer(2_000, 2, { kind: "refused", because: "content" });
  one.save(keepData(one.document, one.document).document, 2_000);
  return one;
}

describe("A replay", () => {
  it("begins a message anew that failed: queued, with its time from now on, by the catalog of now", () => {
    const one = failed();
    expect(one.message).toMatchObject({ state: "failed", ...DATA });
    expect(replay(one).results).toEqual([{ id: ID, result: "queued", state: "queued", class: "service" }]);
    expect(one.message).toMatchObject({ state: "queued", catalog: 7, send_at: LATER, expires_at: LATER + HOUR_MS, ...DATA });
    expect(counts(one.message.state)).toBe(true);
    const claimed = one.send(LATER + 5);
    expect(claimed).toMatchObject({ n: 3, channel: "rcs", catalog: 7, data: "k1.a.a", due_at: LATER, expires_at: LATER + HOUR_MS });
    expect(claimed.before).toEqual([{ n: 1, channel: "rcs", carrier: "main", closed: false }]);
    expect(one.answer(LATER + 9, 3, TAKEN)).toMatchObject({ state: "sent" });
  });

  it("tries every channel again, and fails again where they refuse again", () => {
    const one = failed();
    replay(one);
    one.send(LATER);
    expect(one.answer(LATER, 3, { kind: "refused", because: "content" })).toMatchObject({ state: "queued", again_at: LATER });
    expect(one.send(LATER)).toMatchObject({ n: 4, channel: "sms" });
    expect(one.answer(LATER, 4, { kind: "refused", because: "content" })).toMatchObject({ state: "failed" });
    expect(replay(one, [], { catalog: 8 }, [ID], LATER + 1).results).toMatchObject([{ result: "queued" }]);
    expect(one.send(LATER + 2)).toMatchObject({ n: 5, channel: "rcs" });
  });

  it("asked again answers the same and changes nothing", () => {
    const one = failed();
    replay(one);
    const before = one.document;
    expect(replay(one).results).toEqual([{ id: ID, result: "queued", state: "queued", class: "service" }]);
    expect(one.document).toBe(before);
  });

  it("begins anew what expired, for as long as it is told, and asks for consent and address like any other claim", () => {
    const one = new OneMessage({ class: "service", consent: "opt_out", expires_at: 10, ...DATA }, ["sms"]);
    one.claim(10);
    expect(one.message).toMatchObject({ state: "expired", reason: "expired" });
    replay(one, [], { catalog: 7, ttl_ms: 5_000 });
    expect(one.message).not.toHaveProperty("reason");
    expect(one.message.expires_at).toBe(LATER + 5_000);
    one.document = { ...one.document, preferences: [{ scope: "all", channel: "*", state: "out", at: 1 }] };
    expect(one.claim(LATER)).toEqual({ kind: "done", id: ID, state: "suppressed" });
  });

  it("of what still waits in vain answers that it is queued, and lets go of it", () => {
    const one = new OneMessage({}, ["sms"]);
    one.send(0);
    one.returned(500, 1, LATER + HOUR_MS);
    expect(replay(one).results).toMatchObject([{ result: "queued", state: "queued" }]);
    expect(one.message.catalog).toBe(1);
    expect(one.send(LATER)).toMatchObject({ n: 2 });
  });

  it.each(
    MESSAGE_STATES.filter(
      (state) => !["failed", "expired", "queued", "sending", "sent", "delivered", "undelivered", "unknown"].includes(state),
    ),
  )("is not made of a message that is %s", (state) => {
    const one = new OneMessage({ state, send_at: 2 * LATER, expires_at: 3 * LATER });
    const before = one.message;
    expect(replay(one).results).toEqual([{ id: ID, result: "not_replayable", state }]);
    expect(one.message).toBe(before);
  });

  it("is not made of what was or may have been sent, nor of what nobody knows", () => {
    const attempts: readonly [string, (one: OneMessage) => unknown][] = [
      ["sent", (one) => one.answer(500, 1, TAKEN)],
      ["unknown", (one) => one.answer(500, 1, UNCLEAR)],
      ["delivered", (one) => one.receipt(500, 1, "delivered")],
      ["undelivered", (one) => one.receipt(500, 1, "undelivered")],
    ];
    for (const [state, come] of attempts) {
      const one = new OneMessage({ class: "service", on_unclear: "stop" }, ["sms"]);
      one.send(0);
      come(one);
      expect(replay(one, [], { catalog: 7 }, [ID], 1_000).results).toEqual([{ id: ID, result: "not_replayable", state }]);
    }
    expect(replay(failed(), [], { catalog: 7 }, ["x".repeat(44)]).results).toEqual([{ id: "x".repeat(44), result: "not_found" }]);
  });

  it("is not made of a code that was used, nor of what an event has canceled since", () => {
    const used = failed();
    const { document, results } = verifyMessage(used.document, ID, 3_000, TIMING);
    expect(results).toEqual([{ id: ID, state: "failed", changed: true }]);
    used.save(document, 3_000);
    expect(replay(used).results).toMatchObject([{ result: "not_replayable" }]);
    const canceled = failed({ cancel_key: "KKKKKKKKKKKKKKKKKKKKKK", event_time: 5 });
    const past = new OpenPast(undefined, NOTHING_BESIDE, 3_000);
    rememberCancel(past, { notice: "order.shipped", key: "KKKKKKKKKKKKKKKKKKKKKK", event_key: "other", event_time: 6 }, 3_000);
    const closed = past.close().past;
    canceled.document = { ...canceled.document, ...(closed ? { past: closed } : {}) };
    expect(replay(canceled).results).toMatchObject([{ result: "not_replayable", state: "failed" }]);
  });

  it("counts what arrived after all, and sends no more", () => {
    const one = failed();
    replay(one);
    expect(one.receipt(LATER + 1, 1, "delivered")).toMatchObject({ state: "delivered" });
    expect(one.claim(LATER + 2)).toMatchObject({ kind: "done", state: "delivered" });
  });
});

describe("What is replayed out of history", () => {
  const late = messageOf({ id: "r".repeat(22) + "z".repeat(22), state: "delivered" });

  it("stands in the document again, and no more in its row", () => {
    const { message } = failed();
    const other = { ...message, id: "r".repeat(22) + "y".repeat(22) };
    const one = new OneMessage({ id: late.id });
    one.document = { ...one.document, messages: [] };
    const step = replay(one, [{ seq: 4, messages: [late, forHistory(message), other] }], { catalog: 7 }, [ID, other.id, late.id]);
    expect(step.results.map(({ result }) => result)).toEqual(["queued", "queued", "not_replayable"]);
    expect(step.history).toEqual([{ seq: 4, messages: [late] }]);
    expect(one.document.messages.map(({ id, state }) => [id, state])).toEqual([
      [ID, "queued"],
      [other.id, "queued"],
    ]);
    expect(one.send(LATER)).toMatchObject({ n: 3, data: "k1.a.a" });
  });

  it("has its data where that was small; without it, it is not replayed", () => {
    const { message } = failed();
    expect(forHistory(message)).toBe(message);
    const large = forHistory({ ...message, data: { beside: true } });
    expect(large.data).toEqual({ gone: true });
    const one = new OneMessage({});
    one.document = { ...one.document, messages: [] };
    expect(replay(one, [{ seq: 1, messages: [large] }]).results).toEqual([{ id: ID, result: "not_replayable", state: "failed" }]);
  });

  it("leaves no row of data behind when it goes there", () => {
    const many = Array.from({ length: 96 }, (_, at) =>
      messageOf({ id: `r`.repeat(22) + String(at).padStart(22, "m"), state: "failed", attempts: [], closed: true, data: { beside: true } }),
    );
    const document: RecipientDocument = { v: 1, preferences: [], messages: many };
    const { rows, history } = spill(document, NOTHING_BESIDE, 0);
    expect(history).toHaveLength(64);
    expect(rows.filter(({ text }) => text === undefined).map(({ row }) => row)).toEqual(history.map(({ id }) => `data ${id}`));
    expect(new Set(history.map(({ data }) => JSON.stringify(data)))).toEqual(new Set(['{"gone":true}']));
  });
});

describe("Data of a message that is over", () => {
  it("is kept only where something may begin anew of it, and what is gone is known to be", () => {
    const kept = (one: OneMessage) => keepData(one.document, one.document).document.messages[0]?.data;
    const delivered = new OneMessage(DATA, ["sms"]);
    delivered.send(0);
    delivered.receipt(500, 1, "delivered");
    expect(kept(delivered)).toBeUndefined();
    const unknown = (channels: readonly ("rcs" | "sms")[]) => {
      const one = new OneMessage({ class: "service", on_unclear: "stop", ...DATA }, channels);
      one.send(0);
      one.claim(LEASE_MS);
      return one;
    };
    expect(kept(unknown(["sms"]))).toEqual({ gone: true });
    expect(kept(unknown(["rcs", "sms"]))).toEqual({ sealed: "k1.a.a" });
  });

  it("that may follow an unknown outcome on the next channel is there when its receipt comes", () => {
    const one = new OneMessage({ class: "service", on_unclear: "stop", ...DATA });
    one.send(0);
    one.answer(500, 1, UNCLEAR);
    one.save(keepData(one.document, one.document).document, 500);
    expect(one.state(500)).toBe("unknown");
    expect(one.receipt(900, 1, "undelivered")).toMatchObject({ state: "sent" });
    one.wake(901);
    expect(one.send(1_000)).toMatchObject({ channel: "sms", data: "k1.a.a" });
  });
});
