import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import { findAdapter } from "../../../src/deliver/carriers/registry.ts";
import { signTc3 } from "../../../src/deliver/carriers/tc3.ts";
import { MEANING_OF_CODE } from "../../../src/deliver/carriers/tencent-codes.ts";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { carrierAnswer } from "../../../src/vocabulary/carrier.ts";
import { mount } from "./conformance.ts";
import { EXPECTED_BY_CODE } from "./tencent.conformance.ts";

const SECRETS = { secret_key: "fakeSecretKey00000000000000000001" };
const settings = { secret_id: "AKIDfakeSecretId00000000000000001", sdk_app_id: "1400006666", sign_name: "测试签名" };
const base_url = "https://sms.tencentcloudapi.com";
const carrier = mount("tencent", { base_url, settings, secrets: SECRETS });
const SERIAL = "5000:1045710669157053657849499619";

function text(to = "+8613800138000", more: Partial<OutgoingText> = {}): OutgoingText {
  return { channel: "sms", to, text: "Your code is 123456", template: { code: "1110", params: ["123456", "5"] }, message: "m", ...more };
}

/** A Tencent that answers so, and keeps what it was asked. */
function answering(status: number, body: unknown, seen: OutgoingRequest[] = []): Outgoing {
  return async (request) => {
    seen.push(request);
    return resultOf(status, new Headers(), typeof body === "string" ? body : JSON.stringify(body));
  };
}
const answerTo = (status: number, body: unknown) => carrier.send(text(), answering(status, body));
const callError = (Code: string) => ({ Response: { Error: { Code, Message: "words" }, RequestId: "r" } });
const statuses = (...set: unknown[]) => ({ Response: { SendStatusSet: set, RequestId: "r" } });
const numberStatus = (PhoneNumber: string, Code = "Ok") => ({
  ...{ SerialNo: Code === "Ok" ? SERIAL : "", PhoneNumber, Fee: Code === "Ok" ? 2 : 0 },
  ...{ SessionContext: "m", Code, Message: "words", IsoCode: "CN" },
});

/** Sends these in one call and gives the answers with the request's JSON. */
async function sendMany(texts: readonly OutgoingText[], body: unknown, status = 200) {
  const seen: OutgoingRequest[] = [];
  const answers = await carrier.sendMany?.(texts, answering(status, body, seen));
  return { answers, seen, payload: JSON.parse(seen[0]?.body ?? "null") };
}

describe("a code of Tencent's", () => {
  it.each([...MEANING_OF_CODE])("%s means %s, for the whole call as for one number", async (code, meaning) => {
    const account = meaning === "account" || meaning === "balance" ? { account: true } : {};
    const because = meaning === "account" ? "config" : meaning;
    const expected = meaning === "unclear" ? { kind: meaning } : { kind: "refused", because, ...account };
    expect(await answerTo(200, callError(code))).toEqual({ ...expected, code, detail: "words" });
    expect(await answerTo(200, statuses(numberStatus("+8613800138000", code)))).toEqual({ ...expected, code, detail: "words" });
  });

  it("means the same in the adapter's table as in the one that the conformance suite keeps", async () => {
    for (const [code, expected] of EXPECTED_BY_CODE) {
      const answer = await answerTo(200, callError(code));
      expect(answer).toMatchObject(expected);
      expect("account" in answer).toBe("account" in expected);
    }
  });

  it("is read by its family where it is not listed, and ends this message alone where that is not known either", async () => {
    for (const [code, expected] of [
      ["AuthFailure.New", { kind: "refused", because: "config", account: true }],
      ["UnauthorizedOperation.New", { kind: "refused", because: "config", account: true }],
      ["RequestLimitExceeded.New", { kind: "throttled" }],
      ["InternalError.New.Part", { kind: "unclear" }],
      ["LimitExceeded", { kind: "refused", because: "config" }],
      ["UnsupportedOperation.", { kind: "refused", because: "config" }],
      ["FailedOperation.New", { kind: "refused", because: "content" }],
      ["New", { kind: "refused", because: "content" }],
    ] as const)
      expect(await answerTo(200, callError(code))).toEqual({ ...expected, code, detail: "words" });
  });

  it("says the same under any status below 500, and proves nothing above", async () => {
    expect(await answerTo(400, callError("AuthFailure.SignatureFailure"))).toMatchObject({ kind: "refused", account: true });
    for (const status of [500, 502, 503, 504, 522])
      expect(await answerTo(status, callError("AuthFailure.SignatureFailure"))).toMatchObject({ kind: "unclear", code: String(status) });
    expect(await answerTo(521, "")).toMatchObject({ kind: "unreachable" });
  });
});

describe("an answer", () => {
  it("is taken with the serial number and the parts that are charged, whatever else is missing or new", async () => {
    expect(await answerTo(200, statuses(numberStatus("+8613800138000")))).toEqual({ kind: "taken", reference: SERIAL, segments: 2 });
    expect(await answerTo(200, statuses({ Code: "Ok" }))).toEqual({ kind: "taken" });
    expect(await answerTo(200, statuses({ Code: "ok", SerialNo: 7, Fee: "x", PhoneNumber: "13800138000" }))).toEqual({ kind: "taken" });
  });

  it("is unclear where it tells nothing of the number", async () => {
    const nothing = [statuses(), statuses({}), statuses(null), { Response: {} }, { Response: { SendStatusSet: "?" } }];
    for (const body of nothing) expect(await answerTo(200, body)).toMatchObject({ kind: "unclear", code: "no_status" });
    for (const body of ["", "<html>ok</html>", "null", "[]", "{}", '{"Response":null}', '{"Response":{"Error":{}}}', "\u0000"])
      expect(await answerTo(200, body)).toMatchObject({ kind: "unclear", code: "200" });
  });

  it("of a gateway in front of the API is sorted by its status; redirects and 408 prove nothing", async () => {
    for (const status of [301, 302, 307, 408]) expect(await answerTo(status, "")).toEqual({ kind: "unclear", code: String(status) });
    for (const status of [401, 403, 404])
      expect(await answerTo(status, "<html>")).toEqual({ kind: "refused", because: "config", account: true, code: String(status) });
    expect(await answerTo(429, "")).toEqual({ kind: "throttled", code: "429" });
    for (const status of [400, 413]) expect(await answerTo(status, "")).toMatchObject({ kind: "refused", because: "content" });
  });

  it("never holds the number called", async () => {
    const status = { ...numberStatus("+8613800138000", "InvalidParameterValue.IncorrectPhoneNumber"), Message: "no 8613800138000" };
    expect(await answerTo(200, statuses(status))).toMatchObject({ kind: "refused", because: "recipient", detail: "no …" });
  });
});

describe("sendMany", () => {
  const numbers = ["+8613800138000", "+8613900139000", "+8613700137000"] as const;
  const texts = numbers.map((to, at) => text(to, { message: `m${at}` }));

  it("makes one call, and answers each text by its number, in whatever order the vendor does", async () => {
    const { answers, seen, payload } = await sendMany(
      texts,
      statuses(numberStatus(numbers[2], "LimitExceeded.PhoneNumberDailyLimit"), numberStatus(numbers[0])),
    );
    expect(answers).toEqual([
      { kind: "taken", reference: SERIAL, segments: 2 },
      { kind: "unclear", code: "no_status", detail: "the answer tells nothing of this number" },
      { kind: "refused", because: "config", code: "LimitExceeded.PhoneNumberDailyLimit", detail: "words" },
    ]);
    expect(seen).toHaveLength(1);
    expect(payload).toMatchObject({ PhoneNumberSet: numbers, TemplateId: "1110", TemplateParamSet: ["123456", "5"] });
  });

  it("names no message, since the one context would be that of all", async () => {
    expect((await sendMany(texts, statuses())).payload).not.toHaveProperty("SessionContext");
    expect((await sendMany(texts.slice(0, 1), statuses())).payload).toMatchObject({ SessionContext: "m0" });
  });

  it("gives an error of the whole call to each text, but blames no number among several", async () => {
    const limited = await sendMany(texts, callError("RequestLimitExceeded"));
    expect(limited.answers).toEqual(texts.map(() => ({ kind: "throttled", code: "RequestLimitExceeded", detail: "words" })));
    const wrong = await sendMany(texts, callError("InvalidParameterValue.IncorrectPhoneNumber"));
    expect(wrong.answers?.map((answer) => "because" in answer && answer.because)).toEqual(["config", "config", "config"]);
    const lost = await sendMany(texts, "", 503);
    expect(lost.answers?.map(({ kind }) => kind)).toEqual(["unclear", "unclear", "unclear"]);
  });

  it("answers every text by the schema, and takes only what the vendor says is Ok, whatever it answers", async () => {
    const status = fc.record(
      {
        PhoneNumber: fc.oneof(fc.constantFrom(...numbers), fc.string(), fc.integer()),
        Code: fc.oneof(fc.constantFrom("Ok", "InternalError.Timeout", "LimitExceeded.DailyLimit"), fc.string(), fc.constant(null)),
        SerialNo: fc.oneof(fc.string({ maxLength: 200 }), fc.constant(null)),
        Fee: fc.oneof(fc.integer(), fc.double(), fc.string()),
        Message: fc.oneof(fc.string(), fc.integer()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(status, { maxLength: 4 }), async (set) => {
        const { answers } = await sendMany(texts, statuses(...set));
        expect(answers).toHaveLength(texts.length);
        for (const [at, answer] of (answers ?? []).entries()) {
          expect(carrierAnswer.parse(answer)).toEqual(answer);
          const ours = set.filter(({ PhoneNumber = "" }) => String(PhoneNumber).replace(/\D/g, "") === numbers[at]?.slice(1));
          if (answer.kind === "taken") expect(ours.some(({ Code }) => Code?.toLowerCase() === "ok")).toBe(true);
          if (ours.length === 0) expect(answer.kind).toBe("unclear");
        }
      }),
    );
  });

  it("refuses to put texts into one call that differ, which is a mistake of the caller's", async () => {
    const other = text(numbers[1], { template: { code: "1110", params: ["654321", "5"] } });
    await expect(sendMany([text(), other], statuses())).rejects.toThrow("cannot share a call");
  });
});

describe("together", () => {
  const keyOf = (one: OutgoingText) => carrier.together?.(one);

  it("is equal for texts of one template, signature and set of values, all of the mainland or all abroad", () => {
    expect(keyOf(text("+8613900139000", { message: "other", text: "other words" }))).toBe(keyOf(text()));
    expect(keyOf(text("+14155550123"))).toBe(keyOf(text("+85251234567")));
    const signed = { code: "1110", params: ["123456", "5"], sign_name: settings.sign_name };
    expect(keyOf(text(undefined, { template: signed }))).toBe(keyOf(text()));
  });

  it("differs where anything of that differs", () => {
    const keys = [
      text(),
      text("+14155550123"),
      text(undefined, { template: { code: "1111", params: ["123456", "5"] } }),
      text(undefined, { template: { code: "1110", params: ["1234565"] } }),
      text(undefined, { template: { code: "1110", params: ["5", "123456"] } }),
      text(undefined, { template: { code: "1110", params: ["123456", "5"], sign_name: "别的签名" } }),
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain(undefined);
  });

  it("is undefined for what cannot be sent at all", () => {
    expect(keyOf(text(undefined, { template: { code: "1110", params: { code: "123456" } } }))).toBeUndefined();
  });
});

describe("a text without a template whose values have positions", () => {
  it("is refused for this message only, without a call", async () => {
    const { template: _, ...bare } = text();
    for (const one of [bare, text(undefined, { template: { code: "1110", params: { code: "123456" } } })]) {
      const seen: OutgoingRequest[] = [];
      expect(await carrier.send(one, answering(200, statuses(), seen))).toMatchObject({ because: "config", code: "no_template" });
      expect(await carrier.send(one, answering(200, statuses(), seen))).not.toHaveProperty("account");
      expect(seen).toEqual([]);
    }
  });
});

describe("a request", () => {
  afterEach(() => void vi.useRealTimers());

  /** What is put on the wire for a text, at the time of the recorded vectors. */
  async function requestOf(one: OutgoingText, more: object = {}, at: { base_url?: string; secrets?: object } = {}) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2025, 0, 15, 8, 30) });
    const seen: OutgoingRequest[] = [];
    const account = { base_url: at.base_url ?? base_url, settings: { ...settings, ...more }, secrets: { ...SECRETS, ...at.secrets } };
    await mount("tencent", account).send(one, answering(200, statuses(), seen));
    const [request] = seen;
    if (!request) throw new Error("no call was made");
    return { ...request, payload: JSON.parse(request.body ?? "") };
  }

  it("is letter for letter, with its signature, what Tencent's own library sends", async () => {
    const { headers, body, url } = await requestOf(text(undefined, { message: "msg_01HZX9K3" }));
    expect(url).toBe("https://sms.tencentcloudapi.com/");
    expect(body).toBe(
      '{"PhoneNumberSet":["+8613800138000"],"SmsSdkAppId":"1400006666","TemplateId":"1110","SignName":"测试签名","TemplateParamSet":["123456","5"],"SessionContext":"msg_01HZX9K3"}',
    );
    expect(headers.authorization).toMatch(/Signature=cef2afbfdecd93b961ab3cd4cd29058ab22d143ba4b9c8100fd1da03c3cf1133$/);
  });

  it("has the account's signature on the mainland, and abroad its sender id and only a signature that the template names", async () => {
    const sender = { sender_id: "Relay" };
    expect((await requestOf(text(), sender)).payload).toMatchObject({ SignName: "测试签名" });
    expect((await requestOf(text(), sender)).payload).not.toHaveProperty("SenderId");
    for (const abroad of ["+14155550123", "+85251234567", "+85366123456", "+886912345678"]) {
      const { payload } = await requestOf(text(abroad), sender);
      expect(payload).toMatchObject({ SenderId: "Relay", PhoneNumberSet: [abroad] });
      expect(payload).not.toHaveProperty("SignName");
      expect((await requestOf(text(abroad))).payload).not.toHaveProperty("SenderId");
    }
    const template = { code: "1110", params: [], sign_name: "别的签名" };
    for (const to of ["+8613800138000", "+14155550123"])
      expect((await requestOf(text(to, { template }))).payload).toMatchObject({ SignName: "别的签名", TemplateParamSet: [] });
  });

  it("names region and token where the account has them; the token changes no signature", async () => {
    const plain = await requestOf(text());
    expect(plain.headers["x-tc-region"]).toBe("ap-guangzhou");
    expect(plain.headers).not.toHaveProperty("x-tc-token");
    const other = await requestOf(text(), { region: "ap-singapore" }, { secrets: { token: "fakeSecurityToken0001" } });
    expect(other.headers).toMatchObject({ "x-tc-region": "ap-singapore", "x-tc-token": "fakeSecurityToken0001" });
    expect(other.headers.authorization).toBe(plain.headers.authorization);
  });

  it("is signed for the host that it is sent to, without the port, or for the vendor's behind a relay", async () => {
    const signedFor = async (host: string, body = "") =>
      signTc3({
        ...{ secret_id: settings.secret_id, secret_key: SECRETS.secret_key, service: "sms", host },
        ...{ content_type: "application/json", body, timestamp: Date.UTC(2025, 0, 15, 8, 30) / 1000 },
      });
    const local = await requestOf(text(), {}, { base_url: "http://localhost:8788" });
    expect([local.url, local.headers.authorization]).toEqual(["http://localhost:8788/", await signedFor("localhost", local.body)]);
    const signed_host = "sms.tencentcloudapi.com";
    const relayed = await requestOf(text(), { signed_host }, { base_url: "https://relay.example.com/tc" });
    expect([relayed.url, relayed.headers.authorization]).toEqual([
      "https://relay.example.com/tc/",
      await signedFor(signed_host, relayed.body),
    ]);
  });
});

describe("an account's settings", () => {
  const search = findAdapter("tencent");
  const check = (given: unknown) => (search.kind === "found" ? search.adapter.checkSettings(given) : search);

  it("need a key, an application and a signature; a token is never asked for", () => {
    expect(check(settings)).toEqual({ kind: "valid", secrets: ["secret_key"] });
    for (const name of ["secret_id", "sdk_app_id", "sign_name"])
      expect(check({ ...settings, [name]: undefined })).toMatchObject({ kind: "invalid", issues: [{ pointer: `/${name}` }] });
  });

  it("are refused where they are not what Tencent calls them, or not known", () => {
    for (const [name, value] of [
      ["secret_id", "AKID with space"],
      ["sdk_app_id", "app"],
      ["sign_name", " 签名"],
      ["region", "Guangzhou"],
      ["sender_id", "a sender id that is too long"],
      ["signed_host", "https://sms.tencentcloudapi.com"],
    ])
      expect(check({ ...settings, [String(name)]: value })).toMatchObject({ kind: "invalid", issues: [{ pointer: `/${name}` }] });
    expect(check({ ...settings, app: "1" }).kind).toBe("invalid");
  });
});
