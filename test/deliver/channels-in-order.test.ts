import { describe, expect, it } from "vitest";
import type { Treatment } from "./world/virtual-carriers.ts";
import { openWorld } from "./world/world.ts";

const SECOND_MS = 1_000;
/** RCS takes it at once; its receipt comes when the test says, or never. */
const SILENT: Treatment = { arrives: true, answer: { kind: "taken" }, ms: 100 };

async function rcsThenSms(rcs: Treatment) {
  const world = openWorld({
    carriers: ["rich", "plain"],
    routes: [
      { channel: "rcs", carriers: ["rich"] },
      { channel: "sms", carriers: ["plain"] },
    ],
  });
  world.carrier("rich").treat = () => rcs;
  const id = world.tell({ class: "transactional", channels: ["rcs", "sms"], fallback_after_ms: 60 * SECOND_MS });
  await world.clock.runUntil(() => false, world.clock.now() + 600 * SECOND_MS);
  const texts = [...world.carrier("rich").handsets, ...world.carrier("plain").handsets].map(({ channel }) => channel);
  return { world, id, texts, message: world.people.message(id), state: world.people.state(id) };
}

/** After the answer, which is there 100 ms after the call began. */
const heardAfter = (seconds: number): Treatment => ({ ...SILENT, receipt_after_ms: 100 + seconds * SECOND_MS });

describe("Channels in order", () => {
  it("give way to the next one after 60 s of silence, once", async () => {
    const { texts, state, message } = await rcsThenSms(SILENT);
    expect(texts).toEqual(["rcs", "sms"]);
    expect(state).toBe("delivered");
    expect(message.attempts.map(({ channel, receipts }) => [channel, receipts.length])).toEqual([
      ["rcs", 0],
      ["sms", 1],
    ]);
  });

  it("do not when the receipt comes after 59 s", async () => {
    const { texts, state } = await rcsThenSms(heardAfter(59));
    expect(texts).toEqual(["rcs"]);
    expect(state).toBe("delivered");
  });

  it("have both by a receipt after 61 s, which is one message that was delivered", async () => {
    const { texts, state, message } = await rcsThenSms(heardAfter(61));
    expect(texts).toEqual(["rcs", "sms"]);
    expect(state).toBe("delivered");
    expect(message.attempts.map(({ receipts }) => receipts.map(({ status }) => status))).toEqual([["delivered"], ["delivered"]]);
  });

  it("give way at once where the channel refuses the person", async () => {
    const { world, texts, state } = await rcsThenSms({
      arrives: false,
      answer: { kind: "refused", because: "recipient", code: "no_rcs" },
      ms: 100,
    });
    expect(texts).toEqual(["sms"]);
    expect(state).toBe("delivered");
    expect((world.carrier("plain").calls[0]?.at ?? 0) - (world.carrier("rich").calls[0]?.at ?? 0)).toBeLessThan(SECOND_MS);
  });
});

describe("A code without a receipt", () => {
  it("is sent by another carrier after 20 s, once", async () => {
    const world = openWorld({ carriers: ["one", "two", "three"] });
    for (const name of ["one", "two", "three"]) world.carrier(name).treat = () => SILENT;
    const id = world.tell({ class: "verification" });
    const begun = world.clock.now();
    await world.clock.runUntil(() => false, begun + 600 * SECOND_MS);
    const calls = ["one", "two", "three"].flatMap((name) =>
      world.carrier(name).calls.map(({ at }) => [name, Math.round((at - begun) / SECOND_MS)]),
    );
    expect(calls).toEqual([
      ["one", 0],
      ["two", 20],
    ]);
    expect(world.people.message(id).attempts).toHaveLength(2);
  });

  it.each(["transactional", "service", "marketing"] as const)("is the only thing that is sent again: %s is not", async (noticeClass) => {
    const world = openWorld({ carriers: ["one", "two"] });
    for (const name of ["one", "two"]) world.carrier(name).treat = () => SILENT;
    world.tell({ class: noticeClass });
    await world.clock.runUntil(() => false, world.clock.now() + 3_600 * SECOND_MS);
    expect([...world.carrier("one").calls, ...world.carrier("two").calls]).toHaveLength(1);
  });
});
