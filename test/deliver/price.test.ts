import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costOf } from "../../src/deliver/price.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";

const PRICE = { CN: "0.045 CNY", US: "0.0079 USD", "*": "1 EUR" };

describe("costOf", () => {
  it.each([
    ["the country's price", "CN", 1, "0.045 CNY"],
    ["as often as there are segments", "CN", 2, "0.09 CNY"],
    ["without a rest where there is none", "CN", 200, "9 CNY"],
    ["what binary fractions would miss", "US", 3, "0.0237 USD"],
    ["the price of all others", "DE", 4, "4 EUR"],
    ["the price of all others where the country is not known", undefined, 1, "1 EUR"],
  ])("tells %s", (_, country, segments, cost) => {
    expect(costOf(PRICE, country, segments)).toBe(cost);
  });

  it("tells nothing where there is no price for the country", () => {
    expect(costOf({ CN: "0.045 CNY" }, "US", 1)).toBeUndefined();
    expect(costOf({ CN: "0.045 CNY" }, undefined, 1)).toBeUndefined();
    expect(costOf(undefined, "CN", 1)).toBeUndefined();
  });

  it("is exact to a millionth, for every price that a catalog may have", () => {
    const price = fc.tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }));
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 20 }), ([whole, micros], segments) => {
        const text = `${whole}.${String(micros).padStart(6, "0")} CNY`;
        expect(catalog.shape.carriers.safeParse({ a: { ...ACCOUNT, price: { CN: text } } }).success).toBe(true);
        const cost = costOf({ CN: text }, "CN", segments) ?? "";
        const [, units = "", decimals = ""] = /^(\d+)(?:\.(\d*[1-9]))? CNY$/.exec(cost) ?? [];
        expect(BigInt(units) * 1_000_000n + BigInt(decimals.padEnd(6, "0"))).toBe(
          (BigInt(whole) * 1_000_000n + BigInt(micros)) * BigInt(segments),
        );
      }),
    );
  });
});

const ACCOUNT = { adapter: "twilio", base_url: "https://api.twilio.com", settings: {} };
