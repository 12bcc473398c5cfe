import * as z from "zod";
import { isMap } from "../../support/is-map.ts";
import { type CarrierAccount, secretOf } from "./adapter.ts";

/** A third of what Twilio's own library waits (twilio-node RequestClient, 30 s): an invocation has six connections only. */
export const CALL_DEADLINE_MS = 10_000;

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${prefix} and 32 hexadecimal digits`);

/** A number of the account in E.164, a short code, or an alphanumeric sender id (AlphaSender resource). */
const SENDER = /^(\+[1-9]\d{3,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})$/;

/** With an API key the secret `api_key_secret` sends, but callbacks stay signed by `auth_token`, so both must be there. */
export const twilioSettings = z
  .strictObject({
    account_sid: sid("AC"),
    api_key_sid: sid("SK").optional(),
    from: z.string().regex(SENDER, "must be a number in E.164, a short code, or up to 11 letters and digits").optional(),
    messaging_service_sid: sid("MG").optional(),
  })
  .refine(({ from, messaging_service_sid }) => (from ?? messaging_service_sid) !== undefined, {
    error: "must name a sender: from, messaging_service_sid, or both",
    // Whatever else is wrong.
    when: ({ value }) => isMap(value),
  });
export type TwilioSettings = z.infer<typeof twilioSettings>;
export type TwilioAccount = CarrierAccount<TwilioSettings>;

/** The address of one of the account's resources, e.g. Messages.json. */
export function resourceOf(account: TwilioAccount, name: string): string {
  return `${account.base_url}/2010-04-01/Accounts/${account.settings.account_sid}/${name}`;
}

/** Basic authorization by the account itself or by its API key (https://www.twilio.com/docs/iam/api). */
export function headersOf(account: TwilioAccount): Readonly<Record<string, string>> {
  const { account_sid, api_key_sid } = account.settings;
  const pair = api_key_sid ? `${api_key_sid}:${secretOf(account, "api_key_secret")}` : `${account_sid}:${secretOf(account, "auth_token")}`;
  return { accept: "application/json", authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
