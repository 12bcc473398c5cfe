import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sendBatch, sendRcs, sendSms, sendTencent } from "./sdk-calls.ts";
import { until } from "./start-sandbox.ts";
import { ALIBABA, ALIBABA_SECOND, TENCENT, TENCENT_SECOND, TO, useSandbox } from "./use-sandbox.ts";

const { receiver, alibaba, tencent, control, setFaults, book, phone, send } = useSandbox();
/** What the vendors want to hear. */
const CODE_0 = { code: 0, msg: "接收成功" };
const RESULT_0 = { result: 0, errmsg: "OK" };
const SECOND_NUMBER = "+8613800000002";

const tellAlibaba = (path: string) => control("PUT", "callbacks", { alibaba: { [ALIBABA.id]: `${receiver().url}${path}` } });
const tellTencent = (path: string) => control("PUT", "callbacks", { tencent: { [TENCENT.app]: `${receiver().url}${path}` } });
const Reports = z.array(z.record(z.string(), z.unknown()));
/** What was posted to a path, one array for each post. */
const reports = (path: string) =>
  receiver()
    .at(path)
    .map(({ body }) => Reports.parse(JSON.parse(body)));

describe("receipts of Alibaba", () => {
  it("come as an array of SmsReport, those of a batch together", async () => {
    receiver().answerWith(200, CODE_0);
    await tellAlibaba("/alibaba-batch?x=1");
    await setFaults({ fault: "undelivered", to: "+8613800000002" });
    const batch = await sendBatch(alibaba(), ["13800000001", "13800000002"], [{ code: "1" }, { code: "2" }], "msg_7");
    await until(() => reports("/alibaba-batch").flat().length === 2);
    expect(reports("/alibaba-batch").flat()).toEqual([
      {
        phone_number: "13800000001",
        send_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        report_time: expect.any(String),
        success: true,
        err_code: "DELIVERED",
        err_msg: "用户接收成功",
        sms_size: "1",
        biz_id: batch?.bizId,
        out_id: "msg_7",
      },
      expect.objectContaining({ phone_number: "13800000002", success: false, err_code: "MOBILE_NOT_ON_SERVICE", biz_id: batch?.bizId }),
    ]);
    expect((await phone("+8613800000002")).messages).toEqual([]);
    await until(async () => (await book()).totals.receipts.posted === 2);
    expect(receiver().at("/alibaba-batch")[0]?.url).toContain("?x=1");
  });

  it("of RCS come as 5GSmsReport", async () => {
    receiver().answerWith(200, CODE_0);
    await tellAlibaba("/alibaba-rcs");
    await setFaults({ fault: "undelivered", to: "+8613800000002", channel: "rcs", error_code: "MOBILE_NOT_SUPPORT_RCS" });
    await sendRcs(alibaba(), { phoneNumbers: "13800000001,13800000002" });
    await until(() => reports("/alibaba-rcs").flat().length === 2);
    const [first, second] = reports("/alibaba-rcs").flat();
    expect(first).toMatchObject({
      phone_number: "13800000001",
      send_status: "SEND_SUCCESS",
      err_code: "DELIVERED",
      rcs_template_code: "RCS_1",
      rcs_id: expect.stringMatching(/^\d+_\d+_\d+$/),
      biz_id: expect.any(String),
      out_id: "msg_1",
    });
    expect(second).toMatchObject({ send_status: "SEND_FAILED", err_code: "MOBILE_NOT_SUPPORT_RCS" });
  });

  it("go to the address of the vars where control names none, and nowhere where there is none", async () => {
    receiver().answerWith(200, CODE_0);
    await sendSms(alibaba());
    await sendSms(alibaba(ALIBABA_SECOND), { outId: "by-var" });
    await until(() =>
      reports("/alibaba-by-var")
        .flat()
        .some(({ out_id }) => out_id === "by-var"),
    );
    expect((await book()).totals.receipts).toMatchObject({ planned: 1 });
  });

  it("are posted again until the receiver says code 0, and given up after four tries", async () => {
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, retry_ms: 1 });
    await tellAlibaba("/alibaba-never");
    receiver().answerWith(200, { code: 1 });
    await sendSms(alibaba());
    await until(async () => (await book()).totals.receipts.failed === 1);
    expect(receiver().at("/alibaba-never")).toHaveLength(4);
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, retry_ms: 300 });
    await tellAlibaba("/alibaba-again");
    receiver().answerWith(500, CODE_0);
    await sendSms(alibaba());
    await until(() => receiver().at("/alibaba-again").length === 1);
    receiver().answerWith(200, CODE_0);
    await until(async () => (await book()).totals.receipts.posted === 1);
    expect(
      new Set(
        receiver()
          .at("/alibaba-again")
          .map(({ body }) => body),
      ).size,
    ).toBe(1);
  });

  it("tell of a number that opted out what no answer tells", async () => {
    receiver().answerWith(200, CODE_0);
    await tellAlibaba("/alibaba-out");
    await control("PUT", "opted-out", { numbers: [TO] });
    expect(await sendSms(alibaba())).toMatchObject({ code: "OK" });
    await until(() => reports("/alibaba-out").length === 1);
    expect(reports("/alibaba-out").flat()).toMatchObject([{ success: false, err_code: "USER_REJECT" }]);
    expect((await phone()).messages).toEqual([]);
  });
});

describe("receipts of Tencent", () => {
  it("come as an array, those of one call together, and do not name the caller's reference", async () => {
    receiver().answerWith(200, RESULT_0);
    await tellTencent("/tencent-batch");
    await setFaults({ fault: "undelivered", to: SECOND_NUMBER, error_code: "MK:0005" });
    const { SendStatusSet } = await sendTencent(tencent(), { PhoneNumberSet: [TO, SECOND_NUMBER] });
    await until(() => reports("/tencent-batch").flat().length === 2);
    expect(reports("/tencent-batch").flat()).toEqual([
      {
        user_receive_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        nationcode: "86",
        mobile: TO.slice(3),
        report_status: "SUCCESS",
        errmsg: "DELIVRD",
        description: "用户短信送达成功",
        sid: SendStatusSet?.[0]?.SerialNo,
      },
      expect.objectContaining({ report_status: "FAIL", errmsg: "MK:0005", sid: SendStatusSet?.[1]?.SerialNo }),
    ]);
  });

  it("go to the address of the vars where control names none", async () => {
    receiver().answerWith(200, RESULT_0);
    const { SendStatusSet } = await sendTencent(tencent(TENCENT_SECOND), { SmsSdkAppId: TENCENT_SECOND.app });
    await until(() => reports("/tencent-by-var").length === 1);
    expect(reports("/tencent-by-var").flat()).toMatchObject([{ sid: SendStatusSet?.[0]?.SerialNo }]);
  });

  it("are posted again until the receiver says result 0, and given up after five tries", async () => {
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, retry_ms: 1 });
    await tellTencent("/tencent-never");
    receiver().answerWith(200, { result: 1, errmsg: "busy" });
    await sendTencent(tencent());
    await until(async () => (await book()).totals.receipts.failed === 1);
    expect(receiver().at("/tencent-never")).toHaveLength(5);
  });
});

describe("receipts that a vendor gathers", () => {
  it("are due at the same instants, every so often, so that those of several calls go together; Twilio's never wait", async () => {
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, gather_ms: 600_000 });
    const gathered = `${receiver().url}/gathered`;
    await control("PUT", "callbacks", { alibaba: { [ALIBABA.id]: gathered }, tencent: { [TENCENT.app]: gathered } });
    await sendSms(alibaba());
    await sendTencent(tencent());
    await send({ statusCallback: `${receiver().url}/each` });
    const Planned = z.array(z.object({ receipts: z.array(z.object({ due_at: z.iso.datetime() })) }));
    const dueTimes = Planned.parse((await book()).messages).map(({ receipts }) => receipts.map(({ due_at }) => Date.parse(due_at)));
    expect(dueTimes.slice(0, 2).map(([at]) => (at ?? 1) % 600_000)).toEqual([0, 0]);
    await until(() => receiver().at("/each").length === 2);
  });
});
