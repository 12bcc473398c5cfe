import * as z from "zod";
import { equalSecrets } from "../../support/hashing.ts";
import type { ReceiptStatus } from "../../vocabulary/carrier.ts";
import { type Callback, type CallbackVerdict, type ReceiptsRead, type RepliesRead, secretOf } from "./adapter.ts";
import type { TwilioAccount } from "./twilio-account.ts";

const HMAC_SHA1 = { name: "HMAC", hash: "SHA-1" };

/** HMAC-SHA1 by the auth token over the raw URL and the sorted fields, or the URL alone where it has `bodySHA256` (https://www.twilio.com/docs/usage/security). */
export async function verifyCallback(account: TwilioAccount, { url, headers, body }: Callback): Promise<CallbackVerdict> {
  const encoder = new TextEncoder();
  const claimed = new URLSearchParams(url.replace(/^[^?]*/, "")).get("bodySHA256");
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(body));
  const bodyFits = claimed === null || (await equalSecrets(claimed, Buffer.from(digest).toString("hex")));
  const token = encoder.encode(secretOf(account, "auth_token"));
  const key = await crypto.subtle.importKey("raw", token, HMAC_SHA1, false, ["sign"]);
  const matches = spellingsOf(url).map(async (spelling) => {
    const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(spelling + (claimed === null ? signedFields(body) : "")));
    return equalSecrets(headers["x-twilio-signature"] ?? "", Buffer.from(mac).toString("base64"));
  });
  return bodyFits && (await Promise.all(matches)).includes(true) ? "genuine" : "forged";
}

/** The URL without its port and with it, or with the scheme's own: Twilio may have signed either. Nothing else is touched. */
function spellingsOf(url: string): readonly string[] {
  const [, origin = url, port = /^https:/i.test(url) ? ":443" : ":80", rest = ""] = /^(https?:\/\/[^/?#:]*)(:\d+)?(.*)$/is.exec(url) ?? [];
  return [origin + rest, origin + port + rest];
}

/** The fields by name in the order of UTF-16 units, the values of one name likewise and each once (twilio-node, webhooks). */
function signedFields(body: string): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(body)) values.set(name, (values.get(name) ?? new Set()).add(value));
  const names = [...values.keys()].sort();
  return names.map((name) => name + [...(values.get(name) ?? [])].sort().join(name)).join("");
}

/** Reads a status callback; an inbound message and a state before `sent` hold no receipt. */
export function readReceipts(callback: Callback): ReceiptsRead {
  const { data } = statusFields.safeParse(Object.fromEntries(new URLSearchParams(callback.body)));
  if (!data) return { kind: "unreadable", why: "the callback has no MessageSid with a MessageStatus" };
  const { word, ...told } = data;
  if (NO_NEWS.has(word)) return { kind: "receipts", receipts: [] };
  const status = STATUSES.get(word);
  if (!status) return { kind: "unreadable", why: "the callback's MessageStatus is not one that Twilio documents" };
  return { kind: "receipts", receipts: [{ status, ...told }] };
}

/**
 * RawDlrDoneDate is left alone: it has no zone (changelog of 14 February 2023), so receipts stand at the time they come in.
 *
 * An inbound message has an SmsStatus alone (https://www.twilio.com/docs/messaging/guides/webhook-request).
 */
const statusFields = z
  .object({
    MessageSid: z.string().min(1).max(128),
    MessageStatus: z.string().optional(),
    SmsStatus: z.string().optional(),
    ErrorCode: z.string().max(64).optional().catch(undefined),
  })
  .transform(({ MessageSid, MessageStatus, SmsStatus, ErrorCode }) => ({
    reference: MessageSid,
    word: MessageStatus ?? SmsStatus ?? "",
    ...(ErrorCode ? { code: ErrorCode } : {}),
  }));

/**
 * Statuses of the Message resource, all that the OpenAPI document has. `partially_delivered` is read as `sent`: something left
 * Twilio, but neither end is proven, and calling it undelivered would have it sent again to a person who has a part of it.
 */
export const STATUSES: ReadonlyMap<string, ReceiptStatus> = new Map([
  ["sent", "sent"],
  ["partially_delivered", "sent"],
  ["delivered", "delivered"],
  ["read", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["canceled", "undelivered"],
]);
const NO_NEWS: ReadonlySet<string> = new Set(["accepted", "scheduled", "queued", "sending", "receiving", "received"]);

/**
 * Reads an inbound message (https://www.twilio.com/docs/messaging/guides/webhook-request). What comes from no number, such as a
 * short code or a sender's name, is nobody's reply. It has no time: it stands at the time it comes in.
 */
export function readReplies(callback: Callback): RepliesRead {
  const { data } = inboundFields.safeParse(Object.fromEntries(new URLSearchParams(callback.body)));
  if (!data) return { kind: "unreadable", why: "the callback has no MessageSid with From and Body" };
  const { MessageSid, MessageStatus, From, To, Body } = data;
  if (MessageStatus !== undefined || !NUMBER.test(From)) return { kind: "replies", replies: [] };
  return { kind: "replies", replies: [{ from: From, ...(To ? { to: To } : {}), text: Body, reference: MessageSid }] };
}

const NUMBER = /^\+[1-9]\d{3,14}$/;

/** A status callback has a MessageStatus, an inbound message has none. */
const inboundFields = z.object({
  MessageSid: z.string().min(1).max(128),
  MessageStatus: z.string().optional(),
  From: z.string(),
  To: z.string().max(64).optional().catch(undefined),
  Body: z.string().default(""),
});
