import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeyLimits, mayTouch, refusedByLimits, typePattern } from "../../src/accept/key-limits.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";

const plain = { class: "transactional", channels: ["sms"] };
const rulebook = rulebookOf(
  catalog.parse({
    notices: {
      "order.paid": plain,
      both: { ...plain, on: ["order.paid", "order.late"] },
      "bill.due": { ...plain, cancel: { on: ["bill.paid"], key: "x" } },
      receipt: { ...plain, on: ["bill.paid"] },
    },
  }),
  1,
);
const statusOf = (type: unknown, limits: KeyLimits): number | undefined => refusedByLimits({ type }, limits, rulebook)?.problem.status;

describe("refusedByLimits", () => {
  it("lets types pass that are named, exactly or by their beginning, and no others", () => {
    const limits = { event_types: ["order.*", "bill.paid"] };
    for (const type of ["order.paid", "order.late.again", "order.", "bill.paid"]) expect(statusOf(type, limits)).toBeUndefined();
    for (const type of ["order", "orders.paid", "bill.paid.late", "bill", "Order.paid", "x.order.paid"])
      expect(statusOf(type, limits)).toBe(403);
  });

  it("lets an event pass where every notice that it brings or takes back is the key's", () => {
    expect(statusOf("order.late", { notices: ["both"] })).toBeUndefined();
    expect(statusOf("order.paid", { notices: ["both"] })).toBe(403);
    expect(statusOf("order.paid", { notices: ["both", "order.paid"] })).toBeUndefined();
    expect(statusOf("bill.paid", { notices: ["receipt"] })).toBe(403);
    expect(statusOf("bill.paid", { notices: ["receipt", "bill.due"] })).toBeUndefined();
  });

  it("holds to both where a key is limited by both", () => {
    const limits = { notices: ["both"], event_types: ["order.*"] };
    expect([statusOf("order.late", limits), statusOf("order.paid", limits), statusOf("bill.due", limits)]).toEqual([undefined, 403, 403]);
  });

  it("never lets a limited key bring a profile: whoever changes an address gets the codes that go there", () => {
    const event = { type: "order.late", recipients: ["u1", { id: "u2", addresses: { sms: "+14155552671" } }] };
    for (const limits of [{ notices: ["both"] }, { event_types: ["order.*"] }])
      expect(refusedByLimits(event, limits, rulebook)?.problem).toMatchObject({ status: 403, errors: [{ pointer: "/recipients/1" }] });
    expect(refusedByLimits({ ...event, recipients: ["u1"] }, { notices: ["both"] }, rulebook)).toBeUndefined();
  });

  it("leaves it to others to refuse what has no type or one that nothing is on", () => {
    for (const event of [null, 5, {}, { type: 5 }, []]) expect(refusedByLimits(event, { event_types: ["a"] }, rulebook)).toBeUndefined();
    expect(statusOf("unheard.of", { notices: ["both"] })).toBeUndefined();
  });

  it("says which notices are in the way, at the type", () => {
    expect(refusedByLimits({ type: "order.paid" }, { notices: ["both"] }, rulebook)?.problem).toMatchObject({
      type: "urn:carillon:problem:forbidden",
      errors: [{ pointer: "/type", detail: "is also for order.paid, which the key is not for" }],
    });
  });

  it("never lets through what names no beginning of the type", () => {
    const word = fc.stringMatching(/^[a-z]{1,3}(\.[a-z]{1,3}){0,3}$/);
    fc.assert(
      fc.property(word, word, (named, type) => {
        expect(statusOf(type, { event_types: [named] }) === undefined).toBe(named === type);
        expect(statusOf(type, { event_types: [`${named}.*`] }) === undefined).toBe(type.startsWith(`${named}.`));
      }),
    );
  });
});

describe("mayTouch", () => {
  it("is so for every notice where none is named, else for those that are", () => {
    expect([
      mayTouch({}, "a"),
      mayTouch({ event_types: ["x"] }, "a"),
      mayTouch({ notices: ["a"] }, "a"),
      mayTouch({ notices: ["a"] }, "ab"),
    ]).toEqual([true, true, true, false]);
  });
});

describe("A type as a key names it", () => {
  it("may end in .* and has no other star", () => {
    for (const good of ["order.paid", "order.*", "a.b.*", "订单.*"]) expect(typePattern.safeParse(good).success).toBe(true);
    for (const bad of ["*", ".*", "order*", "*.paid", "order.*.late", "a.**", ""]) expect(typePattern.safeParse(bad).success).toBe(false);
  });
});
