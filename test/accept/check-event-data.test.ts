import { describe, expect, it } from "vitest";
import { dataProblem } from "../../src/accept/check-event-data.ts";
import { parseEvent } from "../../src/accept/parse-event.ts";
import { planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { catalog, type Notice } from "../../src/vocabulary/catalog.ts";

const NEEDS_A = { data: { a: { type: "string" as const } } };
const on = ["order.paid"];

/** The problem of an event, posted for u1 unless it says otherwise, with these notices in the catalog. */
function problemOf(notices: Record<string, Partial<Notice>>, over: object) {
  const whole = Object.entries(notices).map(([name, notice]) => [name, { class: "transactional", channels: ["sms"], ...notice }]);
  const parsed = parseEvent({ id: "e1", source: "/shop", type: "order.paid", subject: "u1", ...over }, 100, Date.UTC(2026, 2, 1));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  const { event, recipients } = parsed.value;
  const ids = recipients?.map((given) => (typeof given === "string" ? given : given.id));
  const plan = planEvent(event, ids, rulebookOf(catalog.parse({ notices: Object.fromEntries(whole) }), 1));
  return dataProblem(event, plan.notices)?.problem;
}

const issuesOf = (notices: Record<string, Partial<Notice>>, over: object) =>
  problemOf(notices, over)?.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`);

describe("An event's data", () => {
  it("is a problem where it does not fit, and none where it does or nothing is declared", () => {
    expect(problemOf({ "order.paid": NEEDS_A }, { data: {} })).toMatchObject({
      status: 422,
      type: "urn:carillon:problem:invalid",
      errors: [{ pointer: "/data/a", detail: "is missing; the notice order.paid needs it" }],
    });
    expect(problemOf({ "order.paid": NEEDS_A }, { data: { a: "x" } })).toBeUndefined();
    expect(problemOf({ "order.paid": {} }, { data: { a: 5 } })).toBeUndefined();
  });

  it("is told all that is wrong for all its notices at once, what is the same for several once", () => {
    const notices = {
      one: { on, data: { a: "string", n: { type: "integer", max: 5 } } },
      two: { on, data: { a: "string", n: { type: "integer", max: 9 }, b: "date" } },
      three: { on, data: { n: { type: "integer", max: 5 } } },
      other: { data: { z: "string" } },
    } satisfies Record<string, Partial<Notice>>;
    expect(issuesOf(notices, { data: { n: 10 } })).toEqual([
      "/data/a is missing; the notices one, two need it",
      "/data/n is 10; must be at most 5",
      "/data/n is 10; must be at most 9",
      "/data/b is missing; the notice two needs it",
    ]);
  });

  it("is not asked for notices that are for nobody", () => {
    const gift = { on, to: "data.gift_to", ...NEEDS_A };
    expect(issuesOf({ gift }, { data: {} })).toBeUndefined();
    expect(issuesOf({ gift }, { data: { gift_to: "u2" } })).toHaveLength(1);
  });

  it("is not asked for notices that are not meant by their condition", () => {
    const large = { on, when: "data.amount >= 100", ...NEEDS_A };
    expect(issuesOf({ large }, { data: { amount: 99 } })).toBeUndefined();
    expect(issuesOf({ large }, { data: { amount: 100 } })).toHaveLength(1);
    expect(issuesOf({ large: { ...large, when: "source == '/other'" } }, {})).toBeUndefined();
  });

  it.each(["recipient.tags contains 'vip'", "data.amount >= 100 and recipient.locale == 'en'", "recipient"])(
    "is asked all the same where the condition %s looks at the recipient",
    (when) => {
      expect(issuesOf({ vip: { on, when, ...NEEDS_A } }, { data: { amount: 5 } })).toHaveLength(1);
    },
  );

  it("is not asked by a condition that only has the word", () => {
    for (const when of ["data.recipient == 'x'", "data.who == 'recipient'"])
      expect(issuesOf({ named: { on, when, ...NEEDS_A } }, { data: {} })).toBeUndefined();
  });

  it("is not asked of an event that only cancels", () => {
    const bill = { on: ["bill.due"], cancel: { on, key: "{{ data.bill }}" }, ...NEEDS_A };
    expect(issuesOf({ bill }, { data: { bill: "b1" } })).toBeUndefined();
  });

  it("is asked of no alert, which would be lost", () => {
    const type = "carillon.alert.balance.low";
    expect(issuesOf({ ops: { on: [type], to: "recipient:ops", ...NEEDS_A } }, { type, data: { carrier: "main" } })).toBeUndefined();
  });

  it("has its first hundred faults named, and is told how many there are", () => {
    const tags = { type: "list" as const, max: 100, of: "integer" as const };
    const problem = problemOf({ "order.paid": { data: { tags, more: tags } } }, { data: { tags: Array(100).fill("x"), more: ["x"] } });
    expect(problem?.errors).toHaveLength(100);
    expect(problem?.detail).toMatch(/The first 100 of 101 places are named\.$/);
  });
});
