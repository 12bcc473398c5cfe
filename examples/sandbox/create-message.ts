import { authenticate } from "./authenticate";
import type { Book } from "./book";
import type { Account } from "./config";
import type { Breakage } from "./fault-effects";
import { firstStatus } from "./message";
import { readForm } from "./message-form";
import { errorBody, errorResponse } from "./twilio-errors";
import { messageResource, messagesPath } from "./twilio-wire";

/**
 * `POST /2010-04-01/Accounts/{sid}/Messages.json`. The book judges in one short step; all waiting is done out here,
 * where it holds up nobody else, and after the book has written, so that a caller who leaves changes nothing.
 */
export async function createMessage(
  request: Request,
  accountSid: string,
  book: DurableObjectStub<Book>,
  accounts: readonly Account[],
): Promise<Response> {
  const caller = authenticate(request.headers.get("Authorization"), accountSid, accounts);
  if ("code" in caller) {
    await book.turnAway(caller.code);
    return errorResponse({ code: caller.code, value: `${messagesPath(accountSid)}.json` });
  }
  const form = readForm(new URLSearchParams(await request.text()));
  const verdict = await book.take(caller.account.account_sid, form);
  if (verdict.kind === "accepted" && verdict.early) await book.postEarly(verdict.message.sid);
  await scheduler.wait(verdict.wait_ms);
  switch (verdict.kind) {
    case "broken":
      return await breakDown(verdict.breakage);
    case "refused":
      return errorResponse(verdict.refusal);
    case "accepted": {
      if (verdict.breakage) return await breakDown(verdict.breakage);
      const { message } = verdict;
      return Response.json(messageResource(message, message.accepted_at, firstStatus(message)), { status: 201 });
    }
    default:
      return verdict satisfies never;
  }
}

/** 500 and 503 are the vendor's own words; anything else is said by what stands in front of it, so it is not JSON. */
async function breakDown({ status, hang_ms }: Breakage): Promise<Response> {
  await scheduler.wait(hang_ms);
  if (status === 500 || status === 503) return Response.json(errorBody({ code: 20000 + status }), { status });
  return new Response(`error code: ${status === 530 ? 1016 : status}`, {
    status,
    headers: { "Content-Type": "text/plain; charset=UTF-8" },
  });
}
