import fc from "fast-check";
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, it } from "vitest";
import type { Callback } from "../../../src/deliver/carriers/adapter.ts";
import { mount } from "./conformance.ts";

const TOKEN = "fakeAuthToken0000000000000000001";
const SID = `SM${"a".repeat(32)}`;
const settings = { account_sid: `AC${"a".repeat(32)}`, from: "+14155552345" };
const carrier = mount("twilio", { base_url: "https://api.twilio.com", settings, secrets: { auth_token: TOKEN } });

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const fields = fc.dictionary(word, fc.oneof(word, fc.constant(""), fc.array(word, { minLength: 2, maxLength: 4 })), {
  maxKeys: 8,
  noNullPrototype: true,
});
const origin = fc.constantFrom(
  "https://n.example.com",
  "http://n.example.com",
  "https://n.example.com:443",
  "https://n.example.com:8443",
  "HTTPS://N.example.com",
);
const path = fc
  .stringMatching(/^\/[a-z0-9/_%'!*~.-]{0,20}(\?[a-zA-Z0-9=&%+'!*:@/?.-]{0,30})?$/)
  .filter((value) => !value.includes("bodySHA256"));
const callback = fc.record({ url: fc.tuple(origin, path).map((parts) => parts.join("")), fields });

function formOf(params: Readonly<Record<string, string | readonly string[]>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) for (const one of [value].flat()) form.append(name, one);
  return form.toString();
}
const signed = (url: string, signature: string, body: string): Callback => ({
  method: "POST",
  url,
  headers: { "x-twilio-signature": signature },
  body,
});

describe("verifyCallback", () => {
  it("takes as genuine what Twilio's own library signs, whatever the fields", async () => {
    await fc.assert(
      fc.asyncProperty(callback, async ({ url, fields }) => {
        const signature = getExpectedTwilioSignature(TOKEN, url, fields);
        expect(await carrier.verifyCallback(signed(url, signature, formOf(fields)))).toBe("genuine");
      }),
    );
  });

  it("takes the URL with or without its port, as Twilio's own verifier does", async () => {
    const withPort = "https://n.example.com:8443/c?m=a%20b";
    const without = "https://n.example.com/c?m=a%20b";
    for (const [signedUrl, seenUrl] of [
      [without, withPort],
      [withPort, withPort],
      [without.replace("/c", ":443/c"), without],
    ] as const) {
      const signature = getExpectedTwilioSignature(TOKEN, signedUrl, { A: "1" });
      expect(validateRequest(TOKEN, signature, seenUrl, { A: "1" })).toBe(true);
      expect(await carrier.verifyCallback(signed(seenUrl, signature, "A=1"))).toBe("genuine");
    }
  });

  it("takes the URL as it is written, without encoding it anew", async () => {
    const signature = getExpectedTwilioSignature(TOKEN, "https://n.example.com/c?m=a%20b", { A: "1" });
    for (const url of ["https://n.example.com/c?m=a+b", "https://n.example.com/c?m=a b", "https://n.example.com/c?m=a%2520b"])
      expect(await carrier.verifyCallback(signed(url, signature, "A=1"))).toBe("forged");
  });

  it("takes no callback with any one character changed, in the signature, the URL or what a field says", async () => {
    const position = fc.nat({ max: 10_000 });
    const changed = (value: string, at: number, to: string) =>
      value.slice(0, at % value.length) + to + value.slice((at % value.length) + 1);
    await fc.assert(
      fc.asyncProperty(
        callback,
        fc.constantFrom("signature", "url", "field"),
        position,
        fc.stringMatching(/^[a-zA-Z0-9]$/),
        async ({ url, fields: drawn }, what, at, to) => {
          const fields: Record<string, string | string[]> = { ...drawn, MessageStatus: "failed" };
          const signature = getExpectedTwilioSignature(TOKEN, url, fields);
          const parts = { signature, url, field: "failed" };
          const forged = { ...parts, [what]: changed(parts[what], at, to) };
          fc.pre(forged[what] !== parts[what]);
          expect(
            await carrier.verifyCallback(signed(forged.url, forged.signature, formOf({ ...fields, MessageStatus: forged.field }))),
          ).toBe("forged");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("agrees with Twilio's own verifier on any one character changed in the form as it is sent", async () => {
    await fc.assert(
      fc.asyncProperty(callback, fc.nat({ max: 10_000 }), fc.constantFrom(..."abz019=&+%?;"), async ({ url, fields: drawn }, at, to) => {
        const body = formOf({ ...drawn, MessageStatus: "failed" });
        const signature = getExpectedTwilioSignature(TOKEN, url, { ...drawn, MessageStatus: "failed" });
        const tampered = body.slice(0, at % body.length) + to + body.slice((at % body.length) + 1);
        const read = new URLSearchParams(tampered);
        const params = Object.fromEntries([...read.keys()].map((name) => [name, read.getAll(name)]));
        expect(await carrier.verifyCallback(signed(url, signature, tampered))).toBe(
          validateRequest(TOKEN, signature, url, params) ? "genuine" : "forged",
        );
      }),
      { numRuns: 300 },
    );
  });

  it("takes no callback without a signature, with another account's, or signed by an API key", async () => {
    const url = "https://n.example.com/c";
    const missing = { method: "POST", url, headers: {}, body: "A=1" };
    expect(await carrier.verifyCallback(missing)).toBe("forged");
    for (const token of ["", `${TOKEN} `, "api key's secret"])
      expect(await carrier.verifyCallback(signed(url, getExpectedTwilioSignature(token, url, { A: "1" }), "A=1"))).toBe("forged");
  });

  it("takes a JSON body only with its own hash in the signed URL, in lower-case hex", async () => {
    const hash = async (body: string) => Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body))).toString("hex");
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), async (body, more) => {
        const url = `https://n.example.com/c?m=a%20b&bodySHA256=${await hash(body)}`;
        const signature = getExpectedTwilioSignature(TOKEN, url, {});
        expect(validateRequestWithBody(TOKEN, signature, url, body)).toBe(true);
        expect(await carrier.verifyCallback(signed(url, signature, body))).toBe("genuine");
        expect(await carrier.verifyCallback(signed(url, signature, body + more))).toBe("forged");
        const rehashed = url.replace(/=[0-9a-f]{64}$/, `=${await hash(body + more)}`);
        expect(await carrier.verifyCallback(signed(rehashed, signature, body + more))).toBe("forged");
      }),
    );
    const upper = `https://n.example.com/c?bodySHA256=${(await hash("{}")).toUpperCase()}`;
    expect(await carrier.verifyCallback(signed(upper, getExpectedTwilioSignature(TOKEN, upper, {}), "{}"))).toBe("forged");
  });
});

describe("readReceipts", () => {
  const read = (fields: Record<string, string>) =>
    carrier.readReceipts({ method: "POST", url: "https://n.example.com/c", headers: {}, body: formOf(fields) });
  const receipt = (MessageStatus: string, more: Record<string, string> = {}) => read({ MessageSid: SID, MessageStatus, ...more });

  it.each([
    ["sent", "sent"],
    ["partially_delivered", "sent"],
    ["delivered", "delivered"],
    ["read", "delivered"],
    ["undelivered", "undelivered"],
    ["failed", "undelivered"],
    ["canceled", "undelivered"],
  ])("reads %s as %s", (word, status) => {
    expect(receipt(word)).toEqual({ kind: "receipts", receipts: [{ status, reference: SID }] });
  });

  it.each(["accepted", "scheduled", "queued", "sending", "receiving", "received"])("finds no news in %s", (word) => {
    expect(receipt(word)).toEqual({ kind: "receipts", receipts: [] });
  });

  it("finds no receipt in an inbound message, which has an SmsStatus alone", () => {
    expect(read({ MessageSid: SID, SmsStatus: "received", Body: "STOP", From: "+14155550123" })).toEqual({
      kind: "receipts",
      receipts: [],
    });
  });

  it("brings the code of a failure, and none where the field is empty", () => {
    expect(receipt("undelivered", { ErrorCode: "30006" })).toEqual({
      kind: "receipts",
      receipts: [{ status: "undelivered", reference: SID, code: "30006" }],
    });
    expect(receipt("delivered", { ErrorCode: "" })).toEqual({ kind: "receipts", receipts: [{ status: "delivered", reference: SID }] });
  });

  it("leaves the operator's date alone, which has no zone", () => {
    expect(receipt("delivered", { RawDlrDoneDate: "2501150830" })).toEqual({
      kind: "receipts",
      receipts: [{ status: "delivered", reference: SID }],
    });
  });

  it("says why it cannot read a callback, and throws on none", () => {
    const bare: Record<string, string>[] = [{}, { MessageSid: SID }, { MessageStatus: "sent" }];
    for (const fields of bare) expect(read(fields).kind).toBe("unreadable");
    for (const MessageSid of ["", "x".repeat(129)]) expect(read({ MessageSid, MessageStatus: "sent" }).kind).toBe("unreadable");
    for (const word of ["", "flying", "constructor", "Delivered"]) expect(receipt(word).kind).toBe("unreadable");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => void carrier.readReceipts({ method: "POST", url: "", headers: {}, body })),
    );
  });

  it("is answered with empty TwiML, which sends nothing back to the person", () => {
    expect(carrier.acknowledgement).toEqual({ status: 200, body: "<Response/>", content_type: "text/xml" });
  });
});

describe("readReplies", () => {
  const inbound = { MessageSid: SID, SmsStatus: "received", From: "+14155550123", To: "+14155552345", Body: "STOP", NumMedia: "0" };
  const read = (fields: Record<string, string>) =>
    carrier.readReplies?.({ method: "POST", url: "https://n.example.com/c", headers: {}, body: formOf(fields) });
  const reply = { from: "+14155550123", to: "+14155552345", text: "STOP", reference: SID };

  it("reads who wrote what to which number, and the id that tells a repeated callback", () => {
    expect(read(inbound)).toEqual({ kind: "replies", replies: [reply] });
    expect(read({ ...inbound, Body: " 不要 & so on\n" })).toEqual({ kind: "replies", replies: [{ ...reply, text: " 不要 & so on\n" }] });
  });

  it("reads a picture without words as an empty text, and does without the number that was written to", () => {
    const { Body: _, To: __, ...bare } = inbound;
    expect(read(bare)).toEqual({ kind: "replies", replies: [{ from: reply.from, text: "", reference: SID }] });
    expect(read({ ...inbound, To: "x".repeat(65) })).toEqual(read({ ...bare, Body: "STOP" }));
  });

  it("finds no reply in a status callback, nor from what is no person's number", () => {
    expect(read({ ...inbound, MessageStatus: "delivered" })).toEqual({ kind: "replies", replies: [] });
    for (const From of ["12345", "CARILLON", "whatsapp:+14155550123", "+1415555012399999"])
      expect(read({ ...inbound, From })).toEqual({ kind: "replies", replies: [] });
  });

  it("says why it cannot read a callback, and throws on none", () => {
    const { MessageSid: _, ...nameless } = inbound;
    const { From: __, ...senderless } = inbound;
    for (const fields of [{}, nameless, senderless]) expect(read(fields)?.kind).toBe("unreadable");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => void carrier.readReplies?.({ method: "POST", url: "", headers: {}, body })),
    );
  });
});
