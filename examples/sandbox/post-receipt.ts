import type { Message, Receipt } from "./message";
import { signCallback } from "./signature";

/** Somewhat less patience than the vendor has (15 s), so that a receiver that hangs is seen sooner. */
const POST_TIMEOUT_MS = 10_000;

/** Posts one status callback as the vendor does. @returns the receiver's status, or null when there was no answer. */
export async function postReceipt(authToken: string, message: Message, receipt: Receipt): Promise<number | null> {
  // A fragment never goes over the wire, so it is not signed either.
  const url = (message.status_callback ?? "").replace(/#.*$/, "");
  const params: [string, string][] = [
    ["MessageSid", message.sid],
    ["SmsSid", message.sid],
    ["AccountSid", message.account_sid],
    ["MessageStatus", receipt.status],
    ["SmsStatus", receipt.status],
    ["To", message.to_number],
    ["From", message.from_sender],
    ["ApiVersion", "2010-04-01"],
  ];
  if (message.messaging_service_sid !== null) params.push(["MessagingServiceSid", message.messaging_service_sid]);
  if (receipt.error_code !== null) params.push(["ErrorCode", String(receipt.error_code)]);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": await signCallback(authToken, url, params),
        // The same for each try, so that a receiver could tell a repetition.
        "I-Twilio-Idempotency-Token": `${message.sid}-${receipt.status}`,
      },
      body: new URLSearchParams(params),
      redirect: "manual",
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null; // refused, reset, too slow or not a URL that can be fetched: all the same to who posts
  }
}
