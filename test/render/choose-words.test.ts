import { describe, expect, it } from "vitest";
import { chooseWords } from "../../src/render/choose-words.ts";

const textsOf = (...locales: string[]) => new Map(locales.map((locale) => [locale, `words in ${locale}`]));
const TEXTS = textsOf("zh-CN", "en", "en-GB", "fr");

describe("chooseWords", () => {
  it.each([
    ["the locale itself", "en-GB", "zh-CN", "en-GB"],
    ["the locale in another writing", "EN-gb", "zh-CN", "en-GB"],
    ["its language without a region", "fr-CA", "zh-CN", "fr"],
    ["its language in another region", "zh-TW", "en", "zh-CN"],
    ["the locale without what extends it", "zh-CN-u-nu-latn", "en", "zh-CN"],
    ["the catalog's default for a language that is not there", "de", "fr", "fr"],
    ["the default's language", "de", "fr-CH", "fr"],
    ["the default where the person has no locale", undefined, "en", "en"],
    ["the first that there is, last of all", "de", "it", "zh-CN"],
    ["the first where nothing is said", undefined, undefined, "zh-CN"],
    ["nothing new for what is no tag", "!", "en-GB", "en-GB"],
  ])("takes %s", (_, locale, fallback, expected) => {
    expect(chooseWords(TEXTS, locale, fallback)).toEqual({ locale: expected, words: `words in ${expected}` });
  });

  it.each([
    ["zh-Hant-TW", ["zh", "zh-Hant", "zh-Hant-TW"], "zh-Hant-TW"],
    ["zh-Hant-TW", ["zh-Hant-HK", "zh", "zh-Hant"], "zh-Hant"],
    ["zh-Hant-TW", ["zh-CN", "zh"], "zh"],
    ["zh-TW", ["zh-CN", "zh-HK"], "zh-HK"],
    ["zh-TW", ["zh-CN", "zh-Hant"], "zh-Hant"],
    ["zh-SG", ["zh-Hant", "zh-CN"], "zh-CN"],
    ["zh-TW", ["en", "zh-CN"], "zh-CN"],
    ["sr-Latn-RS", ["sr", "sr-Latn"], "sr-Latn"],
    ["en-AU", ["fr", "en-GB", "en-US"], "en-GB"],
  ])("reads %s in %j as %s", (locale, there, expected) => {
    expect(chooseWords(textsOf(...there), locale, "fr")?.locale).toBe(expected);
  });

  it("looks for the person's language everywhere before it takes the catalog's default", () => {
    expect(chooseWords(textsOf("en", "zh-CN"), "zh-TW", "en")?.locale).toBe("zh-CN");
  });

  it("gives the catalog's own writing of a locale, and has none where there are no texts", () => {
    expect(chooseWords(textsOf("ZH-cn"), "zh-CN", undefined)?.locale).toBe("ZH-cn");
    expect(chooseWords(new Map(), "en", "en")).toBeUndefined();
  });
});
