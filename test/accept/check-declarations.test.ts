import { describe, expect, it } from "vitest";
import { declarationIssues } from "../../src/accept/check-declarations.ts";
import { ALERTS, alertType } from "../../src/vocabulary/alerts.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";

/** What is wrong with a notice's declarations, as pointer below `data` and detail. */
function issuesIn(data: object, over: object = {}, hasShort = false): string[] {
  const { n } = catalog.parse({ notices: { n: { class: "service", channels: ["sms"], data, ...over } } }).notices;
  if (!n) throw new Error("there is no notice");
  return declarationIssues(n, hasShort, ["notices", "n", "data"]).map(
    ({ pointer, detail }) => `${pointer.replace("/notices/n/data", "")} ${detail}`,
  );
}

const nested = (variable: object) => ({ items: { type: "list", of: { type: "object", fields: { name: variable } } } });

describe("A declaration", () => {
  it("is fine where something fits it, and its example does", () => {
    const data = {
      order_id: { type: "string", min: 4, max: 4, charset: "digits", example: "1001" },
      title: { type: "string", max: 4, over: "shorten", example: "as long as it likes" },
      amount: { type: "number", min: 0, decimals: 2, example: 19.99 },
      items: { type: "list", of: "string", example: [] },
      gift: { type: "boolean", required: false, example: false },
      eta: "date",
    };
    expect(issuesIn(data)).toEqual([]);
    expect(issuesIn({})).toEqual([]);
  });

  it.each([
    [{ type: "string", min: 5, max: 4 }, "/x/min is 5, above max, which is 4: nothing fits"],
    [{ type: "string", min: 33 }, "/x/min is 33, above max, which is 32: nothing fits"],
    [{ type: "integer", min: 2, max: 1 }, "/x/min is 2, above max, which is 1: nothing fits"],
    [{ type: "number", min: 1e12 }, "/x/min is 1000000000000, above max, which is 999999999999: nothing fits"],
    [{ type: "number", max: -1e12 }, "/x/min is -999999999999, above max, which is -1000000000000: nothing fits"],
  ])("such as %j that nothing fits is refused", (variable, issue) => {
    expect(issuesIn({ x: variable })).toEqual([issue]);
  });

  it("is refused at its place, however deep", () => {
    expect(issuesIn(nested({ type: "string", min: 9, max: 8 }))).toEqual([
      "/items/of/fields/name/min is 9, above max, which is 8: nothing fits",
    ]);
  });
});

describe("An example", () => {
  it.each([
    [{ type: "string", max: 3, example: "1001" }, "/x/example does not fit what is declared: is 4 UTF-16 units long; at most 3 are taken"],
    [{ type: "integer", example: "5" }, "/x/example does not fit what is declared: is a string; must be a whole number"],
    [{ type: "date", example: "soon" }, expect.stringMatching(/^\/x\/example does not fit what is declared: is not a date/)],
    [{ type: "boolean", example: null }, "/x/example does not fit what is declared: is missing"],
    [{ type: "list", of: "integer", example: [1, "x"] }, "/x/example/1 does not fit what is declared: is a string; must be a whole number"],
    [
      { type: "object", fields: { name: "string" }, example: { name: "" } },
      "/x/example/name does not fit what is declared: is empty; must have at least 1 UTF-16 unit",
    ],
  ])("that does not fit is refused: %j", (variable, issue) => {
    expect(issuesIn({ x: variable })).toEqual([issue]);
  });

  it("within a list or an object is looked at too", () => {
    expect(issuesIn(nested({ type: "string", example: 5 }))).toEqual([
      "/items/of/fields/name/example does not fit what is declared: is a number; must be a string",
    ]);
  });
});

describe("A variable that asks for a shorter variant", () => {
  const detail = "asks for the short form of a text, and no SMS of the notice has one; give { text, short }, or write shorten or reject";

  it("is refused where no text has one", () => {
    const variant = { type: "string", over: "variant" };
    expect(issuesIn({ x: variant })).toEqual([`/x/over ${detail}`]);
    expect(issuesIn(nested(variant))).toEqual([`/items/of/fields/name/over ${detail}`]);
    expect(issuesIn({ x: variant }, {}, true)).toEqual([]);
  });
});

describe("A notice of alerts", () => {
  const on = (...names: (typeof ALERTS)[number][]) => ({ on: names.map(alertType), to: "recipient:ops" });

  it("may declare what they bring: texts as long as they come, or shortened, and figures that are always known", () => {
    const data = { carrier: { type: "string", max: 64 }, about: { type: "string", over: "shorten" }, count: "integer" };
    expect(issuesIn(data, on("dead_letters"))).toEqual([]);
    expect(issuesIn({ errors: { type: "string", max: 24 }, extra: { type: "date", required: false } }, on(...ALERTS))).toEqual([]);
  });

  it("may need nothing that they do not bring", () => {
    expect(issuesIn({ carier: "string" }, on("balance.low"))).toEqual([
      expect.stringMatching(
        /^\/carier is not brought by alerts, which have alert, about, carrier, .*; the closest one is carrier; leave it out/,
      ),
    ]);
    expect(issuesIn({ carier: "string" }, { on: ["order.paid"] })).toEqual([]);
    expect(issuesIn({ carier: "string" })).toEqual([]);
  });

  it("is told where a text may be longer than it declares", () => {
    expect(issuesIn({ carrier: "string" }, on("balance.low"))).toEqual([
      "/carrier may have 64 UTF-16 units in an alert; write max: 64, or over: shorten",
    ]);
  });

  it("is told where it asks for what nobody sees to, since alerts are not checked when they come", () => {
    const strings = { about: { type: "string", max: 128, charset: "digits" }, cause: { type: "string", min: 2 } };
    expect(issuesIn(strings, on("unclear.many"))).toEqual([
      "/about may hold any characters in an alert; leave charset out",
      "/cause may be empty in an alert; leave min out",
    ]);
    const detail = "may be from 0 to 999999999 in an alert; write min: 0 and max: 999999999, or leave them out";
    for (const range of [{ max: 9 }, { min: 1 }, { min: 1, max: 9 }])
      expect(issuesIn({ calls: { type: "integer", ...range } }, on("unclear.many"))).toEqual([`/calls ${detail}`]);
    expect(issuesIn({ calls: { type: "integer", min: 0, max: 999_999_999 } }, on("unclear.many"))).toEqual([]);
  });

  it("is told where a figure may be empty, and which texts are no figures", () => {
    expect(issuesIn({ calls: "integer" }, on("unclear.many", "breaker.opened"))).toEqual([
      "/calls may be empty in carillon.alert.breaker.opened; declare it as a string with max: 24",
    ]);
    expect(issuesIn({ amount: "number", count: "date" }, on("balance.low"))).toEqual([
      "/amount is a text in an alert; declare it as a string",
      "/count is a figure in an alert; declare it as an integer",
    ]);
  });
});
