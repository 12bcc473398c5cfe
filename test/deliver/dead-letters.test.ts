import { describe, expect, it } from "vitest";
import type { Alert } from "../../src/deliver/alerts.ts";
import { consumeDeadQueue } from "../../src/deliver/consume-dead-queue.ts";
import { type DeadLetter, type End, type KeepDeps, keepDeadLetters, letterOfEnd } from "../../src/deliver/dead-letters.ts";
import { REFUSAL_CAUSES } from "../../src/vocabulary/carrier.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import { MESSAGE_STATES, type Message } from "../../src/vocabulary/message.ts";
import { attemptOf, messageOf } from "../settle/messages.ts";
import { deliveryOf } from "./lane.ts";

const ITEM = { tenant: "shop", id: "m".repeat(44), class: "transactional" } as const;
const LETTER: DeadLetter = { ...ITEM, notice: "order.shipped", reason: "failed", code: "no_route" };
const CATALOG: Catalog = {
  notices: {
    "order.shipped": { class: "transactional", channels: ["sms"] },
    "ops.alarm": { class: "transactional", on: ["carillon.alert.dead_letters"], channels: ["sms"] },
  },
};

/** Deps over a table in memory that writes as D1 does, with what people were alerted of. */
function keeping(messages: readonly Message[] = []) {
  const table = new Map<string, DeadLetter>();
  const alerts: Alert[] = [];
  const looked: string[] = [];
  const deps: KeepDeps = {
    now: () => 0,
    activeCatalog: async () => ({ version: 1, catalog: CATALOG }),
    async messageOf(_tenant, id) {
      looked.push(id);
      return messages.find((message) => message.id === id);
    },
    async insertDeadLetters(letters) {
      const fresh: DeadLetter[] = [];
      for (const letter of letters) {
        const key = `${letter.tenant}/${letter.id}/${letter.reason}`;
        if (table.has(key)) continue;
        table.set(key, letter);
        fresh.push(letter);
      }
      return fresh;
    },
    async postAlerts(_tenant, more) {
      alerts.push(...more);
    },
  };
  return { deps, alerts, looked, letters: () => [...table.values()] };
}

describe("The end of a message", () => {
  it("is a dead letter where it failed or expired, and an ordinary one in every other state", () => {
    const dead = [...MESSAGE_STATES, "gone" as const].filter((state) => letterOfEnd(ITEM, { state }) !== undefined);
    expect(dead).toEqual(["expired", "failed"]);
  });

  it("is an ordinary one where the carrier refused the recipient, whatever its code", () => {
    const kept = REFUSAL_CAUSES.filter((cause) => letterOfEnd(ITEM, { state: "failed", cause, code: "1" }) !== undefined);
    expect(kept).toEqual(["content", "config", "balance"]);
  });

  it("says what is known of it, and leaves out the name of no carrier", () => {
    const end: End = { state: "failed", notice: "order.shipped", carrier: "", cause: "config", code: "no_route" };
    expect(letterOfEnd(ITEM, end)).toEqual(LETTER);
    expect(letterOfEnd(ITEM, { state: "failed", carrier: "main", cause: "balance" })).toMatchObject({ carrier: "main", code: "balance" });
  });
});

describe("Dead letters", () => {
  it("are kept and alerted of once, however often they are told", async () => {
    const { deps, alerts, letters } = keeping();
    for (let at = 0; at < 3; at++) await keepDeadLetters([LETTER, { ...LETTER, reason: "expired" }], deps);
    expect(letters()).toHaveLength(2);
    expect(alerts.map(({ type, cause }) => `${type} ${cause}`)).toEqual([
      "dead_letters failed/transactional",
      "dead_letters expired/transactional",
    ]);
  });

  it("are alerted of together by reason and class, with every key that a template may name", async () => {
    const { deps, alerts } = keeping();
    const ids = ["a", "b", "c"].map((letter) => letter.repeat(44));
    await keepDeadLetters(
      ids.map((id) => ({ ...LETTER, id })),
      deps,
    );
    const detail = { reason: "failed", class: "transactional", notice: "order.shipped", carrier: "", code: "no_route", count: 3 };
    expect(alerts).toEqual([{ type: "dead_letters", cause: "failed/transactional", detail }]);
  });

  it("of notices that tell of alerts raise none, or one would feed the next", async () => {
    const { deps, alerts, letters } = keeping();
    await keepDeadLetters([{ ...LETTER, notice: "ops.alarm" }], deps);
    expect([letters().length, alerts]).toEqual([1, []]);
  });

  it("that do not say of which notice they are get it from the Recipient, and are dropped where the end was an ordinary one", async () => {
    const failed = (id: string, because: "recipient" | "content") =>
      messageOf({
        id,
        state: "failed",
        attempts: [attemptOf({ carrier: "main", answer: { kind: "refused", because, code: "21610" } })],
      });
    const [dead, refused] = ["d".repeat(44), "r".repeat(44)];
    const { deps, letters } = keeping([failed(dead, "content"), failed(refused, "recipient")]);
    const bare = [dead, refused].flatMap((id) => letterOfEnd({ ...ITEM, id }, { state: "failed" }) ?? []);
    await keepDeadLetters(bare, deps);
    expect(letters()).toEqual([{ ...LETTER, id: dead, carrier: "main", code: "21610" }]);
  });

  it("stand as they are known where the Recipient cannot be asked", async () => {
    const { deps, letters } = keeping();
    const bare = letterOfEnd(ITEM, { state: "expired" });
    if (!bare) throw new Error("it is none");
    const away = { ...deps, messageOf: () => Promise.reject(new Error("away")) };
    await keepDeadLetters([bare], away);
    expect(letters()).toEqual([bare]);
  });

  it("that cannot be written are the caller's fault to tell, and nobody is alerted", async () => {
    const { deps, alerts } = keeping();
    const broken = { ...deps, insertDeadLetters: () => Promise.reject(new Error("D1")) };
    await expect(keepDeadLetters([LETTER], broken)).rejects.toThrow("D1");
    expect(alerts).toEqual([]);
  });
});

describe("The queue of what a lane gave up", () => {
  const body = (ids: readonly string[]) => ({ v: 1, tenant: "shop", class: "marketing", ids });

  it("makes a letter of each id, once, and acks when they are written", async () => {
    const ids = ["a", "b"].map((letter) => letter.repeat(44));
    const { deps, letters, alerts } = keeping(ids.map((id) => messageOf({ id, notice: "sale.offer" })));
    const deliveries = [deliveryOf(body(ids)), deliveryOf({ ...body(ids), carrier: "main" })];
    await consumeDeadQueue(deliveries, deps);
    expect(letters()).toEqual(ids.map((id) => ({ tenant: "shop", id, class: "marketing", reason: "faults", notice: "sale.offer" })));
    expect(deliveries.map(({ said }) => said)).toEqual(["ack", "ack"]);
    expect(alerts).toMatchObject([{ cause: "faults/marketing", detail: { count: 2 } }]);
  });

  it("makes none of what went on by itself, and one of what its Recipient does not know", async () => {
    const all = MESSAGE_STATES.map((state, at) => messageOf({ id: String.fromCharCode(97 + at).repeat(44), state }));
    const unknown = "z".repeat(44);
    const { deps, letters } = keeping(all);
    await consumeDeadQueue([deliveryOf(body([...all.map(({ id }) => id), unknown]))], deps);
    const dead = letters().map(({ id }) => all.find((message) => message.id === id)?.state ?? "not known");
    expect(dead).toEqual(["scheduled", "queued", "sending", "expired", "failed", "not known"]);
  });

  it("keeps a body that it cannot read whole, with its tenant where it says one, and looks at no Recipient", async () => {
    const { deps, letters, looked, alerts } = keeping();
    const newer = { v: 2, tenant: "shop", class: "service", list: ["x"] };
    const deliveries = [newer, newer, "garbage", null, { tenant: "NOT ONE" }].map((one) => deliveryOf(one));
    await consumeDeadQueue(deliveries, deps);
    expect(letters()).toMatchObject([
      { tenant: "shop", class: "service", reason: "unreadable", body: JSON.stringify(newer) },
      { tenant: "", reason: "unreadable", body: "garbage" },
      { tenant: "", body: "null" },
      { tenant: "", body: '{"tenant":"NOT ONE"}' },
    ]);
    expect(deliveries.every(({ said }) => said === "ack")).toBe(true);
    expect(looked).toEqual([]);
    expect(alerts).toMatchObject([{ cause: "unreadable/service" }]);
  });

  it("comes again, later each time, where nothing can be written", async () => {
    const { deps } = keeping();
    const broken = { ...deps, insertDeadLetters: () => Promise.reject(new Error("D1")) };
    const deliveries = [1, 2, 20].map((attempts) => ({ ...deliveryOf(body(["a".repeat(44)])), attempts }));
    await consumeDeadQueue(deliveries, broken);
    expect(deliveries.map(({ said }) => said)).toEqual([60, 120, 3600].map((retry_seconds) => ({ retry_seconds })));
  });
});
