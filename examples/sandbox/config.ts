import * as z from "zod";

/** The vars of `wrangler.toml`, as text, the way a Worker gets them. */
export interface Vars {
  SANDBOX_ACCOUNT_SID: string;
  SANDBOX_AUTH_TOKEN: string;
  SANDBOX_ACCOUNTS?: string;
  SANDBOX_SENDERS?: string;
  SANDBOX_ALIBABA_ACCOUNTS?: string;
  SANDBOX_TENCENT_ACCOUNTS?: string;
  SANDBOX_SENT_MS?: string;
  SANDBOX_DELIVERED_MS?: string;
}

export const ACCOUNT_SID = /^AC[0-9a-f]{32}$/;

const Account = z.strictObject({
  account_sid: z.string().regex(ACCOUNT_SID),
  auth_token: z.string().min(1),
  api_keys: z.record(z.string().regex(/^SK[0-9a-f]{32}$/), z.string().min(1)).default({}),
});
export type Account = z.infer<typeof Account>;

/** Where receipts go until `/control/callbacks` says otherwise; without one, none are posted. */
const callback_url = z.url({ protocol: /^https?$/ }).optional();

const AlibabaAccount = z.strictObject({ access_key_id: z.string().min(1), access_key_secret: z.string().min(1), callback_url });
export type AlibabaAccount = z.infer<typeof AlibabaAccount>;

/** One app; an account with several stands here once for each. */
const TencentAccount = z.strictObject({
  secret_id: z.string().min(1),
  secret_key: z.string().min(1),
  sdk_app_id: z.string().regex(/^\d{4,20}$/),
  callback_url,
  /** Whether the vendor was asked to show SessionContext to those who pull; it does not by itself. */
  shows_context: z.boolean().default(false),
});
export type TencentAccount = z.infer<typeof TencentAccount>;

const Milliseconds = z.coerce.number().int().min(0);

const Config = z.object({
  accounts: z.array(Account),
  alibaba: z.array(AlibabaAccount),
  tencent: z.array(TencentAccount),
  /** Senders that the accounts own; empty means any. */
  senders: z.array(z.string()),
  sent_ms: Milliseconds,
  delivered_ms: Milliseconds,
});
export type Config = z.infer<typeof Config>;

/** @throws ZodError or SyntaxError when a var cannot be read: a sandbox with a typo in it must not pretend to run. */
export function readConfig(vars: Vars): Config {
  return Config.parse({
    accounts: [{ account_sid: vars.SANDBOX_ACCOUNT_SID, auth_token: vars.SANDBOX_AUTH_TOKEN }, ...readList(vars.SANDBOX_ACCOUNTS)],
    alibaba: readList(vars.SANDBOX_ALIBABA_ACCOUNTS),
    tencent: readList(vars.SANDBOX_TENCENT_ACCOUNTS),
    senders: (vars.SANDBOX_SENDERS ?? "")
      .split(",")
      .map((sender) => sender.trim())
      .filter(Boolean),
    sent_ms: vars.SANDBOX_SENT_MS || "200",
    delivered_ms: vars.SANDBOX_DELIVERED_MS || "600",
  });
}

function readList(text: string | undefined): unknown[] {
  return z.array(z.unknown()).parse(JSON.parse(text || "[]"));
}
