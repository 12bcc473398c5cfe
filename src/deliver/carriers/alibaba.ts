import { clock } from "../../support/clock.ts";
import type { Outgoing } from "../../support/outgoing.ts";
import type { CarrierAnswer, CarrierLimits } from "../../vocabulary/carrier.ts";
import type { CarrierAdapter, OutgoingText } from "./adapter.ts";
import { type AlibabaAccount, type AlibabaSettings, alibabaSettings, CALL_DEADLINE_MS, callAlibaba } from "./alibaba-account.ts";
import { readAnswer } from "./alibaba-answers.ts";
import { readReceipts, readReplies } from "./alibaba-callbacks.ts";
import { bareNumber, isMainlandMobile, numberToSend } from "./alibaba-numbers.ts";
import { sendParts } from "./alibaba-parts.ts";
import { query } from "./alibaba-query.ts";
import { noTemplate } from "./vendor-meaning.ts";

/**
 * SendSms (https://help.aliyun.com/document_detail/419273.html), for rcs SendRCS
 * (https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendrcs): all parameters stand in the query.
 *
 * SendRCS's answer names no message: SDK and page know no BizId in it, so the attempt stays without a reference and the first report
 * that has the message's OutId gives it one. Where a handset takes no 5G messages, the vendor sends an SMS of the same template by
 * itself: a notice that goes out so needs no `sms` after `rcs`.
 */
async function send(
  account: AlibabaAccount,
  text: OutgoingText,
  outgoing: Outgoing,
  deadlineMs = CALL_DEADLINE_MS,
): Promise<CarrierAnswer> {
  const template = templateOf(account, text);
  if (!template) return NO_TEMPLATE;
  const isRcs = text.channel === "rcs";
  const parameters = {
    OutId: text.message,
    PhoneNumbers: isRcs ? bareNumber(text.to) : numberToSend(text.to),
    SignName: template.sign_name,
    TemplateCode: template.code,
    TemplateParam: JSON.stringify(template.params),
  };
  const answer = readAnswer(await callAlibaba(account, { action: isRcs ? "SendRCS" : "SendSms", query: parameters }, outgoing, deadlineMs));
  return isRcs && answer.kind === "taken" ? { kind: "taken" } : answer;
}

const NO_TEMPLATE = noTemplate("name");

/** The template with the signature; undefined where its values have no names, without which Alibaba does not know them. */
function templateOf({ settings }: AlibabaAccount, { template }: OutgoingText) {
  if (!template || Array.isArray(template.params)) return undefined;
  return { ...template, sign_name: template.sign_name ?? settings.sign_name };
}

/**
 * A call for many has one template, and templates are for the mainland or for abroad. Receipts of such a call are found by number
 * alone, and a number of North America without its plus looks like one of the mainland: it goes alone.
 */
function together(account: AlibabaAccount, text: OutgoingText): string | undefined {
  const template = text.channel === "sms" && !text.to.startsWith("+1") ? templateOf(account, text) : undefined;
  return template && JSON.stringify([template.code, template.sign_name, isMainlandMobile(text.to)]);
}

async function sendMany(account: AlibabaAccount, texts: readonly OutgoingText[], outgoing: Outgoing): Promise<readonly CarrierAnswer[]> {
  const keys = new Set(texts.map((text) => together(account, text)));
  if (keys.has(undefined)) return texts.map(() => NO_TEMPLATE);
  if (keys.size > 1) throw new Error("texts that differ cannot share a call");
  const one = (text: OutgoingText, deadlineMs: number) => send(account, text, outgoing, deadlineMs);
  const several = async (part: readonly OutgoingText[], deadlineMs: number) =>
    readAnswer(await callAlibaba(account, batchOf(account, part), outgoing, deadlineMs));
  return sendParts(texts, { one, several }, clock() + CALL_DEADLINE_MS);
}

/**
 * SendBatchSms (https://help.aliyun.com/document_detail/419274.html): OutId and TemplateCode in the query, the rest as lists in a form.
 * OutId names the call and none of its messages: with its dot it can never be taken for a message's id.
 */
function batchOf(account: AlibabaAccount, texts: readonly OutgoingText[]) {
  const templates = texts.flatMap((text) => templateOf(account, text) ?? []);
  return {
    action: "SendBatchSms" as const,
    query: { OutId: `batch.${texts[0]?.message}`, TemplateCode: templates[0]?.code ?? "" },
    form: {
      PhoneNumberJson: JSON.stringify(texts.map(({ to }) => numberToSend(to))),
      SignNameJson: JSON.stringify(templates.map(({ sign_name }) => sign_name)),
      TemplateParamJson: JSON.stringify(templates.map(({ params }) => params)),
    },
  };
}

const limits: CarrierLimits = {
  channels: ["sms", "rcs"],
  /** "The content of a message has at most 500 characters", signature included (https://help.aliyun.com/document_detail/44335.html). */
  text_max_units: 500,
  /** 5G messages leave at 300 a second (SendRCS's page). SendSms takes 5,000 calls a second of an account, which a catalog may say. */
  per_second: 300,
  needs_template: true,
  template_params: "named",
  /** "A maximum of 100 phone numbers in a single call" (SendBatchSms). */
  recipients_per_call: 100,
  call_deadline_ms: CALL_DEADLINE_MS,
  /** OutId comes back as out_id; of a call for many it names the call, and receipts bring the number besides. */
  keeps_reference: true,
  adds_signature: true,
};

/** Alibaba Cloud SMS, API 2017-05-25. */
export const alibaba: CarrierAdapter<AlibabaSettings> = {
  name: "alibaba",
  /** Each by name (https://help.aliyun.com/document_detail/419270.html): other hosts of aliyuncs.com are anybody's, such as buckets. */
  hosts: [
    "dysmsapi.aliyuncs.com",
    "dysmsapi-proxy.cn-beijing.aliyuncs.com",
    "dysmsapi-xman.cn-hongkong.aliyuncs.com",
    "dysmsapi.ap-southeast-1.aliyuncs.com",
    "dysmsapi.ap-southeast-5.aliyuncs.com",
    "dysmsapi.eu-central-1.aliyuncs.com",
    "dysmsapi.us-east-1.aliyuncs.com",
  ],
  limits,
  settings: alibabaSettings,
  /** Besides, a `security_token` is sent where the account has one. */
  sender: (settings) => settings.sign_name,
  secrets: () => ["access_key_secret"],
  send: (account, text, outgoing) => send(account, text, outgoing),
  sendMany,
  together,
  query,
  /** Alibaba signs nothing. */
  verifyCallback: async () => "unsigned",
  readReceipts,
  readReplies,
  /** "Only whether code is a number is checked"; the console's own check of the address wants these words. */
  acknowledgement: { status: 200, body: '{"code":0,"msg":"成功"}', content_type: "application/json" },
};
