import * as z from "zod";
import type { Channel } from "./call.ts";
import { chinaTime } from "./china-time.ts";
import type { Message } from "./message.ts";
import { isMainland } from "./phone-numbers.ts";
import type { DueReceipt, Push } from "./push.ts";

/** `SmsReport` or `5GSmsReport` (help.aliyun.com/document_detail/101867.html, 5gsmsreport-http). Nothing is signed. */
export function alibabaPush(channel: Channel, due: readonly DueReceipt[]): Push {
  const reports = due.map((each) => (channel === "rcs" ? rcsReport(each) : smsReport(each)));
  return { headers: { "Content-Type": "application/json;charset=utf-8" }, body: JSON.stringify(reports) };
}

/** The receiver says code 0, and may say more. */
export const isAlibabaAck = (answer: unknown) => z.object({ code: z.literal(0) }).safeParse(answer).success;

/** Without the country where it is China's mainland, without the plus anywhere. */
export function vendorNumber({ handset }: Pick<Message, "handset">): string {
  return handset.slice(isMainland(handset) ? 3 : 1);
}

/** What both reports say in the same words. */
function told({ message, receipt }: DueReceipt) {
  return {
    phone_number: vendorNumber(message),
    send_time: chinaTime(message.sent_at ?? message.accepted_at),
    report_time: chinaTime(message.final_at),
    err_code: receipt.status === "delivered" ? "DELIVERED" : String(receipt.error_code),
    biz_id: message.told_id,
    ...(message.reference === null ? {} : { out_id: message.reference }),
  };
}

function smsReport(due: DueReceipt) {
  const success = due.receipt.status === "delivered";
  return { ...told(due), success, err_msg: success ? "用户接收成功" : "用户接收失败", sms_size: String(due.message.num_segments) };
}

function rcsReport(due: DueReceipt) {
  const success = due.receipt.status === "delivered";
  return {
    ...told(due),
    send_status: success ? "SEND_SUCCESS" : "SEND_FAILED",
    err_message: success ? "用户接收成功" : "用户接收失败",
    rcs_template_code: due.message.template,
    rcs_template_type: "1",
    rcs_template_format: "PLAIN_TEXT",
    rcs_size: due.message.num_segments,
    rcs_id: due.message.sid,
  };
}
