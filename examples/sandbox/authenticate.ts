import { ACCOUNT_SID, type Account } from "./config.ts";

/** Who calls, or the vendor's code for why the call is turned away. */
export type Caller = { account: Account } | { code: 20003 | 20404 };

/**
 * HTTP Basic: the account's sid and token, or one of its API keys and that key's secret.
 * A path whose sid is not a sid at all is a resource that does not exist; every other doubt is 20003,
 * so that an answer never tells which accounts there are.
 */
export function authenticate(authorization: string | null, accountSid: string, accounts: readonly Account[]): Caller {
  if (!ACCOUNT_SID.test(accountSid)) return { code: 20404 };
  const account = accounts.find((candidate) => candidate.account_sid === accountSid);
  const credentials = readBasic(authorization);
  if (!account || !credentials) return { code: 20003 };
  const secret = credentials.username === account.account_sid ? account.auth_token : account.api_keys[credentials.username];
  return secret !== undefined && secret === credentials.password ? { account } : { code: 20003 };
}

/** RFC 7617: the first colon ends the user name; the password may hold more of them. */
function readBasic(authorization: string | null): { username: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  let decoded: string;
  try {
    decoded = new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
  } catch {
    return undefined; // not base64
  }
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
