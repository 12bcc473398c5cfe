import { describe, expect, it } from "vitest";
import { chooseWords } from "../../src/render/choose-words.ts";
import { channelTemplates } from "../../src/vocabulary/catalog.ts";

const TEXTS = { "zh-CN": "你好", en: "Hello", "en-GB": "Hello there", fr: "Bonjour" };

const withSegments = (texts: Record<string, string>) => channelTemplates.parse({ sms: { segments: 1, ...texts } }).sms ?? {};

describe("chooseWords", () => {
  it.each([
    ["the locale itself", "en-GB", "zh-CN", "en-GB"],
    ["the locale in another writing", "EN-gb", "zh-CN", "en-GB"],
    ["its language without a region", "fr-CA", "zh-CN", "fr"],
    ["its language in another region", "zh-TW", "en", "zh-CN"],
    ["the catalog's default for a language that is not there", "de", "fr", "fr"],
    ["the default's language", "de", "fr-CH", "fr"],
    ["the default where the person has no locale", undefined, "en", "en"],
    ["the first that there is, last of all", "de", "it", "zh-CN"],
    ["the first where nothing is said", undefined, undefined, "zh-CN"],
  ])("takes %s", (_, locale, fallback, expected) => {
    expect(chooseWords(TEXTS, locale, fallback)?.locale).toBe(expected);
  });

  it("never takes the number of segments for words, and has none where there are none", () => {
    expect(chooseWords(withSegments({ en: "Hello" }), "segments", undefined)).toEqual({ locale: "en", text: "Hello" });
    expect(chooseWords(withSegments({}), "en", "en")).toBeUndefined();
  });
});
