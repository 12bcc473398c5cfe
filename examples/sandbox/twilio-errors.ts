import type { Words } from "./answer-call.ts";
import type { Refusal } from "./call.ts";

/** The vendor's envelope, as its SDKs read it. */
export interface ErrorBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

/** HTTP status and sentence per code, from www.twilio.com/docs/api/errors; `{}` is where the offending value stands. */
const ERRORS = new Map<number, readonly [status: number, message: string]>([
  [20001, [400, "Invalid parameter: {}"]],
  [20003, [401, "Authenticate"]],
  [20404, [404, "The requested resource {} was not found"]],
  [20429, [429, "Too Many Requests"]],
  [20500, [500, "An internal server error has occurred"]],
  [20503, [503, "Service is unavailable"]],
  [21211, [400, "The 'To' number {} is not a valid phone number."]],
  [21212, [400, "The 'From' number {} is not a valid phone number, shortcode, or alphanumeric sender ID."]],
  [21266, [400, "'To' and 'From' number cannot be the same: {}"]],
  [21408, [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}."]],
  [21602, [400, "Message body is required."]],
  [21603, [400, "A 'From' phone number is required."]],
  [21604, [400, "A 'To' phone number is required."]],
  [21606, [400, "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination."]],
  [21609, [400, "The 'StatusCallback' URL {} is not a valid URL."]],
  [21610, [400, "Attempt to send to unsubscribed recipient"]],
  [21611, [429, "This 'From' number has exceeded the maximum number of queued messages"]],
  [21612, [400, "The 'To' phone number: {}, is not currently reachable using the 'From' phone number."]],
  [21614, [400, "'To' number: {}, is not a valid mobile number"]],
  [21617, [400, "The concatenated message body exceeds the 1600 character limit"]],
  [21635, [400, "'To' number {} cannot be a landline"]],
  [21701, [400, "The Messaging Service {} does not exist"]],
]);

/** Codes that are not in the table are answered with 400, which is what the vendor does with nearly all of them. */
export function errorBody({ code: refused, value = "" }: Refusal): ErrorBody {
  const code = Number(refused);
  const [status, message] = ERRORS.get(code) ?? [400, `Refused by the sandbox with code ${code}`];
  return {
    code,
    message: message.replace("{}", () => value),
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  };
}

export function errorResponse(refusal: Refusal): Response {
  const body = errorBody(refusal);
  const headers = new Headers();
  if (refusal.retry_after !== undefined) headers.set("Retry-After", String(refusal.retry_after));
  return Response.json(body, { status: body.status, headers });
}

/** How the vendor puts a refusal, and its own trouble. */
export const twilioWords: Words = {
  refused: errorResponse,
  broken: (status) => errorResponse({ code: 20_000 + status }),
};
