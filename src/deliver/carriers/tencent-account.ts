import * as z from "zod";
import { clock } from "../../support/clock.ts";
import type { Outgoing, OutgoingResult } from "../../support/outgoing.ts";
import { parseJson } from "../../support/parse-json.ts";
import { type CarrierAccount, secretOf } from "./adapter.ts";
import { signTc3 } from "./tc3.ts";

const API_VERSION = "2021-01-11";
const CONTENT_TYPE = "application/json";

/** A sixth of what Tencent's own library waits (tencentcloud-sdk-nodejs, reqTimeout 60 s): an invocation has six connections only. */
export const CALL_DEADLINE_MS = 10_000;

const visible = (max: number) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{C}\p{Z}]([^\p{C}]*[^\p{C}\p{Z}])?$/u, "must be visible characters, without white space at its ends");

export const tencentSettings = z.strictObject({
  secret_id: z.string().regex(/^[\w-]{8,128}$/, "must be a SecretId such as AKID…"),
  /** SmsSdkAppId of the console; digits. */
  sdk_app_id: z.string().regex(/^\d{4,20}$/, "must be an SmsSdkAppId such as 1400006666"),
  /** The approved signature's text for numbers of the mainland, without brackets. */
  sign_name: visible(64),
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z0-9]+)+$/, "must be a region such as ap-guangzhou")
    .default("ap-guangzhou"),
  /** A sender id of one's own for numbers abroad; without it the vendor's public one. */
  sender_id: visible(16).optional(),
  /** The vendor's host that a relay at `base_url` hands the call on to: the signature covers the host, and Tencent knows its own only. */
  signed_host: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a host name such as sms.tencentcloudapi.com")
    .optional(),
});
export type TencentSettings = z.infer<typeof tencentSettings>;
export type TencentAccount = CarrierAccount<TencentSettings>;

/** `response` has no Error. `error` is the vendor's own for the whole call. `unread` is an answer in neither form. */
export type TencentResult =
  | { readonly kind: "response"; readonly response: unknown }
  | { readonly kind: "error"; readonly code: string; readonly message?: string | undefined }
  | { readonly kind: "unread"; readonly status: number }
  | Exclude<OutgoingResult, { kind: "answered" }>;

/** Makes one call of the API 3.0: JSON by POST, signed with TC3. Temporary credentials bring a `token`, which is not signed. */
export async function callTencent(account: TencentAccount, action: string, payload: object, outgoing: Outgoing): Promise<TencentResult> {
  const { secret_id, region, signed_host } = account.settings;
  const body = JSON.stringify(payload);
  const timestamp = Math.floor(clock() / 1000);
  const host = signed_host ?? new URL(account.base_url).hostname;
  const secret_key = secretOf(account, "secret_key");
  const { token } = account.secrets;
  const headers = {
    "content-type": CONTENT_TYPE,
    authorization: await signTc3({ secret_id, secret_key, service: "sms", host, content_type: CONTENT_TYPE, body, timestamp }),
    "x-tc-action": action,
    "x-tc-version": API_VERSION,
    "x-tc-region": region,
    "x-tc-timestamp": String(timestamp),
    ...(token ? { "x-tc-token": token } : {}),
  };
  const result = await outgoing({ method: "POST", url: `${account.base_url}/`, headers, body }, CALL_DEADLINE_MS);
  return result.kind === "answered" ? readAnswer(result.status, result.body) : result;
}

/** HTTP 200 is no success: an error of the call stands in Response.Error, whatever the status. */
function readAnswer(status: number, body: string): TencentResult {
  const { Response } = parseJson(envelope, body) ?? {};
  if (!Response) return { kind: "unread", status };
  if (Response.Error) return { kind: "error", code: Response.Error.Code, message: Response.Error.Message };
  return status >= 200 && status < 300 ? { kind: "response", response: Response } : { kind: "unread", status };
}

const envelope = z.object({
  Response: z.looseObject({
    Error: z.object({ Code: z.string().min(1), Message: z.string().optional().catch(undefined) }).optional(),
  }),
});

/** Numbers of mainland China; those of Hong Kong, Macau and Taiwan have country codes of their own and count as abroad. */
export const isMainland = (number: string): boolean => number.startsWith("+86");
