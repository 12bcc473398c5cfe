import { describe, expect, it } from "vitest";
import { parseEvent } from "../../src/accept/parse-event.ts";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { catalog, type Notice } from "../../src/vocabulary/catalog.ts";

const EVENT = { id: "e1", source: "/shop", type: "order.paid" };

function rulebook(notices: Record<string, Partial<Notice>>, classes: object = {}) {
  const whole = Object.fromEntries(
    Object.entries(notices).map(([name, notice]) => [name, { class: "transactional", channels: ["sms"], ...notice }]),
  );
  return rulebookOf(catalog.parse({ classes, notices: whole }), 3);
}

function plan(notices: Record<string, Partial<Notice>>, over: object) {
  const parsed = parseEvent({ ...EVENT, ...over }, 100, Date.UTC(2026, 2, 1));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  const ids = parsed.value.recipients?.map((given) => (typeof given === "string" ? given : given.id));
  return planEvent(parsed.value.event, ids, rulebook(notices));
}

/** Whom and in which order, as notice>recipient. */
function meant(notices: Record<string, Partial<Notice>>, over: object): string[] {
  return plan(notices, over).notices.flatMap(({ rule, recipients }) => recipients.map((recipient) => `${rule.notice}>${recipient}`));
}

describe("planEvent", () => {
  it("goes by catalog order, then by the order in which recipients are listed, each once", () => {
    const notices = { b: { on: ["order.paid"] }, a: { on: ["x", "order.paid", "order.paid"] }, c: {} };
    expect(meant(notices, { recipients: ["u2", "u1", { id: "u2" }, "u1"] })).toEqual(["b>u2", "b>u1", "a>u2", "a>u1"]);
  });

  it("takes a notice for events of its own name where it has no `on`, and only for those in `on` where it has", () => {
    expect(meant({ "order.paid": {}, other: {} }, { subject: "u1" })).toEqual(["order.paid>u1"]);
    expect(meant({ "order.paid": { on: ["x"] } }, { subject: "u1" })).toEqual([]);
  });

  it("prefers `to`, then the event's recipients, then its subject", () => {
    const event = { data: { buyer: "u1" }, recipients: ["u2"], subject: "u3" };
    expect(meant({ "order.paid": { to: "data.buyer" } }, event)).toEqual(["order.paid>u1"]);
    expect(meant({ "order.paid": {} }, event)).toEqual(["order.paid>u2"]);
    expect(meant({ "order.paid": {} }, { subject: "u3" })).toEqual(["order.paid>u3"]);
    expect(meant({ "order.paid": {} }, {})).toEqual([]);
  });

  it.each([
    ["data.buyer", { data: { buyer: "u1" } }, ["u1"]],
    ["data.order.buyers", { data: { order: { buyers: ["u2", "u1", "u2"] } } }, ["u2", "u1"]],
    ["data.orders.1.buyer", { data: { orders: [{}, { buyer: "u1" }] } }, ["u1"]],
    ["subject", { subject: "u1" }, ["u1"]],
    ["region", { region: "eu" }, ["eu"]],
    ["data.买家", { data: { 买家: "u1" } }, ["u1"]],
    ["data.buyer", { data: {} }, []],
    ["data.buyer", { data: null }, []],
    ["data.buyer", { data: { buyer: "" } }, []],
    ["data.buyer", { data: { buyer: 5 } }, []],
    ["data.buyers", { data: { buyers: ["u1", 5, "", null, ["u2"]] } }, ["u1"]],
    ["data.buyer.length", { data: { buyer: "u1" } }, []],
    ["data.buyers.length", { data: { buyers: ["u1"] } }, []],
    ["data.constructor.name", { data: {} }, []],
    ["constructor", {}, []],
    ["extensions.region", { region: "eu" }, []],
  ])("finds whom `to: %s` names in %j: %j", (to, over, ids) => {
    expect(meant({ "order.paid": { to } }, { subject: "nobody", ...over })).toEqual(ids.map((id) => `order.paid>${id}`));
  });

  it("takes `to: recipient:…` for that one recipient, whomever the event names, and for a cancel too", () => {
    const notices = { "order.paid": { to: "recipient:ops" }, b: { cancel: { on: ["order.paid"], key: "x" }, to: "recipient:data.buyer" } };
    const event = { data: { buyer: "u1", ops: "u4" }, recipients: ["u2"], subject: "u3" };
    expect(meant(notices, event)).toEqual(["order.paid>ops"]);
    expect(meant(notices, {})).toEqual(["order.paid>ops"]);
    expect(plan(notices, event).cancels).toMatchObject([{ recipients: ["data.buyer"] }]);
    expect(meant({ "order.paid": { to: "recipient:售后:一组" } }, event)).toEqual(["order.paid>售后:一组"]);
  });

  it("finds what the event cancels for the recipients that the notice has in it, apart from what it brings", () => {
    const bill = { cancel: { on: ["order.paid"], key: "{{ data.bill }}" }, to: "data.buyer" };
    const planned = plan({ "order.paid": {}, "bill.due": bill }, { data: { buyer: "u1" }, recipients: ["u2"] });
    expect(planned.cancels).toMatchObject([{ rule: { notice: "bill.due", key: "{{ data.bill }}" }, recipients: ["u1"] }]);
    expect(planned.notices).toMatchObject([{ rule: { notice: "order.paid" }, recipients: ["u2"] }]);
    expect([...planByRecipient(planned).keys()]).toEqual(["u1", "u2"]);
  });

  it("gives each recipient its own part, in catalog order", () => {
    const planned = plan({ a: { on: ["order.paid"], to: "data.a" }, b: { on: ["order.paid"] } }, { data: { a: ["u1"] }, subject: "u1" });
    expect(planByRecipient(planned).get("u1")).toMatchObject({ cancels: [], notices: [{ notice: "a" }, { notice: "b" }] });
  });
});

describe("A rulebook", () => {
  it("carries the notice's own rules, else the class's, else the defaults", () => {
    const marketing = { ttl: "P2D", consent: "opt_out", caps: [{ max: 2, per: "P1D", over: "defer" }] };
    const own = { ttl: "PT1H", on_unclear: "stop" as const };
    const b = { on: ["order.paid"], class: "marketing" as const, caps: [{ max: 1, per: "PT1H", over: "suppress" as const }] };
    const rules = rulebook({ "order.paid": own, b }, { marketing }).notices.get("order.paid");
    expect(rules?.map(({ rule }) => rule)).toMatchObject([
      { class: "transactional", consent: "required", on_unclear: "stop", catalog: 3, ttl_ms: 3_600_000, quiet_hours: [], caps: [] },
      {
        class: "marketing",
        consent: "opt_out",
        on_unclear: "stop",
        ttl_ms: 172_800_000,
        quiet_hours: [{ from: "21:00", to: "08:00" }],
        caps: [
          { of: "class", max: 2, per_ms: 86_400_000, over: "defer" },
          { of: "notice", max: 1, per_ms: 3_600_000, over: "suppress" },
        ],
      },
    ]);
  });

  it("has the quiet hours of the notice in place of its class's, also where they are none", () => {
    const rules = rulebook({ a: { class: "service", quiet_hours: [] }, b: { class: "service" } });
    expect(rules.notices.get("a")?.[0]?.rule.quiet_hours).toEqual([]);
    expect(rules.notices.get("b")?.[0]?.rule.quiet_hours).toEqual([{ from: "22:00", to: "08:00" }]);
  });
});
