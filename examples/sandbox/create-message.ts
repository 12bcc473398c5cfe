import { answerSend } from "./answer-call.ts";
import { authenticate } from "./authenticate.ts";
import type { Book } from "./book.ts";
import type { Config } from "./config.ts";
import { firstStatus } from "./message.ts";
import { callOf, readForm } from "./message-form.ts";
import { errorResponse, twilioWords } from "./twilio-errors.ts";
import { messageResource, messagesPath } from "./twilio-wire.ts";

/** `POST /2010-04-01/Accounts/{sid}/Messages.json` */
export async function createMessage(
  request: Request,
  accountSid: string,
  book: DurableObjectStub<Book>,
  config: Config,
): Promise<Response> {
  const caller = authenticate(request.headers.get("Authorization"), accountSid, config.accounts);
  if ("code" in caller) {
    await book.turnAway({ carrier: "twilio", account: accountSid, action: "Messages.create" }, caller.code);
    return errorResponse({ code: caller.code, value: `${messagesPath(accountSid)}.json` });
  }
  const form = readForm(new URLSearchParams(await request.text()));
  return await answerSend(callOf(caller.account.account_sid, form, config.senders), book, {
    ...twilioWords,
    taken([outcome]) {
      if (!outcome || "refusal" in outcome) return errorResponse(outcome?.refusal ?? { code: 20500 });
      const { message } = outcome;
      return Response.json(messageResource(message, message.accepted_at, firstStatus(message)), { status: 201 });
    },
  });
}
