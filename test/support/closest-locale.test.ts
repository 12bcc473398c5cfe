import { describe, expect, it } from "vitest";
import { isSameLanguage } from "../../src/support/closest-locale.ts";

describe("isSameLanguage", () => {
  it("looks at the language and at neither region nor script", () => {
    expect([isSameLanguage("zh-TW", "zh-CN"), isSameLanguage("en", "EN-gb"), isSameLanguage("en", "fr")]).toEqual([true, true, false]);
  });
});
