import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptsBefore, chooseCarrier } from "../../src/deliver/choose-carrier.ts";

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

  it("always takes one of those that were tried least and are neither closed nor paused, and counts rightly what is left", () => {
    const order = ["a", "b", "c"];
    const attempt = fc.record({ carrier: fc.constantFrom(...order, "gone"), closed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 8 }), fc.subarray([...order, "gone"]), (before: AttemptsBefore, paused) => {
        const shut = new Set(before.filter((each) => each.closed).map(({ carrier }) => carrier));
        const open = order.filter((name) => !shut.has(name));
        const free = open.filter((name) => !paused.includes(name));
        const tries = (name: string): number => before.filter(({ carrier }) => carrier === name).length;
        const choice = chooseCarrier(order, before, paused);
        if (choice.kind === "none") return open.length === 0 && choice.why === "all_closed";
        if (choice.kind === "paused") return open.length > 0 && free.length === 0;
        const least = Math.min(...free.map(tries));
        const left = free.filter((name) => name !== choice.name && tries(name) === 0);
        return choice.name === free.find((name) => tries(name) === least) && choice.open === open.length && choice.untried === left.length;
      }),
    );
  });

  it("tries every carrier once before any a second time, whatever answers are lost", () => {
    const order = ["a", "b", "c", "d"];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (losses) => {
        const before: { carrier?: string; closed: boolean }[] = [];
        const called = losses.map((lost) => {
          const choice = chooseCarrier(order, before);
          const name = choice.kind === "carrier" ? choice.name : "none";
          before.push(lost ? { closed: false } : { carrier: name, closed: false });
          return name;
        });
        return called.every((name, at) => name === order[at % order.length]);
      }),
    );
  });

  it("passes over a paused carrier, counts it as open and not as one to go to at once, and waits where only paused ones are", () => {
    expect(chooseCarrier(["a", "b"], [], ["a"])).toEqual({ kind: "carrier", name: "b", open: 2, untried: 0 });
    expect(chooseCarrier(["a", "b"], [{ carrier: "a", closed: true }], ["b"])).toEqual({ kind: "paused" });
    expect(chooseCarrier(["a"], [{ carrier: "a", closed: true }], ["b"])).toEqual({ kind: "none", why: "all_closed" });
  });
});
