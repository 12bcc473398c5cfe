import * as z from "zod";
import type { CarrierReceipt, CarrierReply, ReceiptStatus } from "../../vocabulary/carrier.ts";
import { messageId } from "../../vocabulary/identifiers.ts";
import type { Callback, ReceiptsRead, RepliesRead } from "./adapter.ts";
import { chinaTime } from "./china-time.ts";
import { readEntries } from "./read-entries.ts";
import { CODE_MAX } from "./vendor-meaning.ts";

/**
 * Reads a push of receipts, an array (https://cloud.tencent.com/document/product/382/5807). Those that cannot be read are left out
 * as long as one can: the vendor sends all again or none.
 */
export function readReceipts(callback: Callback): ReceiptsRead {
  const items = readEntries(receiptItem, callback.body, oneOrMany);
  if (!items) return { kind: "unreadable", why: "the callback has no receipt with sid, nationcode, mobile and report_status" };
  return { kind: "receipts", receipts: items };
}

/** Reads a push of what a person wrote back, an object (https://cloud.tencent.com/document/product/382/5809). */
export function readReplies(callback: Callback): RepliesRead {
  const items = readEntries(replyItem, callback.body, oneOrMany);
  if (!items) return { kind: "unreadable", why: "the callback has no reply with nationcode, mobile and text" };
  return { kind: "replies", replies: items };
}

/** An array, or a single object. */
const oneOrMany = z.union([z.array(z.unknown()), z.looseObject({}).transform((one) => [one])]);

const digits = z.union([z.string(), z.number().int().transform(String)]).pipe(z.string().regex(/^\d{1,15}$/));

const optionalCode = z.string().min(1).max(CODE_MAX).optional().catch(undefined);

/** Our message id where the vendor has enabled the context for receipts; anything else that stands there is not one. */
const context = messageId.optional().catch(undefined);

const STATUSES: Readonly<Record<"SUCCESS" | "FAIL", ReceiptStatus>> = { SUCCESS: "delivered", FAIL: "undelivered" };

/** `sid` is the SerialNo of the answer. `errmsg` is the operator's code; of what was delivered it says no more than the status. */
const receiptItem: z.ZodType<CarrierReceipt> = z
  .object({
    sid: z.string().min(1).max(128),
    nationcode: digits,
    mobile: digits,
    report_status: z.enum(["SUCCESS", "FAIL"]),
    errmsg: optionalCode,
    user_receive_time: chinaTime,
    /** The callback's page does not name the field; these are its names in the send API and in the older one. */
    SessionContext: context,
    ext: context,
  })
  .transform(({ sid, nationcode, mobile, report_status, errmsg, user_receive_time, SessionContext, ext }) => {
    const status = STATUSES[report_status];
    const message = SessionContext ?? ext;
    return {
      status,
      reference: sid,
      to: `+${nationcode}${mobile}`,
      ...(message ? { message } : {}),
      ...(status === "undelivered" && errmsg ? { code: errmsg } : {}),
      ...(user_receive_time === undefined ? {} : { at: user_receive_time }),
    };
  });

/** `extend` is the extension of the channel's number, where the account has one; `time` is in seconds. */
const replyItem: z.ZodType<CarrierReply> = z
  .object({
    nationcode: digits,
    mobile: digits,
    text: z.string(),
    extend: z.string().min(1).max(64).optional().catch(undefined),
    time: z.number().int().positive().max(1e11).optional().catch(undefined),
  })
  .transform(({ nationcode, mobile, text, extend, time }) => ({
    from: `+${nationcode}${mobile}`,
    text,
    ...(extend ? { to: extend } : {}),
    ...(time === undefined ? {} : { at: time * 1000 }),
  }));
