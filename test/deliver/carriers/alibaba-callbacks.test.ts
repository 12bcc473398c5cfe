import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberToSend } from "../../../src/deliver/carriers/alibaba-numbers.ts";
import { carrierReceipt, carrierReply } from "../../../src/vocabulary/carrier.ts";
import { mount } from "./conformance.ts";

const carrier = mount("alibaba", {
  base_url: "https://dysmsapi.aliyuncs.com",
  settings: { access_key_id: "LTAIfakeAccessKeyId0001", sign_name: "鲸落商城" },
  secrets: { access_key_secret: "fakeAccessKeySecret00000000001" },
});
const ID = "Aa0-_".padEnd(44, "m");
const callbackOf = (body: unknown, method = "POST") => ({
  method,
  url: "https://n.example.com/carriers/shop/alibaba/token/receipts",
  headers: { "content-type": "application/json;charset=utf-8" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

function receiptsOf(...entries: readonly unknown[]) {
  const read = carrier.readReceipts(callbackOf(entries));
  return read.kind === "receipts" ? read.receipts.map((receipt) => carrierReceipt.parse(receipt)) : read.kind;
}
function repliesOf(body: unknown) {
  const read = carrier.readReplies?.(callbackOf(body));
  return read?.kind === "replies" ? read.replies.map((reply) => carrierReply.parse(reply)) : read?.kind;
}

const sms = {
  phone_number: "13800138000",
  send_time: "2025-01-15 16:30:00",
  report_time: "2025-01-15 16:30:05",
  success: true,
  err_code: "DELIVERED",
  err_msg: "用户接收成功",
  sms_size: "2",
  biz_id: "900619746936498440^0",
  out_id: ID,
};
const rcs = {
  phone_number: "13500012345",
  report_time: "2025-01-15 16:30:05",
  send_status: "SEND_SUCCESS",
  err_code: "DELIVERED",
  rcs_size: 2,
  rcs_id: "100000096034031_1552101_03304904325170151776946304855",
};
const abroad = {
  To: "14155550123",
  ReceiveDate: "Wed, 15 Jan 2025 16:30:33 +0800",
  Status: "1",
  ErrorCode: "success",
  TaskId: ID,
  MessageId: "123450000111",
};
const AT = Date.UTC(2025, 0, 15, 8, 30, 5);

describe("an SmsReport", () => {
  it("tells the message by its id, the call by its BizId, the number in E.164 and the time of China's clocks", () => {
    expect(receiptsOf(sms)).toEqual([{ status: "delivered", reference: sms.biz_id, to: "+8613800138000", message: ID, at: AT }]);
  });

  it("brings the code of a failure", () => {
    expect(receiptsOf({ ...sms, success: false, err_code: "MOBILE_NOT_ON_SERVICE" })).toMatchObject([
      { status: "undelivered", code: "MOBILE_NOT_ON_SERVICE" },
    ]);
    expect(receiptsOf({ ...sms, success: false, err_code: "x".repeat(100) })).toMatchObject([{ code: "x".repeat(64) }]);
    expect(receiptsOf({ ...sms, success: false, err_code: "" })).toMatchObject([{ status: "undelivered" }]);
  });

  it("that only says that the operator has not answered proves nothing and is read as sent", () => {
    expect(receiptsOf({ ...sms, success: false, err_code: "REQUEST_SUCCESS" })).toMatchObject([
      { status: "sent", code: "REQUEST_SUCCESS" },
    ]);
  });

  it("names no message by an OutId that is none of our ids: of a call for several, or of another caller", () => {
    for (const out_id of [`batch.${ID}`, "msg_1", "", "m".repeat(43), "m".repeat(45), ID.replace("-", "."), null, 7, undefined]) {
      const [receipt] = [receiptsOf({ ...sms, out_id })].flat();
      expect(receipt).toEqual({ status: "delivered", reference: sms.biz_id, to: "+8613800138000", at: AT });
    }
  });

  it("has no time where it gives none that can be read", () => {
    for (const report_time of [undefined, "", "2025-01-15", "2025-13-45 99:99:99", "15/01/2025 16:30:05", 7])
      expect([receiptsOf({ ...sms, report_time })].flat()[0]).not.toHaveProperty("at");
  });

  it("finds the person by the number, however the mainland's is written and whatever other country it is of", () => {
    for (const phone_number of ["13800138000", "8613800138000", "+8613800138000", "008613800138000", " 13800138000 "])
      expect(receiptsOf({ ...sms, phone_number })).toMatchObject([{ to: "+8613800138000" }]);
    for (const [phone_number, to] of [
      ["85251234567", "+85251234567"],
      ["0085251234567", "+85251234567"],
      ["+14155550123", "+14155550123"],
    ] as const)
      expect(receiptsOf({ ...sms, phone_number })).toMatchObject([{ to }]);
  });

  it("tells the very number that was sent to, of the mainland and of every country but North America", () => {
    const digits = fc.oneof(fc.stringMatching(/^861[3-9]\d{9}$/), fc.stringMatching(/^[2-9]\d{6,13}$/));
    fc.assert(
      fc.property(digits, (number) => {
        fc.pre(!number.startsWith("86") || number.length === 13);
        expect(receiptsOf({ ...sms, phone_number: numberToSend(`+${number}`) })).toMatchObject([{ to: `+${number}` }]);
      }),
    );
  });
});

describe("a 5GSmsReport", () => {
  it("tells the message where out_id does, else the number must do", () => {
    expect(receiptsOf({ ...rcs, biz_id: "217124476946304664", out_id: ID })).toEqual([
      { status: "delivered", reference: "217124476946304664", to: "+8613500012345", message: ID, at: AT },
    ]);
    expect(receiptsOf(rcs)).toEqual([{ status: "delivered", reference: rcs.rcs_id, to: "+8613500012345", at: AT }]);
  });

  it("is undelivered where it failed, but not where the vendor sends an SMS instead", () => {
    expect(receiptsOf({ ...rcs, send_status: "SEND_FAILED", err_code: "MOBILE_NOT_ON_SERVICE" })).toMatchObject([
      { status: "undelivered", code: "MOBILE_NOT_ON_SERVICE" },
    ]);
    expect(receiptsOf({ ...rcs, send_status: "SEND_FAILED", err_code: "MOBILE_NOT_SUPPORT_RCS" })).toMatchObject([
      { status: "sent", code: "MOBILE_NOT_SUPPORT_RCS" },
    ]);
  });
});

describe("a report for abroad", () => {
  it("reads 1 as delivered, 2 as failed and 6 as expired, with its own zone, and its number has a country in front", () => {
    expect(receiptsOf(abroad)).toEqual([
      { status: "delivered", reference: "123450000111", to: "+14155550123", message: ID, at: Date.UTC(2025, 0, 15, 8, 30, 33) },
    ]);
    for (const Status of ["2", "6", 2])
      expect(receiptsOf({ ...abroad, Status, ErrorCode: "EXPIRED" })).toMatchObject([{ status: "undelivered", code: "EXPIRED" }]);
    expect(receiptsOf({ ...abroad, Status: "3" })).toBe("unreadable");
    expect([receiptsOf({ ...abroad, ReceiveDate: "Wed, 99 Foo 2025 16:30:33 +0800" })].flat()[0]).not.toHaveProperty("at");
  });
});

describe("a push", () => {
  it("may hold several reports of several forms, and one that cannot be read does not spoil the others", () => {
    const statuses = [receiptsOf(sms, null, {}, { ...sms, biz_id: undefined }, rcs, { ...sms, phone_number: "nobody" }, abroad)].flat();
    expect(statuses).toMatchObject([{ reference: sms.biz_id }, { reference: rcs.rcs_id }, { reference: abroad.MessageId }]);
  });

  it("without a report that can be read is unreadable; an empty one tells nothing", () => {
    for (const body of ["", "<html>", "null", "{}", JSON.stringify(sms), "[{}]", "[1]", '[{"sign_name":"x"}]'])
      expect(carrier.readReceipts(callbackOf(body)).kind).toBe("unreadable");
    expect(carrier.readReceipts(callbackOf([]))).toEqual({ kind: "receipts", receipts: [] });
  });

  it("is unsigned, and is acknowledged with a number as its code, which is all that the vendor checks", async () => {
    expect(await carrier.verifyCallback(callbackOf([sms]))).toBe("unsigned");
    expect(carrier.acknowledgement).toMatchObject({ status: 200, content_type: "application/json" });
    expect(JSON.parse(carrier.acknowledgement.body)).toEqual({ code: 0, msg: "成功" });
  });

  it("as a GET is the console's check of the address and tells nothing", () => {
    expect(carrier.readReceipts(callbackOf("", "GET"))).toEqual({ kind: "receipts", receipts: [] });
    expect(carrier.readReplies?.(callbackOf("", "GET"))).toEqual({ kind: "replies", replies: [] });
  });
});

describe("readReplies", () => {
  const up = { phone_number: "13800138000", send_time: "2025-01-15 16:30:05", content: "R", sign_name: "鲸落商城", dest_code: "1234" };

  it("reads an SmsUp: who wrote what to which extension, and when", () => {
    expect(repliesOf([{ ...up, sequence_id: 1234567890 }])).toEqual([
      { from: "+8613800138000", to: "1234", text: "R", reference: "1234567890", at: AT },
    ]);
    expect(repliesOf([{ phone_number: "85251234567", content: "" }])).toEqual([{ from: "+85251234567", text: "" }]);
  });

  it("keeps a sequence number to its last digit, however large, and leaves the words alone", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.string({ unit: "grapheme" }), (sequence, words) => {
        const content = `${words}"sequence_id": 12, "sequence_id":3`;
        const body = JSON.stringify([{ ...up, content, sequence_id: "#" }]).replace('"#"', String(sequence));
        expect(repliesOf(body)).toMatchObject([{ text: content, reference: String(sequence) }]);
      }),
    );
  });

  it("reads a 5GSmsUp: words that were written as they are, of a button what stands on it", () => {
    const rcsUp = { phone_number: "13011220000", send_time: up.send_time, rcs_id: "100_1" };
    const button = JSON.stringify({ display_text: "查看订单", post_data: "x" });
    expect(repliesOf([{ ...rcsUp, mobile_originated_type: "1", content: button }])).toMatchObject([{ text: button, reference: "100_1" }]);
    for (const mobile_originated_type of ["2", "3"])
      expect(repliesOf([{ ...rcsUp, mobile_originated_type, content: button }])).toEqual([
        { from: "+8613011220000", text: "查看订单", reference: "100_1", at: AT },
      ]);
    expect(repliesOf([{ ...rcsUp, mobile_originated_type: "3", content: "no JSON" }])).toMatchObject([{ text: "no JSON" }]);
  });

  it("leaves out what cannot be read while something can, and is unreadable where nothing can", () => {
    expect(repliesOf([{}, up, { ...up, phone_number: "?" }])).toHaveLength(1);
    expect(repliesOf([])).toEqual([]);
    for (const body of ["", "{}", [{}], [sms]]) expect(repliesOf(body)).toBe("unreadable");
  });
});
