import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../src/accept/check-catalog.ts";
import { dataIssues } from "../../src/accept/check-data.ts";
import { type Reader, renderMessage, type Told } from "../../src/render/render-message.ts";
import type { Catalog } from "../../src/vocabulary/catalog.ts";
import type { Channel } from "../../src/vocabulary/classes.ts";
import { type Variables, variablesOf } from "../../src/vocabulary/variables.ts";
import { channelTemplates } from "../../src/vocabulary/words.ts";
import { dataWithin } from "./data-within.ts";
import { ABROAD, CATALOG_ABROAD, FUZZ_CATALOG, filledCatalog } from "./fuzz-catalog.ts";
import { isWholeOrCut, segmentsOf, skeletonOf } from "./oracles.ts";

/** Renders of each kind: 10,000 in all in the long form. */
const RUNS = process.env.SOAK ? { sms: 7_000, grapheme: 1_000, rich: 2_000 } : { sms: 700, grapheme: 100, rich: 200 };

const NOTICES = Object.entries(FUZZ_CATALOG.notices).map(([name, notice]) => {
  const variables = variablesOf(notice.data ?? {});
  return { name, notice, variables, segments: channelTemplates.parse(notice.templates).sms?.segments };
});

const LOCALES = [
  "zh-CN",
  "zh-TW",
  "zh-Hant-HK",
  "en",
  "en-GB",
  "en-US",
  "en-IN",
  "de",
  "de-CH",
  "fr",
  "ar-EG",
  "ja-JP-u-ca-japanese",
  "en-u-nu-arab",
];
const ZONES = ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
const reader: fc.Arbitrary<Reader> = fc.record(
  { id: fc.constant("u1"), tags: fc.constant(["vip"]), locale: fc.constantFrom(...LOCALES), time_zone: fc.constantFrom(...ZONES) },
  { requiredKeys: ["id", "tags"] },
);
const country = fc.constantFrom("CN", ...ABROAD, undefined);

function toldOf(data: unknown, merged: readonly unknown[] = []): Told {
  return { event: { id: "e1", source: "/shop", type: "t", time: "2026-09-23T20:00:00Z", extensions: {}, data }, merged };
}

const publishing = { carrierHosts: [], hasSecret: () => true };
const issuesIn = (catalog: Catalog) => checkCatalog(catalog, "shop", publishing);
const mayBePublished = (catalog: Catalog) => issuesIn(catalog).length === 0;
const FILLED = filledCatalog(FUZZ_CATALOG, mayBePublished);
const FILLED_ABROAD = filledCatalog(CATALOG_ABROAD, mayBePublished);

const renderedFor = (notice: string, channel: Channel, told: Told, who: Reader, number?: string, catalog = FUZZ_CATALOG) =>
  renderMessage(catalog, { notice, channel, ...(number === undefined ? {} : { country: number }) }, told, who);

/** All texts of what was rendered, however deep they stand. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

describe("The notices of this fuzzing", () => {
  it("may be published, as they are and filled up to the last character that is taken", () => {
    expect(issuesIn(FUZZ_CATALOG)).toEqual([]);
    expect([...issuesIn(FILLED), ...issuesIn(FILLED_ABROAD)]).toEqual([]);
    expect(JSON.stringify(FILLED_ABROAD).length).toBeGreaterThan(JSON.stringify(FILLED).length);
    expect(JSON.stringify(FILLED).length).toBeGreaterThan(JSON.stringify(FUZZ_CATALOG).length + 20 * NOTICES.length);
    expect(NOTICES.length).toBeGreaterThanOrEqual(12);
  });
});

describe("An SMS over data within its bounds", () => {
  const asked = fc.constantFrom(...NOTICES).chain((one) => {
    const merged = one.notice.digest
      ? fc.array(dataWithin(one.variables), { maxLength: (one.notice.digest.max ?? 1) - 1 })
      : fc.constant([]);
    const published = fc.oneof(
      fc.record({ catalog: fc.constantFrom(FUZZ_CATALOG, FILLED), number: country }),
      fc.record({ catalog: fc.constant(FILLED_ABROAD), number: fc.constantFrom(...ABROAD) }),
    );
    return fc.record({ published, one: fc.constant(one), data: dataWithin(one.variables), merged, who: reader });
  });

  it("is rendered, whole, signed once, within its segments and counted as the standard counts", () => {
    fc.assert(
      fc.property(asked, ({ published: { catalog, number }, one, data, merged, who }) => {
        const { name, notice, variables, segments = 8 } = one;
        expect(dataIssues(data, variables)).toEqual([]);
        const words = renderedFor(name, "sms", toldOf(data, merged), who, number, catalog);
        if (words.kind !== "words") throw new Error(`${name}: ${words.why}`);
        const { text, body, count } = words;
        expect(text.isWellFormed() && body.isWellFormed()).toBe(true);
        const mainland = number === "CN";
        expect(count).toMatchObject({ rule: mainland ? "mainland" : "gsm", segments: segmentsOf(text, mainland) });
        expect(count?.segments).toBeLessThanOrEqual(segments);
        if (mainland) {
          expect(text.length).toBeLessThanOrEqual(500);
          expect(text.startsWith("【鲸落商城】")).toBe(true);
          expect(text.match(/[【】]/g)).toHaveLength(2);
        }
        expect(text.endsWith(body)).toBe(true);
        if (notice.class === "marketing") expect(text).toMatch(/(拒收请回复R|拒收請回覆R|Reply STOP to opt out|Stop mit STOP)$/);
      }),
      { numRuns: RUNS.sms },
    );
  });

  it("shows a value whole, or cut between two graphemes and marked so", () => {
    const own = NOTICES.find(({ name }) => name === "item.sold")?.variables ?? {};
    const hidden = /[【】]/g;
    fc.assert(
      fc.property(dataWithin(own), reader, country, (data, who, number) => {
        const words = renderedFor("item.sold", "sms", toldOf(data), who, number);
        if (words.kind !== "words") throw new Error(words.why);
        const [before, after] = words.locale === "en" ? ["Sold: ", "!"] : ["售出：", "。"];
        expect(words.body.startsWith(before) && words.body.endsWith(after)).toBe(true);
        const plain = (text: string) => (number === "CN" ? text.replace(hidden, (bracket) => (bracket === "【" ? "[" : "]")) : text);
        expect(isWholeOrCut(words.body.slice(before.length, -after.length), plain(String(data.item)), 12)).toBe(true);
      }),
      { numRuns: RUNS.grapheme },
    );
  });
});

describe("A richer channel over data within its bounds", () => {
  const own: Variables = NOTICES.find(({ name }) => name === "review.wanted")?.variables ?? {};
  const channels = fc.constantFrom<Channel>("email", "rcs", "push", "chat", "inbox");

  /** The same data with nothing in it that HTML knows. */
  function harmless(value: unknown): unknown {
    if (typeof value === "string") return "x";
    if (Array.isArray(value)) return value.map(harmless);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, harmless(field)]));
  }

  it("is rendered, whole, on one line where a second would do harm, and no value is HTML", () => {
    fc.assert(
      fc.property(dataWithin(own), reader, channels, (data, who, channel) => {
        const words = renderedFor("review.wanted", channel, toldOf(data), who);
        if (words.kind !== "words") throw new Error(`${channel}: ${words.why}`);
        for (const text of textsIn(words)) expect(text.isWellFormed()).toBe(true);
        const { content } = words;
        if (content?.channel === "email") {
          expect(content.subject).not.toMatch(/[\r\n\u2028\u2029]/);
          const plain = renderedFor("review.wanted", "email", toldOf(harmless(data)), who);
          if (plain.kind !== "words" || plain.content?.channel !== "email") throw new Error("the harmless one is no e-mail");
          expect(skeletonOf(content.html ?? "")).toBe(skeletonOf(plain.content.html ?? ""));
          expect(content.html).not.toMatch(/<script|&(?!amp;|lt;|gt;|#34;|#39;)/i);
        }
        if (content?.channel === "push") expect(content.title).not.toMatch(/[\r\n]/);
      }),
      { numRuns: RUNS.rich },
    );
  });
});

describe("The oracles", () => {
  it("see what they are there to see", () => {
    expect([segmentsOf("a".repeat(160), false), segmentsOf("€".repeat(81), false), segmentsOf("字".repeat(71), false)]).toEqual([1, 2, 2]);
    expect([segmentsOf(`${"字".repeat(66)}😀${"字".repeat(67)}`, false), segmentsOf("a".repeat(135), true)]).toEqual([3, 3]);
    expect(skeletonOf('<p title="a">b</p>')).toBe(skeletonOf('<p title="&lt;">c & d</p>'));
    expect(skeletonOf('<p title="a">b</p>')).not.toBe(skeletonOf('<p title="" onload="x">b</p>'));
    expect(skeletonOf("<p>b</p>")).not.toBe(skeletonOf("<p><b></p>"));
    expect([isWholeOrCut("ab…", "ab😀😀", 3), isWholeOrCut("ab\ud83d…", "ab😀😀", 4), isWholeOrCut("e…", "e\u0301\u0302xx", 2)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
