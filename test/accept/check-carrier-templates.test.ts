import { describe, expect, it } from "vitest";
import { carrierTemplateIssues, type TemplateLimitsOf } from "../../src/accept/check-carrier-templates.ts";
import { checkCatalog } from "../../src/accept/check-catalog.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

const LIMITS: Readonly<Record<string, ReturnType<TemplateLimitsOf>>> = {
  words: { needs_template: false },
  either: { needs_template: false, template_params: "named" },
  named: { needs_template: true, template_params: "named" },
  positional: { needs_template: true, template_params: "positional" },
};
const NAMES = Object.keys(LIMITS);

/** What is wrong with the templates of one notice by SMS, below `carrier_templates`, as place and detail. */
function issuesIn(carrier_templates: unknown, over: object = {}, routes: readonly object[] = [{ channel: "sms", carriers: ["words"] }]) {
  const { main } = smallCatalog().carriers;
  const parsed = catalog.parse({
    carriers: Object.fromEntries(NAMES.map((name) => [name, main])),
    routes,
    notices: { n: { class: "service", channels: ["sms"], carrier_templates, ...over } },
  });
  const notice = parsed.notices.n;
  if (!notice) throw new Error("there is no notice");
  return carrierTemplateIssues("n", notice, parsed, (name) => LIMITS[name]).map(
    ({ pointer, detail }) => `${pointer.replace("/notices/n/carrier_templates", "")} ${detail}`,
  );
}

describe("A notice's templates at carriers", () => {
  it("may be values by name or by position, as the carrier takes them, with a signature, or no values", () => {
    expect(issuesIn({ named: { code: "SMS_1", params: { code: "{{ data.code }}" }, sign_name: "鲸落" } })).toEqual([]);
    expect(issuesIn({ positional: { code: "1", params: ["{{ data.code }}", "5"] } })).toEqual([]);
    expect(issuesIn({ named: { code: "SMS_1" }, positional: { code: "1", params: [] }, either: { code: "1" } })).toEqual([]);
  });

  it.each([
    ["a carrier that there is not", { nmed: { code: "1" } }, /^\/nmed is not a carrier.*closest one is named$/],
    ["a carrier that sends words", { words: { code: "1" } }, /^\/words words sends the words/],
    ["no code", { named: { params: {} } }, /^\/named\/code /],
    ["a key that there is not", { named: { code: "1", parms: {} } }, /^\/named\/parms is not known/],
    ["a value that is none", { named: { code: "1", params: { a: 5 } } }, /^\/named\/params/],
    ["a list of values for a carrier that takes names", { named: { code: "1", params: ["x"] } }, /^\/named\/params must be a map/],
    [
      "a map of values for a carrier that takes positions",
      { positional: { code: "1", params: { a: "x" } } },
      /^\/positional\/params must be a list/,
    ],
    [
      "values left out for a carrier that takes positions",
      { positional: { code: "1" } },
      /^\/positional\/params must be a list.*\[\] where/,
    ],
    ["a value that is not closed", { named: { code: "1", params: { a: "x", b: "{{ data.x" } } }, /^\/named\/params\/b is not Liquid/],
    [
      "a filter that there is not",
      { positional: { code: "1", params: ["x", "{{ 1 | nope }}"] } },
      /^\/positional\/params\/1 is not Liquid/,
    ],
  ])("are refused for %s", (_, templates, expected) => {
    expect(issuesIn(templates)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("A carrier that sends approved templates only", () => {
  const named = { channel: "sms", carriers: ["words", "named"] };

  it("needs one of each notice that it may get, also as fail-over and by weight", () => {
    expect(issuesIn(undefined, {}, [named])).toEqual([expect.stringMatching(/^\/named is missing: named sends.*routes\/0/)]);
    expect(issuesIn({}, {}, [{ channel: "sms", carriers: { named: 1, positional: 9, either: 1 } }])).toEqual([
      expect.stringMatching(/^\/named is missing/),
      expect.stringMatching(/^\/positional is missing/),
    ]);
    expect(issuesIn({ named: { code: "1" } }, {}, [named])).toEqual([]);
  });

  it.each([
    ["another class", { ...named, classes: ["marketing"] }],
    ["another notice", { ...named, notices: ["other"] }],
    ["another channel", { ...named, channel: "rcs" }],
  ])("needs none where its route is for %s", (_, route) => {
    expect(issuesIn({}, {}, [route, { channel: "sms", carriers: ["words"] }])).toEqual([]);
  });

  it("needs one where its route is for some numbers, and none behind a route that takes all", () => {
    const some = { ...named, countries: ["CN"] };
    expect(issuesIn({}, {}, [some, { channel: "sms", carriers: ["words"] }])).toEqual([expect.stringMatching(/^\/named is missing/)]);
    expect(issuesIn({}, {}, [{ channel: "sms", prefixes: ["+1"], carriers: ["words"] }, named])).toEqual([
      expect.stringMatching(/^\/named is missing.*routes\/1/),
    ]);
    expect(issuesIn({}, {}, [{ channel: "sms", carriers: ["words"] }, some])).toEqual([]);
  });

  it("needs one for each of the notice's channels, said once", () => {
    const channels = { channels: ["rcs", "sms"] };
    expect(issuesIn({}, channels, [named, { ...named, channel: "rcs" }])).toHaveLength(1);
    expect(
      issuesIn({}, channels, [
        { channel: "sms", carriers: ["words"] },
        { ...named, channel: "rcs" },
      ]),
    ).toHaveLength(1);
  });
});

describe("A series' templates at carriers", () => {
  const series = [
    { step: "a", from: "time", offset: "P1D" },
    { step: "b", from: "time", offset: "P2D", template: "t" },
  ];

  it("stand under the steps' template names, each of them", () => {
    expect(issuesIn({ named: { a: { code: "1" }, t: { code: "2" } } }, { series })).toEqual([]);
    expect(issuesIn({ named: { a: { code: "1" }, b: { code: "2" } } }, { series })).toEqual([
      expect.stringMatching(/^\/named\/t is missing: the step b/),
    ]);
    expect(issuesIn({ named: { a: { code: "1", params: ["x"] }, t: {} } }, { series })).toEqual([
      expect.stringMatching(/^\/named\/a\/params must be a map/),
      expect.stringMatching(/^\/named\/t\/code /),
    ]);
  });

  it("are no single template, and none of what every object has", () => {
    expect(issuesIn({ named: ["x"] }, { series })).toEqual([expect.stringMatching(/^\/named must be a map from template names/)]);
    const odd = [{ step: "constructor", from: "time", offset: "P1D" }];
    expect(issuesIn({ named: {} }, { series: odd })).toEqual([expect.stringMatching(/^\/named\/constructor is missing/)]);
  });
});

describe("A catalog with Tencent behind Twilio", () => {
  const small = smallCatalog();
  const tencent = {
    adapter: "tencent",
    base_url: "https://sms.tencentcloudapi.com",
    settings: { secret_id: "AKIDexample0001", sdk_app_id: "1400006666", sign_name: "鲸落" },
    secrets: { secret_key: "CARRIER_SHOP_TENCENT" },
  };
  const issuesWith = (carrier_templates: object) => {
    const { "order.paid": paid, "login.code": code } = small.notices;
    const routes = [
      { channel: "sms", classes: ["verification"], carriers: ["main"] },
      { channel: "sms", carriers: { main: 90, spare: 10 } },
    ];
    const notices = { "login.code": code, "order.paid": { ...paid, carrier_templates } };
    const parsed = catalog.parse({ ...small, carriers: { main: small.carriers.main, spare: tencent }, routes, notices });
    return checkCatalog(parsed, "shop", { carrierHosts: [], hasSecret: () => true }).map(({ pointer }) => pointer);
  };

  it("is refused until each notice that Tencent may get has its template there, values by position", () => {
    expect(issuesWith({})).toEqual(["/notices/order.paid/carrier_templates/spare"]);
    expect(issuesWith({ spare: { code: "1", params: { name: "x" } } })).toEqual(["/notices/order.paid/carrier_templates/spare/params"]);
    expect(issuesWith({ spare: { code: "1", params: ["{{ data.name }}"] }, main: { code: "1" } })).toEqual([
      "/notices/order.paid/carrier_templates/main",
    ]);
    expect(issuesWith({ spare: { code: "1", params: ["{{ data.name }}"] } })).toEqual([]);
  });
});
