import { verifyAcs3 } from "./acs3.ts";
import { channelOf, isSendAction, type Params, readSend, type SendAction } from "./alibaba-calls.ts";
import { alibabaAnswer, alibabaError, alibabaWords } from "./alibaba-errors.ts";
import { querySendDetails } from "./alibaba-query.ts";
import { answerSend } from "./answer-call.ts";
import type { Book, Outcome } from "./book.ts";
import type { SendCall } from "./call.ts";
import type { AlibabaAccount } from "./config.ts";
import { readSigned, type SignedRequest } from "./signed-request.ts";

/** dysmsapi, the only product here. */
const VERSION = "2017-05-25";

/** `GET` or `POST /` with `x-acs-action`: Alibaba Cloud SMS, in the RPC style. */
export async function callAlibaba(request: Request, book: DurableObjectStub<Book>, accounts: readonly AlibabaAccount[]): Promise<Response> {
  const signed = await readSigned(request);
  const action = signed.headers.get("x-acs-action") ?? "";
  const accountOf = (id: string) => accounts.find(({ access_key_id }) => access_key_id === id);
  const caller = await verifyAcs3(signed, (id) => accountOf(id)?.access_key_secret, Date.now());
  const account = "refusal" in caller ? undefined : accountOf(caller.access_key_id);
  if ("refusal" in caller || !account) {
    const refusal = "refusal" in caller ? caller.refusal : { code: "InvalidAccessKeyId.NotFound" };
    if (isSendAction(action)) await book.turnAway({ carrier: "alibaba", account: "", action }, refusal.code);
    return alibabaError(refusal);
  }
  const who = { account: account.access_key_id, nonce: caller.nonce };
  if (signed.headers.get("x-acs-version") !== VERSION) return alibabaError({ code: "InvalidVersion" });
  if (isSendAction(action)) return await send(who, action, readParams(signed), book, account.callback_url ?? null);
  if (action === "QuerySendDetails") return await querySendDetails(who, readParams(signed), book);
  return alibabaError({ code: "InvalidAction.NotFound" });
}

async function send(
  who: { account: string; nonce: string },
  action: SendAction,
  params: Params,
  book: DurableObjectStub<Book>,
  callback: string | null,
): Promise<Response> {
  const read = readSend(action, params, callback);
  const call: SendCall = { carrier: "alibaba", channel: channelOf(action), action, ...who, texts: [], ...read };
  return await answerSend(call, book, { ...alibabaWords, taken: (outcomes) => taken(action, outcomes) });
}

/** The business refuses a call as a whole, so all of its texts are taken here. */
function taken(action: SendAction, [outcome]: readonly Outcome[]): Response {
  if (!outcome || "refusal" in outcome) return alibabaError(outcome?.refusal ?? { code: "InternalError" });
  // SendRCS answers without an id (SDK 4.6.0, SendRCSResponseBody); its receipts have one.
  const fields = action === "SendRCS" ? { Success: true } : { BizId: outcome.message.told_id };
  return alibabaAnswer({ Code: "OK", Message: "OK", ...fields });
}

/** Parameters stand in the query, and in a form where the call has one. */
function readParams({ url, headers, body }: SignedRequest): Params {
  const isForm = (headers.get("Content-Type") ?? "").startsWith("application/x-www-form-urlencoded");
  const form = new URLSearchParams(isForm ? new TextDecoder().decode(body) : "");
  return (name) => url.searchParams.get(name) ?? form.get(name) ?? "";
}
