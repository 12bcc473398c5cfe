import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDay } from "../../examples/day-plan.ts";
import { SHOP_FOLDER } from "../../examples/open-shop.ts";
import { adviseCatalog } from "../../src/accept/advise-catalog.ts";
import { checkCatalog } from "../../src/accept/check-catalog.ts";
import { exampleData } from "../../src/accept/example-data.ts";
import { loadCatalog } from "../../src/cli-files.ts";
import { findNotice } from "../../src/render/compile-notice.ts";
import { renderMessage } from "../../src/render/render-message.ts";
import { UCS2_SINGLE_UNITS } from "../../src/render/sms/count-segments.ts";
import { catalog as catalogShape } from "../../src/vocabulary/catalog.ts";
import { wholeRecipient } from "../../src/vocabulary/recipient.ts";
import { variablesOf } from "../../src/vocabulary/variables.ts";

const PAGE = "../../docs/shop-words.md";
const LOCALES = ["zh-CN", "en"];
const COUNTRIES = ["CN", "US"];
/** A deployment as `npm run dev` makes it. */
const DEPS = { carrierHosts: ["http://127.0.0.1:8788"], hasSecret: () => true };

const loaded = loadCatalog(SHOP_FOLDER);
const catalog = catalogShape.parse(loaded.value);
const read = (file: string) => readFileSync(join(SHOP_FOLDER, file), "utf8");

/** A text of a notice; of a series by step. */
interface Asked {
  readonly notice: string;
  readonly step?: string;
}

/** Every text of the catalog once, in its order. */
const asked: readonly Asked[] = Object.entries(catalog.notices).flatMap(([notice, { series }]): Asked[] =>
  series ? series.map(({ step }) => ({ notice, step })) : [{ notice }],
);
const nameOf = ({ notice, step }: Asked) => (step === undefined ? notice : `${notice}, ${step}`);

function segmentsOf({ notice, step }: Asked): number | undefined {
  return findNotice(catalog, notice)?.words(step)?.sms?.segments;
}

interface Tale {
  readonly locale: string;
  readonly country: string;
  readonly data: unknown;
  readonly time_zone?: string;
  /** Events of a digest. */
  readonly count?: number;
}

/** The text that somebody reads, and what it takes; throws where there is none. */
function render({ notice, step }: Asked, { locale, country, data, time_zone = "Asia/Shanghai", count = 1 }: Tale) {
  const type = catalog.notices[notice]?.on?.[0] ?? notice;
  const event = { id: "e1", source: "/shop", type, time: "2026-11-11T02:00:00.000Z", subject: "u1", extensions: {}, data };
  const wanted = { notice, channel: "sms" as const, country, ...(step === undefined ? {} : { step }) };
  const told = { event, merged: Array.from({ length: count - 1 }, () => data) };
  const words = renderMessage(catalog, wanted, told, { id: "u1", locale, time_zone, tags: [] });
  if (words.kind !== "words" || !words.count)
    throw new Error(`${nameOf({ notice, step: step ?? "" })} ${locale}: ${JSON.stringify(words)}`);
  return { text: words.text, count: words.count, locale: words.locale };
}

function example(one: Asked, locale: string, country: string, translated: Readonly<Record<string, string>> = {}) {
  const { data = {}, digest } = catalog.notices[one.notice] ?? {};
  const declared = Object.entries(exampleData(variablesOf(data)).data);
  const told = declared.map(([name, value]) => [name, translated[String(value)] ?? value]);
  return render(one, { locale, country, data: Object.fromEntries(told), count: digest ? 3 : 1 });
}

/** What services bring to those who read English, where the declared example is Chinese. */
const IN_ENGLISH: Readonly<Record<string, string>> = {
  抽纸: "Tissues",
  青瓷茶具: "Tea set",
  山野徒步鞋: "Trail shoes",
  羊绒围巾: "Wool scarf",
  机械键盘: "Keyboard",
  "2号分拣线": "Sorter 2",
  沪A·F3217: "F3217",
  望江里驿站: "Pier Road",
  金卡: "Gold",
  全年免运费: "free delivery",
  "50元无门槛券": "CN¥50 credit",
  "30元无门槛券": "CN¥30 credit",
  山野: "Shanye",
  秋季家居节: "Home week",
  满300减50: "CN¥50 off 300",
  双十一: "Double 11",
  家居满300减90: "30% off homeware",
  今晚24点: "midnight",
  杭州: "Hangzhou",
};

describe("the words of the shop", () => {
  it("may be published", () => {
    expect(checkCatalog(catalog, "shop", DEPS)).toEqual([]);
  });

  it("are given no advice", () => {
    expect(adviseCatalog(catalog)).toEqual([]);
  });

  it("are of fifty notices or more, which stand by the parts of a person's journey", () => {
    expect(Object.keys(catalog.notices).length).toBeGreaterThanOrEqual(50);
    const parts = new Map(
      Object.keys(catalog.notices).map((name) => [name, loaded.placeOf(`/notices/${name}`).file.split("/").at(-1)] as const),
    );
    expect(new Set(parts.values())).toEqual(new Set(readdirSync(join(SHOP_FOLDER, "notices"))));
  });

  it("are in Chinese and in English", () => {
    for (const one of asked)
      expect([...(findNotice(catalog, one.notice)?.words(one.step)?.sms?.texts.keys() ?? [])].sort()).toEqual(["en", "zh-CN"]);
  });

  it("keep within their segments at home and abroad, and in Chinese within one", () => {
    for (const one of asked) {
      for (const country of COUNTRIES) {
        for (const locale of LOCALES) {
          const { text, count } = example(one, locale, country);
          expect(count.segments, `${nameOf(one)} ${locale} ${country}: ${text}`).toBeLessThanOrEqual(segmentsOf(one) ?? 0);
          if (locale === "zh-CN") expect(count.units, text).toBeLessThanOrEqual(UCS2_SINGLE_UNITS);
        }
      }
    }
  });

  it("could not take more than one in Chinese, whatever stands in them", () => {
    const chineseAlone = (words: Record<string, unknown>): object =>
      "sms" in words
        ? { sms: { segments: 1, "zh-CN": Reflect.get(Object(words.sms), "zh-CN") } }
        : Object.fromEntries(Object.entries(words).map(([name, inner]) => [name, chineseAlone(Object(inner))]));
    const notices = Object.entries(catalog.notices).map(([name, notice]) => [
      name,
      { ...notice, templates: chineseAlone(notice.templates ?? {}) },
    ]);
    const chinese = catalogShape.parse({ ...catalog, notices: Object.fromEntries(notices) });
    expect(checkCatalog(chinese, "shop", DEPS)).toEqual([]);
  });

  it("say first who writes, and leave nothing unfilled", () => {
    for (const one of asked) {
      expect(example(one, "zh-CN", "CN").text).toMatch(/^【鲸落商城】/);
      expect(example(one, "en", "US").text).toMatch(/^Whalefall: /);
      for (const locale of LOCALES) expect(example(one, locale, "CN").text).not.toMatch(/[{}]|undefined|Invalid|NaN/);
    }
  });

  it("fit every event of the recorded day and whom it tells, in both languages", () => {
    const people = read("people.ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => wholeRecipient.parse(JSON.parse(line)));
    const personById = new Map(people.map((person) => [person.id, person]));
    for (const event of readDay(read("day.ndjson"))) {
      const person = personById.get(event.subject);
      const own = { locale: person?.locale ?? "zh-CN", country: "CN", data: event.data, time_zone: person?.time_zone ?? "Asia/Shanghai" };
      for (const one of asked.filter(({ notice }) => (catalog.notices[notice]?.on ?? [notice]).includes(event.type))) {
        for (const tale of [own, { ...own, country: "US" }, ...LOCALES.map((locale) => ({ ...own, locale }))]) {
          const { text, count } = render(one, tale);
          expect(count.segments, `${event.id}: ${text}`).toBeLessThanOrEqual(segmentsOf(one) ?? 0);
        }
      }
    }
  });

  it("stand in docs/shop-words.md as people read them", async () => {
    const rows = asked.map((one) => {
      const [chinese, english] = [example(one, "zh-CN", "CN"), example(one, "en", "US", IN_ENGLISH)];
      return `| ${nameOf(one)} | ${shown(chinese.text)} | ${chinese.count.units} | ${shown(english.text)} | ${english.count.units} |`;
    });
    await expect(`${HEAD}${rows.join("\n")}\n`).toMatchFileSnapshot(PAGE);
  });
});

/** Stars and bars as Markdown shows them. */
const shown = (text: string): string => text.replace(/[*|]/g, "\\$&");

const HEAD = `# The shop's words

What the notices of \`examples/shop\` say with the examples that they declare: in Chinese to a number of mainland China, in English to one
abroad, with what Carillon adds, the signature and the way to refuse. Beside each stand its characters: a Chinese SMS holds 70, an English one 160
(70 to a number of mainland China, or where a value is Chinese). \`npx vitest run --config test/vitest.config.ts test/examples/shop-words.test.ts -u\` writes this page.

| notice | Chinese | | English | |
| --- | --- | ---: | --- | ---: |
`;
