import { describe, expect, it } from "vitest";
import { brandIssues } from "../../src/accept/check-signature.ts";
import { issuesOf } from "../../src/support/issues.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

/** What is wrong with a brand, in its shape or, beside the small catalog's notices, in its meaning. */
function issuesIn(brand: object, routes: readonly object[] = [{}]): string[] {
  const whole = { ...smallCatalog(), brand, routes: routes.map((route) => ({ channel: "sms", carriers: ["main"], ...route })) };
  const parsed = catalog.safeParse(whole);
  const issues = parsed.success ? brandIssues(parsed.data) : issuesOf(parsed.error);
  return issues.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe("A brand", () => {
  it("may have a name, its place, and words by locale for other countries and for the end of marketing", () => {
    expect(issuesIn({ name: "鲸落商城", signature: "behind", signatures: { en: "Whalefall: " }, opt_out: { en: "STOP to end" } })).toEqual(
      [],
    );
    expect(issuesIn({ signature: "none" })).toEqual([]);
    expect(issuesIn({})).toEqual([]);
  });

  it.each(["front", "behind"])("may not have a signature %s without a name", (signature) => {
    expect(issuesIn({ signature })).toEqual([
      "/brand/signature says where 【brand.name】 stands, and there is no name; give brand.name, or leave it out",
    ]);
  });

  it.each(["signatures", "opt_out"])("has %s by language tags", (key) => {
    expect(issuesIn({ [key]: { en_GB: "x" } })).toEqual([`/brand/${key}/en_GB as a name: is not a language tag, such as zh-CN`]);
  });

  it("has no brackets in its name", () => {
    expect(issuesIn({ name: "【鲸落】" })).toEqual(["/brand/name must be one line without 【 and 】, which are put around it"]);
  });

  it("has none at the end of marketing either, where the mainland may get it", () => {
    const brand = { opt_out: { "zh-CN": "【退订】回R", en: "STOP" } };
    const REFUSED = ["/brand/opt_out/zh-CN holds 【 or 】, which stand around the signature alone; leave them out"];
    expect(issuesIn(brand)).toEqual(REFUSED);
    expect(issuesIn(brand, [{ countries: ["US"] }])).toEqual([]);
    expect(issuesIn(brand, [{ classes: ["service"] }, { countries: ["US"] }])).toEqual([]);
  });
});
