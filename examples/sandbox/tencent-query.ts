import * as z from "zod";
import { answerQuestion } from "./answer-call.ts";
import type { Book } from "./book.ts";
import type { Refusal } from "./call.ts";
import type { TencentAccount } from "./config.ts";
import { type Message, statusAt } from "./message.ts";
import { readNumber, splitNumber } from "./phone-numbers.ts";
import { appOf, refuseApp, shapeRefusal } from "./tencent-calls.ts";
import { tencentAnswer, tencentError, tencentWords } from "./tencent-errors.ts";

const Pull = z.object({
  /** Epoch seconds. */
  BeginTime: z.number().int(),
  EndTime: z.number().int().nullish(),
  Offset: z.number().int().min(0),
  Limit: z.number().int().min(1).max(100),
  PhoneNumber: z.string().min(1),
  SmsSdkAppId: z.string().min(1),
});
const Statistics = z.object({
  SmsSdkAppId: z.string().min(1),
  Limit: z.number(),
  Offset: z.number(),
  BeginTime: z.string(),
  EndTime: z.string(),
});

type Apps = { own: readonly TencentAccount[]; all: readonly TencentAccount[] };

/** Messages to one number that have got their receipt, oldest first. */
export async function pullSendStatus(body: unknown, apps: Apps, book: DurableObjectStub<Book>): Promise<Response> {
  const asked = readAsked(Pull, body, apps);
  if ("code" in asked) return tencentError(asked);
  const handset = readNumber(asked.PhoneNumber);
  if (handset === undefined) return tencentError({ code: "InvalidParameterValue.IncorrectPhoneNumber" });
  const question = { carrier: "tencent", account: asked.SmsSdkAppId, action: "PullSmsSendStatusByPhoneNumber", to: handset } as const;
  const showsContext = appOf(apps.own, asked.SmsSdkAppId)?.shows_context === true;
  return await answerQuestion(question, book, tencentWords, async () => {
    const until = asked.EndTime ? (asked.EndTime + 1) * 1000 : Number.MAX_SAFE_INTEGER;
    const sent = await book.listToNumber({ account: asked.SmsSdkAppId, handset, from: asked.BeginTime * 1000, until });
    const told = sent.reverse().filter((message) => statusAt(message, Date.now()) === message.final_status);
    return tencentAnswer({
      PullSmsSendStatusSet: told.slice(asked.Offset, asked.Offset + asked.Limit).map((message) => sendStatus(message, showsContext)),
    });
  });
}

/** The packages of an app: one, as large as `/control/balance` says, and whole. */
export async function packagesStatistics(body: unknown, apps: Apps, book: DurableObjectStub<Book>): Promise<Response> {
  const asked = readAsked(Statistics, body, apps);
  if ("code" in asked) return tencentError(asked);
  const question = { carrier: "tencent", account: asked.SmsSdkAppId, action: "SmsPackagesStatistics", to: "" } as const;
  return await answerQuestion(question, book, tencentWords, async () => {
    const { balance } = await book.readSettings();
    const [yearStart, nextYear] = [0, 1].map((later) => Date.UTC(new Date().getUTCFullYear() + later) / 1000);
    const times = { PackageCreateTime: yearStart, PackageEffectiveTime: yearStart, PackageExpiredTime: nextYear };
    const sms = { ...times, PackageAmount: balance.tencent, PackageType: 1, PackageId: 1, CurrentUsage: 0 };
    return tencentAnswer({ SmsPackagesStatisticsSet: [sms] });
  });
}

function readAsked<Asked extends { SmsSdkAppId: string }>(schema: z.ZodType<Asked>, body: unknown, apps: Apps): Asked | Refusal {
  const read = schema.safeParse(body);
  if (!read.success) return shapeRefusal(body, read.error);
  return appOf(apps.own, read.data.SmsSdkAppId) ? read.data : refuseApp(read.data.SmsSdkAppId, apps.all);
}

function sendStatus(message: Message, showsContext: boolean) {
  const { country, number } = splitNumber(message.handset);
  const isDelivered = message.final_status === "delivered";
  return {
    UserReceiveTime: Math.floor(message.final_at / 1000),
    CountryCode: country,
    SubscriberNumber: number,
    PhoneNumber: message.handset,
    SerialNo: message.sid,
    ReportStatus: isDelivered ? "SUCCESS" : "FAIL",
    Description: isDelivered ? "DELIVRD" : String(message.error_code),
    SessionContext: (showsContext && message.reference) || "",
  };
}
