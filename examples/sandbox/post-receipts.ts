import { alibabaPush, isAlibabaAck } from "./alibaba-push.ts";
import type { Account } from "./config.ts";
import type { Message } from "./message.ts";
import type { DueReceipt, PostResult, Push } from "./push.ts";
import { isTencentAck, tencentPush } from "./tencent-push.ts";
import { twilioPush } from "./twilio-push.ts";

/** Somewhat less patience than the vendors have (Twilio's 15 s), so that a receiver that hangs is seen sooner. */
const POST_TIMEOUT_MS = 10_000;

/** Posts receipts as their vendor does. More than one only where it pushes arrays, and then all are for the same address. */
export async function postReceipts(due: readonly DueReceipt[], accounts: readonly Account[]): Promise<PostResult> {
  const [first] = due;
  if (!first) return { http_status: null, taken: false };
  // A fragment never goes over the wire, so it is not signed either.
  const url = (first.message.status_callback ?? "").replace(/#.*$/, "");
  try {
    const push = await pushOf(first, due, url, accounts);
    const signal = AbortSignal.timeout(POST_TIMEOUT_MS);
    const response = await fetch(url, { method: "POST", ...push, redirect: "manual", signal });
    const body = await response.text();
    return { http_status: response.status, taken: isTaken(first.message.carrier, response.status, body) };
  } catch {
    return { http_status: null, taken: false }; // refused, reset, too slow or not a URL that can be fetched: all the same to who posts
  }
}

async function pushOf(first: DueReceipt, due: readonly DueReceipt[], url: string, accounts: readonly Account[]): Promise<Push> {
  switch (first.message.carrier) {
    case "twilio": {
      const account = accounts.find(({ account_sid }) => account_sid === first.message.account);
      return twilioPush(account?.auth_token ?? "", url, first);
    }
    case "alibaba":
      return alibabaPush(first.message.channel, due);
    case "tencent":
      return tencentPush(due);
  }
}

/** Twilio is content with any 2xx; the others read what the receiver says. */
function isTaken(carrier: Message["carrier"], status: number, body: string): boolean {
  if (status < 200 || status >= 300) return false;
  if (carrier === "twilio") return true;
  try {
    const answer: unknown = JSON.parse(body);
    return carrier === "alibaba" ? isAlibabaAck(answer) : isTencentAck(answer);
  } catch {
    return false; // not JSON
  }
}
