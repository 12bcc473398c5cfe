import * as z from "zod";
import type { Draft, Refusal, SendCall } from "./call.ts";
import { isMainland, readNumber } from "./phone-numbers.ts";
import { bizId, rcsId } from "./vendor-ids.ts";

/** The parameters of a call, from its query and its form; a missing one is the empty string. */
export type Params = (name: string) => string;

/** One number of a call with what goes to it. */
interface Addressed {
  number: string;
  sign: string;
  params: unknown;
}

/** A call that the gateway lets through has its texts; one that it does not has a refusal alone. */
export type ReadCall = { texts: Draft[]; refusal?: Refusal } | { refusal: Refusal };

/** Numbers that one call may name (SDK 4.6.0, doc comments of the requests). */
const MAX_NUMBERS = { SendSms: 1000, SendBatchSms: 100, SendRCS: 1000 };
export type SendAction = keyof typeof MAX_NUMBERS;
/** Shorter than 256 characters. */
const MAX_OUT_ID = 255;

const TemplateParams = z.record(z.string(), z.string());
const Texts = z.array(z.string());

/** Reads a call that sends. All its texts share one BizId; the caller learns of an RCS message's own id by its receipt. */
export function readSend(action: SendAction, params: Params, callback: string | null): ReadCall {
  const missing = mandatoryOf(action).find((name) => params(name) === "");
  if (missing !== undefined) return { refusal: { code: `Missing${missing}` } };
  const addressed = action === "SendBatchSms" ? readBatch(params) : readList(params);
  if (!addressed) return { refusal: { code: "isv.INVALID_JSON_PARAM" } };
  const [told_id, code] = [bizId(), params("TemplateCode")];
  const channel = channelOf(action);
  const texts = addressed.map(({ number, sign, params: given }, place): Draft => {
    const handset = readNumber(number);
    const read = TemplateParams.safeParse(given);
    // RCS is a service of mainland China's operators.
    const isReachable = handset !== undefined && (channel === "sms" || isMainland(handset));
    const refusal = !read.success ? "isv.INVALID_JSON_PARAM" : isReachable ? undefined : "isv.MOBILE_NUMBER_ILLEGAL";
    return {
      sid: channel === "rcs" ? rcsId() : addressed.length === 1 ? told_id : `${told_id}/${place}`,
      told_id,
      to: handset ?? number,
      handset: handset ?? number,
      from: sign,
      body: "",
      template: { code, params: read.data ?? {} },
      media: [],
      messaging_service_sid: null,
      callback,
      reference: params("OutId") || null,
      ...(refusal ? { refusal: { code: refusal, value: number } } : {}),
    };
  });
  if (texts.length > MAX_NUMBERS[action]) return { texts, refusal: { code: "isv.MOBILE_COUNT_OVER_LIMIT" } };
  const isBad = texts.length === 0 || params("OutId").length > MAX_OUT_ID;
  return isBad ? { texts, refusal: { code: "isv.INVALID_PARAMETERS" } } : { texts };
}

export const isSendAction = (action: string): action is SendAction => Object.hasOwn(MAX_NUMBERS, action);

export const channelOf = (action: SendAction): SendCall["channel"] => (action === "SendRCS" ? "rcs" : "sms");

const mandatoryOf = (action: SendAction) =>
  action === "SendBatchSms" ? ["PhoneNumberJson", "SignNameJson", "TemplateCode"] : ["PhoneNumbers", "SignName", "TemplateCode"];

/** The numbers of SendSms and SendRCS get the same text. */
function readList(params: Params): Addressed[] {
  const given = params("TemplateParam") === "" ? {} : readJson(params("TemplateParam"));
  const numbers = params("PhoneNumbers").split(",");
  return numbers.map((number) => ({ number: number.trim(), sign: params("SignName"), params: given }));
}

/** The lists of SendBatchSms belong together by place, so they are of one length. */
function readBatch(params: Params): Addressed[] | undefined {
  const numbers = Texts.safeParse(readJson(params("PhoneNumberJson")));
  const signs = Texts.safeParse(readJson(params("SignNameJson")));
  const given = z.array(z.unknown()).safeParse(params("TemplateParamJson") === "" ? [] : readJson(params("TemplateParamJson")));
  if (!numbers.success || !signs.success || !given.success) return undefined;
  const ownParams = params("TemplateParamJson") === "" ? numbers.data.map(() => ({})) : given.data;
  const areEven = signs.data.length === numbers.data.length && ownParams.length === numbers.data.length;
  if (!areEven) return undefined;
  return numbers.data.map((number, place) => ({ number, sign: signs.data[place] ?? "", params: ownParams[place] }));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
