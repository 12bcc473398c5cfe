import * as z from "zod";
import { equalSecrets } from "../../support/hashing.ts";
import type { Outgoing, OutgoingResult } from "../../support/outgoing.ts";
import type { CarrierAnswer, CarrierLimits, ReceiptStatus, RefusalCause } from "../../vocabulary/carrier.ts";
import type { Callback, CallbackVerdict, CarrierAccount, CarrierAdapter, OutgoingText, ReceiptsRead } from "./adapter.ts";
import { parseJson, secretOf } from "./adapter.ts";

/** Creates a Message: a form with Basic authorization (https://www.twilio.com/docs/messaging/api/message-resource). */
async function send(account: CarrierAccount<TwilioSettings>, text: OutgoingText, outgoing: Outgoing): Promise<CarrierAnswer> {
  const { account_sid, api_key_sid, from, messaging_service_sid } = account.settings;
  const pair = api_key_sid ? `${api_key_sid}:${secretOf(account, "api_key_secret")}` : `${account_sid}:${secretOf(account, "auth_token")}`;
  const authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  const form = new URLSearchParams({ To: text.to, Body: text.text });
  if (from) form.set("From", from);
  if (messaging_service_sid) form.set("MessagingServiceSid", messaging_service_sid);
  if (text.callback_url) form.set("StatusCallback", text.callback_url);
  const url = `${account.base_url}/2010-04-01/Accounts/${account_sid}/Messages.json`;
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded", authorization };
  const result = await outgoing({ method: "POST", url, headers, body: form.toString() }, limits.call_deadline_ms);
  return result.kind === "answered" ? readAnswer(result) : result;
}

/**
 * A redirect (never followed) is unclear: Twilio's API makes none, so something else answered, and a 303 may even mean that the
 * call was carried out. So is a 408. Any other 4xx is a refusal: a 429 "is never processed" (Twilio's page on error 20429).
 */
function readAnswer({ status, headers, body }: Extract<OutgoingResult, { kind: "answered" }>): CarrierAnswer {
  if (status >= 200 && status < 300) return readMessage(status, body);
  if (status < 400 || status === 408) return { kind: "unclear", code: String(status) };
  const { code = status, message } = parseJson(errorBody, body) ?? {};
  const answer = refusalOf(code, message ?? undefined, MEANING_OF_STATUS[status]);
  const seconds = headers.get("retry-after")?.trim() ?? "";
  return answer.kind === "throttled" && /^\d{1,9}$/.test(seconds) ? { ...answer, retry_after_seconds: Number(seconds) } : answer;
}

/** A 2xx without a sid proves nothing. `failed` never left Twilio; any other status may still arrive. */
function readMessage(status: number, body: string): CarrierAnswer {
  const made = parseJson(messageBody, body);
  if (!made) return { kind: "unclear", code: String(status), detail: "the answer is not a message" };
  if (made.status === "failed") return refusalOf(made.error_code ?? status, made.error_message ?? undefined);
  return { kind: "taken", reference: made.sid, ...(made.num_segments > 0 ? { segments: made.num_segments } : {}) };
}

function refusalOf(code: number, detail?: string, otherwise: Meaning = UNKNOWN): CarrierAnswer {
  const meaning = MEANING_OF_CODE.get(code) ?? (code >= 63_000 && code < 64_000 ? "config" : otherwise);
  const wording = { code: String(code), ...(detail ? { detail } : {}) };
  return meaning === "throttled" ? { kind: meaning, ...wording } : { kind: "refused", because: meaning, ...wording };
}

/** HMAC-SHA1 by the auth token over the raw URL and the sorted fields, or the URL alone where it has `bodySHA256` (https://www.twilio.com/docs/usage/security). */
async function verifyCallback(account: CarrierAccount<TwilioSettings>, { url, headers, body }: Callback): Promise<CallbackVerdict> {
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
function readReceipts(callback: Callback): ReceiptsRead {
  const { data } = statusFields.safeParse(Object.fromEntries(new URLSearchParams(callback.body)));
  if (!data) return { kind: "unreadable", why: "the callback has no MessageSid with a MessageStatus" };
  const { word, ...told } = data;
  if (NO_NEWS.has(word)) return { kind: "receipts", receipts: [] };
  const status = STATUSES.get(word);
  if (!status) return { kind: "unreadable", why: "the callback's MessageStatus is not one that Twilio documents" };
  return { kind: "receipts", receipts: [{ status, ...told }] };
}

const HMAC_SHA1 = { name: "HMAC", hash: "SHA-1" };
const optionalText = z.string().nullish().catch(undefined);
const optionalCode = z.coerce.number().int().positive().optional().catch(undefined);

/** The part of a Message that is read. Only a missing sid makes it unreadable: a message that exists is never sent again. */
const messageBody = z.object({
  sid: z.string().min(1).max(128),
  status: optionalText,
  /** A number in a string; "0" while a Messaging Service has not chosen a sender. */
  num_segments: z.coerce.number().int().catch(0),
  error_code: optionalCode,
  error_message: optionalText,
});

/** https://www.twilio.com/docs/usage/twilios-response */
const errorBody = z.object({ code: optionalCode, message: optionalText });

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
const STATUSES: ReadonlyMap<string, ReceiptStatus> = new Map([
  ["sent", "sent"],
  ["partially_delivered", "sent"],
  ["delivered", "delivered"],
  ["read", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["canceled", "undelivered"],
]);
const NO_NEWS: ReadonlySet<string> = new Set(["accepted", "scheduled", "queued", "sending", "receiving", "received"]);

type Meaning = RefusalCause | "throttled";

/**
 * What a 4xx with a code not listed means. `content` ends this one message: `config` and `balance` would close the account and
 * `recipient` would blame the number for something that nobody has understood.
 */
const UNKNOWN: Meaning = "content";

const MEANING_OF_STATUS: Readonly<Record<number, Meaning>> = { 401: "config", 403: "config", 404: "config", 429: "throttled" };

/** Each row is the title of https://www.twilio.com/docs/api/errors/{code}. 63xxx, other channels' set-up, is `config` where not listed. */
export const MEANING_OF_CODE: ReadonlyMap<number, Meaning> = new Map([
  [14107, "throttled"], // SMS send rate limit exceeded
  [20429, "throttled"], // Too many requests
  [21611, "throttled"], // This 'From' number has exceeded the maximum number of queued messages
  [30001, "throttled"], // Queue overflow
  [63017, "throttled"], // Rate limit exceeded
  [63018, "throttled"], // Rate limit exceeded for Channel
  [21211, "recipient"], // Invalid 'To' Phone Number
  [21214, "recipient"], // 'To' phone number cannot be reached
  [21610, "recipient"], // Attempt to send to unsubscribed recipient
  [21614, "recipient"], // 'To' number is not a valid mobile number
  [21635, "recipient"], // 'To' number cannot be a landline
  [30004, "recipient"], // Message blocked
  [30005, "recipient"], // Unknown destination handset
  [30006, "recipient"], // Landline or unreachable carrier
  [63024, "recipient"], // Invalid message recipient
  [63033, "recipient"], // Recipient blocked to receive message
  [21602, "content"], // Message body is required
  [21617, "content"], // The concatenated message body exceeds the 1600 character limit
  [21618, "content"], // The message body cannot be sent
  [21658, "content"], // Parameter exceeded character limit
  [30007, "content"], // Message filtered
  [20003, "config"], // Permission Denied
  [21212, "config"], // Invalid From Number (caller ID)
  [21408, "config"], // Permission to send an SMS has not been enabled for the region indicated by the 'To' number
  [21603, "config"], // A 'From' or 'MessagingServiceSid' parameter is required to send a message
  [21606, "config"], // The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination
  [21608, "config"], // The 'to' phone number provided is not yet verified for this account (trial accounts)
  [21609, "config"], // Invalid 'StatusCallback'
  [21612, "config"], // The 'To' phone number is not currently reachable via SMS (with this 'From')
  [21657, "config"], // The Sender ID is invalid
  [21659, "config"], // 'From' is not a Twilio phone number or Short Code country mismatch
  [21701, "config"], // The Messaging Service does not exist
  [21702, "config"], // The Messaging Service is not available to send new messages
  [21703, "config"], // The Messaging Service does not have a phone number available to send a message
  [21704, "config"], // The Messaging Service contains no phone numbers
  [30034, "config"], // US A2P 10DLC - Message from an Unregistered Number
  [10001, "balance"], // Account is not active ("your account balance reached $0 or below")
  [20005, "balance"], // Account not active ("potentially because you ran out of funds")
  [30002, "balance"], // Account suspended ("your account balance became negative")
  [63038, "balance"], // Account exceeded the daily messages limit (an allowance, used up for up to 24 hours)
  [90010, "balance"], // Account is not active
]);

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 hexadecimal digits`);

/** A number of the account in E.164, a short code, or an alphanumeric sender id (AlphaSender resource). */
const SENDER = /^(\+[1-9]\d{3,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})$/;

/** With an API key the secret `api_key_secret` sends, but callbacks stay signed by `auth_token`, so both must be there. */
const twilioSettings = z
  .strictObject({
    account_sid: sid("AC"),
    api_key_sid: sid("SK").optional(),
    from: z.string().regex(SENDER, "must be a number in E.164, a short code, or up to 11 letters and digits").optional(),
    messaging_service_sid: sid("MG").optional(),
  })
  .refine(({ from, messaging_service_sid }) => from ?? messaging_service_sid, {
    error: "must name a sender: from, messaging_service_sid, or both",
  });
type TwilioSettings = z.infer<typeof twilioSettings>;

const limits: CarrierLimits = {
  channels: ["sms"],
  /** "Can be up to 1,600 characters in length" (Message resource, Body); emoji count as several (error 21617). */
  text_max_units: 1600,
  /** `To` is one address (Message resource). */
  recipients_per_call: 1,
  /** A third of what Twilio's own library waits (twilio-node RequestClient, 30 s): an invocation has six connections only. */
  call_deadline_ms: 10_000,
  /** The Message resource has no field for a reference of ours; the message id travels in StatusCallback's query. */
  keeps_reference: false,
  adds_signature: false,
};

/** Twilio Programmable Messaging, SMS. */
export const twilio: CarrierAdapter<TwilioSettings> = {
  name: "twilio",
  /** The second form is that of edges and regions, e.g. api.dublin.ie1.twilio.com (https://www.twilio.com/docs/global-infrastructure). */
  hosts: ["api.twilio.com", "*.twilio.com"],
  limits,
  settings: twilioSettings,
  secrets: (settings) => (settings.api_key_sid ? ["api_key_secret", "auth_token"] : ["auth_token"]),
  send,
  verifyCallback,
  readReceipts,
  /** Empty TwiML replies nothing to the person; Twilio's debugger complains of other content types (error 12300). */
  acknowledgement: { status: 200, body: "<Response/>", content_type: "text/xml" },
};
