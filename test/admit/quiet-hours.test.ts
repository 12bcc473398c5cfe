import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { endOfQuiet, isAlwaysQuiet } from "../../src/admit/quiet-hours.ts";
import { eventAt, recipient, tell, tellShort } from "./story.ts";

/** How many instants are tried around each clock change; 40 is the full number. */
const TRIES = Number(process.env.CARILLON_QUIET_TRIES ?? (process.env.SOAK ? 40 : 2));
const HOUR_MS = 3_600_000;
const zones = Intl.supportedValuesOf("timeZone");

/** Clock changes of a zone in 2025–2028, in milliseconds; one ordinary instant where there are none. */
function changesOf(zone: string): number[] {
  const end = Temporal.Instant.from("2029-01-01T00:00:00Z").epochMilliseconds;
  const changes: number[] = [];
  let next: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`2025-01-01T00:00[${zone}]`).getTimeZoneTransition("next");
  for (; next && next.epochMilliseconds < end; next = next.getTimeZoneTransition("next")) changes.push(next.epochMilliseconds);
  return changes.length > 0 ? changes : [Temporal.Instant.from("2026-06-15T12:00:00Z").epochMilliseconds];
}

/** Another reading of the clocks than the one under test. */
const clocks = new Map<string, Intl.DateTimeFormat>();
function minuteByIntl(instant: number, zone: string): number {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  clocks.set(zone, clock);
  const [hour = 0, minute = 0] = clock.format(instant).split(":").map(Number);
  return hour * 60 + minute;
}

const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const isQuiet = (instant: number, zone: string, windows: readonly { from: string; to: string }[]) =>
  windows.some(({ from, to }) => {
    const minute = minuteByIntl(instant, zone);
    return minutes(from) <= minutes(to) ? minutes(from) <= minute && minute < minutes(to) : minute >= minutes(from) || minute < minutes(to);
  });

const timeOfDay = fc
  .integer({ min: 0, max: 95 })
  .map((quarter) => `${String(quarter >> 2).padStart(2, "0")}:${String((quarter & 3) * 15).padStart(2, "0")}`);
const window = fc.record({ from: timeOfDay, to: timeOfDay }).filter(({ from, to }) => from !== to);
const windows = fc.array(window, { minLength: 1, maxLength: 3 });

describe("quiet hours", () => {
  it(`let no service or marketing message leave inside them, and never delay verification: ${zones.length} zones, every clock change of 2025–2028`, () => {
    const sample = fc.record({ own: windows, given: windows, off: fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS }) });
    let looked = 0;
    for (const zone of zones) {
      for (const change of changesOf(zone)) {
        for (const { own, given, off } of fc.sample(sample, { numRuns: TRIES, seed: change / 1000 + zone.length })) {
          const notice = { class: "service", channels: ["sms"], quiet_hours: given, ttl: "P9D" };
          const notices = {
            a: { ...notice, on: ["go"] },
            b: { ...notice, on: ["go"], class: "marketing" },
            c: { ...notice, on: ["go"], class: "verification", quiet_hours: undefined },
          };
          const time = new Date(change + off).toISOString();
          const [service, marketing, verification] = tell({ notices, recipients: [recipient({ time_zone: zone, quiet_hours: own })] }, [
            eventAt(time, "go"),
          ]);
          expect(verification).toMatchObject({ decision: "send", send_at: time });
          for (const told of [service, marketing]) {
            if (told?.decision === "suppress") expect([told.reason, isAlwaysQuiet([...own, ...given])]).toEqual(["expired", true]);
            else
              expect([zone, time, own, given, told?.send_at, isQuiet(Date.parse(told?.send_at ?? ""), zone, [...own, ...given])]).toEqual([
                zone,
                time,
                own,
                given,
                told?.send_at,
                false,
              ]);
            looked++;
          }
        }
      }
    }
    expect(looked).toBeGreaterThan(zones.length);
  });

  it("end at the first minute that is free, away from clock changes", () => {
    fc.assert(
      fc.property(
        windows,
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.constantFrom("Asia/Shanghai", "Asia/Kathmandu", "UTC", "Pacific/Apia"),
        (silent, after, zone) => {
          fc.pre(!isAlwaysQuiet(silent));
          const start = Date.parse("2026-01-01T00:00:00Z") + after * 60_000;
          let free = start;
          while (isQuiet(free, zone, silent)) free += 60_000;
          let found = start;
          for (let end = endOfQuiet(found, silent, zone); end !== undefined; end = endOfQuiet(found, silent, zone)) found = end;
          expect(found).toBe(free);
        },
      ),
      { numRuns: 150 },
    );
  });

  const end = (instant: string, from: string, to: string, zone: string) => {
    const until = endOfQuiet(Date.parse(instant), [{ from, to }], zone);
    return until === undefined ? "free" : new Date(until).toISOString().replace(":00.000Z", "Z");
  };

  it("contain `from` and not `to`, to the millisecond", () => {
    expect(end("2026-03-01T21:59:59.999Z", "22:00", "08:00", "UTC")).toBe("free");
    expect(end("2026-03-01T22:00:00.000Z", "22:00", "08:00", "UTC")).toBe("2026-03-02T08:00Z");
    expect(end("2026-03-02T07:59:59.999Z", "22:00", "08:00", "UTC")).toBe("2026-03-02T08:00Z");
    expect(end("2026-03-02T08:00:00.000Z", "22:00", "08:00", "UTC")).toBe("free");
    expect(end("2026-03-02T12:30:00.000Z", "12:30", "12:30", "UTC")).toBe("free");
    expect(end("2026-03-02T23:30:00.000Z", "22:00", "00:00", "UTC")).toBe("2026-03-03T00:00Z");
  });

  it("end later by the gap where a clock change skips `to`", () => {
    expect(end("2026-03-08T06:30:00Z", "01:00", "02:30", "America/New_York")).toBe("2026-03-08T07:30Z");
    expect(end("2026-10-03T15:00:00Z", "01:00", "02:15", "Australia/Lord_Howe")).toBe("2026-10-03T15:45Z");
    expect(end("2026-09-06T03:30:00Z", "23:00", "00:30", "America/Santiago")).toBe("2026-09-06T04:30Z");
    expect(end("2026-09-06T03:30:00Z", "23:00", "00:00", "America/Santiago")).toBe("2026-09-06T04:00Z");
  });

  it("end at the first `to` that is not before, where it occurs twice", () => {
    expect(end("2026-11-01T05:10:00Z", "00:30", "01:30", "America/New_York")).toBe("2026-11-01T05:30Z");
    expect(end("2026-11-01T06:10:00Z", "00:30", "01:30", "America/New_York")).toBe("2026-11-01T06:30Z");
    expect(end("2026-11-01T05:30:00Z", "00:30", "01:30", "America/New_York")).toBe("free");
    expect(end("2026-04-05T02:20:00Z", "22:00", "23:30", "America/Santiago")).toBe("2026-04-05T02:30Z");
    expect(end("2026-04-05T03:20:00Z", "22:00", "23:30", "America/Santiago")).toBe("2026-04-05T03:30Z");
    expect(end("2026-04-04T14:50:00Z", "01:00", "01:55", "Australia/Lord_Howe")).toBe("2026-04-04T14:55Z");
    expect(end("2026-04-04T15:10:00Z", "01:00", "01:55", "Australia/Lord_Howe")).toBe("2026-04-04T15:25Z");
  });

  it("are the notice's where it has its own, else the class's; the recipient's own come on top for service and marketing alone", () => {
    const own = [{ from: "10:00", to: "11:00" }];
    const classes = Object.fromEntries(
      ["transactional", "service"].map((name) => [name, { quiet_hours: [{ from: "12:00", to: "13:00" }] }]),
    );
    const told = (name: string, time: string, more: object = {}) =>
      tellShort(
        { notices: { note: { class: name, channels: ["sms"], ...more } }, classes, recipients: [recipient({ quiet_hours: own })] },
        [eventAt(`2026-03-02T${time}:00Z`, "note")],
      )[0]?.slice(-6);
    expect([
      told("service", "10:30"),
      told("service", "12:30"),
      told("service", "12:30", { quiet_hours: [] }),
      told("service", "10:30", { quiet_hours: [] }),
    ]).toEqual(["11:00Z", "13:00Z", "12:30Z", "11:00Z"]);
    expect([told("transactional", "10:30"), told("transactional", "12:30")]).toEqual(["10:30Z", "13:00Z"]);
  });

  it("are read in the recipient's zone, else the catalog's, else UTC", () => {
    const notices = { note: { class: "service", channels: ["sms"], quiet_hours: [{ from: "09:00", to: "10:00" }] } };
    const told = (zone: object, defaults: object) =>
      tellShort({ notices, defaults, recipients: [recipient({ time_zone: undefined, ...zone })] }, [
        eventAt("2026-03-02T01:30:00Z", "note"),
      ]);
    expect(told({}, {})).toEqual(["send 2026-03-02T01:30Z"]);
    expect(told({}, { time_zone: "Asia/Shanghai" })).toEqual(["defer 2026-03-02T02:00Z"]);
    expect(told({ time_zone: "UTC" }, { time_zone: "Asia/Shanghai" })).toEqual(["send 2026-03-02T01:30Z"]);
  });

  it("that leave no minute free end in expired, however long the ttl is", () => {
    const quiet = [
      { from: "00:00", to: "12:00" },
      { from: "12:00", to: "00:00" },
    ];
    const notices = { note: { class: "service", channels: ["sms"], quiet_hours: quiet, ttl: "P9999D" } };
    expect(tellShort({ notices }, [eventAt("2026-03-02T01:30:00Z", "note")])).toEqual(["suppress expired"]);
  });
});
