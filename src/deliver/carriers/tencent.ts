import * as z from "zod";
import type { Outgoing } from "../../support/outgoing.ts";
import type { CarrierAnswer, CarrierLimits } from "../../vocabulary/carrier.ts";
import type { CarrierAdapter, OutgoingText } from "./adapter.ts";
import {
  CALL_DEADLINE_MS,
  callTencent,
  isMainland,
  type TencentAccount,
  type TencentResult,
  type TencentSettings,
  tencentSettings,
} from "./tencent-account.ts";
import { readReceipts, readReplies } from "./tencent-callbacks.ts";
import { meaningOf } from "./tencent-codes.ts";
import { balance, query } from "./tencent-query.ts";
import { answerOf, noTemplate, type VendorMeaning } from "./vendor-meaning.ts";

/** SendSms, for one as for many (https://cloud.tencent.com/document/api/382/55981). */
async function sendMany(account: TencentAccount, texts: readonly OutgoingText[], outgoing: Outgoing): Promise<readonly CarrierAnswer[]> {
  const [first] = texts;
  const template = first && templateOf(account, first);
  if (!template) return texts.map(() => NO_TEMPLATE);
  if (new Set(texts.map((text) => together(account, text))).size > 1) throw new Error("texts that differ cannot share a call");
  const { sdk_app_id, sender_id } = account.settings;
  const payload = {
    PhoneNumberSet: texts.map(({ to }) => to),
    SmsSdkAppId: sdk_app_id,
    TemplateId: template.code,
    ...(template.sign_name ? { SignName: template.sign_name } : {}),
    TemplateParamSet: template.params,
    ...(sender_id && template.abroad ? { SenderId: sender_id } : {}),
    // One context stands for all numbers of a call: that of several would name the wrong message for all but one.
    ...(texts.length === 1 ? { SessionContext: first.message } : {}),
  };
  return readAnswers(await callTencent(account, "SendSms", payload, outgoing), texts);
}

const NO_TEMPLATE = noTemplate("position");

/** What goes into the call but for the number; undefined where the values have names, which Tencent does not know. */
function templateOf({ settings }: TencentAccount, { template, to }: OutgoingText) {
  if (!template || !Array.isArray(template.params)) return undefined;
  const { code, params } = template;
  const abroad = !isMainland(to);
  // "Required for the mainland, not required abroad": there the account's own signature need not be an approved one.
  return { code, params, abroad, sign_name: template.sign_name ?? (abroad ? undefined : settings.sign_name) };
}

/** A call takes one template, one signature, one set of values, and "all numbers of the mainland or all abroad". */
function together(account: TencentAccount, text: OutgoingText): string | undefined {
  const template = templateOf(account, text);
  return template && JSON.stringify([template.code, template.sign_name ?? "", template.abroad, template.params]);
}

/** An error of the whole call is every text's answer; one that blames a number cannot say whose of several, and blames nobody. */
function readAnswers(result: TencentResult, texts: readonly OutgoingText[]): readonly CarrierAnswer[] {
  if (result.kind === "response") return readStatuses(result.response, texts);
  const all = (answer: CarrierAnswer) => texts.map(() => answer);
  if (result.kind === "unread") return all(answerOf(meaningOfStatus(result.status), String(result.status)));
  if (result.kind !== "error") return all(result);
  const meaning = meaningOf(result.code);
  return all(answerOf(meaning === "recipient" && texts.length > 1 ? "config" : meaning, result.code, result.message));
}

/** One status per number. A number that is missing may have been sent to. */
function readStatuses(response: unknown, texts: readonly OutgoingText[]): readonly CarrierAnswer[] {
  const statuses = sendResponse.safeParse(response).data?.SendStatusSet ?? [];
  const byNumber = new Map(statuses.map((status) => [digitsOf(status.PhoneNumber), status]));
  return texts.map(({ to }) => {
    const status = texts.length === 1 && statuses.length === 1 ? statuses[0] : byNumber.get(digitsOf(to));
    if (!status?.Code) return { kind: "unclear", code: "no_status", detail: "the answer tells nothing of this number" };
    if (status.Code.toLowerCase() !== "ok") return answerOf(meaningOf(status.Code), status.Code, status.Message);
    const { SerialNo, Fee } = status;
    return { kind: "taken", ...(SerialNo ? { reference: SerialNo } : {}), ...(Fee > 0 ? { segments: Fee } : {}) };
  });
}

/** Of an answer that is not the API's: a gateway's. What was not refused may have been carried out. */
function meaningOfStatus(status: number): VendorMeaning {
  if (status < 400 || status === 408) return "unclear";
  if (status === 429) return "throttled";
  return [401, 403, 404].includes(status) ? "account" : "content";
}

const digitsOf = (number: string): string => number.replace(/\D/g, "");

const sendStatus = z.object({
  SerialNo: z.string().max(128).optional().catch(undefined),
  PhoneNumber: z.string().catch(""),
  /** Parts that are charged. */
  Fee: z.number().int().catch(0),
  Code: z.string().catch(""),
  Message: z.string().optional().catch(undefined),
});
const sendResponse = z.object({ SendStatusSet: z.array(sendStatus) });

const limits: CarrierLimits = {
  channels: ["sms"],
  /** "The total length … cannot exceed 500 characters", signature and values included (https://www.tencentcloud.com/document/product/382/40659). */
  text_max_units: 500,
  /** A third of SendSms's 3,000 calls a second (its page), which all applications of the Tencent account share. */
  per_second: 1000,
  needs_template: true,
  template_params: "positional",
  /** "At most 200 numbers in one call" (SendSms, PhoneNumberSet). */
  recipients_per_call: 200,
  call_deadline_ms: CALL_DEADLINE_MS,
  /** SessionContext comes back with the answer, but in receipts only where the vendor has enabled it. */
  keeps_reference: false,
  adds_signature: true,
};

/** Tencent Cloud SMS, API 2021-01-11. */
export const tencent: CarrierAdapter<TencentSettings> = {
  name: "tencent",
  /** The second form is that of regions, e.g. sms.ap-guangzhou.tencentcloudapi.com (https://cloud.tencent.com/document/api/382/38766). */
  hosts: ["sms.tencentcloudapi.com", "*.tencentcloudapi.com"],
  limits,
  settings: tencentSettings,
  /** Besides, a `token` is sent where the account has one. */
  sender: (settings) => settings.sign_name,
  secrets: () => ["secret_key"],
  send: async (account, text, outgoing) => {
    const [answer = NO_TEMPLATE] = await sendMany(account, [text], outgoing);
    return answer;
  },
  sendMany,
  together,
  query,
  balance,
  /** Tencent signs nothing (https://cloud.tencent.com/document/product/382/5807). */
  verifyCallback: async () => "unsigned",
  readReceipts,
  readReplies,
  acknowledgement: { status: 200, body: '{"result":0,"errmsg":"OK"}', content_type: "application/json" },
};
