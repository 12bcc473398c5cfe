import type { DueReceipt, Push } from "./push.ts";
import { signCallback } from "./signature.ts";

/** One status callback as the vendor makes it. */
export async function twilioPush(authToken: string, url: string, { message, receipt }: DueReceipt): Promise<Push> {
  const params: [string, string][] = [
    ["MessageSid", message.sid],
    ["SmsSid", message.sid],
    ["AccountSid", message.account],
    ["MessageStatus", receipt.status],
    ["SmsStatus", receipt.status],
    ["To", message.to_number],
    ["From", message.from_sender],
    ["ApiVersion", "2010-04-01"],
  ];
  if (message.messaging_service_sid !== null) params.push(["MessagingServiceSid", message.messaging_service_sid]);
  if (receipt.error_code !== null) params.push(["ErrorCode", String(receipt.error_code)]);
  return {
    headers: {
      "User-Agent": "TwilioProxy/1.1",
      "X-Twilio-Signature": await signCallback(authToken, url, params),
      // The same for each try, so that a receiver could tell a repetition.
      "I-Twilio-Idempotency-Token": `${message.sid}-${receipt.status}`,
    },
    body: new URLSearchParams(params),
  };
}
