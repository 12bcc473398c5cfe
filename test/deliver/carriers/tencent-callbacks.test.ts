import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carrierReceipt, carrierReply } from "../../../src/vocabulary/carrier.ts";
import { mount } from "./conformance.ts";

const carrier = mount("tencent", {
  base_url: "https://sms.tencentcloudapi.com",
  settings: { secret_id: "AKIDfakeSecretId00000000000000001", sdk_app_id: "1400006666", sign_name: "测试签名" },
  secrets: { secret_key: "fakeSecretKey00000000000000000001" },
});
const callback = (body: unknown) => ({
  method: "POST",
  url: "https://n.example.com/c",
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const receipts = (body: unknown) => carrier.readReceipts(callback(body));
const replies = (body: unknown) => carrier.readReplies?.(callback(body));

const SERIAL = "5000:1045710669157053657849499619";
const delivered = {
  user_receive_time: "2025-01-15 16:30:05",
  nationcode: "86",
  mobile: "13800138000",
  report_status: "SUCCESS",
  errmsg: "DELIVRD",
  description: "用户短信送达成功",
  sid: SERIAL,
};
const READ = { status: "delivered", reference: SERIAL, to: "+8613800138000", at: Date.UTC(2025, 0, 15, 8, 30, 5) };

describe("readReceipts", () => {
  it("reads several at once, each with its number in E.164 and its time, which is China's", () => {
    const abroad = { ...delivered, nationcode: "1", mobile: "4155550123", report_status: "FAIL", errmsg: "MK:0001" };
    expect(receipts([delivered, abroad])).toEqual({
      kind: "receipts",
      receipts: [READ, { ...READ, status: "undelivered", to: "+14155550123", code: "MK:0001" }],
    });
    expect(receipts(delivered)).toEqual({ kind: "receipts", receipts: [READ] });
    expect(receipts([{ ...delivered, nationcode: 86, mobile: 13800138000 }])).toEqual({ kind: "receipts", receipts: [READ] });
  });

  it("tells no time where there is none that can be read", () => {
    const { at: _, ...untimed } = READ;
    for (const user_receive_time of [undefined, "", "0000-00-00 00:00:00", "2025-13-45 99:99:99", "2025-01-15", 1736929805])
      expect(receipts([{ ...delivered, user_receive_time }])).toEqual({ kind: "receipts", receipts: [untimed] });
  });

  it("tells the message where the vendor hands back its id, and takes nothing else for one", () => {
    const id = `${"r".repeat(22)}${"m".repeat(22)}`;
    for (const name of ["SessionContext", "ext"]) {
      expect(receipts([{ ...delivered, [name]: id }])).toEqual({ kind: "receipts", receipts: [{ ...READ, message: id }] });
      for (const other of ["", "10", "msg_01HZX9K3", `${id}x`, null, 7])
        expect(receipts([{ ...delivered, [name]: other }])).toEqual({ kind: "receipts", receipts: [READ] });
    }
  });

  it("keeps those that it can read beside one that it cannot, and says so where it can read none", () => {
    expect(receipts([{ ...delivered, sid: "" }, delivered, null])).toEqual({ kind: "receipts", receipts: [READ] });
    expect(receipts([])).toEqual({ kind: "receipts", receipts: [] });
    for (const [name, value] of Object.entries({ sid: "x".repeat(129), nationcode: "", mobile: "1380013800a", report_status: "Success" }))
      expect(receipts([{ ...delivered, [name]: value }]).kind).toBe("unreadable");
    for (const body of ["", "null", "7", '"x"', "{}", "[null]", "[[]]", "a=1"]) expect(receipts(body).kind).toBe("unreadable");
  });

  it("tells only what fits our words, whatever comes", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    const item = fc.record(
      Object.fromEntries(Object.entries(delivered).map(([name, known]) => [name, fc.oneof(fc.constant(known), value)])),
    );
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const read = receipts(items);
        for (const one of read.kind === "receipts" ? read.receipts : []) expect(carrierReceipt.parse(one)).toEqual(one);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (body) => void receipts(body)));
  });
});

describe("readReplies", () => {
  const reply = { extend: "01", mobile: "13800138000", nationcode: "86", sign: "测试签名", text: "TD", time: 1736929805 };
  const read = { from: "+8613800138000", to: "01", text: "TD", at: 1736929805000 };

  it("reads what a person wrote, alone or several at once", () => {
    expect(replies(reply)).toEqual({ kind: "replies", replies: [read] });
    const { to: _, ...bare } = read;
    expect(replies([reply, { ...reply, extend: "" }])).toEqual({ kind: "replies", replies: [read, bare] });
  });

  it("does without the extension and the time", () => {
    const { extend: _, time: __, ...bare } = reply;
    expect(replies(bare)).toEqual({ kind: "replies", replies: [{ from: read.from, text: "TD" }] });
    for (const time of ["soon", -1, 0, 1.5, 1e15]) expect(replies({ ...bare, time })).toEqual(replies(bare));
  });

  it("says why it cannot read a callback, and throws on none", () => {
    for (const name of ["mobile", "nationcode", "text"]) expect(replies({ ...reply, [name]: undefined })?.kind).toBe("unreadable");
    expect(replies([delivered])?.kind).toBe("unreadable");
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (body) => {
        const told = replies(body);
        for (const one of told?.kind === "replies" ? told.replies : []) expect(carrierReply.parse(one)).toEqual(one);
      }),
    );
  });
});

describe("a callback", () => {
  it("proves nothing by itself, since Tencent signs none", async () => {
    expect(await carrier.verifyCallback(callback([delivered]))).toBe("unsigned");
    expect(await carrier.verifyCallback(callback(""))).toBe("unsigned");
  });

  it("is answered as the vendor wants it", () => {
    expect(carrier.acknowledgement.status).toBe(200);
    expect(JSON.parse(carrier.acknowledgement.body)).toEqual({ result: 0, errmsg: "OK" });
  });
});
