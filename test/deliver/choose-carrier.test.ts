import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptsBefore, carriersFor, chooseCarrier } from "../../src/deliver/choose-carrier.ts";
import type { Route } from "../../src/vocabulary/catalog.ts";

describe("carriersFor", () => {
  const routes: Route[] = [
    { channel: "email", carriers: ["post"] },
    { channel: "sms", countries: ["CN"], classes: ["verification"], carriers: ["fast", "main"] },
    { channel: "sms", countries: ["CN"], carriers: ["main", "spare"] },
    { channel: "sms", carriers: { abroad: 3, other: 1 } },
  ];

  it("takes the first route whose channel, class and country all fit", () => {
    expect(carriersFor(routes, { channel: "sms", class: "verification", country: "CN" })).toEqual(["fast", "main"]);
    expect(carriersFor(routes, { channel: "sms", class: "marketing", country: "CN" })).toEqual(["main", "spare"]);
    expect(carriersFor(routes, { channel: "email", class: "marketing", country: "CN" })).toEqual(["post"]);
  });

  it("takes a route without countries for numbers of any country, and of none that is known", () => {
    expect(carriersFor(routes, { channel: "sms", class: "verification", country: "US" })).toEqual(["abroad", "other"]);
    expect(carriersFor(routes, { channel: "sms", class: "verification", country: undefined })).toEqual(["abroad", "other"]);
  });

  it("finds none where no route fits", () => {
    expect(carriersFor(routes, { channel: "push", class: "service", country: "CN" })).toEqual([]);
    expect(carriersFor([], { channel: "sms", class: "service", country: "CN" })).toEqual([]);
  });
});

const tried = (carrier: string) => ({ carrier, closed: false });
const closed = (carrier: string) => ({ carrier, closed: true });
const lost = { closed: false };

describe("chooseCarrier", () => {
  it("begins with the first in order", () => {
    expect(chooseCarrier(["a", "b", "c"], [])).toEqual({ kind: "carrier", name: "a", open: 3, untried: 2 });
  });

  it("goes on to the next that has not been tried, and then begins again", () => {
    expect(chooseCarrier(["a", "b"], [tried("a")])).toEqual({ kind: "carrier", name: "b", open: 2, untried: 0 });
    expect(chooseCarrier(["a", "b"], [tried("a"), tried("b")])).toEqual({ kind: "carrier", name: "a", open: 2, untried: 0 });
    expect(chooseCarrier(["a", "b"], [tried("a"), tried("b"), tried("a")])).toMatchObject({ name: "b" });
  });

  it("never takes a carrier that has refused the account", () => {
    expect(chooseCarrier(["a", "b"], [closed("a"), tried("b"), tried("b")])).toEqual({ kind: "carrier", name: "b", open: 1, untried: 0 });
    expect(chooseCarrier(["a", "b"], [closed("a"), closed("b")])).toEqual({ kind: "none", why: "all_closed" });
  });

  it("takes an attempt whose answer was lost for one by the carrier that was next", () => {
    expect(chooseCarrier(["a", "b", "c"], [lost])).toEqual({ kind: "carrier", name: "b", open: 3, untried: 1 });
    expect(chooseCarrier(["a", "b", "c"], [tried("a"), lost])).toMatchObject({ name: "c" });
  });

  it("pays no heed to attempts by carriers that the route does not have, or not any more", () => {
    expect(chooseCarrier(["a", "b"], [tried("gone"), closed("none")])).toEqual({ kind: "carrier", name: "a", open: 2, untried: 1 });
  });

  it("has no carrier where there is no route", () => {
    expect(chooseCarrier([], [tried("a")])).toEqual({ kind: "none", why: "no_route" });
  });

  it("always takes one of those that are open and were tried least, and counts rightly what is left", () => {
    const order = ["a", "b", "c"];
    const attempt = fc.record({ carrier: fc.constantFrom(...order), closed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 8 }), (before: AttemptsBefore) => {
        const shut = new Set(before.filter((each) => each.closed).map(({ carrier }) => carrier));
        const open = order.filter((name) => !shut.has(name));
        const tries = (name: string): number => before.filter(({ carrier }) => carrier === name).length;
        const choice = chooseCarrier(order, before);
        if (choice.kind !== "carrier") return choice.kind === "none" && open.length === 0;
        const left = open.filter((name) => name !== choice.name && tries(name) === 0);
        return (
          open.includes(choice.name) &&
          open.every((name) => tries(name) >= tries(choice.name)) &&
          choice.open === open.length &&
          choice.untried === left.length
        );
      }),
    );
  });

  it("passes over a paused carrier, counts it as open and not as one to go to at once, and waits where only paused ones are", () => {
    expect(chooseCarrier(["a", "b"], [], ["a"])).toEqual({ kind: "carrier", name: "b", open: 2, untried: 0 });
    expect(chooseCarrier(["a", "b"], [{ carrier: "a", closed: true }], ["b"])).toEqual({ kind: "paused" });
    expect(chooseCarrier(["a"], [{ carrier: "a", closed: true }], ["b"])).toEqual({ kind: "none", why: "all_closed" });
  });
});
