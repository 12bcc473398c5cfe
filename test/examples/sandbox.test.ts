import twilio from "twilio";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Callback, sandboxSdk, until } from "./start-sandbox.ts";
import { ACCOUNT, FROM, SECOND, TO, useSandbox } from "./use-sandbox.ts";

const { url, receiver, sdk, control, setFaults, book, phone, send, post } = useSandbox();

describe("the vendor's own SDK", () => {
  it("sends a message, and sees it queued, then delivered", async () => {
    const created = await send({ body: "您的订单已发货".repeat(11) });
    expect(created).toMatchObject({
      to: TO,
      from: FROM,
      status: "queued",
      numSegments: "2",
      direction: "outbound-api",
      dateSent: null,
      errorCode: null,
      price: null,
    });
    expect(created.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(Date.now() - created.dateCreated.getTime()).toBeLessThan(60_000);
    await until(async () => (await sdk().messages(created.sid).fetch()).status === "delivered");
    const fetched = await sdk().messages(created.sid).fetch();
    expect(fetched).toMatchObject({
      sid: created.sid,
      price: "-0.01500",
      priceUnit: "USD",
      uri: `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${created.sid}.json`,
    });
    expect(fetched.dateSent).toBeInstanceOf(Date);
    await expect(sdk().messages("SM00000000000000000000000000000000").fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it("gets each field that the vendor gives and no other one", async () => {
    const answer = await post({ To: TO, From: FROM, Body: "hi" });
    expect(answer.status).toBe(201);
    const fields = [
      "account_sid",
      "api_version",
      "body",
      "date_created",
      "date_sent",
      "date_updated",
      "direction",
      "error_code",
      "error_message",
      "from",
      "messaging_service_sid",
    ];
    fields.push("num_media", "num_segments", "price", "price_unit", "sid", "status", "subresource_uris", "to", "uri");
    const body = z.record(z.string(), z.unknown()).parse(await answer.json());
    expect(Object.keys(body).sort()).toEqual(fields);
    expect(body.date_created).toMatch(/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/);
  });

  it("lists by To, From and DateSent, page after page", async () => {
    const sids: string[] = [];
    for (const number of [1, 2, 3, 4, 5]) sids.unshift((await send({ body: `no. ${number}` })).sid);
    await send({ to: "+8613800000002" });
    await until(async () => (await sdk().messages.list({ to: TO, dateSentAfter: new Date(Date.now() - 3_600_000) })).length === 5);
    const listed = await sdk().messages.list({ to: TO, from: FROM, pageSize: 2 });
    expect(listed.map(({ sid }) => sid)).toEqual(sids);
    expect(await sdk().messages.list({ dateSentAfter: new Date(Date.now() + 3_600_000) })).toEqual([]);
    expect(await sdk().messages.list({ dateSentBefore: new Date(Date.now() - 3_600_000) })).toEqual([]);
    expect(await sdk().messages.list({ from: "+14155550000" })).toEqual([]);
    const second = await (await sdk().messages.page({ to: TO, pageSize: 2 })).nextPage();
    expect(second?.instances.map(({ sid }) => sid)).toEqual(sids.slice(2, 4));
    expect((await second?.previousPage())?.instances.map(({ sid }) => sid)).toEqual(sids.slice(0, 2));
  });

  it("works for several accounts, by API key too, which do not see each other's messages", async () => {
    const { sid } = await send();
    for (const [user, password] of [
      [SECOND.sid, SECOND.token],
      [SECOND.key, SECOND.secret],
    ] as const) {
      const second = sandboxSdk(url(), user, password, SECOND.sid);
      expect((await second.messages.create({ to: TO, from: FROM, body: "hi" })).accountSid).toBe(SECOND.sid);
      await expect(second.messages(sid).fetch()).rejects.toMatchObject({ code: 20404 });
    }
    expect(await sdk().messages.list()).toHaveLength(1);
    expect((await phone()).messages).toHaveLength(3);
  });
});

describe("a refusal", () => {
  it("has the vendor's status and code", async () => {
    const service = `MG${"a".repeat(32)}`;
    await control("PUT", "opted-out", { numbers: ["+8613800000009"] });
    const refusals: [code: number, form: Record<string, string>][] = [
      [21604, { From: FROM, Body: "hi" }],
      [21603, { To: TO, Body: "hi" }],
      [21602, { To: TO, From: FROM }],
      [21211, { To: "+1000", From: FROM, Body: "hi" }],
      [21211, { To: "13800000001", MessagingServiceSid: service, Body: "hi" }],
      [21212, { To: TO, From: "not a sender at all", Body: "hi" }],
      [21606, { To: TO, From: "+15005550007", Body: "hi" }],
      [21610, { To: "+8613800000009", From: FROM, Body: "hi" }],
      [21617, { To: TO, From: FROM, Body: "a".repeat(1601) }],
      [21609, { To: TO, From: FROM, Body: "hi", StatusCallback: "ftp://example.com" }],
      [21701, { To: TO, MessagingServiceSid: "MG1", Body: "hi" }],
    ];
    for (const [code, form] of refusals) {
      const answer = await post(form);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { code, message: expect.any(String), more_info: `https://www.twilio.com/docs/errors/${code}`, status: 400 },
      ]);
    }
    const { totals } = await book();
    expect(totals).toMatchObject({ calls: 11, accepted: 0, handset_messages: 0 });
    expect(Object.values(totals.refused).reduce((sum, n) => sum + n, 0)).toBe(11);
    expect((await post({ To: TO, MessagingServiceSid: service, Body: "a".repeat(1600) })).status).toBe(201);
  });

  it("reaches the SDK's caller as RestException", async () => {
    await expect(send({ to: "+1000" })).rejects.toMatchObject({
      constructor: twilio.RestException,
      status: 400,
      code: 21211,
      message: "The 'To' number +1000 is not a valid phone number.",
    });
    for (const [sid, token] of [
      [ACCOUNT.sid, "wrong"],
      [`AC${"f".repeat(32)}`, ACCOUNT.token],
    ] as const) {
      const stranger = sandboxSdk(url(), sid, token).messages;
      await expect(stranger.create({ to: TO, from: FROM, body: "hi" })).rejects.toMatchObject({ status: 401, code: 20003 });
      await expect(stranger.list()).rejects.toMatchObject({ status: 401, code: 20003 });
    }
    expect((await book()).totals.refused).toEqual({ "20003": 2, "21211": 1 });
  });

  it("comes when an account is too fast", async () => {
    await control("PUT", "rate", { per_second: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ To: TO, From: FROM, Body: "hi" })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    expect(statuses).toContain(429);
    await control("PUT", "rate", { per_second: 0 });
    await expect(send()).rejects.toMatchObject({ status: 429, code: 20429 });
    const { totals } = await book();
    expect(totals.accepted).toBe((await phone()).messages.length);
    expect(totals.accepted + (totals.refused["20429"] ?? 0)).toBe(21);
  });
});

describe("status callbacks", () => {
  const isGenuine = ({ url, params, signature }: Callback) => twilio.validateRequest(ACCOUNT.token, signature, url, params);

  it("tell sent, then delivered, signed as the SDK verifies it", async () => {
    const { sid } = await send({ statusCallback: `${receiver().url}/signed?m=msg_1&x=a%20b&y=%E6%82%A8` });
    await until(() => receiver().at("/signed").length === 2);
    const callbacks = receiver().at("/signed");
    expect(callbacks.map(isGenuine)).toEqual([true, true]);
    expect(callbacks.map(({ params }) => params.MessageStatus)).toEqual(["sent", "delivered"]);
    expect(callbacks[1]?.params).toEqual({
      MessageSid: sid,
      SmsSid: sid,
      AccountSid: ACCOUNT.sid,
      MessageStatus: "delivered",
      SmsStatus: "delivered",
      To: TO,
      From: FROM,
      ApiVersion: "2010-04-01",
    });
    await until(async () => (await book()).totals.receipts.posted === 2);
    expect((await book()).totals.receipts).toEqual({ planned: 2, posted: 2, failed: 0, lost: 0, pending: 0 });
  });

  it("tell what went wrong, and the handset has nothing then", async () => {
    await setFaults({ fault: "undelivered", error_code: 30005 });
    const { sid } = await send({ statusCallback: `${receiver().url}/undelivered` });
    await until(() => receiver().at("/undelivered").length === 2);
    expect(
      receiver()
        .at("/undelivered")
        .map(({ params }) => [params.MessageStatus, params.ErrorCode]),
    ).toEqual([
      ["sent", undefined],
      ["undelivered", "30005"],
    ]);
    expect(receiver().at("/undelivered").every(isGenuine)).toBe(true);
    expect(await sdk().messages(sid).fetch()).toMatchObject({ status: "undelivered", errorCode: 30005 });
    expect((await phone()).messages).toEqual([]);
  });

  it("are posted again, in order, until they are taken", async () => {
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, retry_ms: 300 });
    receiver().answerWith(503);
    await send({ statusCallback: `${receiver().url}/again` });
    await until(() => receiver().at("/again").length === 2);
    receiver().answerWith(204);
    await until(async () => (await book()).totals.receipts.posted === 2);
    const statuses = receiver()
      .at("/again")
      .map(({ params }) => params.MessageStatus);
    expect(statuses.at(-1)).toBe("delivered");
    expect(statuses.slice(0, -1).every((status) => status === "sent")).toBe(true);
  });

  it("are given up after five tries", async () => {
    await control("PUT", "delays", { sent_ms: 1, delivered_ms: 2, retry_ms: 1 });
    receiver().answerWith(500);
    await send({ statusCallback: `${receiver().url}/never` });
    await until(async () => (await book()).totals.receipts.failed === 2);
    expect(receiver().at("/never")).toHaveLength(10);
  });
});
