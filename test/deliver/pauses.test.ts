import { describe, expect, it } from "vitest";
import { consumeLane } from "../../src/deliver/consume-lane.ts";
import type { Pauses } from "../../src/store/pauses.ts";
import { NO_PAUSES, testLane } from "./lane.ts";

/** One message in its lane while something is paused; what it then is, and the lane to go on with. */
async function paused(over: Partial<Pauses>) {
  const lane = testLane();
  const ids = lane.admit(1);
  let pauses = { ...NO_PAUSES, ...over };
  const deps = { ...lane.deps, pauses: async () => pauses };
  const work = async () => {
    const delivery = lane.deliveryOf(ids);
    await consumeLane([delivery], deps);
    expect(delivery.said).toBe("ack");
  };
  await work();
  return {
    lane,
    message: () => lane.message(ids[0] ?? ""),
    async goOn() {
      pauses = NO_PAUSES;
      lane.now += 15_000;
      await work();
    },
  };
}

const PAUSED: readonly [string, Partial<Pauses>][] = [
  ["tenant", { tenant: true }],
  ["lane", { lanes: ["transactional"] }],
  ["notice", { notices: ["order.shipped"] }],
  ["carrier", { carriers: ["main"] }],
];

describe("What is paused", () => {
  it.each(PAUSED)("waits and comes again after fifteen seconds, then goes out: its %s", async (_, over) => {
    const { lane, goOn, message } = await paused(over);
    expect(lane.calls).toEqual([]);
    expect(lane.requeued).toEqual([{ ids: [message().id], delay_seconds: 15 }]);
    await goOn();
    expect(lane.calls).toEqual([message().id]);
    expect(message().state).toBe("sent");
  });

  it.each(PAUSED)("still expires when its ttl is over: its %s", async (_, over) => {
    const { lane, goOn, message } = await paused(over);
    lane.shorten(message().id, lane.now + 15_000);
    await goOn();
    expect(lane.calls).toEqual([]);
    expect(message().state).toBe("expired");
  });

  it("is nothing else: other lanes, notices and carriers go on", async () => {
    const { lane, message } = await paused({ lanes: ["marketing"], notices: ["order.paid"], carriers: ["spare"] });
    expect(lane.calls).toEqual([message().id]);
  });
});
