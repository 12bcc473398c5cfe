import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEANING_OF_CODE } from "../../../src/deliver/carriers/twilio-codes.ts";
import { type Outgoing, type OutgoingRequest, resultOf } from "../../../src/support/outgoing.ts";
import { mount } from "./conformance.ts";
import { EXPECTED_BY_CODE } from "./twilio.conformance.ts";

const TOKEN = "fakeAuthToken0000000000000000001";
const SID = `SM${"a".repeat(32)}`;
const settings = { account_sid: `AC${"a".repeat(32)}`, from: "+14155552345" };
const carrier = mount("twilio", { base_url: "https://api.twilio.com", settings, secrets: { auth_token: TOKEN } });
const text = { channel: "sms" as const, to: "+14155550123", text: "Hello", message: "m", callback_url: "https://n.example.com/c?m=m" };

/** Sends one text to a Twilio that answers so. */
async function answerTo(status: number, body: unknown, headers: Record<string, string> = {}) {
  const outgoing: Outgoing = async () => resultOf(status, new Headers(headers), typeof body === "string" ? body : JSON.stringify(body));
  return carrier.send(text, outgoing);
}
const error = (code: number, status = 400) => ({ code, message: "words", more_info: `https://www.twilio.com/docs/errors/${code}`, status });

describe("a code of Twilio's", () => {
  it.each([...MEANING_OF_CODE])("%i means %s, in a 400 as in a message that failed at once", async (code, meaning) => {
    const account = meaning === "account" || meaning === "balance" ? { account: true } : {};
    const because = meaning === "account" ? "config" : meaning;
    const expected = meaning === "throttled" ? { kind: meaning } : { kind: "refused", because, ...account };
    expect(await answerTo(400, error(code))).toEqual({ ...expected, code: String(code), detail: "words" });
    expect(await answerTo(201, { sid: SID, status: "failed", error_code: code, error_message: "words" })).toEqual({
      ...expected,
      code: String(code),
      detail: "words",
    });
  });

  it("means the same in the adapter's table as in the one that the conformance suite keeps", async () => {
    for (const [code, expected] of EXPECTED_BY_CODE) {
      const answer = await answerTo(400, error(code));
      expect(answer).toMatchObject(expected);
      expect("account" in answer).toBe("account" in expected);
    }
  });

  it("outranks the HTTP status: a used-up allowance comes as a 429 but waiting some seconds does not help", async () => {
    expect(await answerTo(429, error(63038, 429))).toMatchObject({ kind: "refused", because: "balance" });
    expect(await answerTo(403, error(21610, 403))).toMatchObject({ kind: "refused", because: "recipient" });
  });

  it("of 63xxx, not listed, is the set-up of a channel", async () => {
    expect(await answerTo(400, error(63007))).toMatchObject({ kind: "refused", because: "config", code: "63007" });
    expect(await answerTo(400, error(64000))).toMatchObject({ kind: "refused", because: "content" });
  });

  it("that nobody knows ends this message, closes no account and blames no number", async () => {
    expect(await answerTo(400, error(29999))).toMatchObject({ kind: "refused", because: "content", code: "29999" });
  });
});

describe("an answer without a code that is known", () => {
  it("is sorted by its HTTP status", async () => {
    for (const status of [401, 403, 404])
      expect(await answerTo(status, error(29999, status))).toMatchObject({ because: "config", account: true, code: "29999" });
    for (const status of [401, 403, 404])
      expect(await answerTo(status, "<html>")).toEqual({ kind: "refused", because: "config", account: true, code: String(status) });
    expect(await answerTo(429, "slow down")).toEqual({ kind: "throttled", code: "429" });
    for (const status of [400, 409, 413, 422])
      expect(await answerTo(status, "")).toEqual({ kind: "refused", because: "content", code: String(status) });
  });

  it("is unclear where it is a redirect or a 408, since they do not say whether the message was made", async () => {
    for (const status of [301, 302, 303, 307, 308, 408])
      expect(await answerTo(status, "", { location: "https://api.example.com" })).toEqual({ kind: "unclear", code: String(status) });
  });

  it("is unclear above 499 even with Twilio's own error in it, and unreachable where Cloudflare had no connection", async () => {
    for (const status of [500, 502, 503, 504, 522])
      expect(await answerTo(status, error(20500, status))).toMatchObject({ kind: "unclear", code: String(status) });
    for (const status of [521, 523, 525, 526, 530])
      expect(await answerTo(status, "error")).toMatchObject({ kind: "unreachable", code: String(status) });
  });

  it("is unclear where none came in time", async () => {
    expect(await carrier.send(text, async () => ({ kind: "unclear", code: "timeout", detail: "TimeoutError" }))).toEqual({
      kind: "unclear",
      code: "timeout",
      detail: "TimeoutError",
    });
  });
});

describe("a 2xx", () => {
  it("is unclear where it is not a message", async () => {
    for (const body of ["", "<html>ok</html>", "null", "[]", "{}", '{"sid":7}', '{"sid":""}', `{"sid":"${SID}"`, "\u0000"]) {
      expect(await answerTo(200, body)).toMatchObject({ kind: "unclear", code: "200" });
      expect(await answerTo(201, body)).toMatchObject({ kind: "unclear", code: "201" });
    }
  });

  it("with a sid is taken, whatever else is missing or new", async () => {
    expect(await answerTo(201, { sid: SID, status: "queued", num_segments: "3" })).toEqual({ kind: "taken", reference: SID, segments: 3 });
    expect(await answerTo(201, { sid: SID, status: "accepted", num_segments: "0" })).toEqual({ kind: "taken", reference: SID });
    expect(await answerTo(200, { sid: SID })).toEqual({ kind: "taken", reference: SID });
    expect(await answerTo(202, { sid: SID, status: 1, num_segments: "many", error_code: "?", extra: [] })).toEqual({
      kind: "taken",
      reference: SID,
    });
    expect(await answerTo(201, { sid: SID, status: "undelivered", error_code: 30005 })).toEqual({ kind: "taken", reference: SID });
  });

  it("with a failed message is a refusal, also without a code", async () => {
    expect(await answerTo(201, { sid: SID, status: "failed", error_code: null, error_message: null })).toEqual({
      kind: "refused",
      because: "content",
      code: "201",
    });
  });
});

describe("a 429", () => {
  it("says when to come again where Retry-After is a number of seconds; a date needs a clock and is left out", async () => {
    const retryAfter = async (value: string) => answerTo(429, error(20429, 429), { "retry-after": value });
    for (const [value, seconds] of [
      ["0", 0],
      ["7", 7],
      [" 120 ", 120],
    ] as const)
      expect(await retryAfter(value)).toMatchObject({ kind: "throttled", retry_after_seconds: seconds });
    for (const value of ["Wed, 15 Jan 2025 08:30:00 GMT", "-1", "1.5", "soon", "", "9999999999"])
      expect(await retryAfter(value)).not.toHaveProperty("retry_after_seconds");
  });
});

describe("the words of an answer", () => {
  it("never hold the number called, however it is written", async () => {
    const spaced = fc
      .tuple(fc.stringMatching(/^[1-9]\d{6,14}$/), fc.constantFrom("", " ", "-", ".", " ("))
      .map(([digits, gap]) => ({ to: `+${digits}`, said: [...digits].join(gap) }));
    await fc.assert(
      fc.asyncProperty(spaced, fc.constantFrom("+", "", "whatsapp:+", "%2B"), async ({ to, said }, prefix) => {
        const words = { ...error(21211), message: `The 'To' number ${prefix}${said} is not valid.` };
        const answer = await carrier.send({ ...text, to }, async () => resultOf(400, new Headers(), JSON.stringify(words)));
        expect(answer.detail?.replace(/[^\d]/g, "").replace(/^2/, "")).toBe("");
        expect(answer.detail).toContain("is not valid");
      }),
    );
  });
});

describe("a request", () => {
  it("asks for receipts only where they can come", async () => {
    const seen: OutgoingRequest[] = [];
    const outgoing: Outgoing = async (request) => {
      seen.push(request);
      return resultOf(201, new Headers(), `{"sid":"${SID}"}`);
    };
    const { callback_url: _, ...without } = text;
    await carrier.send(text, outgoing);
    await carrier.send(without, outgoing);
    expect(seen.map(({ body }) => [...new URLSearchParams(body)])).toEqual([
      [
        ["To", text.to],
        ["Body", "Hello"],
        ["From", settings.from],
        ["StatusCallback", text.callback_url],
      ],
      [
        ["To", text.to],
        ["Body", "Hello"],
        ["From", settings.from],
      ],
    ]);
  });

  it("names the Messaging Service, the number or both, and goes through a relay where the account has one", async () => {
    const messaging_service_sid = `MG${"c".repeat(32)}`;
    const relay = mount("twilio", {
      base_url: "https://relay.example.com/tw",
      settings: { ...settings, messaging_service_sid },
      secrets: { auth_token: TOKEN },
    });
    const seen: OutgoingRequest[] = [];
    await relay.send(text, async (request, deadlineMs) => {
      seen.push(request);
      return { kind: "unclear", code: "timeout", detail: `${deadlineMs}` };
    });
    expect(seen[0]?.url).toBe(`https://relay.example.com/tw/2010-04-01/Accounts/${settings.account_sid}/Messages.json`);
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toMatchObject({
      From: settings.from,
      MessagingServiceSid: messaging_service_sid,
    });
  });
});
