import * as z from "zod";
import { parseJson } from "../../support/parse-json.ts";
import type { VendorMeaning } from "./vendor-meaning.ts";

/**
 * What a 4xx with a code not listed means. `content` ends this one message: `config` and `balance` would close the carrier and
 * `recipient` would blame the number for something that nobody has understood.
 */
const UNKNOWN: VendorMeaning = "content";

/** Where the code is not listed or not there: who may not enter, or is not known, is refused as a whole. */
const MEANING_OF_STATUS: Readonly<Record<number, VendorMeaning>> = { 401: "account", 403: "account", 404: "account", 429: "throttled" };

/** What a code means; of one not listed the HTTP status tells. */
export function meaningOf(code: number, status?: number): VendorMeaning {
  const channelSetUp = code >= 63_000 && code < 64_000 ? "config" : undefined;
  return MEANING_OF_CODE.get(code) ?? channelSetUp ?? MEANING_OF_STATUS[status ?? 0] ?? UNKNOWN;
}

/** The vendor's own code and words, or the status where there is no such body (https://www.twilio.com/docs/usage/twilios-response). */
export function readError(status: number, body: string): { readonly code: number; readonly message?: string } {
  const { code = status, message } = parseJson(errorBody, body) ?? {};
  return { code, ...(message ? { message } : {}) };
}

const errorBody = z.object({
  code: z.coerce.number().int().positive().optional().catch(undefined),
  message: z.string().nullish().catch(undefined),
});

/** Each row is the title of https://www.twilio.com/docs/api/errors/{code}. 63xxx, other channels' set-up, is `config` where not listed. */
export const MEANING_OF_CODE: ReadonlyMap<number, VendorMeaning> = new Map([
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
  [20003, "account"], // Permission Denied
  [20404, "account"], // The requested resource was not found: of a message to be created, the account
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
