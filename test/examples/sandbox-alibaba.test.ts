import { createHash, createHmac, randomUUID } from "node:crypto";
import * as dysms from "@alicloud/dysmsapi20170525";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { APPROVED, BARE_TO, queryDetails, sendBatch, sendRcs, sendSms } from "./sdk-calls.ts";
import { until } from "./start-sandbox.ts";
import { ALIBABA, ALIBABA_SECOND, SIGN, TO, useSandbox } from "./use-sandbox.ts";

const { url, alibaba, control, setFaults, book, phone } = useSandbox();

const Answer = z.object({ Code: z.string() });
const send = (change: object = {}, account = ALIBABA) => sendSms(alibaba(account), change);
const approve = () => control("PUT", "templates", APPROVED);
/** Asks for the day of the last message there is. */
const ask = async (change: object = {}) => queryDetails(alibaba(), Date.parse(String((await book()).messages.at(-1)?.accepted_at)), change);

describe("Alibaba's own SDK", () => {
  it("sends a message, whose handset shows the sign and the approved text", async () => {
    await approve();
    const sent = await send();
    expect(sent).toMatchObject({ code: "OK", message: "OK", bizId: expect.stringMatching(/^\d{18}\^0$/), requestId: expect.any(String) });
    expect((await phone()).messages).toMatchObject([{ text: `【${SIGN}】验证码123456，5分钟内有效。`, from: SIGN }]);
    expect((await book()).messages).toMatchObject([
      { carrier: "alibaba", channel: "sms", account: ALIBABA.id, to: TO, sid: sent?.bizId, told_id: sent?.bizId, reference: "msg_1" },
    ]);
  });

  it("sees on the handset the code and its parameters where no template is set", async () => {
    await send();
    expect((await phone()).messages).toMatchObject([{ text: `【${SIGN}】SMS_1 {"code":"123456"}` }]);
  });

  it("sends to several numbers by one call, and a batch with its own text for each", async () => {
    await approve();
    await send({ phoneNumbers: "+8613800000001,8613800000002,008613800000003" });
    const batch = await sendBatch(alibaba(), ["13800000001", "13800000004"], [{ code: "111" }, { code: "222 & ~!*'()" }], "batch");
    expect(batch?.code).toBe("OK");
    const { messages, totals } = await book();
    expect(messages.map(({ to }) => to)).toEqual([TO, "+8613800000002", "+8613800000003", TO, "+8613800000004"]);
    expect(new Set(messages.map(({ sid }) => sid)).size).toBe(5);
    expect(messages.slice(3)).toMatchObject([
      { told_id: batch?.bizId, reference: "batch" },
      { told_id: batch?.bizId, reference: "batch" },
    ]);
    expect((await phone("+8613800000004")).messages).toMatchObject([{ text: `【${SIGN}】验证码222 & ~!*'()，5分钟内有效。` }]);
    expect(totals.carriers.alibaba).toEqual({ calls: 2, queries: 0, texts: 5, accepted: 5, refused: {}, broken: {} });
  });

  it("sends RCS, which has its own channel in the book", async () => {
    await approve();
    expect(await sendRcs(alibaba())).toMatchObject({ code: "OK", success: true });
    expect((await book()).messages).toMatchObject([{ channel: "rcs", body: `【${SIGN}】您的验证码：123456`, reference: "msg_1" }]);
  });

  it("asks after what was sent to a number, by day, by BizId and in pages", async () => {
    await approve();
    const [first] = [await send({ outId: "first" }), await send({ outId: "second" }), await sendRcs(alibaba())];
    await send({}, ALIBABA_SECOND);
    await until(async () => (await book()).messages.every(({ status }) => status === "delivered"));
    const found = await ask();
    expect(found).toMatchObject({ code: "OK", totalCount: "2" });
    expect(found?.smsSendDetailDTOs?.smsSendDetailDTO).toMatchObject([
      { outId: "second", phoneNum: BARE_TO, sendStatus: 3, errCode: "DELIVERED", templateCode: "SMS_1" },
      {
        outId: "first",
        content: `【${SIGN}】验证码123456，5分钟内有效。`,
        receiveDate: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      },
    ]);
    const outIds = async (change: object) => (await ask(change))?.smsSendDetailDTOs?.smsSendDetailDTO?.map(({ outId }) => outId);
    expect(await outIds({ bizId: first?.bizId })).toEqual(["first"]);
    expect(await outIds({ pageSize: 1, currentPage: 2 })).toEqual(["first"]);
    expect(await outIds({ phoneNumber: "13800000009" })).toEqual([]);
    expect(await outIds({ sendDate: "20200101" })).toEqual([]);
    expect(await ask({ pageSize: 51 })).toMatchObject({ code: "isv.INVALID_PARAMETERS" });
    expect((await book()).totals.carriers.alibaba).toMatchObject({ calls: 4, queries: 5 });
  });

  it("is told that a message waits for its receipt, or that it failed", async () => {
    const askLast = async (phoneNumber: string) => (await ask({ phoneNumber, pageSize: 1 }))?.smsSendDetailDTOs?.smsSendDetailDTO?.[0];
    await setFaults({ fault: "undelivered", to: "+8613800000002", error_code: "MOBILE_SEND_LIMIT" });
    await send({ phoneNumbers: "13800000002" });
    await until(async () => (await book()).messages[0]?.status === "undelivered");
    expect(await askLast("13800000002")).toMatchObject({ sendStatus: 2, errCode: "MOBILE_SEND_LIMIT" });
    await control("PUT", "delays", { sent_ms: 600_000, delivered_ms: 600_000 });
    await send();
    expect(await askLast(BARE_TO)).toMatchObject({ sendStatus: 1 });
  });
});

describe("a refusal by Alibaba", () => {
  it("reaches the SDK's caller as its own error when credentials are wrong", async () => {
    await expect(send({}, { ...ALIBABA, secret: "wrong" })).rejects.toMatchObject({ code: "SignatureDoesNotMatch", statusCode: 400 });
    await expect(send({}, { ...ALIBABA, secret: ALIBABA_SECOND.secret })).rejects.toMatchObject({ code: "SignatureDoesNotMatch" });
    await expect(send({}, { ...ALIBABA, id: "LTAInobody" })).rejects.toMatchObject({
      code: "InvalidAccessKeyId.NotFound",
      statusCode: 404,
    });
    const { totals } = await book();
    expect(totals.refused).toEqual({ SignatureDoesNotMatch: 2, "InvalidAccessKeyId.NotFound": 1 });
    expect(totals.handset_messages).toBe(0);
  });

  it("of the business has status 200, so that the SDK does not throw, and takes nothing", async () => {
    await approve();
    await control("PUT", "signs", { alibaba: [SIGN] });
    const refusals: [code: string, change: object][] = [
      ["isv.SMS_SIGNATURE_ILLEGAL", { signName: "别的店" }],
      ["isv.SMS_TEMPLATE_ILLEGAL", { templateCode: "SMS_9" }],
      ["isv.TEMPLATE_MISSING_PARAMETERS", { templateParam: '{"other":"1"}' }],
      ["isv.INVALID_JSON_PARAM", { templateParam: "code=1" }],
      ["isv.INVALID_JSON_PARAM", { templateParam: '{"code":123456}' }],
      ["isv.MOBILE_NUMBER_ILLEGAL", { phoneNumbers: `${BARE_TO},123` }],
      ["isv.MOBILE_COUNT_OVER_LIMIT", { phoneNumbers: Array.from({ length: 1001 }, (_, i) => String(13_800_000_000 + i)).join(",") }],
      ["isv.INVALID_PARAMETERS", { outId: "x".repeat(256) }],
    ];
    for (const [code, change] of refusals) expect(await send(change), code).toMatchObject({ code, message: expect.any(String) });
    expect(await sendBatch(alibaba(), ["13800000001", "13800000002"], [{ code: "1" }])).toMatchObject({ code: "isv.INVALID_JSON_PARAM" });
    expect(await sendRcs(alibaba(), { phoneNumbers: "14155550123" })).toMatchObject({ code: "isv.MOBILE_NUMBER_ILLEGAL" });
    const { totals } = await book();
    expect(totals).toMatchObject({ calls: 10, accepted: 0, handset_messages: 0 });
    expect(totals.texts).toBe(Object.values(totals.refused).reduce((sum, n) => sum + n, 0));
  });

  it("of the gateway says what is missing or unknown", async () => {
    await expect(send({ templateCode: "" })).rejects.toMatchObject({ code: "MissingTemplateCode", statusCode: 400 });
    await expect(alibaba().querySmsSignList(new dysms.QuerySmsSignListRequest({}))).rejects.toMatchObject({
      code: "InvalidAction.NotFound",
    });
  });

  it("comes for a nonce that was used, a date that is over, and a query that was changed on the way", async () => {
    const call = (change: { nonce?: string; at?: number; tamper?: string } = {}) => {
      const { nonce = randomUUID(), at = Date.now(), tamper = "" } = change;
      const query = `PhoneNumbers=${BARE_TO}&SignName=${encodeURIComponent(SIGN)}&TemplateCode=SMS_1`;
      const hash = createHash("sha256").digest("hex");
      const headers = {
        host: new URL(url()).host,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hash,
        "x-acs-date": new Date(at).toISOString().replace(/\.\d+/, ""),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": "2017-05-25",
      };
      const names = Object.keys(headers).join(";");
      const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
      const canonical = ["GET", "/", query, lines.join(""), names, hash].join("\n");
      const text = `ACS3-HMAC-SHA256\n${createHash("sha256").update(canonical).digest("hex")}`;
      const signature = createHmac("sha256", ALIBABA.secret).update(text).digest("hex");
      const authorization = `ACS3-HMAC-SHA256 Credential=${ALIBABA.id},SignedHeaders=${names},Signature=${signature}`;
      return fetch(url(`/?${query}${tamper}`), { headers: { ...headers, authorization } });
    };
    const told = async (answer: Promise<Response>) => {
      const response = await answer;
      return [response.status, Answer.parse(await response.json()).Code];
    };
    expect(await told(call({ nonce: "once" }))).toEqual([200, "OK"]);
    expect(await told(call({ nonce: "once" }))).toEqual([400, "SignatureNonceUsed"]);
    expect(await told(call({ at: Date.now() - 16 * 60_000 }))).toEqual([400, "InvalidTimeStamp.Expired"]);
    expect(await told(call({ tamper: "&OutId=other" }))).toEqual([400, "SignatureDoesNotMatch"]);
    expect((await book()).totals).toMatchObject({ calls: 4, accepted: 1 });
  });
});
