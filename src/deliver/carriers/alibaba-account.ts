import * as z from "zod";
import type { Outgoing, OutgoingResult } from "../../support/outgoing.ts";
import { acs3Request } from "./acs3.ts";
import { type CarrierAccount, secretOf } from "./adapter.ts";

const API_VERSION = "2017-05-25";

/** The vendor asks for a second or more; ten are as long as an invocation may keep one of its six connections. */
export const CALL_DEADLINE_MS = 10_000;

export const alibabaSettings = z.strictObject({
  access_key_id: z.string().regex(/^[\w.-]{8,128}$/, "must be an AccessKey ID such as LTAI…"),
  /** The approved signature's text; Alibaba puts it and its brackets in front of the words. */
  sign_name: z
    .string()
    .regex(/^[^\s\p{C}【】[\]]([^\p{C}【】[\]]{0,62}[^\s\p{C}【】[\]])?$/u, "must be an approved signature, without brackets"),
  /** The vendor's host where `base_url` is a relay that passes calls on to it: the signature covers the host. */
  signed_host: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a host name such as dysmsapi.aliyuncs.com")
    .optional(),
});
export type AlibabaSettings = z.infer<typeof alibabaSettings>;
export type AlibabaAccount = CarrierAccount<AlibabaSettings>;

/** An action of the API with its parameters, in RPC style: in the query, and for SendBatchSms some in a form. */
export interface AlibabaAction {
  readonly action: "SendSms" | "SendRCS" | "SendBatchSms" | "QuerySendDetails";
  readonly query: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** Makes one call. A temporary key (STS) brings a `security_token`. */
export async function callAlibaba(
  account: AlibabaAccount,
  action: AlibabaAction,
  outgoing: Outgoing,
  deadlineMs = CALL_DEADLINE_MS,
): Promise<OutgoingResult> {
  const { access_key_id: id, signed_host } = account.settings;
  const token = account.secrets.security_token;
  const key = { id, secret: secretOf(account, "access_key_secret"), ...(token ? { token } : {}) };
  return outgoing(acs3Request({ base_url: account.base_url, signed_host, version: API_VERSION, ...action }, key), deadlineMs);
}
