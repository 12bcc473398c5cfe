import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countSegments } from "../../../src/render/sms/count-segments.ts";
import { optOutOf, type Signing, signatureOf, signText } from "../../../src/render/sms/sign-text.ts";

const brand = { name: "鲸落商城" };
const signing = (given: Partial<Signing>): Signing => ({ brand, locale: "zh-CN", rule: "mainland", marketing: false, ...given });

describe("A signature", () => {
  it.each([
    ["stands in front", { brand }, "【鲸落商城】您好"],
    ["stands behind where the brand says so", { brand: { ...brand, signature: "behind" as const } }, "您好【鲸落商城】"],
    ["is left out where the brand says so", { brand: { ...brand, signature: "none" as const } }, "您好"],
    ["is left out where there is no brand", { brand: undefined }, "您好"],
    ["is left out where the brand has no name", { brand: { link_host: "s.example.com" } }, "您好"],
  ])("%s", (_, given, text) => {
    expect(signText("您好", signing(given))).toEqual({ text, body: "您好" });
  });

  it.each([
    ["front" as const, "【鲸落商城】您好", "【鲸落商城】您好"],
    ["front" as const, " 【鲸落商城】您好", "【鲸落商城】您好"],
    ["front" as const, "您好【鲸落商城】", "【鲸落商城】您好"],
    ["behind" as const, "您好【鲸落商城】\n", "您好【鲸落商城】"],
    ["behind" as const, "【鲸落商城】您好", "您好【鲸落商城】"],
    ["behind" as const, "【鲸落商城】您好【鲸落商城】", "您好【鲸落商城】"],
  ])("is not put %s twice: %s", (signature, body, text) => {
    expect(signText(body, signing({ brand: { ...brand, signature } }))).toEqual({ text, body: "您好" });
  });

  it("is another's where only the words are alike", () => {
    expect(signText("【鲸落】您好", signing({})).text).toBe("【鲸落商城】【鲸落】您好");
    const told = signing({ brand: { signatures: { en: "Whalefall" } }, locale: "en", rule: "gsm" });
    expect(signText("Thank you from Whalefall", told).text).toBe("WhalefallThank you from Whalefall");
  });

  const abroad = { ...brand, signatures: { en: "Whalefall: ", "zh-Hant": "【鯨落】", "zh-CN": "【鲸落】", "pt-BR": "Baleia: " } };
  it.each([
    ["en", "Whalefall: "],
    ["EN", "Whalefall: "],
    ["en-GB", "Whalefall: "],
    ["zh-Hant-TW", "【鯨落】"],
    ["zh-TW", "【鯨落】"],
    ["zh-Hant-HK", "【鯨落】"],
    ["zh-CN", "【鲸落】"],
    ["zh-SG", "【鲸落】"],
    ["zh", "【鲸落】"],
    ["pt-PT", "Baleia: "],
    ["fr", "【鲸落商城】"],
  ])("outside the mainland is the brand's own for %s: %s", (locale, signature) => {
    expect(signatureOf(abroad, locale, "gsm")).toBe(signature);
    expect(signatureOf(abroad, locale, "mainland")).toBe("【鲸落商城】");
  });

  it("outside the mainland needs no name where the brand has its own", () => {
    const told = signing({ brand: { signatures: { en: "Whalefall: " } }, locale: "en", rule: "gsm" });
    expect(signText("Your order has shipped.", told)).toEqual({
      text: "Whalefall: Your order has shipped.",
      body: "Your order has shipped.",
    });
    expect(signText("Whalefall: Your order has shipped.", told).text).toBe("Whalefall: Your order has shipped.");
  });

  it("is counted", () => {
    const body = "您".repeat(64);
    expect(countSegments(signText(body, signing({})).text, "mainland")).toMatchObject({ units: 70, segments: 1 });
    expect(countSegments(signText(`${body}您`, signing({})).text, "mainland")).toMatchObject({ units: 71, segments: 2 });
    const told = signing({ locale: "en", rule: "gsm" });
    expect(countSegments(signText("a".repeat(65), told).text, "gsm")).toMatchObject({ encoding: "UCS-2", units: 71, segments: 2 });
  });
});

describe("A way to refuse", () => {
  it.each([
    ["zh-CN", "拒收请回复R"],
    ["zh", "拒收请回复R"],
    ["zh-Hans-HK", "拒收请回复R"],
    ["zh-TW", "拒收請回覆R"],
    ["zh-Hant", "拒收請回覆R"],
    ["zh-HK", "拒收請回覆R"],
    ["yue", "拒收請回覆R"],
    ["en", " Reply STOP to opt out"],
    ["ja", " Reply STOP to opt out"],
  ])("for %s is %j", (locale, words) => {
    expect(optOutOf(brand, locale)).toBe(words);
    expect(optOutOf(undefined, locale)).toBe(words);
  });

  it("is the brand's own by locale, or by language where it has no nearer one", () => {
    const own = { opt_out: { "zh-CN": "退订回T", en: "Text STOP to end ", ja: "停止はSTOPと返信" } };
    expect(["zh-CN", "zh-TW", "en-GB", "ja-JP", "fr"].map((locale) => optOutOf(own, locale))).toEqual([
      "退订回T",
      "退订回T",
      " Text STOP to end",
      "停止はSTOPと返信",
      " Reply STOP to opt out",
    ]);
  });

  it("ends marketing alone, inside the signature that stands behind", () => {
    expect(signText("今晚八折。", signing({ marketing: true }))).toEqual({
      text: "【鲸落商城】今晚八折。拒收请回复R",
      body: "今晚八折。拒收请回复R",
    });
    const behind = { ...brand, signature: "behind" as const };
    expect(signText("今晚八折。", signing({ brand: behind, marketing: true }))).toEqual({
      text: "今晚八折。拒收请回复R【鲸落商城】",
      body: "今晚八折。拒收请回复R",
    });
    expect(signText("20% off.", signing({ brand: undefined, locale: "en", marketing: true })).text).toBe("20% off. Reply STOP to opt out");
    expect(signText("20% off.\n", signing({ brand: undefined, locale: "en", marketing: true })).text).toBe(
      "20% off.\nReply STOP to opt out",
    );
  });

  it.each([
    ["zh-CN", "今晚八折,拒收请回复R"],
    ["zh-CN", "今晚八折（拒收请回复R）。"],
    ["zh-CN", "今晚八折,拒收请回复R【鲸落商城】"],
    ["en", "20% off. reply STOP to opt out."],
  ])("is not said twice in %s: %s", (locale, body) => {
    expect(signText(body, signing({ locale, marketing: true })).text).toBe(`【鲸落商城】${body.replace("【鲸落商城】", "")}`);
  });
});

describe("A signed text", () => {
  it("is signed once however often, begins or ends so, and is no longer than its pieces", () => {
    const name = fc.string({ unit: fc.constantFrom("鲸", "a", " ", "😀"), minLength: 1, maxLength: 8 });
    const brands = fc.record(
      {
        name,
        signature: fc.constantFrom("front" as const, "behind" as const, "none" as const),
        signatures: fc.dictionary(fc.constantFrom("en", "zh-Hant"), fc.constantFrom("W: ", " - W", "【W】", "W"), { maxKeys: 2 }),
        opt_out: fc.dictionary(fc.constantFrom("en", "zh-CN"), fc.constantFrom("STOP", " 退订回T", "Stop."), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    );
    const signings = fc.record({
      brand: fc.option(brands, { nil: undefined }),
      locale: fc.constantFrom("en", "en-GB", "zh-CN", "zh-TW", "ja", "fr"),
      rule: fc.constantFrom("gsm" as const, "mainland" as const),
      marketing: fc.boolean(),
    });
    const bodies = fc.array(fc.constantFrom("您好", "hello", "。", " ", "\n", "W: ", "W", "【W】", "【鲸】", "STOP", "拒收请回复R", "😀"), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(bodies, signings, (words, how) => {
        const body = words.join("");
        const { text, body: unsigned } = signText(body, how);
        const signature = signatureOf(how.brand, how.locale, how.rule);
        const optOut = how.marketing ? optOutOf(how.brand, how.locale) : "";
        const behind = how.brand?.signature === "behind";
        expect(text).toBe(behind ? unsigned + signature : signature + unsigned);
        expect(text.length).toBeLessThanOrEqual(signature.length + body.length + optOut.length);
        expect(signText(text, how).text).toBe(text);
        const bare = text.replaceAll(/[.。!！)）\s]+/g, "").toLowerCase();
        expect(bare).toContain(optOut.replaceAll(/[.\s]+/g, "").toLowerCase());
      }),
      { numRuns: 3_000 },
    );
  });
});
