import { describe, expect, it } from "vitest";
import { carrierTemplateIssues, type TemplateLimitsOf } from "../../src/accept/check-carrier-templates.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

const LIMITS: Readonly<Record<string, ReturnType<TemplateLimitsOf>>> = {
  named: { needs_template: true, template_params: "named" },
  positional: { needs_template: true, template_params: "positional" },
};
const DATA = { order_id: { type: "string", max: 8, charset: "digits" }, eta: "date", note: { type: "string", max: 5, required: false } };

/** What is wrong with a notice's templates at carriers, as pointer below `carrier_templates` and detail. */
function issuesIn(carrier_templates: object, sms: object, over: object = {}, brand?: object): string[] {
  const { main } = smallCatalog().carriers;
  const parsed = catalog.parse({
    ...(brand && { brand }),
    defaults: { locale: "zh-CN" },
    carriers: { named: main, positional: main },
    notices: { n: { class: "transactional", channels: ["sms"], data: DATA, templates: { sms }, carrier_templates, ...over } },
  });
  const { n } = parsed.notices;
  if (!n) throw new Error("there is no notice");
  return carrierTemplateIssues("n", n, parsed, (name) => LIMITS[name]).map(
    ({ pointer, detail }) => `${pointer.replace("/notices/n/carrier_templates", "")} ${detail}`,
  );
}

const ID = "{{ data.order_id }}";
const WORDS = { "zh-CN": `订单${ID}已发货。`, en: `Order ${ID} has shipped.` };
const named = (text: string, over: object = {}) => ({ named: { code: "SMS_1", params: { order: ID }, text, ...over } });
const positional = (text: string, ...params: string[]) => ({ positional: { code: "1", params, text } });

describe("The text that a carrier has approved", () => {
  it("says the same as the words beside it, with values by name or by position", () => {
    expect(issuesIn(named(`订单\${order}已发货。`), WORDS)).toEqual([]);
    expect(issuesIn(positional("订单{1}已发货。", ID), WORDS)).toEqual([]);
    expect(issuesIn(positional("您的订单已发货，请查收。"), { "zh-CN": "您的订单已发货，请查收。" })).toEqual([]);
  });

  it("has a place for each value, and a value for each place", () => {
    expect(issuesIn(named(`订单\${oder}已发货。`), WORDS)).toEqual([
      `/named/text has \${oder}, and params has no value for it; the closest one is order`,
      `/named/params/order has no place in text: there is no \${order} in it`,
    ]);
    expect(issuesIn(positional("订单{2}已发货。", ID), WORDS)).toEqual([
      "/positional/text has {2}, and params has no value for it; the closest one is 1",
      "/positional/params/0 has no place in text: there is no {1} in it",
    ]);
    expect(issuesIn(named("订单{1}已发货。"), WORDS)).toEqual([`/named/params/order has no place in text: there is no \${order} in it`]);
  });

  it("has the length of the words, at worst", () => {
    expect(issuesIn(named(`您的订单\${order}已发货。`), WORDS)).toEqual([
      expect.stringMatching(
        /^\/named\/text says another length than the words beside it: 16 characters at worst, and 14 in sms zh-CN: "您的订单\$\{order\}已发货。" and "订单.{8}已发货。"; let both say the same$/,
      ),
    ]);
    expect(issuesIn(named(`订单\${order}已发货。`, { params: { order: `{{ data.order_id | slice: 0, 4 }}` } }), WORDS)).toEqual([
      expect.stringContaining("10 characters at worst, and 14 in sms zh-CN"),
    ]);
  });

  it("has no more for a line break in which a file of words ends", () => {
    expect(issuesIn(named(`订单\${order}已发货。`), { "zh-CN": `\n订单${ID}已发货。\n` })).toEqual([]);
  });

  it("is measured by the words of its locale, else of the catalog's", () => {
    const english = `Order \${order} has shipped.`;
    expect(issuesIn(named(english, { locale: "en" }), WORDS)).toEqual([]);
    expect(issuesIn(named(english, { locale: "en-GB" }), WORDS)).toEqual([]);
    expect(issuesIn(named(english), WORDS)).toEqual([expect.stringContaining("in sms zh-CN")]);
  });

  it("is measured without a signature, and with the way to refuse that marketing ends in", () => {
    const marketing = { class: "marketing" };
    const brand = { name: "鲸落商城" };
    expect(issuesIn(named(`订单\${order}已发货。拒收请回复R`), WORDS, marketing, brand)).toEqual([]);
    expect(issuesIn(named(`订单\${order}已发货。`), WORDS, marketing, brand)).toEqual([
      expect.stringContaining("14 characters at worst, and 20 in sms zh-CN"),
    ]);
  });

  it("has words that are there only sometimes as a value that is as long only then", () => {
    const note = "{% if data.note %}，{{ data.note }}{% endif %}";
    const words = { "zh-CN": `订单${ID}已发货${note}。` };
    expect(issuesIn(named(`订单\${order}已发货。`), words)).toEqual([
      expect.stringContaining("14 characters at worst, and 20 in sms zh-CN"),
    ]);
    expect(issuesIn(named(`订单\${order}已发货\${note}。`, { params: { order: ID, note } }), words)).toEqual([]);
  });

  it("cannot be measured where nothing bounds the words or a value", () => {
    expect(issuesIn(named(`订单\${order}已发货。`), WORDS, { data: undefined })).toEqual([
      expect.stringMatching(/^\/named\/text cannot be measured by the words beside it: data.* is not declared/),
    ]);
  });

  it("is measured by RCS where the notice goes out by nothing else, and step by step in a series", () => {
    const rcs = { channels: ["rcs"], templates: { rcs: { "zh-CN": { text: `订单${ID}已发货。` } } } };
    expect(issuesIn(named(`订单\${order}已发货。`), {}, rcs)).toEqual([]);
    expect(issuesIn(named(`\${order}已发货。`), {}, rcs)).toEqual([expect.stringContaining("12 characters at worst, and 14 in rcs zh-CN")]);
    const series = [
      { step: "a", from: "time", offset: "P1D" },
      { step: "b", from: "time", offset: "P2D" },
    ];
    const templates = { a: { sms: WORDS }, b: { sms: { "zh-CN": "您好" } } };
    const own = { named: { a: { code: "1", params: { order: ID }, text: `订单\${order}已发货。` }, b: { code: "2", text: "您好！" } } };
    expect(issuesIn(own, {}, { series, templates })).toEqual([
      expect.stringMatching(/^\/named\/b\/text says another length .*: 3 characters at worst, and 2 in sms zh-CN/),
    ]);
  });
});

describe("The values of a carrier's template", () => {
  it("are of variables that are declared, where the notice declares any", () => {
    expect(issuesIn({ named: { code: "1", params: { a: ID, b: "{{ data.oder_id }}" } } }, WORDS)).toEqual([
      expect.stringMatching(/^\/named\/params\/b .*data\.oder_id/),
    ]);
    expect(issuesIn({ positional: { code: "1", params: [ID, "{{ data.note }}"] } }, WORDS)).toEqual([
      expect.stringMatching(/^\/positional\/params\/1 .*data\.note/),
    ]);
    expect(issuesIn({ named: { code: "1", params: { a: "{{ data.anything }}" } } }, WORDS, { data: undefined })).toEqual([]);
  });
});
