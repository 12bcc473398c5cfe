import * as z from "zod";
import { parseJson } from "../../support/parse-json.ts";
import type { CarrierReceipt, CarrierReply, ReceiptStatus } from "../../vocabulary/carrier.ts";
import { messageId } from "../../vocabulary/identifiers.ts";
import type { Callback, ReceiptsRead, RepliesRead } from "./adapter.ts";
import { e164Of } from "./alibaba-numbers.ts";
import { chinaTime } from "./china-time.ts";
import { mailDate } from "./mail-date.ts";
import { readEntries } from "./read-entries.ts";
import { CODE_MAX } from "./vendor-meaning.ts";

/**
 * Reads a push of reports, an array in one of three forms. Entries that cannot be read are left out while others can, since the
 * vendor repeats all of a push or none. The console's own check of the address is a GET, which reports nothing
 * (https://help.aliyun.com/zh/document_detail/3041841.html).
 */
export function readReceipts(callback: Callback): ReceiptsRead {
  if (callback.method === "GET") return { kind: "receipts", receipts: [] };
  const receipts = readEntries(report, callback.body);
  if (!receipts) return { kind: "unreadable", why: "the callback is not a list with an SmsReport or 5GSmsReport" };
  return { kind: "receipts", receipts };
}

/** Reads a push of what people wrote back, an array of SmsUp or 5GSmsUp. */
export function readReplies(callback: Callback): RepliesRead {
  if (callback.method === "GET") return { kind: "replies", replies: [] };
  // A number beyond 2^53 must not be rounded: it tells a repeated callback from a new one.
  const replies = readEntries(reply, callback.body.replace(/("sequence_id"\s*:\s*)(\d+)/g, '$1"$2"'));
  if (!replies) return { kind: "unreadable", why: "the callback is not a list with an SmsUp or 5GSmsUp" };
  return { kind: "replies", replies };
}

const optionalText = z.string().min(1).optional().catch(undefined);
const reference = z.string().min(1).max(128);
const number = z.string().transform((text, context) => {
  const e164 = e164Of(text);
  if (e164 === undefined) context.addIssue({ code: "custom", message: "is no phone number" });
  return e164 ?? z.NEVER;
});

/** Anything but a message id names no single message: the reference of a call for several, or that of a caller beside us. */
const ours = messageId.optional().catch(undefined);

/** Says no more than `status` where the message arrived. */
const code = z
  .string()
  .min(1)
  .transform((text) => text.slice(0, CODE_MAX))
  .optional()
  .catch(undefined);

/** Undelivered is said only where it is proven. What is not is on its way, and may still be reported otherwise. */
const UNPROVEN: ReadonlySet<string> = new Set([
  // "The platform has the request and no receipt from the operator" (https://help.aliyun.com/document_detail/101347.html).
  "REQUEST_SUCCESS",
  // A handset without 5G messages is sent an SMS by the vendor itself (SendRCS): no channel of ours need do it again.
  "MOBILE_NOT_SUPPORT_RCS",
]);

interface Told {
  readonly arrived: boolean;
  readonly reference: string;
  readonly to: string;
  readonly message: string | undefined;
  readonly code: string | undefined;
  readonly at: number | undefined;
}

function receiptOf({ arrived, reference, to, message, code, at }: Told): CarrierReceipt {
  const failed: ReceiptStatus = code !== undefined && UNPROVEN.has(code) ? "sent" : "undelivered";
  return {
    status: arrived ? "delivered" : failed,
    reference,
    to,
    ...(message === undefined ? {} : { message }),
    ...(arrived || code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { at }),
  };
}

/** SendSms and SendBatchSms (https://help.aliyun.com/document_detail/101867.html). One biz_id stands for all numbers of a call. */
const smsReport: z.ZodType<CarrierReceipt> = z
  .object({ phone_number: number, report_time: chinaTime, success: z.boolean(), err_code: code, biz_id: reference, out_id: ours })
  .transform(({ phone_number, report_time, success, err_code, biz_id, out_id }) =>
    receiptOf({ arrived: success, reference: biz_id, to: phone_number, message: out_id, code: err_code, at: report_time }),
  );

/**
 * SendRCS (https://help.aliyun.com/zh/sms/developer-reference/5gsmsreport-http). out_id names the message, where it is there; else the
 * number must do, since SendRCS's answer tells neither rcs_id nor biz_id. biz_id comes first, as the SMS that the vendor may send
 * instead has no rcs_id.
 */
const rcsReport: z.ZodType<CarrierReceipt> = z
  .object({
    phone_number: number,
    report_time: chinaTime,
    send_status: z.enum(["SEND_SUCCESS", "SEND_FAILED"]),
    err_code: code,
    rcs_id: reference,
    biz_id: reference.optional().catch(undefined),
    out_id: ours,
  })
  .transform(({ phone_number, report_time, send_status, err_code, rcs_id, biz_id, out_id }) =>
    receiptOf({
      arrived: send_status === "SEND_SUCCESS",
      reference: biz_id ?? rcs_id,
      to: phone_number,
      message: out_id,
      code: err_code,
      at: report_time,
    }),
  );

/** The form for numbers abroad (https://help.aliyun.com/zh/sms/smsreport-http-intl): 1 arrived, 2 failed, 6 expired. `To` has no plus. */
const reportAbroad: z.ZodType<CarrierReceipt> = z
  .object({
    To: z
      .string()
      .transform((text) => `+${text.replace(/^\+/, "")}`)
      .pipe(number),
    ReceiveDate: mailDate,
    Status: z.union([z.string(), z.number().transform(String)]).pipe(z.enum(["1", "2", "6"])),
    ErrorCode: code,
    MessageId: reference,
    TaskId: ours,
  })
  .transform(({ To, ReceiveDate, Status, ErrorCode, MessageId, TaskId }) =>
    receiptOf({ arrived: Status === "1", reference: MessageId, to: To, message: TaskId, code: ErrorCode, at: ReceiveDate }),
  );

const report = z.union([smsReport, rcsReport, reportAbroad]);

/** SmsUp (https://help.aliyun.com/knowledge_detail/60127.html). dest_code is the extension that was written to. */
const smsUp: z.ZodType<CarrierReply> = z
  .object({
    phone_number: number,
    content: z.string(),
    send_time: chinaTime,
    dest_code: z.string().min(1).max(64).optional().catch(undefined),
    sequence_id: z.string().min(1).max(128).optional().catch(undefined),
  })
  .transform(({ phone_number, content, send_time, dest_code, sequence_id }) => ({
    from: phone_number,
    text: content,
    ...(dest_code === undefined ? {} : { to: dest_code }),
    ...(sequence_id === undefined ? {} : { reference: sequence_id }),
    ...(send_time === undefined ? {} : { at: send_time }),
  }));

/** 5GSmsUp (https://help.aliyun.com/zh/sms/developer-reference/5gsmsup-http): written (1), or a button (2, 3), whose words are in JSON. */
const rcsUp: z.ZodType<CarrierReply> = z
  .object({
    phone_number: number,
    mobile_originated_type: optionalText,
    content: z.string(),
    send_time: chinaTime,
    rcs_id: reference,
  })
  .transform(({ phone_number, mobile_originated_type, content, send_time, rcs_id }) => ({
    from: phone_number,
    text: (mobile_originated_type === "1" ? undefined : parseJson(button, content)?.display_text) ?? content,
    reference: rcs_id,
    ...(send_time === undefined ? {} : { at: send_time }),
  }));
const button = z.object({ display_text: z.string() });

/** A 5GSmsUp has all that an SmsUp must have, so it is tried first. */
const reply = z.union([rcsUp, smsUp]);
