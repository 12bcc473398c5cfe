import { describe, expect, it } from "vitest";
import { eventAt, preferenceAt, recipient, tell, tellShort } from "./story.ts";

const DAY = "2026-03-02";
const at = (time: string, date = DAY) => `${date}T${time}:00Z`;
const transactional = { class: "transactional", channels: ["sms"] };
const service = { class: "service", channels: ["sms"], quiet_hours: [] };
const open = { service: { caps: [], quiet_hours: [] }, marketing: { caps: [], quiet_hours: [] } };

describe("whom and in which order", () => {
  const told = (notice: object, event: object) => {
    const recipients = ["a", "b", "c"].map((id) => recipient({ id }));
    return tell({ notices: { note: { ...transactional, ...notice } }, recipients }, [eventAt(at("10:00"), "note", {}, event)]).map(
      (each) => each.recipient,
    );
  };

  it("tells the ids that `to` points to, each once, as listed", () => {
    expect(told({ to: "data.who" }, { data: { who: "b" } })).toEqual(["b"]);
    expect(told({ to: "data.who" }, { data: { who: ["c", "a", "c"] } })).toEqual(["c", "a"]);
    expect(told({ to: "data.shop.owner" }, { data: { shop: { owner: "a" } } })).toEqual(["a"]);
  });

  it.each([null, 7, "", {}, [], [null, 3, ""], undefined])("tells nobody where `to` points to %j, whatever the event names", (who) => {
    expect(told({ to: "data.who" }, { data: { who }, recipients: ["a"] })).toEqual([]);
  });

  it("tells nobody where `to` leads through nothing or through what every object has", () => {
    expect(told({ to: "data.who.id" }, { data: {} })).toEqual([]);
    expect(told({ to: "data.constructor.name" }, { data: {} })).toEqual([]);
    expect(told({ to: "data.who" }, { data: undefined })).toEqual([]);
  });

  it("tells the event's recipients before its subject, each once", () => {
    expect(told({}, { recipients: ["b", "c", "b"], subject: "a" })).toEqual(["b", "c"]);
    expect(told({}, { subject: "a" })).toEqual(["a"]);
    expect(told({}, { subject: undefined })).toEqual([]);
  });

  it("follows catalog order, then the list, then the steps", () => {
    const series = [
      { step: "x", from: "time", offset: "P0D" },
      { step: "y", from: "time", offset: "PT1H" },
    ];
    const printed = tell(
      {
        notices: {
          second: { ...transactional, on: ["go"], series },
          first: { ...transactional, on: ["go", "other"] },
          go: { ...transactional, on: ["not"] },
        },
      },
      [eventAt(at("10:00"), "go", {}, { recipients: ["u1", "nobody"] })],
    );
    expect(printed.map(({ notice, recipient: who, step }) => [notice, who, step].filter(Boolean).join(" "))).toEqual([
      "second u1 x",
      "second u1 y",
      "second nobody x",
      "second nobody y",
      "first u1",
      "first nobody",
    ]);
  });

  it("takes an unknown id for one without an address", () => {
    expect(tellShort({ notices: { note: transactional } }, [eventAt(at("10:00"), "note", {}, { subject: "nobody" })])).toEqual([
      "suppress unreachable",
    ]);
  });
});

describe("gate 1, same event", () => {
  it("gives the first decision again, whatever became of the message and whatever the event now says", () => {
    const first = { id: "same", data: { k: 1 } };
    const lines = [
      eventAt(at("10:00"), "note", {}, { ...first, deliverat: at("12:00") }),
      preferenceAt(at("11:00"), "all", "*", "out"),
      eventAt(at("10:00"), "note", {}, { ...first, arrives: at("13:00") }),
    ];
    expect(tellShort({ notices: { note: service }, classes: open }, lines)).toEqual([
      `defer ${at("12:00").replace(":00Z", "Z")}`,
      "suppress opted_out at release",
      `defer ${at("12:00").replace(":00Z", "Z")} again`,
    ]);
  });

  it("tells source, notice and step apart", () => {
    const lines = [eventAt(at("10:00"), "note", {}, { id: "x" }), eventAt(at("10:00"), "note", {}, { id: "x", source: "/other" })];
    expect(tellShort({ notices: { note: transactional } }, lines)).toEqual([
      `send ${at("10:00").replace(":00Z", "Z")}`,
      `send ${at("10:00").replace(":00Z", "Z")}`,
    ]);
  });

  it("repeats suppressed and merged decisions too", () => {
    const notices = { view: { ...service, digest: { key: "{{ data.k }}", window: "PT1H" } } };
    const opener = eventAt(at("10:00"), "view", { k: 1 }, { id: "o" });
    const joining = eventAt(at("10:10"), "view", { k: 1 }, { id: "j" });
    expect(tellShort({ notices, classes: open }, [opener, joining, { ...joining, arrives: at("15:00") }])).toEqual([
      "defer 2026-03-02T11:00Z",
      "merge o",
      "merge o again",
    ]);
  });
});

describe("gate 2, condition", () => {
  const told = (when: string, data: unknown, more = {}) =>
    tellShort({ notices: { note: { ...transactional, when } }, recipients: [recipient(more)] }, [eventAt(at("10:00"), "note", data)])
      .length;

  it("makes no decision where `when` is false, so nothing is remembered of it", () => {
    expect(told("data.amount >= 100", { amount: 100 })).toBe(1);
    expect(told("data.amount >= 100", { amount: 99 })).toBe(0);
  });

  it("takes missing data for nothing", () => {
    expect(told("data.amount >= 100", {})).toBe(0);
    expect(told("data.deep.er.amount", undefined)).toBe(0);
    expect(told("data.amount != 3", {})).toBe(1);
  });

  it("sees attributes and the recipient's id, tags and locale", () => {
    expect(told("recipient.tags contains 'new'", {}, { tags: ["new"] })).toBe(1);
    expect(told("recipient.tags contains 'new'", {})).toBe(0);
    expect(told("recipient.id == subject and recipient.locale == 'de' and type == 'note'", {}, { locale: "de" })).toBe(1);
  });

  it("takes a condition that cannot be read or evaluated for false", () => {
    expect(told("data.amount >=", { amount: 1 })).toBe(0);
    expect(told("))", {})).toBe(0);
  });
});

describe("gate 3, too late", () => {
  it("expires at `base` + ttl: on the instant, not before; `deliverat` moves the base", () => {
    const notices = { note: { ...transactional, ttl: "PT1H" } };
    const late = (arrives: string, more = {}) => tellShort({ notices }, [eventAt(at("10:00"), "note", {}, { arrives, ...more })]);
    expect(late("2026-03-02T10:59:59.999Z")).toEqual(["send 2026-03-02T10:59:59.999Z"]);
    expect(late(at("11:00"))).toEqual(["suppress expired"]);
    expect(late(at("11:00"), { deliverat: at("10:30") })).toEqual(["send 2026-03-02T11:00Z"]);
    expect(late(at("11:00"), { deliverat: at("09:00") })).toEqual(["suppress expired"]);
  });

  it("asks before consent, so that a late event to an unknown person is expired", () => {
    expect(
      tellShort({ notices: { note: transactional } }, [
        eventAt(at("10:00"), "note", {}, { subject: "nobody", arrives: at("10:00", "2026-03-03") }),
      ]),
    ).toEqual(["suppress expired"]);
    expect(
      tellShort({ notices: { note: transactional } }, [
        eventAt(at("10:00"), "note", {}, { subject: "nobody", arrives: at("09:59", "2026-03-03") }),
      ]),
    ).toEqual(["suppress unreachable"]);
  });

  it("adds a digest's window", () => {
    const notices = { view: { ...service, ttl: "PT1H", digest: { key: "k", window: "PT1H" } } };
    expect(tellShort({ notices, classes: open }, [eventAt(at("10:00"), "view", {}, { arrives: at("12:00") })])).toEqual([
      "suppress expired",
    ]);
    expect(tellShort({ notices, classes: open }, [eventAt(at("10:00"), "view", {}, { arrives: at("11:00") })])).toEqual([
      "suppress expired",
    ]);
    expect(tellShort({ notices, classes: open }, [eventAt(at("10:00"), "view", {}, { arrives: "2026-03-02T10:59:59.000Z" })])).toEqual([
      "defer 2026-03-02T11:59:59.000Z",
    ]);
  });
});
