import * as z from "zod";
import type { Outgoing, OutgoingResult } from "../../support/outgoing.ts";
import { parseJson } from "../../support/parse-json.ts";
import type { CarrierAnswer, CarrierLimits } from "../../vocabulary/carrier.ts";
import type { CarrierAdapter, OutgoingText } from "./adapter.ts";
import { CALL_DEADLINE_MS, headersOf, resourceOf, type TwilioAccount, type TwilioSettings, twilioSettings } from "./twilio-account.ts";
import { readReceipts, readReplies, verifyCallback } from "./twilio-callbacks.ts";
import { meaningOf, readError } from "./twilio-codes.ts";
import { balance, query } from "./twilio-query.ts";
import { answerOf } from "./vendor-meaning.ts";

/** Creates a Message: a form with Basic authorization (https://www.twilio.com/docs/messaging/api/message-resource). */
async function send(account: TwilioAccount, text: OutgoingText, outgoing: Outgoing): Promise<CarrierAnswer> {
  const { from, messaging_service_sid } = account.settings;
  const form = new URLSearchParams({ To: text.to, Body: text.text });
  if (from) form.set("From", from);
  if (messaging_service_sid) form.set("MessagingServiceSid", messaging_service_sid);
  if (text.callback_url) form.set("StatusCallback", text.callback_url);
  const headers = { ...headersOf(account), "content-type": "application/x-www-form-urlencoded" };
  const request = { method: "POST", url: resourceOf(account, "Messages.json"), headers, body: form.toString() } as const;
  const result = await outgoing(request, CALL_DEADLINE_MS);
  return result.kind === "answered" ? readAnswer(result) : result;
}

/**
 * A redirect (never followed) is unclear: Twilio's API makes none, so something else answered, and a 303 may even mean that the
 * call was carried out. So is a 408. Any other 4xx is a refusal: a 429 "is never processed" (Twilio's page on error 20429).
 */
function readAnswer({ status, headers, body }: Extract<OutgoingResult, { kind: "answered" }>): CarrierAnswer {
  if (status >= 200 && status < 300) return readMessage(status, body);
  if (status < 400 || status === 408) return { kind: "unclear", code: String(status) };
  const { code, message } = readError(status, body);
  const answer = answerOf(meaningOf(code, status), String(code), message);
  const seconds = headers.get("retry-after")?.trim() ?? "";
  return answer.kind === "throttled" && /^\d{1,9}$/.test(seconds) ? { ...answer, retry_after_seconds: Number(seconds) } : answer;
}

/** A 2xx without a sid proves nothing. `failed` never left Twilio; any other status may still arrive. */
function readMessage(status: number, body: string): CarrierAnswer {
  const made = parseJson(messageBody, body);
  if (!made) return { kind: "unclear", code: String(status), detail: "the answer is not a message" };
  const { error_code: code = status, error_message } = made;
  if (made.status === "failed") return answerOf(meaningOf(code), String(code), error_message ?? undefined);
  return { kind: "taken", reference: made.sid, ...(made.num_segments > 0 ? { segments: made.num_segments } : {}) };
}

const optionalText = z.string().nullish().catch(undefined);

/** The part of a Message that is read. Only a missing sid makes it unreadable: a message that exists is never sent again. */
const messageBody = z.object({
  sid: z.string().min(1).max(128),
  status: optionalText,
  /** A number in a string; "0" while a Messaging Service has not chosen a sender. */
  num_segments: z.coerce.number().int().catch(0),
  error_code: z.coerce.number().int().positive().optional().catch(undefined),
  error_message: optionalText,
});

const limits: CarrierLimits = {
  channels: ["sms"],
  /** "Can be up to 1,600 characters in length" (Message resource, Body); emoji count as several (error 21617). */
  text_max_units: 1600,
  /** A Messaging Service paces by itself; one toll-free or verified 10DLC campaign does some tens a second (Twilio, "MPS"). */
  per_second: 100,
  needs_template: false,
  /** `To` is one address (Message resource). */
  recipients_per_call: 1,
  call_deadline_ms: CALL_DEADLINE_MS,
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
  sender: (settings) => settings.from ?? settings.messaging_service_sid,
  secrets: (given) => ("api_key_sid" in given ? ["api_key_secret", "auth_token"] : ["auth_token"]),
  send,
  query,
  balance,
  verifyCallback,
  readReceipts,
  readReplies,
  /** Empty TwiML replies nothing to the person; Twilio's debugger complains of other content types (error 12300). */
  acknowledgement: { status: 200, body: "<Response/>", content_type: "text/xml" },
};
