import type Dysms from "@alicloud/dysmsapi20170525";
import * as dysms from "@alicloud/dysmsapi20170525";
import type { TencentSms } from "./start-sandbox.ts";
import { SIGN, TENCENT, TO } from "./use-sandbox.ts";

/** How Alibaba writes the number `TO`. */
export const BARE_TO = TO.slice(3);

/** What goes out where a test asks for nothing else. */
const BY_ALIBABA = { phoneNumbers: BARE_TO, signName: SIGN, templateParam: '{"code":"123456"}', outId: "msg_1" };
const BY_TENCENT = {
  PhoneNumberSet: [TO],
  SmsSdkAppId: TENCENT.app,
  TemplateId: "1110",
  SignName: SIGN,
  TemplateParamSet: ["123456", "5"],
  SessionContext: "msg_1",
};
export type TencentChange = Partial<typeof BY_TENCENT> & { SenderId?: string };

/** Texts that the vendors have approved, by the codes used here. */
export const APPROVED = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the vendor marks its variables so
  alibaba: { SMS_1: "验证码${code}，5分钟内有效。", RCS_1: "您的验证码：${code}" },
  tencent: { "1110": "验证码{1}，{2}分钟内有效。" },
};

export const sendSms = async (client: Dysms, change: object = {}) =>
  (await client.sendSms(new dysms.SendSmsRequest({ ...BY_ALIBABA, templateCode: "SMS_1", ...change }))).body;

export const sendRcs = async (client: Dysms, change: object = {}) =>
  (await client.sendRCS(new dysms.SendRCSRequest({ ...BY_ALIBABA, templateCode: "RCS_1", ...change }))).body;

/** Each number has its own parameters. */
export async function sendBatch(client: Dysms, numbers: readonly string[], params: readonly object[], outId?: string) {
  const lists = {
    phoneNumberJson: JSON.stringify(numbers),
    signNameJson: JSON.stringify(numbers.map(() => SIGN)),
    templateParamJson: JSON.stringify(params),
  };
  return (await client.sendBatchSms(new dysms.SendBatchSmsRequest({ ...lists, templateCode: "SMS_1", outId }))).body;
}

/** @param at an instant of the day that is asked for, epoch milliseconds. */
export async function queryDetails(client: Dysms, at: number, change: object = {}) {
  const sendDate = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", "");
  const asked = { phoneNumber: BARE_TO, sendDate, pageSize: 10, currentPage: 1, ...change };
  return (await client.querySendDetails(new dysms.QuerySendDetailsRequest(asked))).body;
}

export const sendTencent = (client: TencentSms, change: TencentChange = {}) => client.SendSms({ ...BY_TENCENT, ...change });

export const pullStatus = async (client: TencentSms, change: object = {}) =>
  (
    await client.PullSmsSendStatusByPhoneNumber({
      BeginTime: 0,
      Offset: 0,
      Limit: 10,
      PhoneNumber: TO,
      SmsSdkAppId: TENCENT.app,
      ...change,
    })
  ).PullSmsSendStatusSet;
