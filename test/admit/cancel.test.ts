import { describe, expect, it } from "vitest";
import { withCancel } from "../../src/admit/cancel.ts";
import { emptyDocument } from "../../src/admit/document.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import type { Message } from "../../src/vocabulary/message.ts";
import { attemptOf, ID, messageOf, TIMING } from "../settle/messages.ts";
import { eventAt, preferenceAt, tell, tellShort } from "./story.ts";

const at = (time: string, day = "2026-03-02") => `${day}T${time}:00Z`;
const bill = {
  class: "transactional",
  channels: ["sms"],
  series: [{ step: "soon", from: "data.due", offset: "-PT1H" }],
  cancel: { on: ["paid", "bill"], key: "{{ data.id }}" },
};
const due = "2026-03-05T10:00:00Z";
/** Cancels print nothing: whether a message is gone shows when all is refused and it does not depart. */
function departs(notices: object, lines: readonly ReturnType<typeof eventAt>[]): string[] {
  const service = Object.fromEntries(
    Object.entries(notices).map(([name, notice]) => [name, { ...notice, class: "service", quiet_hours: [] }]),
  );
  const end = [preferenceAt(at("00:00", "2026-03-04"), "all", "*", "out"), eventAt(at("00:00", "2026-05-01"), "end")];
  return tell({ notices: service, classes: { service: { caps: [] } } }, [...lines, ...end])
    .filter((each) => each.at_release)
    .map((each) => each.event);
}

describe("a cancel", () => {
  const first = eventAt(at("10:00"), "bill", { id: "b", due }, { id: "first" });

  it("takes back what waits for the same key", () => {
    expect(departs({ bill }, [first])).toEqual(["first"]);
    expect(departs({ bill }, [first, eventAt(at("11:00"), "paid", { id: "b" })])).toEqual([]);
    expect(departs({ bill }, [first, eventAt(at("11:00"), "paid", { id: "c" })])).toEqual(["first"]);
    expect(departs({ bill }, [first, eventAt(at("11:00"), "paid", { id: "b" }, { subject: "u2" })])).toEqual(["first"]);
  });

  it("takes back what an event of the same time made, but not a later one", () => {
    expect(departs({ bill }, [first, eventAt(at("10:00"), "paid", { id: "b" }, { arrives: at("12:00") })])).toEqual([]);
    expect(departs({ bill }, [first, eventAt(at("09:59"), "paid", { id: "b" }, { arrives: at("12:00") })])).toEqual(["first"]);
  });

  it("finds the recipients where the notice's `to` points in the event that cancels", () => {
    const sold = { ...bill, to: "data.seller" };
    const opened = eventAt(at("10:00"), "bill", { id: "b", due, seller: "u1" }, { id: "first", subject: "u9" });
    expect(departs({ bill: sold }, [opened, eventAt(at("11:00"), "paid", { id: "b" })])).toEqual(["first"]);
    expect(departs({ bill: sold }, [opened, eventAt(at("11:00"), "paid", { id: "b", seller: ["u1"] }, { subject: "u9" })])).toEqual([]);
  });

  it("lets an empty key match nothing", () => {
    const empty = eventAt(at("10:00"), "bill", { id: " ", due }, { id: "empty" });
    expect(departs({ bill }, [empty, eventAt(at("11:00"), "paid", { id: " " })])).toEqual(["empty"]);
    expect(
      tellShort({ notices: { bill } }, [eventAt(at("11:00"), "paid", {}), eventAt(at("10:00"), "bill", { due }, { arrives: at("12:00") })]),
    ).toEqual(["soon: defer 2026-03-05T09:00Z"]);
  });

  it("gives the slot back", () => {
    const capped = { bill: { ...bill, caps: [{ max: 1, per: "P1D", over: "suppress" }] } };
    const second = eventAt(at("12:00"), "bill", { id: "other", due });
    expect(tellShort({ notices: capped }, [first, second])).toEqual(["soon: defer 2026-03-05T09:00Z", "soon: suppress capped"]);
    expect(tellShort({ notices: capped }, [first, eventAt(at("11:00"), "paid", { id: "b" }), second])).toEqual([
      "soon: defer 2026-03-05T09:00Z",
      "soon: defer 2026-03-05T09:00Z",
    ]);
  });

  it("of a digest goes by the event that opened it", () => {
    const cart = {
      class: "service",
      channels: ["sms"],
      digest: { key: "k", window: "P2D" },
      cancel: { on: ["paid"], key: "{{ data.id }}" },
    };
    const opener = eventAt(at("10:00"), "cart", { id: "1" }, { id: "opener" });
    const joined = eventAt(at("10:30"), "cart", { id: "2" });
    expect(departs({ cart }, [opener, joined, eventAt(at("11:00"), "paid", { id: "2" })])).toEqual(["opener"]);
    expect(departs({ cart }, [opener, joined, eventAt(at("11:00"), "paid", { id: "1" })])).toEqual([]);
    expect(departs({ cart }, [opener, joined, eventAt(at("10:15"), "paid", { id: "1" }, { arrives: at("11:00") })])).toEqual([]);
  });

  it("comes before the event's own notices, of every notice", () => {
    const notices = {
      a: { class: "service", channels: ["sms"], on: ["go"], caps: [{ max: 1, per: "P9D", over: "suppress" }], quiet_hours: [] },
      a2: { ...bill, on: ["bill"], cancel: { on: ["go"], key: "x" } },
    };
    expect(tellShort({ notices }, [eventAt(at("10:00"), "bill", { due }), eventAt(at("11:00"), "go")])).toEqual([
      "soon: defer 2026-03-05T09:00Z",
      "send 2026-03-02T11:00Z",
    ]);
  });
});

describe("a newer event of the same notice", () => {
  it("replaces the waiting steps of the older, and is not canceled by itself when repeated", () => {
    const older = eventAt(at("10:00"), "bill", { id: "b", due }, { id: "older" });
    const newer = eventAt(at("11:00"), "bill", { id: "b", due }, { id: "newer" });
    expect(departs({ bill }, [older, newer])).toEqual(["newer"]);
    expect(departs({ bill }, [older, newer, { ...newer, arrives: at("12:00") }])).toEqual(["newer"]);
  });

  it("cancels the older one that comes late; the late one leaves the newer alone", () => {
    const late = eventAt(at("10:00"), "bill", { id: "b", due }, { arrives: at("12:00") });
    const newer = eventAt(at("11:00"), "bill", { id: "b", due }, { id: "newer" });
    expect(tellShort({ notices: { bill } }, [newer, late])).toEqual(["soon: defer 2026-03-05T09:00Z", "soon: suppress canceled"]);
    expect(departs({ bill }, [newer, late])).toEqual(["newer"]);
  });
});

describe("a cancel that came first", () => {
  const later = (arrives: string, time = at("10:00")) => eventAt(time, "bill", { id: "b", due: "2026-06-01" }, { arrives });
  const paid = eventAt(at("11:00"), "paid", { id: "b" });
  const told = (...lines: readonly ReturnType<typeof eventAt>[]) =>
    tellShort({ notices: { bill } }, lines).map((line) => line.replace(/ 20.*/, ""));

  it("cancels events that happened before it, not those of the same time or later", () => {
    expect(told(paid, later(at("12:00")))).toEqual(["soon: suppress canceled"]);
    expect(told(paid, later(at("12:00"), at("11:00")))).toEqual(["soon: defer"]);
    expect(told(paid, later(at("12:00"), at("11:01")))).toEqual(["soon: defer"]);
  });

  it("is remembered for 30 days after the clock, and again from a repetition on", () => {
    expect(told(paid, later("2026-04-01T10:59:59Z"))).toEqual(["soon: suppress canceled"]);
    expect(told(paid, later("2026-04-01T11:00:01Z"))).toEqual(["soon: defer"]);
    expect(told(paid, { ...paid, arrives: at("11:00", "2026-03-20") }, later(at("11:00", "2026-04-10")))).toEqual([
      "soon: suppress canceled",
    ]);
  });

  it("keeps a later event's word beside an earlier event's that came after it", () => {
    const early = eventAt(at("09:00"), "paid", { id: "b" }, { arrives: at("11:00", "2026-03-20") });
    expect(told(paid, early, later(at("11:00", "2026-03-21")))).toEqual(["soon: suppress canceled"]);
    expect(told(paid, early, later(at("11:00", "2026-04-10")))).toEqual(["soon: defer"]);
    expect(told(paid, early, later(at("11:00", "2026-04-10"), at("08:00")))).toEqual(["soon: suppress canceled"]);
  });

  it("is asked before lateness and consent", () => {
    expect(
      tellShort({ notices: { bill: { ...bill, series: undefined } } }, [
        paid,
        eventAt(at("10:00"), "bill", { id: "b" }, { arrives: at("12:00", "2026-03-09") }),
      ]),
    ).toEqual(["suppress canceled"]);
  });

  it("cancels again when repeated", () => {
    const repeated = { ...paid, arrives: at("13:00") };
    const held = { ...paid, time: at("11:00") };
    const between = eventAt(at("11:00"), "bill", { id: "b", due }, { id: "between", arrives: at("12:00") });
    expect(departs({ bill }, [held, between])).toEqual(["between"]);
    expect(departs({ bill }, [held, between, repeated])).toEqual([]);
  });
});

describe("a cancel of what is on its way", () => {
  const cancel = { notice: "order.shipped", key: "k", event_key: "another", event_time: 1 };
  const taken = { answer: { kind: "taken" as const }, answered_at: 500, untried: 0, open: 1 };
  const made = (over: Partial<Message>) => withCancel(messageOf({ cancel_key: "k", ...over }), cancel);

  it("takes back what waits", () => {
    for (const state of ["scheduled", "queued"] as const) expect(made({ state })).toMatchObject({ state: "canceled", reason: "canceled" });
  });

  it("stops what would follow what was sent, and changes nothing where nothing would", () => {
    const followed = { state: "sent" as const, attempts: [attemptOf(taken)], next_channel: "sms" as const };
    expect(made(followed)).toMatchObject({ state: "sent", closed: true, stopped: "canceled" });
    expect(made({ state: "sent", attempts: [attemptOf(taken)] })).not.toHaveProperty("closed");
    expect(made({ state: "delivered", next_channel: "sms" })).not.toHaveProperty("closed");
  });

  it("during a call is the end of it where nothing was sent, and of what would follow where something was", () => {
    const calling = made({ state: "sending", attempts: [attemptOf()] });
    const told = (answer: CarrierAnswer): Message | undefined => {
      const word = { kind: "answer" as const, id: ID, n: 1, carrier: "main", answer, untried: 1, open: 2 };
      return tellMessages({ ...emptyDocument(), messages: [calling] }, [word], 600, TIMING).document.messages[0];
    };
    expect(told({ kind: "throttled" })).toMatchObject({ state: "canceled", reason: "canceled" });
    expect(told({ kind: "unclear" })).toMatchObject({ state: "unknown" });
    expect(told({ kind: "taken" })).toMatchObject({ state: "sent" });
  });

  it("leaves alone what another key, notice or a later event made", () => {
    for (const over of [{ cancel_key: "other" }, { notice: "another" }, { event_time: 2 }, { event: "another" }])
      expect(made({ state: "queued", ...over })).toMatchObject({ state: "queued" });
  });
});
