import { describe, expect, it } from "vitest";
import { wordsIssues } from "../../src/accept/check-words.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

/** What is wrong with a notice's words, as pointer below the notice and detail. */
function issuesIn(notice: object, over: object = {}): string[] {
  const whole = { class: "service", channels: ["sms"], ...notice };
  const parsed = catalog.parse({ ...smallCatalog(), routes: [{ channel: "sms", carriers: ["main"] }], notices: { n: whole }, ...over });
  const { n } = parsed.notices;
  if (!n) throw new Error("there is no notice");
  return wordsIssues("n", n, parsed).map(({ pointer, detail }) => `${pointer.replace("/notices/n", "")} ${detail}`);
}

const texts = (words: object, over: object = {}) => issuesIn({ templates: words, channels: Object.keys(words), ...over });
const RICH = {
  sms: { en: { text: "Hello", short: "Hi" }, "zh-CN": "您好" },
  rcs: {
    en: { text: "Hello", suggestions: [{ reply: "OK" }, { open: "https://s.example.com", label: "Look" }], picture: { url: "https://x" } },
  },
  email: { en: { subject: "Hello", text: "Hello", html: "<p>Hello</p>" } },
  push: { en: { title: "Hello", body: "there", open: "shop://x" } },
  chat: { en: { text: "Hello", markdown: "**Hello**" } },
  inbox: { en: { text: "Hello", title: "Hi", open: "shop://x" } },
};

describe("Words", () => {
  it("may be rich on every channel", () => {
    expect(texts(RICH)).toEqual([]);
  });

  it("are needed for each channel, said once", () => {
    expect(texts({ sms: { en: "x" } }, { channels: ["email", "sms", "email"] })).toEqual([
      "/templates/email is missing: the notice goes out by email and has no words for it",
    ]);
    expect(issuesIn({})).toEqual(["/templates/sms is missing: the notice goes out by sms and has no words for it"]);
  });

  it("stand once for a locale, however its tag is written", () => {
    const twice = { "zh-CN": "您好", en: "Hello", "zh-cn": "你好", ZH: "你好" };
    expect(texts({ sms: twice })).toEqual(["/templates/sms/zh-cn is the same locale as zh-CN; keep one of them"]);
    expect(texts({ sms: { en: "Hello" }, inbox: { EN: "Hello" } })).toEqual([]);
  });

  it("are for channels that there are", () => {
    expect(issuesIn({ templates: { sms: { en: "x" }, emial: { en: "x" }, "zh-CN": "x" } })).toEqual([
      "/templates/emial is not a channel; the closest one is email",
      "/templates/zh-CN is not a channel",
    ]);
  });

  it("of a series stand under the templates' names", () => {
    const series = [{ step: "a", from: "time", offset: "P1D" }];
    expect(issuesIn({ series, templates: { a: { sms: { en: "{% if %}" } } } })).toEqual([
      expect.stringMatching(/^\/templates\/a\/sms\/en is not Liquid: /),
    ]);
    expect(issuesIn({ series, templates: { a: { sms: { en: "x" } }, sms: { segments: 1, en: "x" } } })).toEqual([
      "/templates/sms is a channel, and words of a series stand by template first: write templates: { a: { sms: … } }",
    ]);
    const named = [{ ...series[0], template: "sms" }];
    expect(issuesIn({ series: named, templates: { sms: { sms: { en: "x" } } } })).toEqual([]);
  });

  it("have a short form in every locale and step of an SMS where a value may ask for one", () => {
    const data = { why: { type: "string", max: 5, over: "variant" } };
    const both = { text: "Late: {{ data.why }}", short: "Late" };
    const detail = "has no short form, and data.why asks for one (over: variant); give { text, short }";
    expect(texts({ sms: { en: both, de: both } }, { data })).toEqual([]);
    expect(texts({ sms: { en: both, de: "{{ data.why }}", fr: { text: "Bonjour" } } }, { data })).toEqual([
      `/templates/sms/de ${detail}`,
      `/templates/sms/fr ${detail}`,
    ]);
  });

  it("with a fault in one locale or channel have the others looked at all the same", () => {
    const words = {
      sms: { segments: 0, en: { text: "" }, zh_CN: "x", "zh-TW": "{{ x" },
      push: { en: { title: "x" } },
      chat: { en: { text: "x", markdown: "{{ x" } },
    };
    expect(texts(words)).toEqual([
      "/templates/sms/segments must be a whole number from 1 to 8",
      "/templates/sms/en/text must not be empty",
      "/templates/sms/zh_CN is not a language tag, such as zh-CN",
      expect.stringMatching(/^\/templates\/push\/en\/body /),
      expect.stringMatching(/^\/templates\/sms\/zh-TW is not Liquid: /),
      expect.stringMatching(/^\/templates\/chat\/en\/markdown is not Liquid: /),
    ]);
  });
});

describe("What is not Liquid", () => {
  const BAD = "{{ data.x";

  it.each([
    ["sms", { en: BAD }, "/sms/en"],
    ["sms", { en: { text: BAD } }, "/sms/en/text"],
    ["sms", { en: { text: "x", short: BAD } }, "/sms/en/short"],
    ["rcs", { en: { text: "x", suggestions: [{ reply: "x" }, { open: "x", label: BAD }] } }, "/rcs/en/suggestions/1/label"],
    ["rcs", { en: { text: "x", picture: { url: BAD } } }, "/rcs/en/picture/url"],
    ["email", { en: { subject: BAD, text: "x" } }, "/email/en/subject"],
    ["email", { en: { subject: "x", text: "x", html: BAD } }, "/email/en/html"],
    ["push", { en: { title: "x", body: "x", open: BAD } }, "/push/en/open"],
    ["chat", { en: BAD }, "/chat/en"],
    ["inbox", { en: { text: "x", title: BAD } }, "/inbox/en/title"],
  ])("in %s %j is refused at %s", (channel, words, place) => {
    expect(texts({ [channel]: words })).toEqual([expect.stringMatching(new RegExp(`^/templates${place} is not Liquid: `))]);
  });

  it("is a filter that there is not, or a tag that reads another file", () => {
    expect(texts({ sms: { en: "{{ 'x' | uppcase }}" } })).toEqual([
      expect.stringMatching(/^\/templates\/sms\/en is not Liquid: .*uppcase/),
    ]);
    expect(texts({ sms: { en: "{% render 'x' %}" } })).toHaveLength(1);
  });
});

describe("Variables in words", () => {
  const data = { order_id: "string", eta: { type: "date", required: false } };

  it("are declared where the notice declares any", () => {
    expect(texts({ sms: { en: "{{ data.order_id }}" } }, { data })).toEqual([]);
    expect(texts({ sms: { en: "{{ data.oder_id }}" } })).toEqual([]);
    expect(texts({ sms: { en: { text: "{{ data.oder_id }}" } } }, { data })).toEqual([
      "/templates/sms/en/text data.oder_id is not declared; add it to data",
    ]);
  });

  it("are looked at in every leaf of every channel", () => {
    const email = { en: { subject: "{{ data.a }}", text: "{{ data.b }}", html: "<b>{{ data.c }}</b>" } };
    expect(texts({ email }, { data }).map((issue) => issue.split(" ")[0])).toEqual([
      "/templates/email/en/subject",
      "/templates/email/en/text",
      "/templates/email/en/html",
    ]);
  });

  it("that may be left out have words for that", () => {
    expect(texts({ sms: { en: "{{ data.eta }}" } }, { data })).toEqual([expect.stringMatching(/^\/templates\/sms\/en .*data\.eta/)]);
    expect(texts({ sms: { en: "{% if data.eta %}{{ data.eta }}{% endif %}" } }, { data })).toEqual([]);
    expect(texts({ sms: { en: '{{ data.eta | default: "soon" }}' } }, { data })).toEqual([]);
  });

  it("may have a short form whatever they declare, and need one where they ask for it", () => {
    expect(texts({ sms: { en: { text: "x", short: "y" } } }, { data })).toEqual([]);
    const title = { title: { type: "string", over: "variant" } };
    expect(texts({ sms: { en: "{{ data.title }}" } }, { data: title })).toEqual([
      expect.stringMatching(/^\/data\/title\/over asks for the short/),
    ]);
    expect(texts({ sms: { en: { text: "{{ data.title }}", short: "It" } } }, { data: title })).toEqual([]);
  });
});

describe("Brackets of a signature", () => {
  const sms = { sms: { "zh-CN": "【鲸落】您好", en: { text: "x", short: "a】" } } };
  const routed = (...routes: object[]) =>
    issuesIn({ templates: sms }, { routes: routes.map((route) => ({ channel: "sms", carriers: ["main"], ...route })) });
  const REFUSED = [
    "/templates/sms/zh-CN holds 【: the signature is added by Carillon; write brand.name and leave it out of the words",
    "/templates/sms/en/short holds 】: the signature is added by Carillon; write brand.name and leave it out of the words",
  ];

  it.each([
    [[{}]],
    [[{ countries: ["US", "CN"] }]],
    [[{ prefixes: ["+1", "+8"] }]],
    [[{ prefixes: ["+86138"] }]],
    [[{ countries: ["US"] }, { countries: ["CN"], prefixes: ["+86"] }]],
  ])("are refused in words where a route may take the mainland's numbers: %j", (routes) => {
    expect(routed(...routes)).toEqual(REFUSED);
  });

  it.each([
    [[{ countries: ["US"] }]],
    [[{ prefixes: ["+1", "+852"] }]],
    [[{ countries: ["CN"], prefixes: ["+1"] }]],
    [[{ countries: ["CN"], classes: ["marketing"] }, { countries: ["US"] }]],
  ])("may stand where none may: %j", (routes) => {
    expect(routed(...routes)).toEqual([]);
  });

  it("may stand on other channels", () => {
    expect(texts({ inbox: { "zh-CN": "【鲸落】您好" } })).toEqual([]);
  });
});
