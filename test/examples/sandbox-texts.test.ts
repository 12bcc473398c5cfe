import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { alibabaPush, isAlibabaAck } from "../../examples/sandbox/alibaba-push.ts";
import { CallLog } from "../../examples/sandbox/call-log.ts";
import { chinaDay, chinaTime } from "../../examples/sandbox/china-time.ts";
import { drawBatch, type FaultCall, FaultSettings } from "../../examples/sandbox/faults.ts";
import type { Message, Receipt } from "../../examples/sandbox/message.ts";
import { readNumber, splitNumber } from "../../examples/sandbox/phone-numbers.ts";
import { countWideSegments } from "../../examples/sandbox/segments.ts";
import { templateTrouble, writeBody } from "../../examples/sandbox/templates.ts";
import { isTencentAck, tencentPush } from "../../examples/sandbox/tencent-push.ts";
import { UsedNonces } from "../../examples/sandbox/used-nonces.ts";

const TO = "+8613800000001";

describe("the draw for the texts of one call", () => {
  const text = (change: Partial<FaultCall>): FaultCall => {
    const missing = { carrier: "tencent", channel: "sms", account: "1", from: "店", body: "hello", occurrence: 0 } as const;
    return { ...missing, to: TO, ...change };
  };
  const numbers = Array.from({ length: 2000 }, (_, i) => `+86138${String(i).padStart(8, "0")}`);
  const draw = (rules: object[], texts: FaultCall[], struck = 0) => drawBatch(FaultSettings.parse({ seed: 7, rules }), texts, () => struck);

  it("is one for what strikes the call, and each text's own for what strikes a text", () => {
    const batches = numbers.map((to) => [text({ to }), text({ to: `${to.slice(0, -1)}x` }), text({ to: `${to.slice(0, -1)}y` })]);
    const rules = [
      { fault: "timeout_after", share: 0.1 },
      { fault: "receipt_lost", share: 0.1 },
    ];
    const drawn = batches.map((texts) => draw(rules, texts).texts.map((strikes) => strikes.map(({ rule }) => rule.fault)));
    const ofCalls = drawn.map((texts) => texts.filter((faults) => faults.includes("timeout_after")).length);
    expect(new Set(ofCalls)).toEqual(new Set([0, 3]));
    expect(ofCalls.filter((n) => n === 3).length).toSatisfy((n: number) => n > 150 && n < 250);
    const lost = drawn.flat().filter((faults) => faults.includes("receipt_lost")).length;
    expect(lost).toSatisfy((n: number) => n > 450 && n < 750);
  });

  it("strikes a call if one of its texts is meant, and a text only if it is meant itself", () => {
    const texts = [text({}), text({ to: "+8613800000002" })];
    const faults = draw(
      [
        { fault: "latency", ms: 1, to: "+8613800000002" },
        { fault: "receipt_lost", to: "+8613800000002" },
      ],
      texts,
    ).texts;
    expect(faults.map((strikes) => strikes.map(({ rule }) => rule.fault))).toEqual([["latency"], ["latency", "receipt_lost"]]);
  });

  it("counts the strikes that a rule has left within the call too", () => {
    const texts = numbers.slice(0, 10).map((to) => text({ to }));
    expect(draw([{ fault: "receipt_lost", first: 5 }], texts, 2).all).toHaveLength(3);
    expect(draw([{ fault: "receipt_lost", first: 5 }], texts, 9).all).toHaveLength(0);
  });
});

describe("an approved text", () => {
  const draft = {
    sid: "1",
    told_id: "1",
    to: TO,
    handset: TO,
    from: "店",
    body: "",
    media: [],
    messaging_service_sid: null,
    callback: null,
    reference: null,
  };
  const mark = (name: string) => `$\{${name}}`;

  it("is filled by name, and a variable's own text is no variable", () => {
    const template = { code: "SMS_1", params: { a: mark("b"), b: "$& 2" } };
    expect(writeBody({ ...draft, template }, { SMS_1: `${mark("a")}-${mark("b")}` })).toBe(`【店】${mark("b")}-$& 2`);
  });

  it("is filled by place", () => {
    const template = { code: "1110", params: ["一", "{1}"] };
    expect(writeBody({ ...draft, from: "", template }, { "1110": "{2}/{1}/{2}" })).toBe("{1}/一/{1}");
  });

  it("must be there, and be filled wholly, once any is approved", () => {
    const trouble = (params: Record<string, string> | string[], text?: string) =>
      templateTrouble({ code: "x", params }, text === undefined ? { y: "" } : { x: text });
    expect(templateTrouble({ code: "x", params: [] }, {})).toBeUndefined();
    expect(trouble({})).toBe("template");
    expect(templateTrouble({ code: "constructor", params: {} }, { y: "" })).toBe("template");
    expect(trouble({ a: "1", more: "2" }, mark("a"))).toBeUndefined();
    expect(trouble({ b: "1" }, mark("a"))).toBe("params");
    expect(trouble(["1", "2"], "{1}{2}{1}")).toBeUndefined();
    expect(trouble(["1"], "{1}{2}")).toBe("params");
    expect(trouble(["1", "2"], "{1}")).toBe("params");
  });
});

describe("a number as callers of Alibaba and Tencent write it", () => {
  it.each([
    ["13800138000", "+8613800138000"],
    ["+8613800138000", "+8613800138000"],
    ["8613800138000", "+8613800138000"],
    ["008613800138000", "+8613800138000"],
    ["14155550123", "+14155550123"],
    ["+14155550123", "+14155550123"],
    ["85261234567", "+85261234567"],
    ["+861234", undefined],
    ["12", undefined],
    ["", undefined],
    ["138 0013 8000", undefined],
  ])("%j is %j", (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  it.each([
    ["+8613800138000", "86", "13800138000"],
    ["+14155550123", "1", "4155550123"],
    ["+85261234567", "852", "61234567"],
    ["+447700900123", "44", "7700900123"],
    ["+79161234567", "7", "9161234567"],
    ["+351912345678", "351", "912345678"],
  ])("%s has the country %s", (handset, country, number) => {
    expect(splitNumber(handset)).toEqual({ country, number });
  });
});

describe("the time of China", () => {
  it("is eight hours ahead", () => {
    expect(chinaTime(Date.parse("2025-01-15T16:30:05.999Z"))).toBe("2025-01-16 00:30:05");
    expect(chinaDay("20250116")).toEqual({ from: Date.parse("2025-01-15T16:00:00Z"), until: Date.parse("2025-01-16T16:00:00Z") });
    for (const text of ["2025-01-16", "20251301", ""]) expect(chinaDay(text)).toBeUndefined();
  });
});

describe("segments as vendors of mainland China bill them", () => {
  it.each([
    ["", 1],
    ["a".repeat(70), 1],
    ["a".repeat(71), 2],
    ["您".repeat(134), 2],
    ["您".repeat(135), 3],
  ])("%j takes %i", (text, segments) => {
    expect(countWideSegments(text)).toBe(segments);
  });
});

describe("a post of receipts", () => {
  const WEBHOOKS = join(import.meta.dirname, "../fixtures/carriers/webhooks");
  const Fixture = z.object({ request: z.object({ body: z.string() }), ack: z.object({ body: z.unknown() }) });
  const fixture = (name: string) => Fixture.parse(JSON.parse(readFileSync(join(WEBHOOKS, name), "utf8")));
  const Reports = z.array(z.record(z.string(), z.unknown()));
  const message: Message = {
    ...{ n: 1, sid: "1_2_3", carrier: "alibaba", channel: "sms", account: "a", told_id: "1^0", reference: "msg_1", to_number: TO },
    ...{ handset: TO, from_sender: "店", messaging_service_sid: null, template: "SMS_1", body: "", num_segments: 1, media: [] },
    ...{ status_callback: null, push: null, accepted_at: 0, sent_at: 0, final_at: 0, final_status: "delivered", error_code: null },
    ...{ receipts: [], faults: [], next_at: null },
  };
  const receipt: Receipt = {
    ...{ status: "delivered", error_code: null, due_at: 0, state: "planned", tries: 0, posted_at: null, http_status: null },
  };
  const due = [{ message, receipt }];

  it.each([
    ["alibaba-receipt-smsreport.json", alibabaPush("sms", due), isAlibabaAck],
    ["alibaba-receipt-5gsmsreport.json", alibabaPush("rcs", due), isAlibabaAck],
    ["tencent-receipt.json", tencentPush(due), isTencentAck],
  ])("has the fields of the vendor's %s, of the same kinds, and takes the vendor's own answer", (name, push, isAck) => {
    const { request, ack } = fixture(name);
    const [ours = {}] = Reports.parse(JSON.parse(String(push.body)));
    const [theirs = {}] = Reports.parse(JSON.parse(request.body));
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(theirs)));
    for (const [field, value] of Object.entries(theirs)) expect(typeof ours[field], field).toBe(typeof value);
    expect(isAck(ack.body)).toBe(true);
    for (const other of [{}, { code: 1, result: 1 }, { code: "0", result: "0" }, null, "ok"]) expect(isAck(other)).toBe(false);
  });
});

describe("a nonce", () => {
  it("is used once, until no signed date is good any more", () => {
    const nonces = new UsedNonces();
    expect([nonces.use("a", 0), nonces.use("b", 1), nonces.use("a", 30 * 60_000 - 1)]).toEqual([true, true, false]);
    expect(nonces.use("a", 30 * 60_000)).toBe(true);
  });
});

describe("the log of calls", () => {
  it("forgets the oldest of very many, and pages go on after what is left", () => {
    const log = new CallLog();
    const call = { at: 0, carrier: "twilio", account: "a", action: "x", texts: 1, answer: "taken", code: null } as const;
    for (let i = 0; i < 150_001; i += 1) log.add(call);
    expect(log.after(0, 2).map(({ n }) => n)).toEqual([50_002, 50_003]);
    expect(log.after(150_000, 10).map(({ n }) => n)).toEqual([150_001]);
    expect(log.after(150_001, 10)).toEqual([]);
    log.clear();
    log.add(call);
    expect(log.after(0, 10)).toMatchObject([{ n: 1 }]);
  });
});
