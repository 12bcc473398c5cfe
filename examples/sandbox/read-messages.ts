import { authenticate } from "./authenticate";
import type { Book } from "./book";
import type { Account } from "./config";
import { pageResource, readPageQuery } from "./message-page";
import { errorResponse } from "./twilio-errors";
import { messageResource, messagesPath } from "./twilio-wire";

/** `GET /2010-04-01/Accounts/{account}/Messages/{sid}.json` */
export async function readMessage(
  request: Request,
  path: { account: string; sid: string },
  book: DurableObjectStub<Book>,
  accounts: readonly Account[],
): Promise<Response> {
  const uri = `${messagesPath(path.account, path.sid)}.json`;
  const caller = authenticate(request.headers.get("Authorization"), path.account, accounts);
  if ("code" in caller) return errorResponse({ code: caller.code, value: uri });
  const message = await book.find(path.account, path.sid);
  return message ? Response.json(messageResource(message, Date.now())) : errorResponse({ code: 20404, value: uri });
}

/** `GET /2010-04-01/Accounts/{account}/Messages.json`, newest first. */
export async function listMessages(
  request: Request,
  accountSid: string,
  book: DurableObjectStub<Book>,
  accounts: readonly Account[],
): Promise<Response> {
  const caller = authenticate(request.headers.get("Authorization"), accountSid, accounts);
  if ("code" in caller) return errorResponse({ code: caller.code, value: `${messagesPath(accountSid)}.json` });
  const query = new URL(request.url).searchParams;
  const now = Date.now();
  const asked = readPageQuery(query, accountSid, now);
  if (typeof asked === "string") return errorResponse({ code: 20001, value: asked });
  return Response.json(pageResource(await book.list(asked.filter), query, asked, now));
}
