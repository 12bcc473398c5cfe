import { afterEach, describe, expect, it, vi } from "vitest";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { mount } from "./conformance.ts";

const carrier = mount("tencent", {
  base_url: "https://sms.tencentcloudapi.com",
  settings: { secret_id: "AKIDfakeSecretId00000000000000001", sdk_app_id: "1400006666", sign_name: "测试签名" },
  secrets: { secret_key: "fakeSecretKey00000000000000000001" },
});

function answering(status: number, body: unknown, seen: OutgoingRequest[] = []): Outgoing {
  return async (request) => {
    seen.push(request);
    return resultOf(status, new Headers(), typeof body === "string" ? body : JSON.stringify(body));
  };
}

const CLAIMED = Date.UTC(2025, 0, 15, 8, 30, 0, 700);
const since = Math.floor(CLAIMED / 1000);
const question = { channel: "sms" as const, to: "+8613800138000", text: "words", message: "m1", since: CLAIMED };
const report = {
  ...{ UserReceiveTime: since + 5, CountryCode: "86", SubscriberNumber: "13800138000", PhoneNumber: "+8613800138000" },
  ...{ SerialNo: "5000:1", ReportStatus: "SUCCESS", Description: "DELIVRD", SessionContext: "m1" },
};
const shown = (...set: unknown[]) => ({ Response: { PullSmsSendStatusSet: set, RequestId: "r" } });
const ask = async (body: unknown, status = 200) => carrier.query?.(question, answering(status, body));
const FOUND = { kind: "found", receipt: { status: "delivered", reference: "5000:1", at: (since + 5) * 1000 } };

describe("query", () => {
  it("asks for the number from the second of the claim on", async () => {
    const seen: OutgoingRequest[] = [];
    await carrier.query?.(question, answering(200, shown(), seen));
    expect(seen.map(({ headers }) => headers["x-tc-action"])).toEqual(["PullSmsSendStatusByPhoneNumber"]);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
      ...{ BeginTime: since, Offset: 0, Limit: 10, PhoneNumber: "+8613800138000", SmsSdkAppId: "1400006666" },
    });
  });

  it("finds the message by the id that was sent with it", async () => {
    expect(await ask(shown(report))).toEqual(FOUND);
    expect(await ask(shown({ ...report, ReportStatus: "FAIL", Description: "MK:0001" }))).toEqual({
      kind: "found",
      receipt: { status: "undelivered", reference: "5000:1", code: "MK:0001", at: (since + 5) * 1000 },
    });
    expect(await ask(shown({ PhoneNumber: report.PhoneNumber, SerialNo: "5000:1", SessionContext: "m1" }))).toEqual({
      kind: "found",
      receipt: { status: "sent", reference: "5000:1" },
    });
  });

  it("finds exactly the message whose id comes back, among others", async () => {
    const other = { ...report, SerialNo: "5000:2", SessionContext: "" };
    expect(await ask(shown({ ...other, SessionContext: "m2" }, { ...report, SessionContext: "m1" }, other))).toEqual(FOUND);
    expect(await ask(shown(...Array.from({ length: 9 }, () => other), { ...report, SessionContext: "m1" }))).toEqual(FOUND);
  });

  it("finds nothing where no id came back: the only message there is may be another notice's to the same person", async () => {
    const absent = { kind: "absent" };
    expect(await ask(shown())).toEqual(absent);
    expect(await ask(shown({ ...report, SessionContext: "" }))).toEqual(absent);
    expect(await ask(shown(report, { ...report, SerialNo: "5000:2" }))).toEqual(absent);
    expect(await ask(shown({ ...report, SessionContext: "m2" }))).toEqual(absent);
    expect(await ask(shown({ ...report, SerialNo: "" }))).toEqual(absent);
  });

  it("leaves out what is another number's, or was received before the claim", async () => {
    expect(await ask(shown({ ...report, PhoneNumber: "+8613900139000" }))).toEqual({ kind: "absent" });
    expect(await ask(shown({ ...report, UserReceiveTime: since - 1 }))).toEqual({ kind: "absent" });
    expect(await ask(shown({ ...report, SerialNo: "5000:2", UserReceiveTime: since - 1 }, report))).toEqual(FOUND);
    expect(await ask(shown({ ...report, UserReceiveTime: since }))).toMatchObject({ kind: "found" });
  });

  it("takes reports with one serial number for parts of one message, of which a failed one outweighs", async () => {
    const failed = { ...report, ReportStatus: "FAIL", Description: "MK:0001" };
    for (const set of [
      [report, failed],
      [failed, report],
    ])
      expect(await ask(shown(...set))).toMatchObject({ kind: "found", receipt: { status: "undelivered", code: "MK:0001" } });
  });

  it("says that it could not be asked where the vendor refuses or tells no list", async () => {
    expect(await ask({ Response: { Error: { Code: "RequestLimitExceeded", Message: "+8613800138000" } } })).toEqual({
      kind: "unanswered",
      code: "RequestLimitExceeded",
    });
    expect(await ask("<html>", 403)).toEqual({ kind: "unanswered", code: "403" });
    expect(await ask("", 502)).toEqual({ kind: "unanswered", code: "502" });
    expect(await ask("", 530)).toEqual({ kind: "unanswered", code: "530" });
    for (const body of [{ Response: {} }, shown(7), { Response: { PullSmsSendStatusSet: null } }])
      expect(await ask(body)).toMatchObject({ kind: "unanswered" });
  });
});

describe("balance", () => {
  afterEach(() => void vi.useRealTimers());
  const now = Date.UTC(2025, 0, 15, 18, 30);
  const days = (count: number) => now / 1000 + count * 86_400;
  const pack = { PackageEffectiveTime: days(-10), PackageExpiredTime: days(10), PackageAmount: 1000, CurrentUsage: 400 };

  async function balanceOf(body: unknown, seen: OutgoingRequest[] = [], status = 200) {
    vi.useFakeTimers({ toFake: ["Date"], now });
    return carrier.balance?.(answering(status, body, seen));
  }
  const packages = (...set: unknown[]) => ({ Response: { SmsPackagesStatisticsSet: set } });

  it("asks for the packages of three years until this hour in China", async () => {
    const seen: OutgoingRequest[] = [];
    await balanceOf(packages(), seen);
    expect(seen.map(({ headers }) => headers["x-tc-action"])).toEqual(["SmsPackagesStatistics"]);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
      ...{ SmsSdkAppId: "1400006666", Limit: 500, Offset: 0, BeginTime: "2022011702", EndTime: "2025011602" },
    });
  });

  it("adds up what is left in the packages that are in force", async () => {
    const others = [
      { ...pack, PackageExpiredTime: days(0) },
      { ...pack, PackageEffectiveTime: days(1) },
      { ...pack, CurrentUsage: 1200 },
      { ...pack, PackageAmount: 50, CurrentUsage: 0 },
    ];
    expect(await balanceOf(packages(pack, ...others))).toEqual({ amount: "650", unit: "messages" });
    expect(await balanceOf(packages({ ...pack, CurrentUsage: 1000 }))).toEqual({ amount: "0", unit: "messages" });
  });

  it("says nothing where there are no packages or the answer cannot be read", async () => {
    expect(await balanceOf(packages())).toBeUndefined();
    expect(await balanceOf(packages({ ...pack, PackageAmount: "many" }))).toBeUndefined();
    expect(await balanceOf({ Response: { Error: { Code: "AuthFailure.SignatureFailure" } } })).toBeUndefined();
    expect(await balanceOf("<html>")).toBeUndefined();
    expect(await balanceOf("", [], 502)).toBeUndefined();
  });
});
