import * as z from "zod";
import type { Draft, Refusal, SendCall } from "./call.ts";
import type { TencentAccount } from "./config.ts";
import { isMainland, readNumber } from "./phone-numbers.ts";
import { serialNo } from "./vendor-ids.ts";

/** Numbers that one call may name, and bytes that SessionContext stays below (cloud.tencent.com/document/api/382/55981). */
const MAX_NUMBERS = 200;
const SESSION_CONTEXT_BYTES = 512;

const SendSms = z.object({
  PhoneNumberSet: z.array(z.string()).min(1),
  SmsSdkAppId: z.string().min(1),
  TemplateId: z.string().min(1),
  SignName: z.string().nullish(),
  TemplateParamSet: z.array(z.string()).nullish(),
  SenderId: z.string().nullish(),
  SessionContext: z.string().nullish(),
});
type SendSms = z.infer<typeof SendSms>;

/** The call that the JSON makes, or why it makes none. @param apps those of the caller, and `all` there are. */
export function readSend(body: unknown, apps: { own: readonly TencentAccount[]; all: readonly TencentAccount[] }): SendCall | Refusal {
  const read = SendSms.safeParse(body);
  if (!read.success) return shapeRefusal(body, read.error);
  const { SmsSdkAppId: account } = read.data;
  const app = appOf(apps.own, account);
  const texts = read.data.PhoneNumberSet.map((number) => draftOf(read.data, number, app?.callback_url ?? null));
  const refusal = app ? refuseCall(read.data, texts) : refuseApp(account, apps.all);
  return { carrier: "tencent", channel: "sms", account, action: "SendSms", texts, ...(refusal ? { refusal } : {}) };
}

export const appOf = (apps: readonly TencentAccount[], id: string) => apps.find(({ sdk_app_id }) => sdk_app_id === id);

/** An app that another account has is not this one's; one that nobody has does not exist. */
export function refuseApp(id: string, all: readonly TencentAccount[]): Refusal {
  return { code: appOf(all, id) ? "UnauthorizedOperation.SmsSdkAppIdVerifyFail" : "InvalidParameterValue.SdkAppIdNotExist" };
}

/** A parameter that is not there, or one that is of another shape. */
export function shapeRefusal(body: unknown, error: z.ZodError): Refusal {
  const [name] = error.issues[0]?.path ?? [];
  const given = z.record(z.string(), z.unknown()).safeParse(body).data;
  if (name === undefined || !given) return { code: "InvalidParameter", value: "the body is not a JSON object" };
  return { code: given[String(name)] === undefined ? "MissingParameter" : "InvalidParameter", value: String(name) };
}

function draftOf(asked: SendSms, number: string, callback: string | null): Draft {
  const handset = readNumber(number);
  const sid = serialNo();
  // A sign is a must at home; abroad the text goes by a sender.
  const unsigned = handset !== undefined && isMainland(handset) && !asked.SignName;
  const code = unsigned ? "FailedOperation.SignatureIncorrectOrUnapproved" : "InvalidParameterValue.IncorrectPhoneNumber";
  return {
    sid,
    told_id: sid,
    to: handset ?? number,
    handset: handset ?? number,
    from: asked.SignName ?? "",
    body: "",
    template: { code: asked.TemplateId, params: asked.TemplateParamSet ?? [] },
    media: [],
    messaging_service_sid: null,
    callback,
    reference: asked.SessionContext ?? null,
    ...(unsigned || handset === undefined ? { refusal: { code, value: number } } : {}),
  };
}

function refuseCall({ PhoneNumberSet: numbers, SessionContext: context }: SendSms, texts: readonly Draft[]): Refusal | undefined {
  if (numbers.length > MAX_NUMBERS) return { code: "LimitExceeded.PhoneNumberCountLimit" };
  const isLong = new TextEncoder().encode(context ?? "").length >= SESSION_CONTEXT_BYTES;
  if (isLong) return { code: "InvalidParameter", value: "SessionContext" };
  const known = texts.filter(({ refusal }) => !refusal);
  const isMixed = known.some(({ handset }) => isMainland(handset)) && known.some(({ handset }) => !isMainland(handset));
  return isMixed ? { code: "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber" } : undefined;
}
