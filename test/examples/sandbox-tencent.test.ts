import { describe, expect, it } from "vitest";
import { APPROVED, pullStatus, sendTencent, type TencentChange } from "./sdk-calls.ts";
import { until } from "./start-sandbox.ts";
import { SIGN, TENCENT, TENCENT_SECOND, TO, useSandbox } from "./use-sandbox.ts";

const { url, tencent, control, setFaults, book, phone } = useSandbox();
const SECOND_NUMBER = "+8613800000002";

const send = (change: TencentChange = {}, account: { id: string; key: string } = TENCENT) => sendTencent(tencent(account), change);
const approve = () => control("PUT", "templates", APPROVED);

describe("Tencent's own SDK", () => {
  it("sends a message, whose handset shows the sign and the approved text", async () => {
    await approve();
    const { SendStatusSet, RequestId } = await send();
    expect(RequestId).toEqual(expect.any(String));
    expect(SendStatusSet).toEqual([
      {
        SerialNo: expect.stringMatching(/^5000:\d{28}$/),
        PhoneNumber: TO,
        Fee: 1,
        SessionContext: "msg_1",
        Code: "Ok",
        Message: "send success",
        IsoCode: "CN",
      },
    ]);
    expect((await phone()).messages).toMatchObject([{ text: `【${SIGN}】验证码123456，5分钟内有效。`, from: SIGN }]);
    expect((await book()).messages).toMatchObject([
      { carrier: "tencent", channel: "sms", account: TENCENT.app, to: TO, sid: SendStatusSet?.[0]?.SerialNo, reference: "msg_1" },
    ]);
  });

  it("sends to several numbers by one call, each with its own SerialNo and its own code", async () => {
    await control("PUT", "opted-out", { numbers: [SECOND_NUMBER] });
    const { SendStatusSet } = await send({ PhoneNumberSet: [TO, SECOND_NUMBER, "008613800000003", "13800000004", "123"] });
    expect(SendStatusSet?.map(({ PhoneNumber, Code, Fee }) => [PhoneNumber, Code, Fee])).toEqual([
      [TO, "Ok", 1],
      [SECOND_NUMBER, "FailedOperation.PhoneNumberInBlacklist", 0],
      ["+8613800000003", "Ok", 1],
      ["+8613800000004", "Ok", 1],
      ["123", "InvalidParameterValue.IncorrectPhoneNumber", 0],
    ]);
    expect(new Set(SendStatusSet?.map(({ SerialNo }) => SerialNo)).size).toBe(4);
    const { totals, messages } = await book();
    expect(messages).toHaveLength(3);
    expect(totals.carriers.tencent).toMatchObject({ calls: 1, texts: 5, accepted: 3 });
    expect(totals.refused).toEqual({ "FailedOperation.PhoneNumberInBlacklist": 1, "InvalidParameterValue.IncorrectPhoneNumber": 1 });
  });

  it("sends abroad without a sign", async () => {
    const { SendStatusSet } = await send({ PhoneNumberSet: ["+14155550123"], SignName: "", SenderId: "Shop" });
    expect(SendStatusSet).toMatchObject([{ Code: "Ok", IsoCode: "US", PhoneNumber: "+14155550123" }]);
    expect((await phone("+14155550123")).messages).toMatchObject([{ text: '1110 ["123456","5"]' }]);
  });

  it("pulls the status of a number's messages once there is one; its caller's reference only where that was asked of the vendor", async () => {
    await setFaults({ fault: "undelivered", to: SECOND_NUMBER });
    const { SendStatusSet } = await send({ PhoneNumberSet: [TO, SECOND_NUMBER] });
    const BeginTime = Math.floor(Date.now() / 1000) - 60;
    const pull = (PhoneNumber: string, change: object = {}) => pullStatus(tencent(), { BeginTime, PhoneNumber, ...change });
    await until(async () => (await pull(TO))?.length === 1);
    expect(await pull(TO)).toEqual([
      {
        UserReceiveTime: expect.any(Number),
        CountryCode: "86",
        SubscriberNumber: TO.slice(3),
        PhoneNumber: TO,
        SerialNo: SendStatusSet?.[0]?.SerialNo,
        ReportStatus: "SUCCESS",
        Description: "DELIVRD",
        SessionContext: "",
      },
    ]);
    expect(await pull(SECOND_NUMBER)).toMatchObject([{ ReportStatus: "FAIL", Description: "MK:0001" }]);
    expect(await pull(TO, { EndTime: BeginTime })).toEqual([]);
    await send({ SmsSdkAppId: TENCENT_SECOND.app }, TENCENT_SECOND);
    const shown = () => pullStatus(tencent(TENCENT_SECOND), { BeginTime, SmsSdkAppId: TENCENT_SECOND.app });
    await until(async () => (await shown())?.length === 1);
    expect(await shown()).toMatchObject([{ SessionContext: "msg_1" }]);
    await control("PUT", "delays", { sent_ms: 600_000, delivered_ms: 600_000 });
    await send();
    expect(await pull(TO)).toHaveLength(1);
  });

  it("reads the packages of an app", async () => {
    const ask = () =>
      tencent().SmsPackagesStatistics({
        SmsSdkAppId: TENCENT.app,
        Limit: 1,
        Offset: 0,
        BeginTime: "2026010100",
        EndTime: "2026110100",
      });
    await control("PUT", "balance", { tencent: 7 });
    expect((await ask()).SmsPackagesStatisticsSet).toMatchObject([{ PackageAmount: 7, CurrentUsage: 0 }]);
  });
});

describe("a refusal by Tencent", () => {
  it("of the call reaches the SDK's caller as its own error, although the status is 200", async () => {
    const refusals: [code: string, call: () => Promise<unknown>][] = [
      ["AuthFailure.SignatureFailure", () => send({}, { ...TENCENT, key: "wrong" })],
      ["AuthFailure.SecretIdNotFound", () => send({}, { ...TENCENT, id: "AKIDnobody" })],
      ["UnauthorizedOperation.SmsSdkAppIdVerifyFail", () => send({ SmsSdkAppId: TENCENT_SECOND.app })],
      ["InvalidParameterValue.SdkAppIdNotExist", () => send({ SmsSdkAppId: "1400009999" })],
      ["UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", () => send({ PhoneNumberSet: [TO, "+14155550123"] })],
      [
        "LimitExceeded.PhoneNumberCountLimit",
        () => send({ PhoneNumberSet: Array.from({ length: 201 }, (_, i) => `+86${13_800_000_000 + i}`) }),
      ],
      ["InvalidAction", () => tencent().DescribePhoneNumberInfo({ PhoneNumberSet: [TO] })],
    ];
    for (const [code, call] of refusals) {
      await expect(call(), code).rejects.toMatchObject({ code, requestId: expect.any(String) });
    }
    const { totals } = await book();
    expect(totals).toMatchObject({ calls: 6, accepted: 0, handset_messages: 0 });
  });

  it("of a number stands in its status, and takes nothing", async () => {
    await approve();
    await control("PUT", "signs", { tencent: [SIGN] });
    const refusals: [code: string, change: TencentChange][] = [
      ["FailedOperation.SignatureIncorrectOrUnapproved", { SignName: "别的店" }],
      ["FailedOperation.SignatureIncorrectOrUnapproved", { SignName: "" }],
      ["FailedOperation.TemplateUnapprovedOrNotExist", { TemplateId: "9999" }],
      ["FailedOperation.TemplateParamSetNotMatchApprovedTemplate", { TemplateParamSet: ["123456"] }],
    ];
    for (const [code, change] of refusals) {
      expect((await send(change)).SendStatusSet, code).toMatchObject([{ Code: code, SerialNo: "", Fee: 0, SessionContext: "msg_1" }]);
    }
    expect((await book()).totals).toMatchObject({ calls: 4, accepted: 0, handset_messages: 0 });
  });

  it("comes for calls that are no calls of this API", async () => {
    const answer = await fetch(url("/"), { method: "POST", headers: { "X-TC-Action": "SendSms" }, body: "{}" });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { Response: { Error: { Code: "AuthFailure.InvalidAuthorization", Message: expect.any(String) }, RequestId: expect.any(String) } },
    ]);
  });
});
