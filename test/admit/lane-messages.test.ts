import { describe, expect, it } from "vitest";
import { laneMessagesOf } from "../../src/admit/lane-messages.ts";
import { laneMessage } from "../../src/vocabulary/lane-message.ts";

const id = (at: number): string => String(at).padStart(44, "m");

describe("laneMessagesOf", () => {
  it("packs ids by class, the most urgent class first and urgent packs small", () => {
    const plans = (["marketing", "service", "transactional", "verification"] as const).flatMap((noticeClass, place) =>
      Array.from({ length: 30 }, (_, at) => ({ id: id(place * 100 + at), class: noticeClass })),
    );
    const packed = laneMessagesOf("shop", plans);
    expect(packed.map((message) => [message.class, message.ids.length])).toEqual([
      ...Array.from({ length: 5 }, () => ["verification", 6]),
      ["transactional", 12],
      ["transactional", 12],
      ["transactional", 6],
      ["service", 24],
      ["service", 6],
      ["marketing", 24],
      ["marketing", 6],
    ]);
    expect(packed.flatMap(({ ids }) => ids).sort()).toEqual(plans.map((plan) => plan.id).sort());
    for (const message of packed) expect(laneMessage.parse(message)).toEqual({ ...message, v: 1, tenant: "shop" });
  });

  it("names an id once, however often it was planned", () => {
    const twice = [1, 2, 1].map((at) => ({ id: id(at), class: "service" as const }));
    expect(laneMessagesOf("shop", twice).map(({ ids }) => ids)).toEqual([[id(1), id(2)]]);
  });

  it("makes nothing of nothing", () => {
    expect(laneMessagesOf("shop", [])).toEqual([]);
  });
});
