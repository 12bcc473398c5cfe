import { describe, expect, it } from "vitest";
import { findAdapter } from "../../src/deliver/carriers/registry.ts";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import { CONNECTIONS } from "../../src/support/connections.ts";
import type { OutgoingResult } from "../../src/support/outgoing.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { deliveryOf, settled, testLane } from "./lane.ts";

const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };

/** Calls that stay under way until they are let go. */
function heldCalls<Answer>() {
  const open: ((answer: Answer) => void)[] = [];
  return {
    open,
    hold: () => new Promise<Answer>((resolve) => open.push(resolve)),
    /** Answers those under way, then those that follow, until nobody calls any more. Gives the most that were open at once. */
    async letAllGo(answer: Answer): Promise<number> {
      let most = 0;
      for (await settled(); open.length > 0; await settled()) {
        most = Math.max(most, open.length);
        for (const resolve of open.splice(0, 1)) resolve(answer);
      }
      return most;
    },
  };
}

describe("A lane's consumer", () => {
  it("never has more than six calls under way, however big the batch and its messages are", async () => {
    const lane = testLane();
    const held = heldCalls<CarrierAnswer>();
    lane.answer = held.hold;
    const deliveries = [lane.deliveryOf(lane.admit(12)), ...Array.from({ length: 19 }, () => lane.deliveryOf(lane.admit(2)))];
    const consuming = consumeLane(deliveries, lane.deps);
    expect(await held.letAllGo(TAKEN)).toBe(CONNECTIONS);
    await consuming;
    expect(lane.calls).toHaveLength(50);
    expect(new Set(lane.calls).size).toBe(50);
    expect(deliveries.map(({ said }) => said)).toEqual(deliveries.map(() => "ack"));
  });

  it("starts the deadline of a call when it has a slot, and not before", async () => {
    const lane = testLane();
    const held = heldCalls<OutgoingResult>();
    const deadlines: number[] = [];
    const twilio = findAdapter("twilio");
    if (twilio.kind === "unknown") throw new Error("there is no such adapter");
    const settings = { account_sid: `AC${"0".repeat(32)}`, from: "+15005550006" };
    const mounting = twilio.adapter.mount({ base_url: "https://api.twilio.com", settings, secrets: { auth_token: "token" } });
    if (mounting.kind !== "mounted") throw new Error("it does not mount");
    const deps = {
      ...lane.deps,
      carrier: () => mounting.carrier,
      outgoing: (_request: unknown, deadlineMs: number) => {
        deadlines.push(deadlineMs);
        return held.hold();
      },
    };
    const consuming = consumeLane([lane.deliveryOf(lane.admit(8))], deps);
    await settled();
    expect(deadlines).toEqual(Array.from({ length: CONNECTIONS }, () => mounting.carrier.limits.call_deadline_ms));
    await held.letAllGo({ kind: "unclear", code: "timeout", detail: "" });
    await consuming;
    expect(deadlines).toHaveLength(8);
  });

  it("retries what it cannot read, never acks it, and does the rest of the batch", async () => {
    const lane = testLane();
    const ids = lane.admit(1);
    const good = lane.deliveryOf(ids);
    const bad = [
      deliveryOf({ v: 2, tenant: "shop", class: "transactional", ids }),
      deliveryOf({ v: 1, tenant: "shop", class: "urgent", ids }),
      deliveryOf({ v: 1, tenant: "shop", class: "transactional", ids: ["not an id"] }),
      deliveryOf({ v: 1, tenant: "shop", class: "transactional", ids, name: "张三" }),
      deliveryOf("garbage"),
      deliveryOf(null),
    ];
    await consumeLane([...bad, good], lane.deps);
    for (const { said } of bad) expect(said).toEqual({ retry_seconds: expect.any(Number) });
    expect(good.said).toBe("ack");
    expect(lane.calls).toEqual(ids);
  });

  it("delivers what it can where one recipient cannot be asked, and has only that one's ids come again", async () => {
    const lane = testLane();
    const [poisoned = "", ...others] = lane.admit(4);
    const mixed = lane.deliveryOf([poisoned, ...others]);
    const other = lane.deliveryOf(lane.admit(1));
    const deps = {
      ...lane.deps,
      claim: async (...[tenant, key, command]: Parameters<typeof lane.deps.claim>) => {
        if (command.ids.includes(poisoned)) throw new Error("the object is broken");
        return lane.deps.claim(tenant, key, command);
      },
    };
    await consumeLane([mixed, other], deps);
    expect([mixed.said, other.said]).toEqual(["ack", "ack"]);
    expect(lane.requeued.map(({ ids }) => ids)).toEqual([[poisoned]]);
    expect(lane.calls).toHaveLength(4);
    for (const id of others) expect(lane.message(id).state).toBe("sent");

    const again = lane.deliveryOf([poisoned, ...others]);
    await consumeLane([again], lane.deps);
    expect(again.said).toBe("ack");
    expect(lane.calls.toSorted()).toEqual([...new Set(lane.calls)].toSorted());
    expect(lane.message(poisoned).state).toBe("sent");
  });

  it("has a message come again whose answer could not be told, and does not call for it again at once", async () => {
    const lane = testLane("marketing");
    const ids = lane.admit(2);
    const tell = async (): Promise<never> => {
      throw new Error("the object cannot be reached");
    };
    const first = lane.deliveryOf(ids);
    await consumeLane([first], { ...lane.deps, tell });
    expect(first.said).toEqual({ retry_seconds: expect.any(Number) });

    const second = lane.deliveryOf(ids);
    await consumeLane([second], lane.deps);
    expect(second.said).toBe("ack");
    expect(lane.calls).toHaveLength(2);
    expect(lane.requeued).toEqual([{ ids, delay_seconds: 90 }]);

    lane.now += 90_000;
    await consumeLane([lane.deliveryOf(ids)], lane.deps);
    expect(lane.calls).toHaveLength(2);
    expect(ids.map((id) => lane.message(id).state)).toEqual(["unknown", "unknown"]);
  });

  it("makes one call per message when the same batch comes again during its calls and after them", async () => {
    const lane = testLane();
    const held = heldCalls<CarrierAnswer>();
    lane.answer = held.hold;
    const ids = lane.admit(4);
    const batch = () => [lane.deliveryOf(ids), lane.deliveryOf([...ids, ...ids])];
    const during = Promise.all([consumeLane(batch(), lane.deps), consumeLane(batch(), lane.deps)]);
    await held.letAllGo(TAKEN);
    await during;
    const after = batch();
    await consumeLane(after, lane.deps);
    expect(lane.calls.toSorted()).toEqual(ids.toSorted());
    expect(after.map(({ said }) => said)).toEqual(["ack", "ack"]);
  });

  it("puts back what must wait, with the time that it must wait, together", async () => {
    const lane = testLane();
    const ids = lane.admit(3, "one");
    lane.answer = (id) => (id === ids[0] ? TAKEN : { kind: "throttled", retry_after_seconds: 30 });
    const first = lane.deliveryOf(ids);
    await consumeLane([first], lane.deps);
    expect(first.said).toBe("ack");
    expect(lane.requeued).toEqual([{ ids: [ids[1], ids[2]], delay_seconds: 30 }]);

    lane.now += 12_500;
    await consumeLane([lane.deliveryOf(ids)], lane.deps);
    expect(lane.requeued.at(-1)).toEqual({ ids: [ids[1], ids[2]], delay_seconds: 18 });
    expect(lane.calls).toHaveLength(3);
  });

  it("spreads what comes back by up to a fifth, never early, and by no more than a queue can wait", async () => {
    const lane = testLane();
    lane.answer = () => ({ kind: "throttled", retry_after_seconds: 100 });
    const ids = lane.admit(1);
    await consumeLane([lane.deliveryOf(ids)], { ...lane.deps, fraction: () => 0.999 });
    expect(lane.requeued).toEqual([{ ids, delay_seconds: 120 }]);
  });

  it("does not ack what it could not put back", async () => {
    const lane = testLane();
    lane.answer = () => ({ kind: "unreachable", code: "530" });
    const delivery = lane.deliveryOf(lane.admit(1));
    await consumeLane([delivery], {
      ...lane.deps,
      requeue: async () => {
        throw new Error("the queue is full");
      },
    });
    expect(delivery.said).toEqual({ retry_seconds: expect.any(Number) });
  });

  it("does not call where the lease would run out during the call: no attempt was made, and it comes again at once", async () => {
    const lane = testLane();
    const held = heldCalls<CarrierAnswer>();
    lane.answer = held.hold;
    const ids = lane.admit(CONNECTIONS + 1);
    const consuming = consumeLane([lane.deliveryOf(ids)], lane.deps);
    await settled();
    lane.now += 50_001;
    await held.letAllGo(TAKEN);
    await consuming;
    const late = ids.at(-1) ?? "";
    expect(lane.calls).not.toContain(late);
    expect(lane.message(late)).toMatchObject({ state: "queued", attempts: [] });
    expect(lane.requeued).toEqual([{ ids: [late], delay_seconds: 0, carrier: "main" }]);
  });
});
