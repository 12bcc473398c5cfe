import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { locale, timeZone } from "../../src/vocabulary/recipient.ts";

describe("A time zone", () => {
  it("is refused where it is three letters that mean different things to different people", () => {
    for (const name of ["CST", "IST", "JST", "PST", "BST", "cst"]) expect(timeZone.safeParse(name).success).toBe(false);
  });

  it("that is taken can always be reckoned with", () => {
    const names = [...Intl.supportedValuesOf("timeZone"), "UTC", "GMT", "EST", "CET", "PRC", "Etc/GMT+5", "US/Pacific", "asia/shanghai"];
    for (const name of names) {
      expect(timeZone.safeParse(name).success, name).toBe(true);
      expect(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name), name).not.toThrow();
    }
  });

  it("is no offset that only some machines know, nor nonsense", () => {
    for (const name of ["", "Mars/Olympus", "Asia/Shanghai ", "null"]) expect(timeZone.safeParse(name).success).toBe(false);
  });
});

describe("A locale", () => {
  it("is a tag of at most 35 characters, as texts that print it are measured", () => {
    const longest = `en-x-${"abcdefgh-".repeat(3)}abc`;
    expect(longest).toHaveLength(35);
    expect(locale.safeParse(longest).success).toBe(true);
    expect(locale.safeParse(`${longest}d`).success).toBe(false);
    expect(locale.safeParse("zh_CN").success).toBe(false);
  });
});
