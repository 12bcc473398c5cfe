import type { Params } from "./alibaba-calls.ts";
import { alibabaAnswer, alibabaError, alibabaWords } from "./alibaba-errors.ts";
import { vendorNumber } from "./alibaba-push.ts";
import { answerQuestion } from "./answer-call.ts";
import type { Book } from "./book.ts";
import type { Refusal } from "./call.ts";
import { chinaDay, chinaTime } from "./china-time.ts";
import { type Message, statusAt } from "./message.ts";
import { readNumber } from "./phone-numbers.ts";

const ACTION = "QuerySendDetails";
const MAX_PAGE_SIZE = 50;

interface Query {
  handset: string;
  from: number;
  until: number;
  told_id?: string;
  page: number;
  size: number;
}

/** Messages of a day to one number, newest first. @param caller with the nonce of his call */
export async function querySendDetails(
  caller: { account: string; nonce: string },
  params: Params,
  book: DurableObjectStub<Book>,
): Promise<Response> {
  const { account, nonce } = caller;
  const query = readQuery(params);
  if ("code" in query) return alibabaError(query);
  const { handset, from, until, told_id, page, size } = query;
  return await answerQuestion({ carrier: "alibaba", account, nonce, action: ACTION, to: handset }, book, alibabaWords, async () => {
    const found = await book.listToNumber({ account, handset, from, until, ...(told_id ? { told_id } : {}) });
    const now = Date.now();
    const shown = found.slice((page - 1) * size, page * size).map((message) => sendDetail(message, now));
    return alibabaAnswer({ Code: "OK", Message: "OK", TotalCount: found.length, SmsSendDetailDTOs: { SmsSendDetailDTO: shown } });
  });
}

function readQuery(params: Params): Query | Refusal {
  const missing = ["PhoneNumber", "SendDate", "PageSize", "CurrentPage"].find((name) => params(name) === "");
  if (missing !== undefined) return { code: `Missing${missing}` };
  const handset = readNumber(params("PhoneNumber"));
  if (handset === undefined) return { code: "isv.MOBILE_NUMBER_ILLEGAL" };
  const [day, size, page] = [chinaDay(params("SendDate")), Number(params("PageSize")), Number(params("CurrentPage"))];
  const isWhole = Number.isInteger(size) && Number.isInteger(page);
  if (!day || !isWhole || size < 1 || size > MAX_PAGE_SIZE || page < 1) return { code: "isv.INVALID_PARAMETERS" };
  return { handset, ...day, size, page, ...(params("BizId") ? { told_id: params("BizId") } : {}) };
}

/** SendStatus 1 waits for the receipt, 2 failed, 3 has arrived. */
function sendDetail(message: Message, now: number) {
  const isFinal = statusAt(message, now) === message.final_status;
  const isDelivered = message.final_status === "delivered";
  return {
    PhoneNum: vendorNumber(message),
    SendStatus: isFinal ? (isDelivered ? 3 : 2) : 1,
    SendDate: chinaTime(message.accepted_at),
    ...(isFinal ? { ReceiveDate: chinaTime(message.final_at), ErrCode: isDelivered ? "DELIVERED" : String(message.error_code) } : {}),
    TemplateCode: message.template,
    Content: message.body,
    ...(message.reference === null ? {} : { OutId: message.reference }),
  };
}
