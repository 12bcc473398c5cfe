import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chinese, english, textOf, whyNot } from "./rendering.ts";

const at = "2026-03-01T20:30:00Z";
const shown = (tag: string, use: string, value: unknown = at): string =>
  textOf(`{{ data.at | ${use} }}`, { at: value }, { locale: tag, time_zone: "Asia/Shanghai" });

describe("local_date, local_time and local_datetime", () => {
  it.each([
    ["zh-CN", "2026年3月2日", "3月2日", "星期一", "04:30", "2026/3/2 04:30"],
    ["zh-TW", "2026年3月2日", "3月2日", "星期一", "凌晨4:30", "2026/3/2 凌晨4:30"],
    ["en", "Mar 2, 2026", "Mar 2", "Monday", "4:30 AM", "3/2/26, 4:30 AM"],
    ["de", "02.03.2026", "2. März", "Montag", "04:30", "02.03.26, 04:30"],
    ["fr", "2 mars 2026", "2 mars", "lundi", "04:30", "02/03/2026 04:30"],
    ["ja", "2026/03/02", "3月2日", "月曜日", "4:30", "2026/03/02 4:30"],
    ["ar", "02/03/2026", "2 مارس", "الاثنين", "4:30 ص", "2/3/2026، 4:30 ص"],
    ["hi", "2 मार्च 2026", "2 मार्च", "सोमवार", "4:30 am", "2/3/26, 4:30 am"],
    ["ru", "2 мар. 2026 г.", "2 мар.", "понедельник", "04:30", "02.03.2026, 04:30"],
  ])("write in %s as people there write", (tag, medium, monthDay, weekday, time, datetime) => {
    expect(shown(tag, "local_date")).toBe(medium);
    expect(shown(tag, "local_date: 'medium'")).toBe(medium);
    expect(shown(tag, "local_date: 'month_day'")).toBe(monthDay);
    expect(shown(tag, "local_date: 'weekday'")).toBe(weekday);
    expect(shown(tag, "local_time")).toBe(time);
    expect(shown(tag, "local_datetime: 'short'")).toBe(datetime);
  });

  it("know longer and shorter forms", () => {
    expect(["short", "long", "full"].map((style) => shown("en", `local_date: '${style}'`))).toEqual([
      "3/2/26",
      "March 2, 2026",
      "Monday, March 2, 2026",
    ]);
    expect(shown("zh-CN", "local_time: 'medium'")).toBe("04:30:00");
    expect(shown("en", "local_datetime")).toBe("Mar 2, 2026, 4:30 AM");
  });

  it("read instants on the reader's clock", () => {
    expect(textOf("{{ data.at | local_datetime: 'short' }}", { at }, english)).toBe("3/1/26, 3:30 PM");
    expect(shown("en", "local_time", "2026-07-01T20:30:00+02:00")).toBe("2:30 AM");
    expect(shown("en", "local_time", 1_772_397_000)).toBe("4:30 AM");
    expect(shown("en", "local_time", "1772397000")).toBe("4:30 AM");
  });

  it("keep a date alone and a time without an offset as they stand, in every zone", () => {
    for (const time_zone of ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
      const reading = { locale: "zh-CN", time_zone };
      expect(textOf("{{ data.due | local_date: 'month_day' }}", { due: "2026-03-01" }, reading)).toBe("3月1日");
      expect(textOf("{{ data.due | local_datetime: 'short' }}", { due: "2026-03-29T02:30" }, reading)).toBe("2026/3/29 02:30");
      expect(textOf("{{ data.due | local_time }}", { due: "2026-07-01 09:30:00" }, reading)).toBe("09:30");
    }
  });

  it("write the day that was given, whatever day it is", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }), (day) => {
        const due = day.toISOString().slice(0, 10);
        expect(shown("zh-CN", "local_date: 'month_day'", due)).toBe(`${day.getUTCMonth() + 1}月${day.getUTCDate()}日`);
      }),
    );
  });

  it("refuse what is no date", () => {
    for (const value of ["soon", "", "2026-02-30", "2026-13-01", "2026-3-1", "2026-03-01T25:00", "March 1", true, null, [], {}, -1, 1e15])
      expect(whyNot("{{ data.at | local_date }}", { at: value })).toContain(
        "local_date takes a date, such as 2026-03-01 or 2026-03-01T09:30:00Z",
      );
    expect(whyNot("{{ 'now' | local_date }}")).toContain("local_date takes a date");
  });
});

describe("date", () => {
  const dated = (template: string, data: unknown, time_zone = "Asia/Shanghai"): string => textOf(template, data, { ...chinese, time_zone });

  it("reads instants on the reader's clock", () => {
    const template = "{{ data.at | date: '%Y-%m-%d %H:%M %z' }}";
    expect(dated(template, { at })).toBe("2026-03-02 04:30 +0800");
    expect(dated(template, { at }, "America/Los_Angeles")).toBe("2026-03-01 12:30 -0800");
    expect(dated(template, { at: "2026-07-01T20:30:00+02:00" }, "Europe/London")).toBe("2026-07-01 19:30 +0100");
    expect(dated(template, { at: 1_772_397_000 })).toBe("2026-03-02 04:30 +0800");
    expect(dated(template, { at }, "Asia/Kathmandu")).toBe("2026-03-02 02:15 +0545");
    expect(dated("{{ data.at | date: '%H:%M %Z', 'Asia/Tokyo' }}", { at })).toBe("05:30 Asia/Tokyo");
    expect(dated("{{ data.at | date: '%-d %B, %A %s' }}", { at })).toBe("2 March, Monday 1772397000");
    expect(dated("{{ data.at | date: '%a %b %h %^B %%B %#a' }}", { at }, "America/New_York")).toBe("Sun Mar Mar MARCH %B SUN");
    // A per cent sign may have flags and a width as well, and then ends there.
    expect(dated("{{ data.at | date: '%-%B %^%A %E%b %3%a' }}", { at }, "America/New_York")).toBe("%B %A %b 00%a");
  });

  it("keeps a date alone and a time without an offset as they stand, in every zone", () => {
    for (const zone of ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
      expect(dated("{{ data.due | date: '%m月%d日' }}", { due: "2026-03-01" }, zone)).toBe("03月01日");
      expect(dated("{{ data.due | date: '%d %H:%M' }}", { due: "2026-07-01T09:30" }, zone)).toBe("01 09:30");
      expect(dated("{{ data.due | date: '%d %H:%M' }}", { due: "2026-07-01 09:30:00" }, zone)).toBe("01 09:30");
    }
  });

  it("leaves what is no date as it stands", () => {
    for (const due of ["soon", "2026-02-31", "order 5", "March 1"]) expect(dated("{{ data.due | date: '%d' }}", { due })).toBe(due);
    expect(whyNot("{{ data.due | date: '%d' }}", { due: null })).toContain("date takes a text and was given nothing");
  });

  it("never reads our clock", () => {
    for (const word of ["now", "today"])
      expect(whyNot("{{ data.at | date: '%Y' }}", { at: word })).toContain("date does not read the clock");
  });

  it("refuses a zone that there is not", () => {
    expect(whyNot("{{ data.at | date: '%H', 'Asia/Nowhere' }}", { at })).toContain("date needs a time zone");
  });

  it("tells nothing of a zone that the data bring, since reasons stand in logs", () => {
    for (const z of ["张三 13800138000", "", "Asia/Shanghai "]) {
      const why = whyNot("{{ data.at | date: '%H', data.z }}", { at, z });
      expect(why).toContain("date needs a time zone of the IANA database behind the format, such as 'Asia/Shanghai'");
      expect(why).not.toMatch(/张三|138/);
    }
  });
});
