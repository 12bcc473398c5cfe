import { describe, expect, it } from "vitest";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { mount } from "./conformance.ts";

const SID = `SM${"a".repeat(32)}`;
const OTHER = `SM${"b".repeat(32)}`;
const from = "+14155552345";
const account_sid = `AC${"a".repeat(32)}`;
const messaging_service_sid = `MG${"c".repeat(32)}`;
const account = { base_url: "https://api.twilio.com", secrets: { auth_token: "fakeAuthToken0000000000000000001" } };
const carrier = mount("twilio", { ...account, settings: { account_sid, from } });
const service = mount("twilio", { ...account, settings: { account_sid, messaging_service_sid } });

function answering(status: number, body: unknown, seen: OutgoingRequest[] = []): Outgoing {
  return async (request) => {
    seen.push(request);
    return resultOf(status, new Headers(), typeof body === "string" ? body : JSON.stringify(body));
  };
}

const question = {
  ...{ channel: "sms" as const, to: "+14155550123", text: "Your code is 123456", message: "m1" },
  since: Date.UTC(2025, 0, 15, 8, 30, 0, 700),
};
const message = {
  ...{ sid: SID, to: question.to, from, body: question.text, direction: "outbound-api", status: "delivered", error_code: null },
  ...{ date_created: "Wed, 15 Jan 2025 08:30:00 +0000", date_sent: "Wed, 15 Jan 2025 08:30:01 +0000" },
};
const page = (...messages: unknown[]) => ({ messages, next_page_uri: null, page: 0, page_size: 50 });
const ask = async (body: unknown, status = 200) => carrier.query?.(question, answering(status, body));
const FOUND = { kind: "found", receipt: { status: "delivered", reference: SID } };

describe("query", () => {
  it("lists what went to the number from the sender since the claim, one page and with the account's authorization", async () => {
    const seen: OutgoingRequest[] = [];
    await carrier.query?.(question, answering(200, page(), seen));
    await service.query?.(question, answering(200, page(), seen));
    expect(seen.map(({ method, url, body }) => [method, url.split("?")[0], body])).toEqual(
      seen.map(() => ["GET", `https://api.twilio.com/2010-04-01/Accounts/${account_sid}/Messages.json`, undefined]),
    );
    const [numbered, chosen] = seen.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    const asked = { To: question.to, "DateSent>": "2025-01-15T08:30:00Z", PageSize: "50" };
    expect([numbered, chosen]).toEqual([{ ...asked, From: from }, asked]);
    expect(seen[0]?.headers.authorization).toMatch(/^Basic /);
  });

  it("finds the only message with this receiver, sender and text", async () => {
    expect(await ask(page(message))).toEqual(FOUND);
    expect(await ask(page({ ...message, sid: OTHER, body: "other words" }, message))).toEqual(FOUND);
  });

  it.each([
    ["accepted", "sent"],
    ["queued", "sent"],
    ["sending", "sent"],
    ["sent", "sent"],
    ["a new word", "sent"],
    ["read", "delivered"],
    ["undelivered", "undelivered"],
    ["failed", "undelivered"],
  ])("reads a message that is %s as %s", async (word, status) => {
    expect(await ask(page({ ...message, status: word, error_code: 30003 }))).toEqual({
      kind: "found",
      receipt: { status, reference: SID, code: "30003" },
    });
  });

  it("finds nothing where there are none or several, which proves nothing", async () => {
    expect(await ask(page())).toEqual({ kind: "absent" });
    expect(await ask(page(message, { ...message, sid: OTHER }))).toEqual({ kind: "absent" });
    const more = { ...page(message), next_page_uri: `/2010-04-01/Accounts/${account_sid}/Messages.json?Page=1` };
    expect(await ask(more)).toEqual({ kind: "absent" });
  });

  it("leaves out what is another's, came in, or was made before the claim", async () => {
    for (const other of [
      { to: "+14155550124" },
      { from: "+14155552346" },
      { body: `${question.text} ` },
      { direction: "inbound" },
      { date_created: "Wed, 15 Jan 2025 08:29:59 +0000" },
    ]) {
      expect(await ask(page({ ...message, ...other }))).toEqual({ kind: "absent" });
      expect(await ask(page({ ...message, sid: OTHER, ...other }, message))).toEqual(FOUND);
    }
    const { date_created: _, ...undated } = message;
    expect(await ask(page(undated))).toEqual(FOUND);
  });

  it("goes without the sender where a Messaging Service chooses it", async () => {
    const chosen = { ...message, from: "+14155559999", messaging_service_sid };
    expect(await service.query?.(question, answering(200, page(chosen)))).toEqual(FOUND);
    expect(await ask(page(chosen))).toEqual({ kind: "absent" });
  });

  it("says that it could not be asked where Twilio refuses or tells no list", async () => {
    const refused = { code: 20003, message: "Authenticate +14155550123", status: 401 };
    expect(await ask(refused, 401)).toEqual({ kind: "unanswered", code: "20003" });
    expect(await ask("<html>", 404)).toEqual({ kind: "unanswered", code: "404" });
    expect(await ask("", 302)).toEqual({ kind: "unanswered", code: "302" });
    expect(await ask(page(message), 503)).toEqual({ kind: "unanswered", code: "503" });
    for (const body of ["", "<html>", "{}", { messages: "?" }, page({ to: question.to })])
      expect(await ask(body)).toMatchObject({ kind: "unanswered", code: "200" });
  });
});

describe("balance", () => {
  const balanceOf = async (body: unknown, status = 200, seen: OutgoingRequest[] = []) => carrier.balance?.(answering(status, body, seen));

  it("is what the account's Balance says, in its currency", async () => {
    const seen: OutgoingRequest[] = [];
    expect(await balanceOf({ account_sid, balance: "12.3400", currency: "USD" }, 200, seen)).toEqual({ amount: "12.3400", unit: "USD" });
    expect(await balanceOf({ account_sid, balance: "-0.5", currency: "EUR" })).toEqual({ amount: "-0.5", unit: "EUR" });
    expect(seen.map(({ method, url }) => [method, url])).toEqual([
      ["GET", `https://api.twilio.com/2010-04-01/Accounts/${account_sid}/Balance.json`],
    ]);
  });

  it("is not told where the answer cannot be read", async () => {
    for (const body of ["", "<html>", "{}", { balance: "much", currency: "USD" }, { balance: "1", currency: "" }, { balance: 1 }])
      expect(await balanceOf(body)).toBeUndefined();
    for (const status of [401, 404, 429, 500]) expect(await balanceOf({ balance: "1", currency: "USD" }, status)).toBeUndefined();
  });
});
