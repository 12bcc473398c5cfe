import { describe, expect, it } from "vitest";
import { wordsIssues } from "../../src/accept/check-words.ts";
import { type Catalog, catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

const MAINLAND = { countries: ["CN"] };
const ABROAD = { countries: ["US"] };

interface Asked {
  readonly notice?: object;
  readonly brand?: Catalog["brand"];
  readonly routes?: readonly object[];
  readonly carriers?: object;
}

/** What is wrong with an SMS, as pointer below `sms` and detail. */
function issuesIn(sms: object, { notice, brand, routes = [{}], carriers }: Asked = {}): string[] {
  const small = smallCatalog();
  const parsed = catalog.parse({
    ...small,
    ...(brand && { brand }),
    carriers: { ...small.carriers, ...carriers },
    routes: routes.map((route) => ({ channel: "sms", carriers: ["main"], ...route })),
    notices: { n: { class: "service", channels: ["sms"], templates: { sms }, ...notice } },
  });
  const { n } = parsed.notices;
  if (!n) throw new Error("there is no notice");
  return wordsIssues("n", n, parsed).map(({ pointer, detail }) => `${pointer.replace("/notices/n/templates/sms", "")} ${detail}`);
}

const data = (variables: object) => ({ notice: { data: variables } });
const chinese = (length: number) => "字".repeat(length);

describe("A text of declared segments", () => {
  it("takes 70 characters on the mainland, one more is a second segment", () => {
    expect(issuesIn({ segments: 1, "zh-CN": chinese(70) })).toEqual([]);
    expect(issuesIn({ segments: 1, "zh-CN": chinese(71) }, { routes: [MAINLAND] })).toEqual([
      `/zh-CN segments is 1, and the worst text takes 2: 71 characters by the mainland rule (routes/0), such as "${chinese(71)}"; shorten the words, or raise segments`,
    ]);
    expect(issuesIn({ segments: 1, "zh-CN": `${chinese(70)}\n` })).toEqual([]);
    expect(issuesIn({ segments: 2, "zh-CN": chinese(134) })).toEqual([]);
    expect(issuesIn({ segments: 2, "zh-CN": chinese(135) })).toHaveLength(1);
  });

  it("takes 160 septets abroad, and every character counts on the mainland", () => {
    const text = "x".repeat(160);
    expect(issuesIn({ segments: 1, en: text }, { routes: [ABROAD] })).toEqual([]);
    expect(issuesIn({ segments: 1, en: text }, { routes: [ABROAD, MAINLAND] })).toEqual([
      `/en segments is 1, and the worst text takes 3: 160 characters by the mainland rule (routes/1), such as "${text}"; shorten the words, or raise segments`,
    ]);
    expect(issuesIn({ segments: 1, en: `${text}€` }, { routes: [ABROAD] })).toEqual([
      `/en segments is 1, and the worst text takes 2: 162 septets of GSM-7 by the gsm rule (routes/0), such as "${text}€"; shorten the words, or raise segments`,
    ]);
    expect(issuesIn({ segments: 1, en: `${"x".repeat(70)}“` }, { routes: [ABROAD] })).toEqual([
      expect.stringContaining("takes 2: 71 UTF-16 units in UCS-2 by the gsm rule (routes/0)"),
    ]);
  });

  it("is counted with its signature, in front or behind, and abroad with the one for its language", () => {
    const brand = { name: "鲸落商城", signatures: { en: "Whalefall: " } };
    expect(issuesIn({ segments: 1, "zh-CN": chinese(64) }, { brand })).toEqual([]);
    for (const signature of ["front", "behind"] as const)
      expect(issuesIn({ segments: 1, "zh-CN": chinese(65) }, { brand: { ...brand, signature }, routes: [MAINLAND] })).toEqual([
        expect.stringContaining("71 characters by the mainland rule"),
      ]);
    expect(issuesIn({ segments: 1, "zh-CN": chinese(70) }, { brand: { ...brand, signature: "none" } })).toEqual([]);
    expect(issuesIn({ segments: 1, en: "x".repeat(149) }, { brand, routes: [ABROAD] })).toEqual([]);
    expect(issuesIn({ segments: 1, en: "x".repeat(150) }, { brand, routes: [ABROAD] })).toEqual([
      expect.stringMatching(/161 septets of GSM-7 .*such as "Whalefall: xxx/),
    ]);
  });

  it("is counted with the way to refuse where it is marketing, once", () => {
    const marketing = { notice: { class: "marketing" } };
    expect(issuesIn({ segments: 1, "zh-CN": chinese(64) }, marketing)).toEqual([]);
    expect(issuesIn({ segments: 1, "zh-CN": chinese(65) }, marketing)).toEqual([expect.stringContaining("71 characters")]);
    expect(issuesIn({ segments: 1, "zh-CN": `${chinese(64)}拒收请回复R` }, marketing)).toEqual([]);
    expect(
      issuesIn(
        { segments: 1, "zh-CN": `{{ data.x }}${chinese(54)}拒收请回复R` },
        { notice: { class: "marketing", data: { x: { type: "string", max: 10 } } } },
      ),
    ).toEqual([]);
    expect(issuesIn({ segments: 1, en: "x".repeat(137) }, { ...marketing, routes: [ABROAD] })).toEqual([]);
    expect(issuesIn({ segments: 1, en: "x".repeat(139) }, { ...marketing, routes: [ABROAD] })).toEqual([
      expect.stringMatching(/161 septets .* Reply STOP to opt out"/),
    ]);
    // Where the words may be left before their end, the opt-out is put behind what there is.
    const leaving = `{% if recipient.id == 'u1' %}${"x".repeat(150)}{% break %}{% endif %}Sale! Reply STOP to opt out`;
    expect(issuesIn({ segments: 1, en: leaving }, { ...marketing, routes: [ABROAD] })).toEqual([expect.stringContaining("172 septets")]);
    const brand = { opt_out: { en: "STOP" } };
    expect(issuesIn({ segments: 1, en: "x".repeat(155) }, { ...marketing, brand, routes: [ABROAD] })).toEqual([]);
  });

  it("is counted with the longest values that its variables may have, and names the one that adds most", () => {
    const text = `${chinese(60)}{{ data.id }}{{ data.n }}`;
    expect(
      issuesIn({ segments: 1, "zh-CN": text }, data({ id: { type: "string", max: 8 }, n: { type: "integer", min: 0, max: 99 } })),
    ).toEqual([]);
    const [issue = ""] = issuesIn(
      { segments: 1, "zh-CN": text },
      data({ id: { type: "string", max: 9 }, n: { type: "integer", min: 0, max: 99 } }),
    );
    expect(issue).toMatch(
      /^\/zh-CN segments is 1, and the worst text takes 2: 71 characters by the mainland rule \(routes\/0\), such as "/,
    );
    expect(issue).toMatch(/"; data\.id \(at most 9 characters\) adds most: lower its max, shorten the words, or raise segments$/);
  });

  it("is checked in each locale, and in its short form", () => {
    const long = chinese(71);
    expect(
      issuesIn({ segments: 1, "zh-CN": { text: "x", short: long }, en: "x", "zh-TW": long }).map((issue) => issue.split(" ")[0]),
    ).toEqual(["/zh-CN/short", "/zh-TW"]);
  });

  it("has a short form that does not print what it stands in for", () => {
    const title = data({ title: { type: "string", max: 10, over: "variant" } });
    const text = "{{ data.title }}已发货";
    expect(issuesIn({ segments: 1, "zh-CN": { text, short: "您的宝贝已发货" } }, title)).toEqual([]);
    expect(issuesIn({ segments: 1, "zh-CN": { text, short: "{{ data.title | shorten: 20 }}已发货" } }, title)).toEqual([]);
    expect(issuesIn({ segments: 1, "zh-CN": { text, short: text } }, title)).toEqual([
      expect.stringMatching(/^\/zh-CN\/short .*segments is 1.*data\.title/),
    ]);
  });

  it("is refused where nothing bounds it, and why", () => {
    expect(issuesIn({ segments: 1, en: "{{ data.x }}" })).toEqual([
      expect.stringMatching(/^\/en may have any length, and segments is 1: data.* is not declared/),
    ]);
    expect(issuesIn({ segments: 1, en: "Hello" })).toEqual([]);
    expect(issuesIn({ en: "{{ data.x }}" })).toEqual([]);
    expect(issuesIn({ segments: 1, en: "{{ data.x | join: ' ' }}" }, data({ x: { type: "list" } }))).toEqual([
      expect.stringMatching(
        /^\/en may have any length, and segments is 1: data\.x holds items that are not declared; say what they are with `of`$/,
      ),
    ]);
  });

  it("is not counted where it has a fault or no route", () => {
    expect(issuesIn({ segments: 1, en: `${"x".repeat(200)}{{ data.y }}` }, data({ x: "string" }))).toEqual([
      expect.stringContaining("data.y"),
    ]);
    expect(issuesIn({ segments: 1, "zh-CN": chinese(99) }, { routes: [] })).toEqual([]);
  });
});

describe("A smart text", () => {
  const smart = (text: string, over: Asked = {}) => issuesIn({ segments: 1, encoding: "smart", en: text }, { routes: [ABROAD], ...over });

  it("is counted with its look-alikes in GSM-7", () => {
    const text = `“${"x".repeat(98)}” – done`;
    expect(smart(text)).toEqual([]);
    expect(issuesIn({ segments: 1, en: text }, { routes: [ABROAD] })).toEqual([expect.stringContaining("UCS-2")]);
  });

  it("is counted as it stands on the mainland, and where a value may be of any character", () => {
    const text = `{{ data.id }} “${"x".repeat(78)}”`;
    const digits = data({ id: { type: "string", charset: "digits" } });
    expect(smart(text, digits)).toEqual([]);
    expect(smart(text, { ...digits, routes: [MAINLAND] })).toHaveLength(1);
    expect(smart(text, data({ id: "string" }))).toEqual([expect.stringContaining("UCS-2")]);
  });

  it("is counted as it stands where a value touches what would change: together they may be a link, which does not", () => {
    const name = data({ name: { type: "string", charset: "alphanumeric" } });
    expect(smart(`Hello {{ data.name }}’s ${"x".repeat(60)}`, name)).toEqual([expect.stringContaining("UCS-2")]);
    expect(smart(`Hello {{ data.name }} it’s ${"x".repeat(60)}`, name)).toEqual([]);
  });

  it("is refused where it is too long even so", () => {
    expect(smart(`“${"x".repeat(159)}”`)).toEqual([expect.stringMatching(/takes 2: 161 septets of GSM-7.*such as "\\"xxx/)]);
  });
});

describe("Any SMS", () => {
  it("has at most 500 characters on the mainland, whatever its segments", () => {
    expect(issuesIn({ "zh-CN": chinese(500) })).toEqual([]);
    expect(issuesIn({ segments: 8, "zh-CN": chinese(501) }, { routes: [ABROAD, MAINLAND] })).toEqual([
      `/zh-CN may have 501 characters, and carriers of the mainland take 500 (routes/1), such as "${chinese(501)}"; shorten the words`,
    ]);
    expect(issuesIn({ "zh-CN": chinese(501) }, { routes: [ABROAD] })).toEqual([]);
    expect(issuesIn({ "zh-CN": "{{ data.x }}" }, data({ x: { type: "string", max: 501 } }))).toEqual([
      expect.stringMatching(
        /^\/zh-CN may have 501 characters.*; data\.x \(at most 501 characters\) adds most: lower its max, shorten the words$/,
      ),
    ]);
  });

  it("has at most as many as each carrier of its routes takes that sends the words themselves", () => {
    expect(issuesIn({ en: "x".repeat(1600) }, { routes: [ABROAD] })).toEqual([]);
    expect(issuesIn({ en: "x".repeat(1601) }, { routes: [{ ...MAINLAND, notices: ["m"] }, ABROAD] })).toEqual([
      expect.stringMatching(/^\/en may have 1601 characters, and main takes 1600 \(routes\/1\), such as "x{540}"; shorten the words$/),
    ]);
    const tencent = {
      adapter: "tencent",
      base_url: "https://sms.tencentcloudapi.com",
      settings: { secret_id: "AKIDexample0001", sdk_app_id: "1400006666", sign_name: "鲸落" },
      secrets: { secret_key: "CARRIER_SHOP_TENCENT" },
    };
    expect(issuesIn({ en: "x".repeat(1601) }, { routes: [{ ...ABROAD, carriers: ["spare"] }], carriers: { spare: tencent } })).toEqual([]);
  });
});
