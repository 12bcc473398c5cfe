import { z } from "zod";

/** The vars of `wrangler.toml`, as text, the way a Worker gets them. */
export interface Vars {
  SANDBOX_ACCOUNT_SID: string;
  SANDBOX_AUTH_TOKEN: string;
  SANDBOX_ACCOUNTS?: string;
  SANDBOX_SENDERS?: string;
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

const Milliseconds = z.coerce.number().int().min(0);

const Config = z.object({
  accounts: z.array(Account),
  /** Senders that the accounts own; empty means any. */
  senders: z.array(z.string()),
  sent_ms: Milliseconds,
  delivered_ms: Milliseconds,
});
export type Config = z.infer<typeof Config>;

/** @throws ZodError or SyntaxError when a var cannot be read: a sandbox with a typo in it must not pretend to run. */
export function readConfig(vars: Vars): Config {
  const more: unknown = JSON.parse(vars.SANDBOX_ACCOUNTS || "[]");
  return Config.parse({
    accounts: [{ account_sid: vars.SANDBOX_ACCOUNT_SID, auth_token: vars.SANDBOX_AUTH_TOKEN }, ...z.array(z.unknown()).parse(more)],
    senders: (vars.SANDBOX_SENDERS ?? "")
      .split(",")
      .map((sender) => sender.trim())
      .filter(Boolean),
    sent_ms: vars.SANDBOX_SENT_MS || "200",
    delivered_ms: vars.SANDBOX_DELIVERED_MS || "600",
  });
}
