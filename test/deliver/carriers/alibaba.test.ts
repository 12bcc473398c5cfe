import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import { MEANING_OF_CODE } from "../../../src/deliver/carriers/alibaba-answers.ts";
import { findAdapter } from "../../../src/deliver/carriers/registry.ts";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { carrierAnswer } from "../../../src/vocabulary/carrier.ts";
import { messageId } from "../../../src/vocabulary/identifiers.ts";
import { EXPECTED_BY_CODE } from "./alibaba.conformance.ts";
import { mount } from "./conformance.ts";

const base_url = "https://dysmsapi.aliyuncs.com";
const settings = { access_key_id: "LTAIfakeAccessKeyId0001", sign_name: "鲸落商城" };
const secrets = { access_key_secret: "fakeAccessKeySecret00000000001" };
const carrier = mount("alibaba", { base_url, settings, secrets });
const BIZ_ID = "900619746936498440^0";
const OK = { Code: "OK", Message: "OK", BizId: BIZ_ID, RequestId: "r" };

const idOf = (n: number) => String(n).padStart(44, "m");
function text(to = "+8613800138000", more: Partial<OutgoingText> = {}): OutgoingText {
  const template = { code: "SMS_153055065", params: { code: "123456" } };
  return { channel: "sms", to, text: "您的验证码是123456", template, message: idOf(1), ...more };
}
const { template: _, ...textWithoutTemplate } = text();

/** An Alibaba that answers so, and keeps what it was asked. */
function answering(status: number, body: unknown, seen: OutgoingRequest[] = [], headers: Record<string, string> = {}): Outgoing {
  return async (request) => {
    seen.push(request);
    return resultOf(status, new Headers(headers), typeof body === "string" ? body : JSON.stringify(body));
  };
}
const answerTo = (status: number, body: unknown, headers?: Record<string, string>) =>
  carrier.send(text(), answering(status, body, [], headers));
const error = (Code: string) => ({ Code, Message: "words", RequestId: "r" });
const queryOf = ({ url }: OutgoingRequest) => Object.fromEntries(new URL(url).searchParams);
const formOf = ({ body }: OutgoingRequest) => Object.fromEntries(new URLSearchParams(body));

afterEach(() => void vi.useRealTimers());

describe("a code of Alibaba's", () => {
  it.each([...MEANING_OF_CODE])("%s means %s, in a 200 as in a 400", async (code, meaning) => {
    const account = meaning === "account" || meaning === "balance" ? { account: true } : {};
    const because = meaning === "account" ? "config" : meaning;
    const expected = meaning === "unclear" ? { kind: meaning } : { kind: "refused", because, ...account };
    for (const status of [200, 400, 403, 404]) expect(await answerTo(status, error(code))).toEqual({ ...expected, code, detail: "words" });
  });

  it("means the same in the adapter's table as in the one that the conformance suite keeps", async () => {
    for (const [code, expected] of EXPECTED_BY_CODE) {
      const answer = await answerTo(200, error(code));
      expect(answer, code).toMatchObject(expected);
      expect("account" in answer, code).toBe("account" in expected);
    }
  });

  it("is read by its family where it is not listed, and ends this message alone where that is not known either", async () => {
    for (const [code, expected] of [
      ["Throttling.New", { kind: "throttled" }],
      ["isv.Throttling", { kind: "throttled" }],
      ["isp.NEW", { kind: "unclear" }],
      ["InternalError.New", { kind: "unclear" }],
      ["InvalidAccessKeyId.New", { kind: "refused", because: "config", account: true }],
      ["InvalidSecurityToken.MismatchWithAccessKey", { kind: "refused", because: "config", account: true }],
      ["Forbidden", { kind: "refused", because: "config", account: true }],
      ["isv.NEW", { kind: "refused", because: "content" }],
      ["NEW", { kind: "refused", because: "content" }],
    ] as const)
      expect(await answerTo(200, error(code))).toEqual({ ...expected, code, detail: "words" });
  });

  it("of a limit for one number says nothing of the carrier's health and leaves the message to another carrier", async () => {
    const answer = await answerTo(200, { Code: "isv.BUSINESS_LIMIT_CONTROL", Message: "触发天级流控Permits:10" });
    expect(answer).toEqual({ kind: "refused", because: "config", code: "isv.BUSINESS_LIMIT_CONTROL", detail: "触发天级流控Permits:10" });
  });

  it("proves nothing above 499, and there was no connection where Cloudflare says so", async () => {
    for (const status of [500, 502, 503, 504, 522])
      expect(await answerTo(status, error("isv.MOBILE_NUMBER_ILLEGAL"))).toMatchObject({ kind: "unclear", code: String(status) });
    for (const status of [521, 523, 525, 526, 530])
      expect(await answerTo(status, OK)).toMatchObject({ kind: "unreachable", code: String(status) });
  });

  it("is cut where it is longer than an answer takes", async () => {
    const answer = await answerTo(200, error("x".repeat(200)));
    expect(carrierAnswer.parse(answer).code).toBe("x".repeat(64));
  });
});

describe("an answer without a code", () => {
  it("is sorted by its HTTP status", async () => {
    for (const status of [401, 403, 404])
      expect(await answerTo(status, "<html>")).toEqual({ kind: "refused", because: "config", account: true, code: String(status) });
    expect(await answerTo(429, "slow down")).toEqual({ kind: "throttled", code: "429" });
    for (const status of [400, 409, 413])
      expect(await answerTo(status, "")).toEqual({ kind: "refused", because: "content", code: String(status) });
  });

  it("is unclear where it is a redirect or a 408, even with a code, or a 200 that says nothing", async () => {
    for (const status of [301, 302, 303, 307, 308, 408]) {
      expect(await answerTo(status, "")).toEqual({ kind: "unclear", code: String(status) });
      expect(await answerTo(status, error("isv.MOBILE_NUMBER_ILLEGAL"))).toEqual({ kind: "unclear", code: String(status) });
    }
    for (const body of ["", "<html>ok</html>", "null", "[]", "{}", '{"Code":7}', '{"Code":""}', '{"Code":"OK"', "\u0000"])
      expect(await answerTo(200, body)).toMatchObject({ kind: "unclear", code: "200" });
  });

  it("is unclear where none came in time", async () => {
    const late = { kind: "unclear", code: "timeout", detail: "TimeoutError" } as const;
    expect(await carrier.send(text(), async () => late)).toEqual(late);
  });
});

describe("an OK", () => {
  it("is taken by its BizId, and without one too: a message that exists is never sent again", async () => {
    expect(await answerTo(200, OK)).toEqual({ kind: "taken", reference: BIZ_ID });
    for (const BizId of [undefined, null, "", 7, "x".repeat(200)]) expect(await answerTo(200, { ...OK, BizId })).toEqual({ kind: "taken" });
  });

  it("is unclear under a status or beside a word that contradicts it", async () => {
    expect(await answerTo(400, OK)).toMatchObject({ kind: "unclear", code: "400" });
    expect(await answerTo(200, { ...OK, Success: false })).toMatchObject({ kind: "unclear" });
    expect(await answerTo(200, { ...OK, Success: true })).toMatchObject({ kind: "taken" });
  });
});

describe("what is too fast", () => {
  it("says when to come again, in milliseconds, where it does", async () => {
    const throttled = (value: string) => answerTo(400, error("Throttling.User"), { "x-acs-retry-after": value });
    expect(await throttled("2500")).toEqual({ kind: "throttled", code: "Throttling.User", detail: "words", retry_after_seconds: 2.5 });
    expect(await throttled(" 0 ")).toMatchObject({ retry_after_seconds: 0 });
    for (const value of ["", "soon", "-1", "1.5", "99999999999"]) expect(await throttled(value)).not.toHaveProperty("retry_after_seconds");
    expect(await answerTo(400, error("isv.OUT_OF_SERVICE"), { "x-acs-retry-after": "5" })).not.toHaveProperty("retry_after_seconds");
  });
});

describe("a request", () => {
  it("names the template with its values as JSON, the message and the signature, all in the query", async () => {
    const seen: OutgoingRequest[] = [];
    await carrier.send(text(), answering(200, OK, seen));
    expect(seen).toHaveLength(1);
    const [request] = seen;
    expect(request).toMatchObject({ method: "POST", headers: { "x-acs-action": "SendSms", "x-acs-version": "2017-05-25" } });
    expect(request?.body).toBeUndefined();
    expect(request && queryOf(request)).toEqual({
      OutId: idOf(1),
      PhoneNumbers: "+8613800138000",
      SignName: "鲸落商城",
      TemplateCode: "SMS_153055065",
      TemplateParam: '{"code":"123456"}',
    });
  });

  it("has the template's own signature where it has one", async () => {
    const seen: OutgoingRequest[] = [];
    await carrier.send(text(undefined, { template: { code: "SMS_1", params: {}, sign_name: "RELAY" } }), answering(200, OK, seen));
    expect(seen.map(queryOf)).toMatchObject([{ SignName: "RELAY", TemplateParam: "{}" }]);
  });

  it("keeps the prefix of the mainland, which no other country's number can be taken for, and has no plus abroad", async () => {
    const seen: OutgoingRequest[] = [];
    for (const to of ["+8613800138000", "+14155550123", "+85251234567", "+861012345678"])
      await carrier.send(text(to), answering(200, OK, seen));
    expect(seen.map((request) => queryOf(request).PhoneNumbers)).toEqual(["+8613800138000", "14155550123", "85251234567", "861012345678"]);
  });

  it("goes to SendRCS for rcs, with eleven digits, and is taken without a reference, since reports bring another", async () => {
    const seen: OutgoingRequest[] = [];
    const answer = await carrier.send(text(undefined, { channel: "rcs" }), answering(200, { ...OK, Success: true }, seen));
    expect(answer).toEqual({ kind: "taken" });
    expect(seen.map(({ headers }) => headers["x-acs-action"])).toEqual(["SendRCS"]);
    expect(seen.map(queryOf)).toMatchObject([{ OutId: idOf(1), PhoneNumbers: "13800138000", TemplateCode: "SMS_153055065" }]);
  });

  it("is not made without a template whose values have names: the carrier is closed for this message only", async () => {
    const seen: OutgoingRequest[] = [];
    const byPosition = text(undefined, { template: { code: "SMS_1", params: ["123456"] } });
    for (const bare of [textWithoutTemplate, byPosition]) {
      const answer = await carrier.send(bare, answering(200, OK, seen));
      expect(answer).toMatchObject({ kind: "refused", because: "config", code: "no_template" });
      expect(answer).not.toHaveProperty("account");
      expect(carrier.together?.(bare)).toBeUndefined();
    }
    expect(seen).toEqual([]);
  });

  it("goes through a relay, signed for the vendor's host, with the token of a temporary key where there is one", async () => {
    const seen: OutgoingRequest[] = [];
    const relayed = mount("alibaba", {
      base_url: "https://relay.example.cn/ali",
      settings: { ...settings, signed_host: "dysmsapi.aliyuncs.com" },
      secrets: { ...secrets, security_token: "CAISfake" },
    });
    await relayed.send(text(), answering(200, OK, seen));
    expect(seen[0]?.url).toMatch(/^https:\/\/relay\.example\.cn\/ali\/\?OutId=/);
    expect(seen[0]?.headers["x-acs-security-token"]).toBe("CAISfake");
  });

  it("has the adapter's deadline, and no number in what is told of it", async () => {
    const deadlines: number[] = [];
    const answer = await carrier.send(text(), async (_request, deadlineMs) => {
      deadlines.push(deadlineMs);
      return resultOf(
        200,
        new Headers(),
        JSON.stringify({ Code: "isv.MOBILE_NUMBER_ILLEGAL", Message: "13800138000invalid mobile number" }),
      );
    });
    expect(deadlines).toEqual([10_000]);
    expect(answer.detail).toBe("…invalid mobile number");
  });
});

describe("texts for one call", () => {
  it("have the template, the signature and the side of the border in common, whatever their values", () => {
    const key = carrier.together?.(text());
    expect(key).toBeTypeOf("string");
    expect(carrier.together?.(text("+8613900139000", { template: { code: "SMS_153055065", params: { code: "1" } } }))).toBe(key);
    expect(carrier.together?.(text("+85251234567"))).not.toBe(key);
    expect(carrier.together?.(text(undefined, { template: { code: "SMS_2", params: {} } }))).not.toBe(key);
    expect(carrier.together?.(text(undefined, { template: { code: "SMS_153055065", params: {}, sign_name: "B" } }))).not.toBe(key);
  });

  it("are none by rcs, and none for North America, whose numbers look like the mainland's in receipts", () => {
    expect(carrier.together?.(text(undefined, { channel: "rcs" }))).toBeUndefined();
    expect(carrier.together?.(text("+14155550123"))).toBeUndefined();
  });
});

describe("a call for several", () => {
  const three = ["+8613800138000", "+8613900139000", "+8613700137000"].map((to, at) =>
    text(to, { message: idOf(at), template: { code: "SMS_1", params: { code: `${at}` } } }),
  );

  it("lists numbers, signatures and values in their order, and each text has its one BizId", async () => {
    const seen: OutgoingRequest[] = [];
    const answers = await carrier.sendMany?.(three, answering(200, OK, seen));
    expect(answers).toEqual(three.map(() => ({ kind: "taken", reference: BIZ_ID })));
    expect(seen).toHaveLength(1);
    expect(seen.map(({ headers }) => headers["x-acs-action"])).toEqual(["SendBatchSms"]);
    expect(seen.map(formOf)).toEqual([
      {
        PhoneNumberJson: '["+8613800138000","+8613900139000","+8613700137000"]',
        SignNameJson: '["鲸落商城","鲸落商城","鲸落商城"]',
        TemplateParamJson: '[{"code":"0"},{"code":"1"},{"code":"2"}]',
      },
    ]);
    expect(seen.map((request) => queryOf(request).TemplateCode)).toEqual(["SMS_1"]);
  });

  it("has an OutId that can never be taken for a message's id", async () => {
    const seen: OutgoingRequest[] = [];
    await carrier.sendMany?.(three, answering(200, OK, seen));
    const [request] = seen;
    const OutId = request ? (queryOf(request).OutId ?? "") : "";
    expect(OutId).not.toBe("");
    expect(OutId.length).toBeLessThan(256);
    expect(messageId.safeParse(OutId).success).toBe(false);
  });

  it("is SendSms where it is one text alone, so that its receipt names the message", async () => {
    const seen: OutgoingRequest[] = [];
    expect(await carrier.sendMany?.(three.slice(0, 1), answering(200, OK, seen))).toEqual([{ kind: "taken", reference: BIZ_ID }]);
    expect(seen.map(({ headers }) => headers["x-acs-action"])).toEqual(["SendSms"]);
    expect(seen.map(queryOf)).toMatchObject([{ OutId: idOf(0) }]);
  });

  it("has one answer for all where it is unclear, too fast, or refused for the account, the template or the signature", async () => {
    for (const [status, code] of [
      [200, "isp.SYSTEM_ERROR"],
      [400, "Throttling.User"],
      [200, "isv.OUT_OF_SERVICE"],
      [400, "SignatureDoesNotMatch"],
      [200, "isv.SMS_TEMPLATE_ILLEGAL"],
      [200, "isv.SMS_SIGNATURE_ILLEGAL"],
    ] as const) {
      const seen: OutgoingRequest[] = [];
      const answers = await carrier.sendMany?.(three, answering(status, error(code), seen));
      const [first] = answers ?? [];
      expect(first).toMatchObject({ code });
      expect(answers).toEqual(three.map(() => first));
      expect(seen).toHaveLength(1);
    }
    expect(await carrier.sendMany?.(three, async () => ({ kind: "unclear", code: "timeout", detail: "" }))).toEqual(
      three.map(() => ({ kind: "unclear", code: "timeout", detail: "" })),
    );
  });

  it("is refused for all where none has a template, and never made of texts that differ", async () => {
    const seen: OutgoingRequest[] = [];
    const bare = [textWithoutTemplate, { ...textWithoutTemplate, to: "+8613900139000" }];
    expect(await carrier.sendMany?.(bare, answering(200, OK, seen))).toMatchObject([{ code: "no_template" }, { code: "no_template" }]);
    await expect(carrier.sendMany?.([text(), text("+85251234567")], answering(200, OK, seen))).rejects.toThrow("differ");
    expect(seen).toEqual([]);
  });
});

/** An Alibaba that refuses a call with any of the bad numbers in it, as a whole, and sends to each number of the others. */
function picky(bad: ReadonlySet<string>, code: string, sentTo: string[]): Outgoing {
  return async (request) => {
    const form = formOf(request).PhoneNumberJson;
    const numbers: string[] = form === undefined ? [queryOf(request).PhoneNumbers ?? ""] : JSON.parse(form);
    if (numbers.some((number) => bad.has(number))) return resultOf(200, new Headers(), JSON.stringify(error(code)));
    sentTo.push(...numbers);
    return resultOf(200, new Headers(), JSON.stringify({ ...OK, BizId: `biz-of-${numbers[0]}` }));
  };
}

describe("a call for several that is refused for one of them", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => text(`+86138${String(at).padStart(8, "0")}`, { message: idOf(at) }));

  it("blames the numbers at fault and nobody else, sends to each other number once, and answers in the order of the texts", async () => {
    const codes = [
      "isv.MOBILE_NUMBER_ILLEGAL",
      "isv.BLACK_KEY_CONTROL_LIMIT",
      "isv.BUSINESS_LIMIT_CONTROL",
      "isv.PARAM_LENGTH_LIMIT",
      "isv.NEW",
    ];
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 40 })
          .chain((count) => fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: 4 }))),
        fc.constantFrom(...codes),
        async ([count, places], code) => {
          const texts = many(count);
          const bad = new Set(places.map((at) => texts[at]?.to ?? ""));
          const sentTo: string[] = [];
          const answers = await carrier.sendMany?.(texts, picky(bad, code, sentTo));
          expect(answers?.map(({ kind }) => kind)).toEqual(texts.map(({ to }) => (bad.has(to) ? "refused" : "taken")));
          expect(sentTo.sort()).toEqual(texts.map(({ to }) => to).filter((to) => !bad.has(to)));
        },
      ),
    );
  });

  it("costs some calls more and not one for each number", async () => {
    const texts = many(100);
    let calls = 0;
    const vendor = picky(new Set([texts[41]?.to ?? ""]), "isv.MOBILE_NUMBER_ILLEGAL", []);
    await carrier.sendMany?.(texts, (request, ms) => {
      calls++;
      return vendor(request, ms);
    });
    expect(calls).toBeLessThanOrEqual(15);
  });

  it("takes no longer than one call may: what is left then is told as not sent", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    const texts = many(8);
    const deadlines: number[] = [];
    const sentTo: string[] = [];
    const vendor = picky(new Set([texts[0]?.to ?? ""]), "isv.MOBILE_NUMBER_ILLEGAL", sentTo);
    const answers = await carrier.sendMany?.(texts, async (request, ms) => {
      deadlines.push(ms);
      vi.setSystemTime(Date.now() + 3_000);
      return vendor(request, ms);
    });
    expect(deadlines).toEqual([10_000, 7_000, 4_000, 1_000]);
    const kinds = answers?.map(({ kind }) => kind);
    expect(kinds).toEqual(["refused", ...texts.slice(1).map(() => "unreachable")]);
    expect(sentTo).toEqual([]);
  });
});

describe("settings", () => {
  const search = findAdapter("alibaba");
  const check = (more: object) => (search.kind === "found" ? search.adapter.checkSettings({ ...settings, ...more }) : undefined);

  it("need a key, a signature without brackets, and a host where one is signed for", () => {
    expect(check({})).toEqual({ kind: "valid", secrets: ["access_key_secret"] });
    expect(check({ signed_host: "dysmsapi.aliyuncs.com" })?.kind).toBe("valid");
    for (const wrong of [
      { access_key_id: "LTAI 1" },
      { access_key_id: "" },
      { sign_name: "【鲸落商城】" },
      { sign_name: "" },
      { sign_name: " 鲸" },
      { sign_name: "x".repeat(65) },
      { signed_host: "https://dysmsapi.aliyuncs.com" },
      { endpoint: "x" },
    ])
      expect(check(wrong)?.kind, JSON.stringify(wrong)).toBe("invalid");
    for (const sign_name of ["鲸", "鲸落", "My Shop"]) expect(check({ sign_name })?.kind).toBe("valid");
  });

  it("allow the vendor's own endpoints by name, and no other host under aliyuncs.com, where anybody may have one", () => {
    const hosts = search.kind === "found" ? search.adapter.hosts : [];
    expect(hosts).toContain("dysmsapi.aliyuncs.com");
    for (const host of hosts) expect(host).toMatch(/^dysmsapi(-[a-z]+)?(\.[a-z0-9-]+)?\.aliyuncs\.com$/);
  });
});
