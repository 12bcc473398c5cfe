import { describe, expect, it } from "vitest";
import { textOf } from "./rendering.ts";

/** The same as the tests in node expect: what a catalog is proven with there is what people read. */
describe("Intl in the Workers runtime", () => {
  it.each([
    ["zh-CN", "¥1,234.50", "1,234,567.891", "3月2日", "2026年3月2日", "04:30", "2026/3/2 04:30"],
    ["zh-TW", "CN¥1,234.50", "1,234,567.891", "3月2日", "2026年3月2日", "凌晨4:30", "2026/3/2 凌晨4:30"],
    ["en", "CN¥1,234.50", "1,234,567.891", "Mar 2", "Mar 2, 2026", "4:30 AM", "3/2/26, 4:30 AM"],
    ["de", "1.234,50 CN¥", "1.234.567,891", "2. März", "02.03.2026", "04:30", "02.03.26, 04:30"],
    ["fr", "1 234,50 CNY", "1 234 567,891", "2 mars", "2 mars 2026", "04:30", "02/03/2026 04:30"],
    ["ja", "元 1,234.50", "1,234,567.891", "3月2日", "2026/03/02", "4:30", "2026/03/02 4:30"],
    ["ar", "1,234.50 CN¥", "1,234,567.891", "2 مارس", "02/03/2026", "4:30 ص", "2/3/2026، 4:30 ص"],
    ["hi", "CN¥1,234.50", "12,34,567.891", "2 मार्च", "2 मार्च 2026", "4:30 am", "2/3/26, 4:30 am"],
    ["ru", "1 234,50 CN¥", "1 234 567,891", "2 мар.", "2 мар. 2026 г.", "04:30", "02.03.2026, 04:30"],
  ])("writes in %s as node does", (locale, ...written) => {
    const data = { at: "2026-03-01T20:30:00Z" };
    const reading = { locale, time_zone: "Asia/Shanghai" };
    const uses = [
      "1234.5 | money: 'CNY'",
      "1234567.8912 | number",
      "data.at | local_date: 'month_day'",
      "data.at | local_date",
      "data.at | local_time",
      "data.at | local_datetime: 'short'",
    ];
    expect(uses.map((use) => textOf(`{{ ${use} }}`, data, reading))).toEqual(written);
  });

  it("knows graphemes, plural forms and zones", () => {
    const reading = { locale: "ru", time_zone: "America/New_York" };
    expect(textOf("{{ '👨‍👩‍👧🇨🇳' | slice: 1 }}{{ 5 | plural: many: '# M', other: '# X' }}", {}, reading)).toBe("🇨🇳5 M");
    expect(textOf("{{ '2026-07-01T20:30:00Z' | date: '%H:%M %z' }}", {}, reading)).toBe("16:30 -0400");
  });

  it("stops what would nest too deep before its smaller stack is used up", () => {
    const nested = (levels: number): string => `${"{% if 1 %}".repeat(levels)}a${"{% endif %}".repeat(levels)}`;
    expect(() => textOf(nested(24))).toThrow("tags are nested more than 24 deep");
    expect(textOf(nested(23))).toBe("a");
  });
});
