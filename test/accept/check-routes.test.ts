import { describe, expect, it } from "vitest";
import { routeIssues } from "../../src/accept/check-routes.ts";
import { issuesOf } from "../../src/support/issues.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { smallCatalog } from "./small-catalog.ts";

/** What is wrong with one route by SMS, by the shape and by the meaning, as pointer and detail. */
function issuesIn(over: object): string[] {
  const small = smallCatalog();
  const carriers = { main: small.carriers.main, spare: small.carriers.main };
  const parsed = catalog.safeParse({ ...small, carriers, routes: [{ channel: "sms", carriers: ["main"], ...over }] });
  const issues = parsed.success
    ? (parsed.data.routes ?? []).flatMap((route, at) => routeIssues(route, at, parsed.data))
    : issuesOf(parsed.error);
  return issues.map(({ pointer, detail }) => `${pointer}: ${detail}`);
}

describe("A route", () => {
  it.each([
    ["carriers by weight", { carriers: { main: 80, spare: 0.5 } }],
    ["prefixes", { prefixes: ["+8613", "+8615", "+1"] }],
    ["prefixes of its countries", { prefixes: ["+8613", "+12"], countries: ["CN", "US"] }],
    ["a prefix that is shorter than its country's code", { prefixes: ["+8"], countries: ["HK"] }],
    ["notices", { notices: ["order.paid", "login.code"], classes: ["transactional", "verification"] }],
  ])("may have %s", (_, over) => {
    expect(issuesIn(over)).toEqual([]);
  });

  it.each([
    ["no carriers by weight", { carriers: {} }, "/routes/0/carriers: must name at least one carrier"],
    ["a weight of nothing", { carriers: { main: 0 } }, /^\/routes\/0\/carriers\/main: /],
    ["a weight below nothing", { carriers: { main: -1 } }, /^\/routes\/0\/carriers\/main: /],
    ["a weighted carrier that there is not", { carriers: { mian: 1 } }, /^\/routes\/0\/carriers\/mian: is not a carrier.*one is main$/],
    ["a notice that there is not", { notices: ["order.payed"] }, /^\/routes\/0\/notices\/0: is not a notice.*one is order\.paid$/],
    ["a notice named like what every object has", { notices: ["constructor"] }, /^\/routes\/0\/notices\/0: is not a notice/],
    ["a notice twice", { notices: ["order.paid", "order.paid"] }, "/routes/0/notices/1: stands twice"],
    ["a notice of another class", { notices: ["sale.offer"], classes: ["service"] }, /^\/routes\/0\/notices\/0: is marketing/],
    ["a prefix without a plus", { prefixes: ["8613"] }, /^\/routes\/0\/prefixes\/0: must be number prefixes/],
    ["a prefix that is no country's", { prefixes: ["+0086"] }, /^\/routes\/0\/prefixes\/0: must begin with a country's calling code/],
    ["a prefix twice", { prefixes: ["+86", "+1", "+86"] }, "/routes/0/prefixes/2: stands twice"],
    ["a prefix within another", { prefixes: ["+8613", "+86"] }, /^\/routes\/0\/prefixes\/0: is within \+86/],
    ["a prefix of another country", { prefixes: ["+1"], countries: ["CN", "HK"] }, /^\/routes\/0\/prefixes\/0: .*\+86, \+852/],
    ["no prefixes at all", { prefixes: [] }, /^\/routes\/0\/prefixes: /],
  ])("is refused for %s", (_, over, expected) => {
    expect(issuesIn(over)).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });

  it("has countries and prefixes for phone numbers alone, and notices that go out by its channel", () => {
    const over = { channel: "email", countries: ["CN"], prefixes: ["+86"], notices: ["order.paid"] };
    expect(issuesIn(over)).toEqual([
      expect.stringMatching(/^\/routes\/0\/carriers\/0: does not carry email/),
      expect.stringMatching(/^\/routes\/0\/notices\/0: does not go out by email/),
      expect.stringMatching(/^\/routes\/0\/countries: is for phone numbers/),
      expect.stringMatching(/^\/routes\/0\/prefixes: is for phone numbers/),
    ]);
  });
});
