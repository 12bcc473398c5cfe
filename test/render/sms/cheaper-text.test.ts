import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cheaperText, smartText } from "../../../src/render/sms/cheaper-text.ts";
import { countSegments, isGsm } from "../../../src/render/sms/count-segments.ts";

describe("A cheaper text", () => {
  it.each([
    ["quotes", "It’s “yours”, ‘really’ «oui» „ja“ `x` 6′2″", 'It\'s "yours", \'really\' "oui" "ja" \'x\' 6\'2"'],
    ["dashes", "A–B, 5−3, co‑op, 9—12", "A-B, 5-3, co-op, 9-12"],
    ["a dash between words, which it must not join", "It has arrived—reply 1", "It has arrived - reply 1"],
    ["rows of dots and marks", "Wait… what⁈ No‼", "Wait... what?! No!!"],
    ["exotic spaces", "1\u202f299\u00a0€\u2003now\u3000or\tnever", "1 299 € now or never"],
    ["ends of lines", "one\u2028two\u2029three\u0085four", "one\ntwo\nthree\nfour"],
    ["what nobody sees", "Whale\u00adfall\u200b is\u2060 open\ufeff\u200e", "Whalefall is open"],
    ["full-width forms", "Ｏｒｄｅｒ　＃３２８７！ （￥５０）", "Order #3287! (¥50)"],
    ["ligatures and letters of formulas", "ﬁrst oﬀer 𝗦𝗔𝗟𝗘 𝟓𝟎%", "first offer SALE 50%"],
    ["fractions", "½ price", "1/2 price"],
    ["a fraction behind a number", "1½ kg, 2¾", "1 1/2 kg, 2 3/4"],
    ["bullets and masks", "• item ••••3287 2×4", "* item ****3287 2x4"],
    ["marks of trade", "Whalefall™ Cup® ©2026", "Whalefall(TM) Cup(R) (C)2026"],
    ["a letter and its accent apart", "Cafe\u0301 u\u0308ber", "Café über"],
    ["Greek in capitals", "ΚΑΛΗΜΕΡΑ ΑΘΗΝΑ", "KAΛHMEPA AΘHNA"],
    ["quotes around an address", "Open “https://s.example.com/a-b_c?d=e”…", 'Open "https://s.example.com/a-b_c?d=e"...'],
  ])("has in GSM-7 %s", (_, text, cheaper) => {
    expect(isGsm(text)).toBe(false);
    expect(cheaperText(text)).toBe(cheaper);
    expect(isGsm(cheaper)).toBe(true);
  });

  it.each([
    ["an accent that makes another word", "Pêche “fraîche”"],
    ["a small c with its cedilla", "“ça”"],
    ["Cyrillic in a Latin word", "“Whаlefall”"],
    ["Greek in a Latin word", "“WHΑLE”"],
    ["Greek that is not in capitals", "“Αθήνα”"],
    ["raised digits", "10² “m”"],
    ["a degree", "25°C – warm"],
    ["an emoji", "It’s here 😀"],
    ["a family", "It’s 👨‍👩‍👧‍👦"],
    ["Arabic with its joiners", "می\u200cخواهم “ok”"],
    ["an address, which would be another", "See https://s.example.com/a–b"],
    ["an address by its name alone", "See s.example.com/“x”/y"],
    ["a mailbox", "Write to o’neil@example.com"],
    ["an order of characters turned round", "\u202eabc\u202c"],
    ["a signature in brackets", "【Whalefall】It’s here"],
    ["Han", "您的“订单”－３２８７"],
    ["one Han character", "Order “中” shipped…"],
    ["Kana", "“カップ”です"],
    ["Hangul", "“고래”…"],
    ["plain words", 'It\'s "here" - for 5€'],
    ["nothing", ""],
  ])("leaves alone %s", (_, text) => {
    expect(cheaperText(text)).toBe(text);
    expect(smartText(text, "gsm")).toEqual({ text, saved: 0 });
  });

  it("is not one that takes more segments", () => {
    const text = "…".repeat(70);
    expect(countSegments(text, "gsm").segments).toBe(1);
    expect(cheaperText(text)).toBe(text);
    expect(cheaperText("…".repeat(53))).toBe(".".repeat(159));
  });

  it("is all GSM-7 or the text itself, takes no more segments, and is the same when made cheaper again", () => {
    const unit = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(..."aZ9 .-@/–—…’”½¼ﬁＡ！\u00a0\u200b•×™\u0301Αβ€^") },
      { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 400 }), fc.string({ unit: "binary", maxLength: 20 })), (text) => {
        const cheaper = cheaperText(text);
        expect(cheaper === text || isGsm(cheaper)).toBe(true);
        expect(countSegments(cheaper, "gsm").segments).toBeLessThanOrEqual(countSegments(text, "gsm").segments);
        expect(cheaperText(cheaper)).toBe(cheaper);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is found in time that grows with its length alone", () => {
    const hostile = `a.a“${"!".repeat(30_000)} ${"½".repeat(30_000)}${" ".repeat(30_000)}—`;
    expect(cheaperText(hostile)).not.toContain("½");
  });
});

describe("Smart encoding", () => {
  const long = `It’s on its way: ${"a".repeat(60)}`;

  it("takes look-alikes where that saves a segment, and says how many", () => {
    expect(smartText(long, "gsm")).toEqual({ text: long.replace("’", "'"), saved: 1 });
    expect(smartText(`“${"a".repeat(158)}”`, "gsm")).toEqual({ text: `"${"a".repeat(158)}"`, saved: 2 });
  });

  it("leaves a text alone where nothing is saved, and always on the mainland", () => {
    expect(smartText("It’s “here”", "gsm")).toEqual({ text: "It’s “here”", saved: 0 });
    expect(smartText(long, "mainland")).toEqual({ text: long, saved: 0 });
  });

  it("changes a text if and only if that takes fewer segments", () => {
    const unit = fc.constantFrom(..."aaaaaaaa bc’…—ﬁ€ê");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 250 }), (text) => {
        const before = countSegments(text, "gsm").segments;
        const smart = smartText(text, "gsm");
        expect(before - countSegments(smart.text, "gsm").segments).toBe(smart.saved);
        expect(smart.text !== text).toBe(smart.saved > 0);
        expect(smart.saved > 0).toBe(countSegments(cheaperText(text), "gsm").segments < before);
      }),
      { numRuns: 2_000 },
    );
  });
});
