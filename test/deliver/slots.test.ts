import { describe, expect, it } from "vitest";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import type { CarrierHealth, Reservation, Slot } from "../../src/deliver/gate-port.ts";
import { type Handled, testLane } from "./lane.ts";

const HEALTHY: CarrierHealth = { breaker: "closed", share: 1 };
const SHUT: CarrierHealth = { breaker: "open", share: 0 };

/** A lane whose gate gives so many slots a call, and tells the rest to come in 30 s. */
function crowded(noticeClass: "marketing" | "verification" | "transactional", slots: number, health = HEALTHY) {
  const lane = testLane(noticeClass);
  const asked: Reservation[] = [];
  lane.deps.gates.reserve = async (_tenant, _carrier, reservation) => {
    asked.push(reservation);
    const given = reservation.senders.map(
      (_, at): Slot =>
        at < Math.min(slots, reservation.most) ? { kind: "now", at: lane.now, watch: false } : { kind: "later", at: lane.now + 30_000 },
    );
    return { slots: given, probe: false, health, alerts: [] };
  };
  const pause = async (ms: number): Promise<void> => {
    lane.now += Math.max(0, ms);
  };
  const deps = { ...lane.deps, pause };
  const consume = (...deliveries: Handled[]) => consumeLane(deliveries, deps);
  return { lane, asked, consume, deps };
}

describe("A batch", () => {
  it("asks the gate of its carrier once, for all its messages", async () => {
    const { lane, asked, consume } = crowded("transactional", 100);
    await consume(lane.deliveryOf(lane.admit(5)), lane.deliveryOf(lane.admit(5)));
    expect(asked.map(({ senders }) => senders.length)).toEqual([10]);
    expect(lane.calls).toHaveLength(10);
  });

  it("gives back what has no slot: no attempt was made, and it comes again with its carrier's name when there should be room", async () => {
    const { lane, consume } = crowded("marketing", 2);
    const ids = lane.admit(5);
    await consume(lane.deliveryOf(ids));
    expect(lane.calls).toEqual(ids.slice(0, 2));
    expect(lane.requeued).toEqual([{ ids: ids.slice(2), delay_seconds: 30, carrier: "main" }]);
    expect(ids.slice(2).map((id) => lane.message(id))).toMatchObject(ids.slice(2).map(() => ({ state: "queued", attempts: [] })));
  });

  it("asks before it claims for those who are known to wait, and leaves alone who has no slot", async () => {
    const { lane, consume, deps } = crowded("marketing", 2);
    const ids = lane.admit(5);
    const claimed: string[] = [];
    const { claim } = deps;
    deps.claim = async (tenant, key, command) => {
      claimed.push(...command.ids);
      return claim(tenant, key, command);
    };
    await consume(lane.deliveryOf(ids, { carrier: "main" }));
    expect(claimed).toEqual(ids.slice(0, 2));
    expect(lane.calls).toEqual(ids.slice(0, 2));
    expect(lane.requeued).toEqual([{ ids: ids.slice(2), delay_seconds: 30, carrier: "main" }]);
  });

  it("stays for some seconds with more messages than a carrier takes in one, and asks for the rest when to come again", async () => {
    const { lane, asked, consume, deps } = crowded("marketing", 1_000);
    const ids = lane.admit(300);
    const account = { adapter: "twilio", base_url: "https://api.twilio.com", settings: {}, per_second: 20 };
    const { activeCatalog } = deps;
    deps.activeCatalog = async (tenant) => {
      const compiled = await activeCatalog(tenant);
      return compiled && { ...compiled, catalog: { ...compiled.catalog, carriers: { main: account } } };
    };
    lane.answer = () => {
      lane.now += 50;
      return { kind: "taken", reference: "SM1" };
    };
    await consume(lane.deliveryOf(ids, { carrier: "main" }));
    const rounds = asked.filter(({ most }) => most > 0);
    expect(rounds.every(({ senders }) => senders.length <= 20)).toBe(true);
    expect(lane.calls).toEqual(ids.slice(0, rounds.length * 20));
    expect(lane.calls.length).toBeGreaterThanOrEqual(160);
    expect(asked.at(-1)).toMatchObject({ most: 0 });
    expect(lane.requeued.flatMap((pack) => pack.ids)).toEqual(ids.slice(lane.calls.length));
    expect(new Set(lane.requeued.map(({ carrier }) => carrier))).toEqual(new Set(["main"]));
  });

  it("has who waits at a carrier that has been shut look at the whole route when it comes again", async () => {
    const { lane, consume } = crowded("marketing", 0, SHUT);
    const ids = lane.admit(2);
    await consume(lane.deliveryOf(ids, { carrier: "main" }));
    expect(lane.requeued).toEqual([{ ids, delay_seconds: 30 }]);
    expect(lane.calls).toEqual([]);
  });

  it("loses nothing where the carrier that it waits for has gone from the catalog", async () => {
    const { lane, consume } = crowded("marketing", 5);
    const ids = lane.admit(2);
    await consume(lane.deliveryOf(ids, { carrier: "gone" }));
    expect(lane.calls).toEqual(ids);
  });

  it("gives nothing to a carrier whose gate cannot be asked, and comes again", async () => {
    const { lane, deps } = crowded("transactional", 5);
    deps.gates.reserve = async () => {
      throw new Error("the object is gone");
    };
    const ids = lane.admit(2);
    const delivery = lane.deliveryOf(ids);
    await consumeLane([delivery], deps);
    expect(lane.calls).toEqual([]);
    expect(delivery.said).toBe("ack");
    expect(lane.requeued.flatMap((pack) => pack.ids).toSorted()).toEqual(ids.toSorted());
  });

  it("lets tenants take turns: who sends one message does not stand behind who sends many", async () => {
    const { lane, deps } = crowded("transactional", 100);
    const many = lane.admit(20);
    const [one = ""] = lane.admit(1);
    await consumeLane([lane.deliveryOf(many), lane.deliveryOf([one], { tenant: "other" })], deps);
    expect(lane.calls.indexOf(one)).toBeLessThanOrEqual(1);
    expect(lane.calls).toHaveLength(21);
  });
});

describe("Tenants of one batch", () => {
  it("do not hang because another's carrier hangs", async () => {
    const { lane, deps } = crowded("transactional", 100);
    const hanging = lane.admit(12);
    const [one = ""] = lane.admit(1);
    const done = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<void>();
    lane.answer = async (id) => {
      if (id === one) heard.resolve();
      else await done.promise;
      return { kind: "taken", reference: "SM1" };
    };
    const consuming = consumeLane([lane.deliveryOf(hanging), lane.deliveryOf([one], { tenant: "other" })], deps);
    await heard.promise;
    done.resolve();
    await consuming;
    expect(lane.calls).toHaveLength(13);
  });
});

describe("What gave up", () => {
  it("is kept as a dead letter before it is acked, but not for the person's own sake", async () => {
    const { lane, consume } = crowded("transactional", 10);
    const [broken = "", invalid = ""] = lane.admit(2);
    lane.answer = (id) =>
      id === broken ? { kind: "refused", because: "content", code: "30007" } : { kind: "refused", because: "recipient", code: "21614" };
    const delivery = lane.deliveryOf([broken, invalid]);
    await consume(delivery);
    expect(delivery.said).toBe("ack");
    expect(lane.letters).toEqual([
      { tenant: "shop", id: broken, class: "transactional", notice: "order.shipped", reason: "failed", carrier: "main", code: "30007" },
    ]);
    expect(lane.message(invalid).state).toBe("failed");
  });

  it("comes again from its lane where it could not be kept, and is kept then", async () => {
    const { lane, deps } = crowded("transactional", 10);
    const ids = lane.admit(1);
    lane.answer = () => ({ kind: "refused", because: "content", code: "30007" });
    const first = lane.deliveryOf(ids);
    const keepDeadLetters = async (): Promise<never> => {
      throw new Error("D1 is down");
    };
    await consumeLane([first], { ...deps, keepDeadLetters });
    expect(first.said).toEqual({ retry_seconds: 5 });
    await consumeLane([lane.deliveryOf(ids)], deps);
    expect(lane.letters).toMatchObject([{ id: ids[0], reason: "failed" }]);
    expect(lane.calls).toHaveLength(1);
  });
});
