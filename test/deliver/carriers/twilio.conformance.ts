import { z } from "zod";
import type { CarrierAnswer, ReceiptStatus } from "../../../src/vocabulary/carrier.ts";
import type { CarrierTranslation, VectorFixture } from "./conformance.ts";

const credentials = z.object({
  accountSid: z.string(),
  authToken: z.string().optional(),
  apiKey: z.string().optional(),
  apiKeySid: z.string().optional(),
  apiKeySecret: z.string().optional(),
});

const message = z.strictObject({
  to: z.string(),
  from: z.string().optional(),
  messagingServiceSid: z.string().optional(),
  body: z.string(),
  statusCallback: z.string().optional(),
});

const OURS: ReadonlySet<string> = new Set(Object.keys(message.shape));

const BEYOND: Readonly<Record<string, string>> = {
  contentSid: "content templates are for RCS and WhatsApp; our contract sends texts",
  mediaUrl: "media are MMS; our contract sends texts",
  sendAt: "waiting is ours: our contract sends now",
  scheduleType: "waiting is ours: our contract sends now",
};

function beyond({ inputs, request }: VectorFixture): string | undefined {
  if (inputs.sdk_call !== "messages.create") return `our contract has no ${inputs.sdk_call ?? "such"} call`;
  if (request.method !== "POST" || !new URL(request.url).pathname.endsWith("/Messages.json"))
    return "the request does not create a message";
  const fields = Object.entries(inputs.message ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const names = fields.map(([name]) => name).filter((name) => !OURS.has(name));
  if (names.length > 0)
    return `${names.join(", ")}: ${names.map((name) => BEYOND[name]).find(Boolean) ?? "our contract has no such field"}`;
  if (fields.some(([name, value]) => /^(to|from)$/.test(name) && /^[a-z]+:/.test(String(value))))
    return "the address is one of another channel";
  return undefined;
}

type Kind = Partial<CarrierAnswer>;
const refused = (because: "recipient" | "content" | "config", ...codes: number[]) =>
  codes.map((code): [number, Kind] => [code, { kind: "refused", because }]);
const account = (because: "config" | "balance", ...codes: number[]) =>
  codes.map((code): [number, Kind] => [code, { kind: "refused", because, account: true }]);

/** Written apart from the adapter's table, after Twilio's error dictionary, so that the two check one another. */
export const EXPECTED_BY_CODE: ReadonlyMap<number, Kind> = new Map([
  ...[20429, 14107, 30001, 21611, 63017, 63018].map((code): [number, Kind] => [code, { kind: "throttled" }]),
  ...refused("recipient", 21211, 21214, 21610, 21614, 21635, 30004, 30005, 30006),
  ...refused("content", 21602, 21617, 21618, 30007),
  ...account("config", 20003, 20404),
  ...refused("config", 21212, 21408, 21603, 21606, 21608, 21612, 21659, 21701, 21703, 21704, 30034, 63001, 63007, 63016),
  ...account("balance", 10001, 20005, 30002, 63038, 90010),
]);
const EXPECTED_BY_STATUS: Readonly<Record<number, Kind>> = {
  401: { kind: "refused", because: "config", account: true },
  403: { kind: "refused", because: "config", account: true },
  404: { kind: "refused", because: "config", account: true },
  408: { kind: "unclear" },
  429: { kind: "throttled" },
};

const returned = z.object({
  sid: z.string(),
  status: z.string().nullish(),
  numSegments: z.coerce.number().optional().catch(undefined),
  errorCode: z.number().nullish(),
});

const RECEIPTS: Readonly<Record<string, ReceiptStatus>> = {
  sent: "sent",
  partially_delivered: "sent",
  delivered: "delivered",
  read: "delivered",
  undelivered: "undelivered",
  failed: "undelivered",
  canceled: "undelivered",
};

export const twilioConformance: CarrierTranslation = {
  carrier: "twilio",
  headers: ["authorization", "content-type", "accept"],

  readVector(vector) {
    const reason = beyond(vector);
    if (reason) return { kind: "beyond", reason };
    const { accountSid, authToken, apiKey, apiKeySid = apiKey, apiKeySecret } = credentials.parse(vector.inputs.credentials);
    const { to, from, messagingServiceSid, body, statusCallback } = message.parse(vector.inputs.message);
    const settings = { account_sid: accountSid, api_key_sid: apiKeySid, from, messaging_service_sid: messagingServiceSid };
    return {
      kind: "call",
      account: {
        base_url: new URL(vector.request.url).origin,
        settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
        secrets: { auth_token: authToken ?? "not used for sending", ...(apiKeySecret ? { api_key_secret: apiKeySecret } : {}) },
      },
      text: { channel: "sms", to, text: body, message: "msg_01HZX9K3", ...(statusCallback ? { callback_url: statusCallback } : {}) },
    };
  },

  expectedAnswer({ sdk_outcome }, status) {
    const made = returned.safeParse(sdk_outcome?.returned).data;
    if (made?.status === "failed") return EXPECTED_BY_CODE.get(made.errorCode ?? 0) ?? { kind: "refused" };
    if (made) return { kind: "taken", reference: made.sid, ...(made.numSegments ? { segments: made.numSegments } : {}) };
    if (status < 400) return { kind: "unclear" };
    const code = sdk_outcome?.threw?.code;
    return { ...(EXPECTED_BY_CODE.get(Number(code)) ?? EXPECTED_BY_STATUS[status] ?? { kind: "refused" }), code: String(code ?? status) };
  },

  accountOf: ({ secret }) => ({
    base_url: "https://api.twilio.com",
    settings: { account_sid: `AC${"a".repeat(32)}`, from: "+14155552345" },
    secrets: { auth_token: z.string().parse(secret) },
  }),

  expectedReceipts({ request }) {
    const form = new URLSearchParams(request.body ?? "");
    const [reference, status, code] = ["MessageSid", "MessageStatus", "ErrorCode"].map((name) => form.get(name));
    if (!reference || !status) return undefined;
    const word = RECEIPTS[status];
    return word ? [{ reference, status: word, code: code || undefined }] : [];
  },
};
