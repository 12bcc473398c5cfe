import { describe, expect, it } from "vitest";
import * as z from "zod";
import { BARE_TO, pullStatus, sendRcs, sendSms, sendTencent } from "./sdk-calls.ts";
import { until } from "./start-sandbox.ts";
import { ACCOUNT, ALIBABA, FROM, TENCENT, TO, useSandbox } from "./use-sandbox.ts";

const { url, receiver, sdk, alibaba, tencent, control, setFaults, book, phone, send, post } = useSandbox();

const viaAlibaba = (phoneNumbers = BARE_TO) => sendSms(alibaba(), { phoneNumbers });
const viaAlibabaRcs = (phoneNumbers = BARE_TO) => sendRcs(alibaba(), { phoneNumbers });
const viaTencent = async (PhoneNumberSet = [TO]) => (await sendTencent(tencent(), { PhoneNumberSet })).SendStatusSet;

const Calls = z.object({
  calls: z.array(
    z.object({
      n: z.number(),
      at: z.iso.datetime(),
      carrier: z.string(),
      account: z.string(),
      action: z.string(),
      texts: z.number(),
      answer: z.string(),
      code: z.string().nullable(),
    }),
  ),
  next: z.number().nullable(),
});
const calls = async (query = "") => Calls.parse(await control("GET", `calls${query}`));

describe("one book for three carriers", () => {
  it("has what each of them took, and one handset shows it all", async () => {
    await send();
    await viaAlibaba();
    await viaAlibabaRcs();
    await viaTencent();
    const { messages, totals } = await book();
    expect(messages.map(({ carrier, channel }) => [carrier, channel])).toEqual([
      ["twilio", "sms"],
      ["alibaba", "sms"],
      ["alibaba", "rcs"],
      ["tencent", "sms"],
    ]);
    expect((await phone()).messages).toHaveLength(4);
    expect(totals).toMatchObject({
      calls: 4,
      texts: 4,
      accepted: 4,
      handsets: 1,
      handset_messages: 4,
      carriers: { twilio: { calls: 1, accepted: 1 }, alibaba: { calls: 2, accepted: 2 }, tencent: { calls: 1, accepted: 1 } },
    });
    const instants = messages.map(({ accepted_at }) => Date.parse(String(accepted_at)));
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });

  it("tells the instant of every call, whatever became of it", async () => {
    await setFaults({ fault: "status_521", carrier: "tencent" }, { fault: "refuse", carrier: "alibaba", code: "isv.OUT_OF_SERVICE" });
    await send();
    await viaAlibaba("13800000001,13800000002");
    await expect(viaTencent()).rejects.toMatchObject({ httpCode: 521 });
    await sdk().balance.fetch();
    const { calls: logged } = await calls();
    expect(
      logged.map(({ n, carrier, account, action, texts, answer, code }) => [n, carrier, account, action, texts, answer, code]),
    ).toEqual([
      [1, "twilio", ACCOUNT.sid, "Messages.create", 1, "taken", null],
      [2, "alibaba", ALIBABA.id, "SendSms", 2, "refused", "isv.OUT_OF_SERVICE"],
      [3, "tencent", TENCENT.app, "SendSms", 1, "broken", "status_521"],
      [4, "twilio", ACCOUNT.sid, "Balance.fetch", 0, "asked", null],
    ]);
    expect(await calls("?after=1&limit=2")).toMatchObject({ calls: [{ n: 2 }, { n: 3 }], next: 3 });
    expect((await book()).totals).toMatchObject({
      calls: 3,
      queries: 1,
      texts: 4,
      refused: { "isv.OUT_OF_SERVICE": 2 },
      broken: { status_521: 1 },
    });
  });

  it("answers what belongs to no carrier as nothing of Twilio's", async () => {
    for (const path of ["/", "/nothing"]) expect(await (await fetch(url(path))).json()).toMatchObject({ code: 20404 });
  });
});

describe("faults of one carrier", () => {
  it("leave the others alone, so that one of them can fail wholly", async () => {
    for (const fault of ["status_503_before", "status_500_before", "status_521"]) {
      await setFaults({ fault, carrier: "twilio" });
      expect((await post({ To: TO, From: FROM, Body: "hi" })).status).toBe(Number(/\d+/.exec(fault)?.[0]));
      expect(await viaAlibaba()).toMatchObject({ code: "OK" });
      expect(await viaTencent()).toMatchObject([{ Code: "Ok" }]);
    }
    await setFaults({ fault: "status_503_before", carrier: "alibaba" });
    await expect(viaAlibaba()).rejects.toMatchObject({ code: "ServiceUnavailable", statusCode: 503 });
    expect((await send()).status).toBe("queued");
    await setFaults({ fault: "status_503_after", carrier: "tencent" });
    await expect(viaTencent()).rejects.toMatchObject({ httpCode: 503 });
    const { totals } = await book();
    expect(totals.carriers).toMatchObject({
      twilio: { calls: 4, accepted: 1, broken: { status_503_before: 1, status_500_before: 1, status_521: 1 } },
      alibaba: { calls: 4, accepted: 3, broken: { status_503_before: 1 } },
      tencent: { calls: 4, accepted: 4, broken: {} },
    });
  });

  it("throttle in the words of the vendor", async () => {
    await setFaults({ fault: "status_429" });
    await expect(send()).rejects.toMatchObject({ status: 429, code: 20429 });
    await expect(viaAlibaba()).rejects.toMatchObject({ code: "Throttling.User", name: "ThrottlingError" });
    await expect(viaTencent()).rejects.toMatchObject({ code: "RequestLimitExceeded" });
  });

  it("refuse by the vendor's code: one number at Tencent, the whole call at Alibaba and for codes of the account", async () => {
    await setFaults(
      { fault: "refuse", carrier: "tencent", code: "LimitExceeded.PhoneNumberDailyLimit", to: TO },
      { fault: "refuse", carrier: "alibaba", code: "isv.BUSINESS_LIMIT_CONTROL", to: TO },
    );
    expect(await viaTencent([TO, "+8613800000002"])).toMatchObject([
      { Code: "LimitExceeded.PhoneNumberDailyLimit", SerialNo: "" },
      { Code: "Ok", PhoneNumber: "+8613800000002" },
    ]);
    expect(await viaAlibaba("13800000002,13800000001")).toMatchObject({ code: "isv.BUSINESS_LIMIT_CONTROL" });
    await setFaults(
      { fault: "refuse", carrier: "tencent", code: "AuthFailure.UnauthorizedOperation" },
      { fault: "refuse", carrier: "alibaba", code: "InvalidAccessKeyId.Inactive" },
      { fault: "refuse", code: 20003 },
    );
    await expect(viaTencent()).rejects.toMatchObject({ code: "AuthFailure.UnauthorizedOperation" });
    await expect(viaAlibaba()).rejects.toMatchObject({ code: "InvalidAccessKeyId.Inactive", statusCode: 404 });
    await expect(send()).rejects.toMatchObject({ status: 401, code: 20003 });
    expect((await book()).totals.handset_messages).toBe(1);
  });

  it("strike queries where they are meant, and only then", async () => {
    const list = () => sdk().messages.list({ to: TO });
    await setFaults({ fault: "status_503_before", carrier: "twilio" });
    expect(await list()).toEqual([]);
    await setFaults({ fault: "status_503_before", carrier: "twilio", of: "query" });
    await expect(list()).rejects.toMatchObject({ status: 503 });
    expect((await send()).status).toBe("queued");
    await setFaults({ fault: "status_503_before", of: "any" });
    await expect(list()).rejects.toMatchObject({ status: 503 });
    await expect(viaAlibaba()).rejects.toMatchObject({ statusCode: 503 });
    await expect(pullStatus(tencent())).rejects.toMatchObject({ httpCode: 503 });
  });

  it("silence RCS while SMS is told, and may be later than a minute", async () => {
    receiver().answerWith(200, { code: 0 });
    await control("PUT", "callbacks", { alibaba: { [ALIBABA.id]: `${receiver().url}/silent` } });
    await setFaults(
      { fault: "receipt_lost", channel: "rcs" },
      { fault: "receipt_delayed", ms: 61_000, channel: "rcs", to: "+8613800000002" },
    );
    await viaAlibabaRcs();
    await viaAlibaba();
    await until(() => receiver().at("/silent").length === 1);
    expect(JSON.parse(receiver().at("/silent")[0]?.body ?? "")).toMatchObject([{ phone_number: TO.slice(3), success: true }]);
    await setFaults({ fault: "receipt_delayed", ms: 61_000, channel: "rcs" });
    await viaAlibabaRcs();
    const last = z.object({ accepted_at: z.iso.datetime(), receipts: z.array(z.object({ due_at: z.iso.datetime() })) });
    const { accepted_at, receipts } = last.parse((await book()).messages.at(-1));
    expect(Date.parse(receipts[0]?.due_at ?? "") - Date.parse(accepted_at)).toBe(61_040);
  });

  it("name a carrier with codes of its own, or are refused", async () => {
    for (const rule of [{ code: "isv.X" }, { code: "isv.X", carrier: "twilio" }, { code: 21614, carrier: "alibaba" }]) {
      await expect(setFaults({ fault: "refuse", ...rule })).rejects.toThrow("/rules/0/code");
    }
  });
});

describe("the rate of one carrier", () => {
  it("is its own, so that a slow one can be played", async () => {
    await control("PUT", "rate", { per_second: null, carriers: { alibaba: 0, twilio: 1 } });
    await expect(viaAlibaba()).rejects.toMatchObject({ code: "Throttling.User" });
    for (const _ of [1, 2, 3]) expect(await viaTencent()).toMatchObject([{ Code: "Ok" }]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ To: TO, From: FROM, Body: "hi" })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
    await control("PUT", "rate", { per_second: 0, carriers: { tencent: null } });
    await expect(send()).rejects.toMatchObject({ status: 429 });
    expect(await viaTencent()).toMatchObject([{ Code: "Ok" }]);
  });
});

describe("the balance", () => {
  it("is told to Twilio's SDK as control has set it", async () => {
    expect(await sdk().balance.fetch()).toMatchObject({ accountSid: ACCOUNT.sid, balance: "1000.00", currency: "USD" });
    await control("PUT", "balance", { twilio: "-0.5" });
    expect((await sdk().balance.fetch()).balance).toBe("-0.5");
  });
});
