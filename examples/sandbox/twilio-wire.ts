import { type Message, type Status, statusAt } from "./message.ts";

const VERSION = "2010-04-01";

export const accountPath = (accountSid: string) => `/${VERSION}/Accounts/${accountSid}`;

/** The path of an account's messages, or of one of them, without its `.json`. */
export function messagesPath(accountSid: string, sid?: string): string {
  const path = `${accountPath(accountSid)}/Messages`;
  return sid === undefined ? path : `${path}/${sid}`;
}

/** RFC 2822 with a numeric zone, which is how the vendor writes its dates. */
function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace(/GMT$/, "+0000");
}

/** US$ per segment, as a made-up price list has it. */
const PRICE = 0.0075;

/**
 * A message as the API shows it, as of `now`. `status` is given where the clock has no say: the answer to a create is
 * the message's first status, however short the delays are.
 */
export function messageResource(message: Message, now: number, status: Status = statusAt(message, now)) {
  const path = messagesPath(message.account, message.sid);
  const isSent = message.sent_at !== null && message.sent_at <= now && status !== "queued" && status !== "accepted";
  const isFinal = status === message.final_status;
  const updated = isFinal ? message.final_at : isSent ? message.sent_at : null;
  const senderUnknown = status === "accepted";
  return {
    account_sid: message.account,
    api_version: VERSION,
    body: message.body,
    date_created: rfc2822(message.accepted_at),
    date_sent: isSent && message.sent_at !== null ? rfc2822(message.sent_at) : null,
    date_updated: rfc2822(updated ?? message.accepted_at),
    direction: "outbound-api",
    error_code: isFinal ? message.error_code : null,
    error_message: null,
    from: senderUnknown ? null : message.from_sender,
    messaging_service_sid: message.messaging_service_sid,
    num_media: String(message.media.length),
    num_segments: String(message.num_segments),
    price: isFinal && isSent ? `-${(PRICE * message.num_segments).toFixed(5)}` : null,
    price_unit: "USD",
    sid: message.sid,
    status,
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to_number,
    uri: `${path}.json`,
  };
}
