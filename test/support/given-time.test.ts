import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWrittenTime, LAST_SECOND, readGivenTime, WRITTEN_MAX_UNITS } from "../../src/support/given-time.ts";

describe("readGivenTime", () => {
  it("reads instants with any offset", () => {
    for (const text of ["2026-03-01T20:30:00Z", "2026-03-02T04:30:00+08:00", "2026-03-01 15:30:00-0500", "2026-03-01T20:30Z", "1772397000"])
      expect(readGivenTime(text)).toEqual({ kind: "instant", ms: Date.parse("2026-03-01T20:30:00Z") });
    expect(readGivenTime(1_772_397_000.5)).toEqual({ kind: "instant", ms: Date.parse("2026-03-01T20:30:00.500Z") });
  });

  it("reads dates and times of the reader's clock as if it stood in UTC", () => {
    expect(readGivenTime("2026-03-01")).toEqual({ kind: "local", ms: Date.parse("2026-03-01T00:00:00Z") });
    expect(readGivenTime("2026-03-01T09:30:01.25")).toEqual({ kind: "local", ms: Date.parse("2026-03-01T09:30:01.250Z") });
    expect(readGivenTime("1000-01-01")).toEqual({ kind: "local", ms: Date.parse("1000-01-01T00:00:00Z") });
  });

  it("knows which days there are", () => {
    for (const day of ["2024-02-29", "2000-02-29", "2026-12-31", "2026-04-30"]) expect(readGivenTime(day)).toBeDefined();
    for (const day of ["2026-02-29", "1900-02-29", "2026-00-01", "2026-13-01", "2026-04-31", "2026-01-00"])
      expect(readGivenTime(day)).toBeUndefined();
  });

  it("takes nothing else for a time", () => {
    for (const value of [
      "",
      "now",
      "2026",
      "2026-3-1",
      "01.03.2026",
      "2026-03-01T24:00",
      "2026-03-01T09:60",
      "2026-03-01T09:30+25:00",
      -1,
      1e12,
      LAST_SECOND + 1,
      "0999-12-31",
      "9000-01-01",
      "2026-03-01T09:30:00.1234567890Z",
      Number.NaN,
      null,
      true,
      [],
    ])
      expect(readGivenTime(value)).toBeUndefined();
  });

  it("agrees with the runtime on every instant", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1000-01-01T00:00:00Z"), max: new Date("8999-12-31T23:59:59.999Z"), noInvalidDate: true }),
        (instant) => {
          expect(readGivenTime(instant.toISOString())).toEqual({ kind: "instant", ms: instant.getTime() });
        },
      ),
    );
  });
});

describe("isWrittenTime", () => {
  it("takes dates and times that are written out, none longer than it says, and no seconds", () => {
    const longest = "8999-12-31T23:59:59.123456789-14:00";
    expect(longest).toHaveLength(WRITTEN_MAX_UNITS);
    for (const text of ["1000-01-01", "2026-03-01T09:30", longest]) expect(isWrittenTime(text)).toBe(true);
    for (const text of ["1772397000", "0999-12-31", "9000-01-01", "2026-02-30", `${longest}Z`]) expect(isWrittenTime(text)).toBe(false);
  });
});
