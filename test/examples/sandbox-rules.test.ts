import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authenticate } from "../../examples/sandbox/authenticate.ts";
import { combineFaults } from "../../examples/sandbox/fault-effects.ts";
import { drawFaults, type FaultCall, FaultSettings } from "../../examples/sandbox/faults.ts";
import { escapeHtml, phonePage } from "../../examples/sandbox/phones-page.ts";
import { RateWindow } from "../../examples/sandbox/rate-window.ts";
import { gatherReceipts, planNetwork, planReceipts } from "../../examples/sandbox/receipts.ts";
import { countSegments } from "../../examples/sandbox/segments.ts";

const call = (change: Partial<FaultCall> = {}): FaultCall => ({
  carrier: "twilio",
  channel: "sms",
  account: "AC1",
  to: "+8613800000001",
  from: "+14155552345",
  body: "hello",
  occurrence: 0,
  ...change,
});
const never = () => 0;

describe("segments of a text", () => {
  it.each([
    ["", 1],
    ["a".repeat(160), 1],
    ["a".repeat(161), 2],
    ["a".repeat(306), 2],
    ["a".repeat(307), 3],
    ["€".repeat(80), 1],
    ["€".repeat(81), 2],
    [`${"a".repeat(152)}€${"a".repeat(152)}`, 3],
    ["您".repeat(70), 1],
    ["您".repeat(71), 2],
    ["您".repeat(134), 2],
    ["您".repeat(135), 3],
    [`${"a".repeat(70)}ç`, 2],
    ["😀".repeat(35), 1],
    [`${"您".repeat(66)}😀${"您".repeat(66)}`, 3],
  ])("%j takes %i", (text, segments) => {
    expect(countSegments(text)).toBe(segments);
  });
});

describe("the draw of faults", () => {
  it("gives the same faults for the same seed and calls, whatever the order of the calls", () => {
    const settings = FaultSettings.parse({
      seed: 7,
      rules: [
        { fault: "timeout_after", share: 0.5 },
        { fault: "status_521", share: 0.3 },
      ],
    });
    fc.assert(
      fc.property(fc.array(fc.record({ to: fc.string(), body: fc.string(), occurrence: fc.nat(5) })), (calls) => {
        const draw = (change: Partial<FaultCall>) => drawFaults(settings, call(change), never).map(({ index }) => index);
        expect(calls.toReversed().map(draw).toReversed()).toEqual(calls.map(draw));
      }),
    );
  });

  it("strikes the share that was asked for, each rule and each retry for itself", () => {
    const settings = FaultSettings.parse({
      seed: 7,
      rules: [
        { fault: "timeout_after", share: 0.1 },
        { fault: "status_521", share: 0.1 },
      ],
    });
    const numbers = Array.from({ length: 10_000 }, (_, i) => `+86138${String(i).padStart(8, "0")}`);
    const struck = (occurrence: number, index: number) =>
      new Set(numbers.filter((to) => drawFaults(settings, call({ to, occurrence }), never).some((strike) => strike.index === index)));
    const [first, retry, other] = [struck(0, 0), struck(1, 0), struck(0, 1)];
    for (const set of [first, retry, other]) expect(set.size).toSatisfy((size: number) => size > 880 && size < 1120);
    expect(first.intersection(retry).size).toBeLessThan(150);
    expect(first.intersection(other).size).toBeLessThan(150);
  });

  it("strikes only where all that the rule names holds, and no more often than it says", () => {
    const draws = (rule: object, change: Partial<FaultCall> = {}, struck = 0) =>
      drawFaults(FaultSettings.parse({ rules: [{ fault: "status_521", ...rule }] }), call(change), () => struck).length === 1;
    expect(draws({})).toBe(true);
    expect(draws({ share: 0 })).toBe(false);
    expect(draws({ share: 1 })).toBe(true);
    expect(draws({ to: "+8613800000001" })).toBe(true);
    expect(draws({ to: "+861380000000" })).toBe(false);
    expect(draws({ to: "+86138*" })).toBe(true);
    expect(draws({ to: "+86139*" })).toBe(false);
    expect(draws({ from: "+14155552345", account: "AC1", body_contains: "ell" })).toBe(true);
    expect(draws({ from: "+14155552345", account: "AC2", body_contains: "ell" })).toBe(false);
    expect(draws({ body_contains: "bye" })).toBe(false);
    expect(draws({ first: 2 }, {}, 1)).toBe(true);
    expect(draws({ first: 2 }, {}, 2)).toBe(false);
  });

  it("combines rules: waiting adds up, and of two answers the first one wins", () => {
    const settings = FaultSettings.parse({
      rules: [
        { fault: "latency", ms: 20 },
        { fault: "latency", ms: 30 },
        { fault: "status_503_after" },
        { fault: "timeout_after", ms: 9 },
        { fault: "receipt_lost" },
        { fault: "receipt_early" },
      ],
    });
    const effects = combineFaults(drawFaults(settings, call(), never));
    expect(effects).toMatchObject({
      latency_ms: 50,
      after: { fault: "status_503_after", status: 503, hang_ms: 0 },
      receipts: { lost: true, early: true },
    });
    expect(effects.before).toBeUndefined();
  });
});

describe("planned receipts", () => {
  const delays = { sent_ms: 10, delivered_ms: 30, retry_ms: 1, gather_ms: 0 };
  const plan = (...rules: object[]) => {
    const { receipts } = combineFaults(drawFaults(FaultSettings.parse({ rules }), call(), never));
    return planReceipts(planNetwork(receipts, delays, 1000), receipts, 1000).map(({ status, due_at, state }) => [status, due_at, state]);
  };

  it("are sent, then delivered", () => {
    expect(plan()).toEqual([
      ["sent", 1010, "planned"],
      ["delivered", 1030, "planned"],
    ]);
  });

  it("tell the final state alone where the vendor tells no other, together with what has come by then", () => {
    const { receipts } = combineFaults([]);
    const told = planReceipts(planNetwork(receipts, delays, 1000), receipts, 1000, false);
    expect(told.map(({ status, due_at }) => [status, due_at])).toEqual([["delivered", 1030]]);
    expect([0, 1, 100, 1030].map((every) => gatherReceipts(told, every)[0]?.due_at)).toEqual([1030, 1030, 1100, 1030]);
  });

  it("follow every combination of faults", () => {
    expect(plan({ fault: "undelivered", status: "failed" })).toEqual([["failed", 1030, "planned"]]);
    expect(plan({ fault: "receipt_lost" }, { fault: "undelivered" }).map(([status, , state]) => [status, state])).toEqual([
      ["sent", "lost"],
      ["undelivered", "lost"],
    ]);
    expect(plan({ fault: "receipt_reordered" }, { fault: "receipt_delayed", ms: 100 })).toEqual([
      ["delivered", 1110, "planned"],
      ["sent", 1130, "planned"],
    ]);
    expect(plan({ fault: "receipt_repeated", times: 2 }, { fault: "receipt_early" })).toEqual([
      ["sent", 1000, "planned"],
      ["sent", 1000, "planned"],
      ["delivered", 1000, "planned"],
      ["delivered", 1000, "planned"],
    ]);
  });
});

describe("who may call", () => {
  const sid = `AC${"0".repeat(31)}1`;
  const accounts = [{ account_sid: sid, auth_token: "to:ken ü", api_keys: { [`SK${"0".repeat(32)}`]: "secret" } }];
  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  it("is the account by its token, or by one of its API keys", () => {
    expect(authenticate(basic(sid, "to:ken ü"), sid, accounts)).toHaveProperty("account");
    expect(authenticate(basic(`SK${"0".repeat(32)}`, "secret"), sid, accounts)).toHaveProperty("account");
  });

  it("is nobody else", () => {
    for (const header of [
      null,
      "",
      "Basic",
      "Basic !!!",
      "Bearer abc",
      basic(sid, ""),
      basic(sid, "secret"),
      basic("", "to:ken ü"),
      basic("constructor", "x"),
    ]) {
      expect(authenticate(header, sid, accounts), String(header)).toEqual({ code: 20003 });
    }
    expect(authenticate(basic(sid, "to:ken ü"), `AC${"0".repeat(32)}`, accounts)).toEqual({ code: 20003 });
    expect(authenticate(basic(sid, "to:ken ü"), "undefined", accounts)).toEqual({ code: 20404 });
  });
});

describe("the rate window", () => {
  it("never admits more than so many in any second, for each account by itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.array(fc.nat(400), { maxLength: 60 }), (perSecond, gaps) => {
        const window = new RateWindow();
        const admitted: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (window.admits("a", perSecond, now)) admitted.push(now);
        }
        for (const at of admitted)
          expect(admitted.filter((other) => other > at - 1000 && other <= at).length).toBeLessThanOrEqual(perSecond);
        expect(window.admits("b", perSecond, now)).toBe(perSecond > 0);
      }),
    );
  });
});

describe("the page of a handset", () => {
  it("lets nothing of a text become markup", () => {
    const nasty = `<script>alert("1")</script> https://x.example/?a=1&b="><img onerror='1'> 您好`;
    const html = phonePage("+8613800000001", [
      {
        from: `<b>"shop"</b>`,
        text: nasty,
        media: [`javascript:alert('1')`],
        received_at: "2026-11-11T00:00:00.000Z",
        carrier: "<i>",
        channel: "rcs",
      },
    ]);
    expect(html).not.toMatch(/<script|<img|<b>"|<i>|href="javascript/);
    expect(html).toContain(`<a href="https://x.example/?a=1&amp;b=" rel="noreferrer noopener">`);
    expect(html).toContain("您好");
    expect(escapeHtml(`&<>"'`)).toBe("&amp;&lt;&gt;&quot;&#39;");
  });
});
