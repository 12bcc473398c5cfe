import { describe, expect, it } from "vitest";
import { eventAt, preferenceAt, recipient, tell, tellShort } from "./story.ts";

const DAY = "2026-03-02";
const at = (time: string, date = DAY) => `${date}T${time}:00Z`;
const transactional = { class: "transactional", channels: ["sms"] };
const service = { class: "service", channels: ["sms"], quiet_hours: [] };
const marketing = { class: "marketing", channels: ["sms"] };
const open = { service: { caps: [], quiet_hours: [] }, marketing: { caps: [], quiet_hours: [] } };

describe("gate 5, duplicate content", () => {
  const notices = { note: { ...transactional, dedupe: { key: "{{ data.k }}", window: "PT1H" } } };
  const told = (...lines: readonly [string, unknown, object?][]) =>
    tellShort(
      { notices },
      lines.map(([time, k, more]) => eventAt(at(time), "note", { k }, more)),
    ).map((line) => line.split(" ").slice(0, 2).join(" ").replace(/ 20.*/, ""));

  it("suppresses the same key within the window, measured from acceptance, and not at its end", () => {
    expect(told(["10:00", "a"], ["10:59", "a"], ["11:00", "a"], ["11:30", "b"])).toEqual(["send", "suppress duplicate", "send", "send"]);
  });

  it("is armed by what counts alone: duplicates arm nothing", () => {
    expect(told(["10:00", "a"], ["10:40", "a"], ["11:01", "a"])).toEqual(["send", "suppress duplicate", "send"]);
  });

  it("lets a key that is empty after trimming match nothing", () => {
    expect(told(["10:00", " "], ["10:01", ""], ["10:02", null], ["10:03", undefined])).toEqual(["send", "send", "send", "send"]);
  });

  it("counts a deferred message from when it was accepted", () => {
    expect(told(["10:00", "a", { deliverat: at("20:00") }], ["10:30", "a"], ["11:00", "a"])).toEqual([
      "defer",
      "suppress duplicate",
      "send",
    ]);
  });

  it("is not armed any more by a message that was refused at release", () => {
    const lines = [
      eventAt(at("10:00"), "note", { k: "a" }, { deliverat: at("10:10") }),
      preferenceAt(at("10:05"), "note", "*", "out"),
      preferenceAt(at("10:15"), "note", "*", "in"),
      eventAt(at("10:20"), "note", { k: "a" }),
    ];
    expect(tellShort({ notices: { note: { ...notices.note, class: "service" } }, classes: open }, lines)).toEqual([
      "defer 2026-03-02T10:10Z",
      "suppress opted_out at release",
      "send 2026-03-02T10:20Z",
    ]);
  });
});

describe("gate 6, digest", () => {
  const notices = { view: { ...service, digest: { key: "{{ data.k }}", window: "PT1H", max: 2 } } };
  const told = (...lines: readonly [string, string, string, object?][]) =>
    tellShort(
      { notices, classes: open },
      lines.map(([id, time, k, more]) => eventAt(at(time), "view", { k }, { id, ...more })),
    );

  it("merges into the oldest waiting message of the key that has room, opener included", () => {
    expect(told(["a", "10:00", "k"], ["b", "10:01", "k"], ["c", "10:02", "k"], ["d", "10:03", "k"], ["e", "10:04", "other"])).toEqual([
      "defer 2026-03-02T11:00Z",
      "merge a",
      "defer 2026-03-02T11:02Z",
      "merge c",
      "defer 2026-03-02T11:04Z",
    ]);
  });

  it("opens a new one once the first has left: at `send_at` it has", () => {
    expect(told(["a", "10:00", "k"], ["b", "11:00", "k"])).toEqual(["defer 2026-03-02T11:00Z", "defer 2026-03-02T12:00Z"]);
  });

  it("waits its window after `deliverat`, and through quiet hours", () => {
    expect(told(["a", "10:00", "k", { deliverat: at("12:00") }])).toEqual(["defer 2026-03-02T13:00Z"]);
    const quiet = { notices: { view: { ...notices.view, quiet_hours: [{ from: "10:30", to: "12:15" }] } }, classes: open };
    expect(tellShort(quiet, [eventAt(at("10:00"), "view", { k: "k" }, { id: "q" }), eventAt(at("12:10"), "view", { k: "k" })])).toEqual([
      "defer 2026-03-02T12:15Z",
      "merge q",
    ]);
  });

  it("takes one slot for all its events", () => {
    const capped = { notices: { view: { ...notices.view, caps: [{ max: 1, per: "P1D", over: "suppress" }] } }, classes: open };
    const lines = [
      eventAt(at("10:00"), "view", { k: "k" }, { id: "v" }),
      eventAt(at("10:01"), "view", { k: "k" }),
      eventAt(at("10:02"), "view", { k: "z" }),
    ];
    expect(tellShort(capped, lines)).toEqual(["defer 2026-03-02T11:00Z", "merge v", "suppress capped"]);
  });

  it("never merges empty keys", () => {
    expect(told(["a", "10:00", " "], ["b", "10:01", " "])).toEqual(["defer 2026-03-02T11:00Z", "defer 2026-03-02T11:01Z"]);
  });
});

describe("gate 10 and release", () => {
  it("says expired where quiet hours alone pass the end, capped where a cap ever moved it", () => {
    const quiet = { ...marketing, ttl: "PT1H", quiet_hours: [{ from: "10:00", to: "12:00" }] };
    expect(tellShort({ notices: { offer: quiet }, classes: open }, [eventAt(at("10:30"), "offer")])).toEqual(["suppress expired"]);
    const capped = {
      ...marketing,
      ttl: "PT2H",
      quiet_hours: [{ from: "11:00", to: "13:00" }],
      caps: [{ max: 1, per: "PT1H", over: "defer" }],
    };
    expect(
      tellShort({ notices: { offer: capped }, classes: open }, [eventAt(at("10:10"), "offer"), eventAt(at("10:20"), "offer")]),
    ).toEqual(["send 2026-03-02T10:10Z", "suppress capped"]);
  });

  it("asks the suppressing cap only at an instant that is in time and not quiet", () => {
    const caps = [
      { max: 1, per: "PT1H", over: "defer" },
      { max: 1, per: "PT30M", over: "suppress" },
    ];
    expect(
      tellShort({ notices: { offer: { ...marketing, caps } }, classes: open }, [
        eventAt(at("10:00"), "offer"),
        eventAt(at("10:10"), "offer"),
      ]),
    ).toEqual(["send 2026-03-02T10:00Z", "defer 2026-03-02T11:00Z"]);
    expect(
      tellShort({ notices: { offer: { ...marketing, caps: caps.toReversed() } }, classes: open }, [
        eventAt(at("10:00"), "offer"),
        eventAt(at("10:10"), "offer"),
      ]),
    ).toEqual(["send 2026-03-02T10:00Z", "suppress capped"]);
  });

  it("gives the slot back when a departure is refused", () => {
    const lines = [
      eventAt(at("10:00"), "offer", {}, { deliverat: at("12:00") }),
      eventAt(at("10:01"), "offer", {}, { deliverat: at("12:30") }),
      preferenceAt(at("11:00"), "marketing", "*", "out"),
      preferenceAt(at("12:05"), "marketing", "*", "in"),
      eventAt(at("12:06"), "offer"),
    ];
    const notices = { offer: { ...marketing, caps: [{ max: 1, per: "PT2H", over: "suppress" }] } };
    expect(tellShort({ notices, classes: open }, lines)).toEqual([
      "defer 2026-03-02T12:00Z",
      "suppress capped",
      "suppress opted_out at release",
      "send 2026-03-02T12:06Z",
    ]);
  });

  it("lets all people's messages leave in order of `send_at`, then of admission", () => {
    const recipients = ["a", "b"].map((id) => recipient({ id }));
    const out = (id: string) => eventAt(at("11:00"), "carillon.preference", { recipient: id, scope: "all", channel: "*", state: "out" });
    const lines = [
      eventAt(at("10:00"), "note", {}, { subject: "b", deliverat: at("12:00"), id: "1" }),
      eventAt(at("10:00"), "note", {}, { subject: "a", deliverat: at("12:00"), id: "2" }),
      eventAt(at("10:00"), "note", {}, { subject: "b", deliverat: at("11:30"), id: "3" }),
      out("a"),
      out("b"),
      eventAt(at("13:00"), "nothing"),
    ];
    expect(
      tell({ notices: { note: service }, classes: open, recipients }, lines)
        .filter((each) => each.at_release)
        .map(({ event }) => event),
    ).toEqual(["3", "1", "2"]);
  });

  it("chooses again which channel, so that one still allowed is taken", () => {
    const two = { ...service, channels: ["email", "sms"] };
    const lines = [
      eventAt(at("10:00"), "note", {}, { deliverat: at("12:00") }),
      preferenceAt(at("11:00"), "all", "email", "out"),
      eventAt(at("13:00"), "other"),
    ];
    expect(
      tellShort(
        {
          notices: { note: two },
          classes: open,
          recipients: [recipient({ addresses: { sms: "+8613800138000", email: "a@example.com" } })],
        },
        lines,
      ),
    ).toEqual(["defer email 2026-03-02T12:00Z"]);
  });
});
