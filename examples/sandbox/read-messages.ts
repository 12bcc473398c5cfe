import { answerQuestion } from "./answer-call.ts";
import { authenticate } from "./authenticate.ts";
import type { Book } from "./book.ts";
import type { Config } from "./config.ts";
import { pageResource, readPageQuery } from "./message-page.ts";
import { errorResponse, twilioWords } from "./twilio-errors.ts";
import { accountPath, messageResource, messagesPath } from "./twilio-wire.ts";

/** `GET /2010-04-01/Accounts/{account}/Messages/{sid}.json` */
export async function readMessage(
  request: Request,
  path: { account: string; sid: string },
  book: DurableObjectStub<Book>,
  config: Config,
): Promise<Response> {
  const uri = `${messagesPath(path.account, path.sid)}.json`;
  const caller = authenticate(request.headers.get("Authorization"), path.account, config.accounts);
  if ("code" in caller) return errorResponse({ code: caller.code, value: uri });
  return await answerQuestion(questionOf(path.account, "Messages.fetch"), book, twilioWords, async () => {
    const message = await book.find(path.account, path.sid);
    return message ? Response.json(messageResource(message, Date.now())) : errorResponse({ code: 20404, value: uri });
  });
}

/** `GET /2010-04-01/Accounts/{account}/Messages.json`, newest first. */
export async function listMessages(request: Request, accountSid: string, book: DurableObjectStub<Book>, config: Config): Promise<Response> {
  const caller = authenticate(request.headers.get("Authorization"), accountSid, config.accounts);
  if ("code" in caller) return errorResponse({ code: caller.code, value: `${messagesPath(accountSid)}.json` });
  const query = new URL(request.url).searchParams;
  const now = Date.now();
  const asked = readPageQuery(query, accountSid, now);
  if (typeof asked === "string") return errorResponse({ code: 20001, value: asked });
  return await answerQuestion(questionOf(accountSid, "Messages.list", asked.filter.to), book, twilioWords, async () =>
    Response.json(pageResource(await book.list(asked.filter), query, asked, now)),
  );
}

/** `GET /2010-04-01/Accounts/{account}/Balance.json` */
export async function readBalance(request: Request, accountSid: string, book: DurableObjectStub<Book>, config: Config): Promise<Response> {
  const caller = authenticate(request.headers.get("Authorization"), accountSid, config.accounts);
  if ("code" in caller) return errorResponse({ code: caller.code, value: `${accountPath(accountSid)}/Balance.json` });
  return await answerQuestion(questionOf(accountSid, "Balance.fetch"), book, twilioWords, async () => {
    const { balance } = await book.readSettings();
    return Response.json({ account_sid: accountSid, balance: balance.twilio, currency: "USD" });
  });
}

const questionOf = (account: string, action: string, to = "") => ({ carrier: "twilio", account, action, to }) as const;
