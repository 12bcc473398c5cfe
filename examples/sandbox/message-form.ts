import type { Refusal, SendCall } from "./call.ts";

/** The parameters of `POST …/Messages.json` that the sandbox knows; a missing one is the empty string. */
export interface MessageForm {
  to: string;
  from: string;
  messaging_service_sid: string;
  body: string;
  media: string[];
  content_sid: string;
  content_variables: string;
  status_callback: string;
  send_at: string;
}

export function readForm(params: URLSearchParams): MessageForm {
  const read = (name: string) => params.get(name) ?? "";
  return {
    to: read("To").trim(),
    from: read("From").trim(),
    messaging_service_sid: read("MessagingServiceSid"),
    body: read("Body"),
    media: params.getAll("MediaUrl"),
    content_sid: read("ContentSid"),
    content_variables: read("ContentVariables"),
    status_callback: read("StatusCallback"),
    send_at: read("SendAt"),
  };
}

/** The vendor counts the text before it is cut into segments (error 21617). */
const MAX_BODY_CHARACTERS = 1600;
const CHANNEL_PREFIX = /^(rcs|whatsapp):/;
/** A number with its country, 7 to 15 digits (ITU-T E.164); whether it exists is not looked up. */
const E164 = /^\+[1-9]\d{6,14}$/;
const SHORT_CODE = /^\d{3,8}$/;
/** Up to eleven letters, digits, spaces and a few marks, one letter at least. */
const SENDER_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}$/;

/** The vendor's test numbers (www.twilio.com/docs/iam/test-credentials), refused here for every account. */
const TEST_TO = new Map([
  ["+15005550001", 21211],
  ["+15005550002", 21612],
  ["+15005550003", 21408],
  ["+15005550004", 21610],
  ["+15005550009", 21614],
]);
const TEST_FROM = new Map([
  ["+15005550001", 21212],
  ["+15005550007", 21606],
  ["+15005550008", 21611],
]);

/** The number behind an address such as `rcs:+86…`. */
function handsetOf(to: string): string {
  return to.replace(CHANNEL_PREFIX, "");
}

/** Stands in From where a Messaging Service picks the sender. */
const POOL_SENDER = "+15005550006";

/** The call that a form makes, with what is wrong with it. `senders` empty means that any sender is owned. */
export function callOf(accountSid: string, form: MessageForm, senders: readonly string[]): SendCall {
  const refusal = refuseForm(form, senders);
  const sid = `SM${crypto.randomUUID().replaceAll("-", "")}`;
  return {
    carrier: "twilio",
    channel: [form.to, form.from].some((address) => address.startsWith("rcs:")) ? "rcs" : "sms",
    account: accountSid,
    action: "Messages.create",
    ...(refusal ? { refusal } : {}),
    texts: [
      {
        sid,
        told_id: sid,
        to: form.to,
        handset: handsetOf(form.to),
        from: form.from || POOL_SENDER,
        body: form.body || `${form.content_sid} ${form.content_variables}`.trim(),
        media: form.media,
        messaging_service_sid: form.messaging_service_sid || null,
        callback: form.status_callback || null,
        reference: null,
      },
    ],
  };
}

/** The vendor's refusal of a form, or undefined when it is in order. */
function refuseForm(form: MessageForm, senders: readonly string[]): Refusal | undefined {
  return refuseTo(form) ?? refuseSender(form, senders) ?? refuseContent(form);
}

function refuseTo({ to }: MessageForm): Refusal | undefined {
  if (to === "") return { code: 21604 };
  if (!E164.test(handsetOf(to))) return { code: 21211, value: to };
  const code = TEST_TO.get(to);
  return code === undefined ? undefined : { code, value: to };
}

/** A Messaging Service stands for a pool of senders and is not looked up; it comes before From, as at the vendor. */
function refuseSender(form: MessageForm, senders: readonly string[]): Refusal | undefined {
  const { from, messaging_service_sid: service } = form;
  if (service !== "") return /^MG[0-9a-f]{32}$/.test(service) ? undefined : { code: 21701, value: service };
  if (from === "") return { code: 21603 };
  const code = TEST_FROM.get(from);
  if (code !== undefined) return { code, value: from };
  const plain = !CHANNEL_PREFIX.test(from);
  if (plain && !E164.test(from) && !SHORT_CODE.test(from) && !SENDER_NAME.test(from)) {
    return { code: 21212, value: from };
  }
  if (senders.length > 0 && !senders.includes(from)) return { code: 21606 };
  return from === form.to ? { code: 21266, value: from } : undefined;
}

function refuseContent(form: MessageForm): Refusal | undefined {
  if (form.body === "" && form.media.length === 0 && form.content_sid === "") return { code: 21602 };
  if (form.body.length > MAX_BODY_CHARACTERS) return { code: 21617 };
  // Better refused than sent at once: nothing here keeps a message for later.
  if (form.send_at !== "") return { code: 20001, value: "the sandbox does not schedule messages (SendAt)" };
  if (form.status_callback !== "" && !isHttpUrl(form.status_callback)) {
    return { code: 21609, value: form.status_callback };
  }
  return undefined;
}

/** Unlike the vendor, the sandbox lets a callback point to this machine: that is where it is used. */
function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
