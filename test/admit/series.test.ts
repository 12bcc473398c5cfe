import { describe, expect, it } from "vitest";
import { eventAt, recipient, tellShort } from "./story.ts";

const transactional = { class: "transactional", channels: ["sms"] };

/** What one step does for a recipient in a zone. */
function told(step: object, data: object, zone = "UTC", more: object = {}): string {
  const notices = { note: { ...transactional, series: [{ step: "s", ...step }] } };
  return tellShort({ notices, recipients: [recipient({ time_zone: zone })] }, [eventAt("2026-01-05T00:00:00Z", "note", data, more)])
    .join()
    .replace("s: ", "");
}

describe("gate 7, a step with `time`", () => {
  const step = { from: "data.day", offset: "-P3D", time: "10:00" };

  it("takes the date, moves it by calendar days and reads the time in the recipient's zone", () => {
    expect(told(step, { day: "2026-03-09" }, "Asia/Shanghai")).toBe("defer 2026-03-06T02:00Z");
    expect(told({ ...step, offset: "P1W" }, { day: "2026-03-09" })).toBe("defer 2026-03-16T10:00Z");
    expect(told({ ...step, offset: "P0D" }, { day: "2026-03-09" })).toBe("defer 2026-03-09T10:00Z");
  });

  it("counts calendar days over a clock change, not hours", () => {
    expect(told({ ...step, offset: "P1D" }, { day: "2026-03-07" }, "America/New_York")).toBe("defer 2026-03-08T14:00Z");
    expect(told({ ...step, offset: "P1D" }, { day: "2026-03-06" }, "America/New_York")).toBe("defer 2026-03-07T15:00Z");
  });

  it("reads an instant's date in the recipient's zone", () => {
    expect(told({ ...step, offset: "P0D" }, { day: "2026-03-09T23:30:00Z" }, "Asia/Shanghai")).toBe("defer 2026-03-10T02:00Z");
    expect(told({ ...step, offset: "P0D" }, { day: "2026-03-09T23:30:00-05:00" }, "UTC")).toBe("defer 2026-03-10T10:00Z");
  });

  it("is later by the gap where the time is skipped, also where the gap is half an hour or at midnight", () => {
    const on = (day: string, time: string, zone: string) => told({ ...step, offset: "P0D", time }, { day }, zone);
    expect(on("2026-03-08", "02:15", "America/New_York")).toBe("defer 2026-03-08T07:15Z");
    expect(on("2026-10-04", "02:15", "Australia/Lord_Howe")).toBe("defer 2026-10-03T15:45Z");
    expect(on("2026-09-06", "00:15", "America/Santiago")).toBe("defer 2026-09-06T04:15Z");
  });

  it("is the first occurrence where the time occurs twice", () => {
    const on = (day: string, time: string, zone: string) => told({ ...step, offset: "P0D", time }, { day }, zone);
    expect(on("2026-11-01", "01:15", "America/New_York")).toBe("defer 2026-11-01T05:15Z");
    expect(on("2026-04-05", "01:45", "Australia/Lord_Howe")).toBe("defer 2026-04-04T14:45Z");
    expect(on("2026-04-04", "23:30", "America/Santiago")).toBe("defer 2026-04-05T02:30Z");
  });
});

describe("gate 7, a step without `time`", () => {
  it("adds the offset exactly, over a clock change too", () => {
    expect(told({ from: "data.at", offset: "-PT1H" }, { at: "2026-03-09T10:00:00+08:00" })).toBe("defer 2026-03-09T01:00Z");
    expect(told({ from: "data.at", offset: "P1D" }, { at: "2026-03-08T00:00:00-05:00" }, "America/New_York")).toBe(
      "defer 2026-03-09T05:00Z",
    );
  });

  it("begins a date alone at its local midnight: after the gap where it is skipped, the first where it occurs twice", () => {
    expect(told({ from: "data.at", offset: "PT9H" }, { at: "2026-03-09" }, "Asia/Shanghai")).toBe("defer 2026-03-09T01:00Z");
    expect(told({ from: "data.at", offset: "PT0S" }, { at: "2026-09-06" }, "America/Santiago")).toBe("defer 2026-09-06T04:00Z");
    expect(told({ from: "data.at", offset: "PT0S" }, { at: "2026-11-01" }, "America/Havana")).toBe("defer 2026-11-01T04:00Z");
  });

  it("takes the event's own time where `from` is time, and lets `deliverat` play no part", () => {
    expect(told({ from: "time", offset: "PT30M" }, {}, "UTC", { deliverat: "2026-02-01T00:00:00Z" })).toBe("defer 2026-01-05T00:30Z");
  });
});

describe("what a series misses", () => {
  it.each([undefined, null, 20260309, "", "soon", "2026-02-30", "2026-13-01", "2026-03-09T10:00:00", ["2026-03-09"]])(
    "is a step whose `from` is %j",
    (day) => {
      expect(told({ from: "data.day", offset: "P0D", time: "10:00" }, { day })).toBe("suppress missed");
      expect(told({ from: "data.day", offset: "P0D" }, { day })).toBe("suppress missed");
    },
  );

  it("is a step before now, but not one that is now", () => {
    expect(told({ from: "time", offset: "-PT1S" }, {})).toBe("suppress missed");
    expect(told({ from: "time", offset: "PT0S" }, {})).toBe("send 2026-01-05T00:00Z");
  });

  it("is asked after consent and duplicates", () => {
    expect(told({ from: "data.none", offset: "P0D" }, {}, "UTC", { subject: "nobody" })).toBe("suppress unreachable");
  });
});

describe("a series", () => {
  it("knows no gate 3: each step expires at its planned time + ttl", () => {
    const notices = { note: { ...transactional, ttl: "PT1H", series: [{ step: "s", from: "time", offset: "P5D" }] } };
    const late = eventAt("2026-01-01T00:00:00Z", "note", {}, { arrives: "2026-01-04T00:00:00Z" });
    expect(tellShort({ notices }, [late])).toEqual(["s: defer 2026-01-06T00:00Z"]);
    const quiet = { note: { ...notices.note, quiet_hours: [{ from: "23:30", to: "02:00" }] } };
    expect(tellShort({ notices: quiet }, [late])).toEqual(["s: suppress expired"]);
  });

  it("keeps its steps apart for duplicates", () => {
    const series = ["P1D", "P2D"].map((offset) => ({ step: offset, from: "time", offset }));
    const notices = { note: { ...transactional, series, dedupe: { key: "k", window: "P1D" } } };
    expect(tellShort({ notices }, [eventAt("2026-01-05T00:00:00Z", "note"), eventAt("2026-01-05T01:00:00Z", "note")])).toEqual([
      "P1D: defer 2026-01-06T00:00Z",
      "P2D: defer 2026-01-07T00:00Z",
      "P1D: suppress duplicate",
      "P2D: suppress duplicate",
    ]);
  });
});
