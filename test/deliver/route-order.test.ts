import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CarrierHealth } from "../../src/deliver/gate-port.ts";
import { orderFor, type RouteQuestion, routeFor, routesThatMay } from "../../src/deliver/route-order.ts";
import { hashFraction } from "../../src/support/keyed-hash.ts";
import type { Route } from "../../src/vocabulary/catalog.ts";

describe("routeFor", () => {
  const routes: Route[] = [
    { channel: "email", carriers: ["post"] },
    { channel: "sms", notices: ["login.code", "login.other"], countries: ["US"], carriers: ["codes"] },
    { channel: "sms", prefixes: ["+8613", "+8615"], countries: ["CN", "HK"], carriers: ["mobile"] },
    { channel: "sms", countries: ["CN"], classes: ["verification"], carriers: ["fast"] },
    { channel: "sms", prefixes: ["+852"], carriers: ["island"] },
    { channel: "sms", classes: ["verification", "transactional"], carriers: { abroad: 1 } },
  ];
  const asked = (over: Partial<RouteQuestion>): unknown =>
    routeFor(routes, { channel: "sms", class: "verification", notice: "hello", country: "CN", to: "+8618000000000", ...over })?.carriers;

  it("takes the first route whose channel, class and country all fit", () => {
    expect(asked({})).toEqual(["fast"]);
    expect(asked({ class: "transactional" })).toEqual({ abroad: 1 });
    expect(asked({ channel: "email", class: "marketing" })).toEqual(["post"]);
    expect(asked({ country: "US", to: "+12025550100" })).toEqual({ abroad: 1 });
  });

  it("takes a route by prefix where the number begins with one of them", () => {
    expect(asked({ to: "+8615000000000" })).toEqual(["mobile"]);
    expect(asked({ country: "HK", to: "+85251234567" })).toEqual(["island"]);
    expect(asked({ country: undefined, to: "+85251234567" })).toEqual(["island"]);
  });

  it("needs country and prefix both to hold where a route has both", () => {
    expect(asked({ country: "US", to: "+8613800138000" })).toEqual({ abroad: 1 });
    expect(asked({ country: undefined, to: "+8613800138000" })).toEqual({ abroad: 1 });
    expect(asked({ country: "CN", to: "+85251234567", class: "transactional" })).toEqual(["island"]);
  });

  it("takes a route by notices where the name is exactly one of them", () => {
    const american = { country: "US", to: "+12025550100" };
    expect(asked({ ...american, notice: "login.code" })).toEqual(["codes"]);
    expect(asked({ ...american, notice: "login.cod" })).toEqual({ abroad: 1 });
    expect(asked({ ...american, notice: "login.code.x" })).toEqual({ abroad: 1 });
  });

  it("never takes a route by country or prefix for what has neither", () => {
    const known = { channel: "sms", class: "verification", notice: "login.code" } as const;
    expect(routeFor(routes, { ...known, country: undefined })?.carriers).toEqual({ abroad: 1 });
  });

  it("finds none where no route fits", () => {
    expect(asked({ class: "marketing", country: "US", to: "+12025550100" })).toBeUndefined();
    expect(asked({ channel: "push" })).toBeUndefined();
  });

  it("takes no route that publishing thought out of reach, and takes each of the others for some number", () => {
    const [cn, mobile, all, hidden]: Route[] = [
      { channel: "sms", countries: ["CN"], carriers: ["a"] },
      { channel: "sms", prefixes: ["+1"], carriers: ["b"] },
      { channel: "sms", carriers: ["c"] },
      { channel: "sms", countries: ["US"], carriers: ["d"] },
    ];
    const all4 = [cn, mobile, all, hidden].filter((route) => route !== undefined);
    const question = { channel: "sms", class: "service", notice: "n" } as const;
    expect(routesThatMay(all4, question)).toEqual([cn, mobile, all]);
    const numbers = [
      { country: "CN", to: "+8613800138000" },
      { country: "US", to: "+12025550100" },
      { country: "DE", to: "+4915112345678" },
    ];
    expect(new Set(numbers.map((number) => routeFor(all4, { ...question, ...number })))).toEqual(new Set([cn, mobile, all]));
  });
});

const MESSAGES = Array.from({ length: 20_000 }, (_, at) => `${"r".repeat(22)}${String(at).padStart(22, "0")}`);
const NOW = 1_000_000;
const weighted = (carriers: Record<string, number>): Route => ({ channel: "sms", carriers });
const well = (): undefined => undefined;
const orders = (
  route: Route,
  over: {
    carriers?: Parameters<typeof orderFor>[3];
    healthOf?: (name: string) => CarrierHealth | undefined;
    now?: number;
    messages?: readonly string[];
  } = {},
) =>
  (over.messages ?? MESSAGES).map((message) =>
    orderFor(route, { country: "CN" }, message, over.carriers ?? {}, over.healthOf ?? well, over.now ?? NOW),
  );
/** Which part of the orders begins so. */
const share = (all: readonly (readonly string[])[], ...first: readonly string[]): number =>
  all.filter((order) => first.every((name, at) => order[at] === name)).length / all.length;
const near = (value: number, wanted: number): void => expect(Math.abs(value - wanted)).toBeLessThan(0.015);

describe("orderFor", () => {
  it("keeps a list's order for every message, whatever it costs", () => {
    const carriers = { a: { price: { CN: "2 CNY" } }, b: { price: { CN: "1 CNY" } } };
    expect(new Set(orders({ channel: "sms", carriers: ["a", "b"] }, { carriers }).map(String))).toEqual(new Set(["a,b"]));
  });

  it("puts each carrier first as often as its weight says, and the rest by their weights behind it", () => {
    const all = orders(weighted({ a: 60, b: 30, c: 10 }));
    near(share(all, "a"), 0.6);
    near(share(all, "b"), 0.3);
    near(share(all, "c"), 0.1);
    near(share(all, "a", "b"), 0.6 * 0.75);
    near(share(all, "b", "a"), 0.3 * (6 / 7));
    near(share(all, "c", "a"), 0.1 * (2 / 3));
  });

  it("has the same order for a message each time, however the carriers are listed", () => {
    const messages = MESSAGES.slice(0, 500);
    expect(orders(weighted({ a: 60, b: 30, c: 10 }), { messages })).toEqual(orders(weighted({ c: 10, b: 30, a: 60 }), { messages }));
  });

  it("moves messages only to a carrier whose weight grows", () => {
    const before = orders(weighted({ a: 60, b: 30, c: 10 }));
    const after = orders(weighted({ a: 60, b: 60, c: 10 }));
    const moved = after.filter((order, at) => order[0] !== before[at]?.[0]);
    expect(moved.length).toBeGreaterThan(1_000);
    expect(moved.every(([first]) => first === "b")).toBe(true);
  });

  it("always has every carrier of the route once", () => {
    const health = fc.record({
      breaker: fc.constantFrom("closed", "half", "open", "returning"),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      probe_at: fc.integer({ min: NOW - 10, max: NOW + 10 }),
    });
    const route = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), fc.double({ min: 0.001, max: 1e6, noNaN: true }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(route, fc.array(health), fc.string(), (carriers, healths, message) => {
        const names = Object.keys(carriers);
        const healthOf = (name: string) => healths[names.indexOf(name)];
        const [order = []] = orders(weighted(carriers), { messages: [message], healthOf });
        expect([...order].sort()).toEqual([...names].sort());
      }),
    );
  });
});

describe("Prices in an order by weights", () => {
  const cny = (amount: string) => ({ price: { CN: `${amount} CNY` } });

  it("give two carriers of equal weight both their shares to the cheaper one, and leave the third its own", () => {
    const all = orders(weighted({ a: 50, b: 25, c: 25 }), { carriers: { a: cny("9"), b: cny("0.05"), c: cny("0.045") } });
    near(share(all, "a"), 0.5);
    near(share(all, "c"), 0.5);
    expect(share(all, "b")).toBe(0);
    near(share(all, "c", "a"), 0.5 * (2 / 3));
    near(share(all, "c", "b"), 0.5 * (1 / 3));
    expect(all.every((order) => order.indexOf("c") < order.indexOf("b"))).toBe(true);
  });

  it("are compared as numbers, by the country's price before the one of all others", () => {
    const carriers = { a: { price: { CN: "10 CNY", "*": "0.01 CNY" } }, b: { price: { "*": "9.5 CNY" } } };
    expect(share(orders(weighted({ a: 1, b: 1 }), { carriers }), "b")).toBe(1);
  });

  it("leave the hash to decide where one is missing, in another currency, or where they are equal", () => {
    const price = (text: string) => ({ price: { CN: text } });
    near(share(orders(weighted({ a: 1, b: 1 }), { carriers: { a: cny("1") } }), "a"), 0.5);
    near(share(orders(weighted({ a: 1, b: 1 }), { carriers: { a: cny("1"), b: price("2 USD") } }), "a"), 0.5);
    near(share(orders(weighted({ a: 1, b: 1 }), { carriers: { a: cny("1"), b: cny("1.00") } }), "a"), 0.5);
    const three = orders(weighted({ a: 1, b: 1, c: 1 }), { carriers: { a: cny("1"), b: cny("2"), c: cny("1") } });
    near(share(three, "a", "c"), 0.5);
    near(share(three, "c", "a"), 0.5);
  });

  it("say nothing between carriers of different weights", () => {
    near(share(orders(weighted({ a: 80, b: 20 }), { carriers: { a: cny("9"), b: cny("1") } }), "a"), 0.8);
  });
});

describe("Health in an order", () => {
  const list: Route = { channel: "sms", carriers: ["a", "b", "c"] };
  const only = (name: string, health: CarrierHealth) => (asked: string) => (asked === name ? health : undefined);

  it("puts a carrier with an open breaker last until its probe is due, and then where it stood", () => {
    const healthOf = only("a", { breaker: "open", share: 0, probe_at: NOW });
    const order = (now: number) => orders(list, { healthOf, now, messages: ["m"] })[0];
    expect(order(NOW - 1)).toEqual(["b", "c", "a"]);
    expect(order(NOW)).toEqual(["a", "b", "c"]);
    expect(orders(list, { healthOf: only("a", { breaker: "open", share: 0 }), messages: ["m"] })[0]).toEqual(["b", "c", "a"]);
  });

  it.each(["half", "returning"] as const)(
    "leaves a carrier that is %s the share of messages that it has, always the same ones",
    (breaker) => {
      const quarter = orders(list, { healthOf: only("a", { breaker, share: 0.25 }) });
      near(share(quarter, "a", "b", "c"), 0.25);
      near(share(quarter, "b", "c", "a"), 0.75);
      const half = orders(list, { healthOf: only("a", { breaker, share: 0.5 }) });
      near(share(half, "a"), 0.5);
      expect(quarter.every((order, at) => order[0] !== "a" || half[at]?.[0] === "a")).toBe(true);
      expect(share(orders(list, { healthOf: only("a", { breaker, share: 0 }) }), "b", "c", "a")).toBe(1);
      expect(share(orders(list, { healthOf: only("a", { breaker, share: 1 }) }), "a", "b", "c")).toBe(1);
    },
  );

  it("draws shares apart from weights, and apart for each carrier", () => {
    const healthOf = (): CarrierHealth => ({ breaker: "half", share: 0.5 });
    near(share(orders(weighted({ a: 50, b: 50 }), { healthOf: only("a", { breaker: "half", share: 0.5 }) }), "a"), 0.25);
    const all = orders({ channel: "sms", carriers: ["a", "b"] }, { healthOf });
    near(share(all, "b"), 0.25);
  });

  it("puts those that are behind before those that are open, each in the order of the route", () => {
    const healths: Record<string, CarrierHealth> = {
      a: { breaker: "open", share: 0, probe_at: NOW + 1 },
      b: { breaker: "returning", share: 0 },
      c: { breaker: "closed", share: 1 },
      d: { breaker: "half", share: 0 },
      e: { breaker: "open", share: 0, probe_at: NOW + 1 },
    };
    const route: Route = { channel: "sms", carriers: ["a", "b", "c", "d", "e"] };
    expect(orders(route, { healthOf: (name) => healths[name], messages: ["m"] })).toEqual([["c", "b", "d", "a", "e"]]);
  });
});

describe("hashFraction", () => {
  it("is spread evenly and keeps its parts apart", () => {
    const drawn = MESSAGES.map((message) => hashFraction("test", message));
    for (const tenth of Array.from({ length: 10 }, (_, at) => at / 10))
      near(drawn.filter((value) => value >= tenth && value < tenth + 0.1).length / drawn.length, 0.1);
    expect(hashFraction("ab", "c")).not.toBe(hashFraction("a", "bc"));
    expect(hashFraction("ab", "c")).toBe(hashFraction("ab", "c"));
  });
});
