import * as z from "zod";
import { chinaTime } from "./china-time.ts";
import { splitNumber } from "./phone-numbers.ts";
import type { DueReceipt, Push } from "./push.ts";

/** Delivery receipts (cloud.tencent.com/document/product/382/43547). Nothing is signed, and SessionContext is not in them. */
export function tencentPush(due: readonly DueReceipt[]): Push {
  return { headers: { "Content-Type": "application/json;charset=utf-8" }, body: JSON.stringify(due.map(report)) };
}

/** The receiver says result 0, and may say more. */
export const isTencentAck = (answer: unknown) => z.object({ result: z.literal(0) }).safeParse(answer).success;

function report({ message, receipt }: DueReceipt) {
  const { country, number } = splitNumber(message.handset);
  const isDelivered = receipt.status === "delivered";
  return {
    user_receive_time: chinaTime(message.final_at),
    nationcode: country,
    mobile: number,
    report_status: isDelivered ? "SUCCESS" : "FAIL",
    errmsg: isDelivered ? "DELIVRD" : String(receipt.error_code),
    description: isDelivered ? "用户短信送达成功" : "用户短信送达失败",
    sid: message.sid,
  };
}
