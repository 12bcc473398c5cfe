import { z } from "zod";
import { acs3Authorization } from "../../../src/deliver/carriers/acs3.ts";
import type { CarrierAccount, OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import type { CarrierAnswer, RenderedTemplate } from "../../../src/vocabulary/carrier.ts";
import { type CarrierTranslation, lowerCased, type VectorFixture, type VectorReading } from "./conformance.ts";

const credentials = z.object({ accessKeyId: z.string(), accessKeySecret: z.string(), securityToken: z.string().optional() });
const keysOf = ({ inputs }: VectorFixture) => credentials.parse(inputs.credentials);

const json = <Shape extends z.ZodType>(shape: Shape) => z.string().transform((text) => shape.parse(JSON.parse(text)));
const values = z.record(z.string(), z.string());

/** SendSms and SendRCS; what is not among these has no place in our contract, but for an extension, which is the signature's own. */
const single = z.strictObject({
  OutId: z.string().optional(),
  PhoneNumbers: z.string(),
  SignName: z.string(),
  TemplateCode: z.string(),
  TemplateParam: json(values).optional(),
  SmsUpExtendCode: z.string().optional(),
});

const batch = z.strictObject({
  OutId: z.string().optional(),
  TemplateCode: z.string(),
  PhoneNumberJson: json(z.array(z.string())),
  SignNameJson: json(z.array(z.string())),
  TemplateParamJson: json(z.array(values)),
  SmsUpExtendCodeJson: z.string().optional(),
});

const question = z.strictObject({
  PhoneNumber: z.string(),
  SendDate: z.string(),
  PageSize: z.string(),
  CurrentPage: z.literal("1"),
  BizId: z.string().optional(),
});

/** All parameters, of query and form. */
function parametersOf({ url, body }: VectorFixture["request"]): Record<string, string> {
  return Object.fromEntries([...new URL(url).searchParams, ...new URLSearchParams(body ?? "")]);
}

/** A number of the mainland in its eleven digits, however it is written; any other without its plus. */
const bare = (number: string): string => number.replace(/^(\+|00)?86(?=1\d{10}$)|^\+/, "");

/** In E.164. Eleven digits of the mainland and of North America look alike; a signature in Latin letters is one for abroad. */
function e164(number: string, sign: string): string {
  return /^1\d{10}$/.test(bare(number)) && /\p{Script=Han}/u.test(sign) ? `+86${bare(number)}` : `+${bare(number)}`;
}

function accountOf(vector: VectorFixture, sign_name: string): CarrierAccount<unknown> {
  const { accessKeyId, accessKeySecret, securityToken } = keysOf(vector);
  return {
    base_url: new URL(vector.request.url).origin,
    settings: { access_key_id: accessKeyId, sign_name },
    secrets: { access_key_secret: accessKeySecret, ...(securityToken ? { security_token: securityToken } : {}) },
  };
}

const textOf = (channel: "sms" | "rcs", to: string, template: RenderedTemplate, message: string): OutgoingText => ({
  channel,
  to,
  text: "what the template says",
  template,
  message,
});

function readSingle(vector: VectorFixture, channel: "sms" | "rcs"): VectorReading {
  const { data, error } = single.safeParse(parametersOf(vector.request));
  if (!data) return { kind: "beyond", reason: `our contract has no such message: ${z.prettifyError(error)}` };
  const { OutId = "m", PhoneNumbers, SignName, TemplateCode: code, TemplateParam: params = {} } = data;
  if (PhoneNumbers.includes(",")) return { kind: "beyond", reason: "our call for several gives each its own values" };
  const text = textOf(channel, e164(PhoneNumbers, SignName), { code, params }, OutId);
  return { kind: "call", account: accountOf(vector, SignName), text };
}

function readBatch(vector: VectorFixture): VectorReading {
  const { data, error } = batch.safeParse(parametersOf(vector.request));
  if (!data) return { kind: "beyond", reason: `our contract has no such call: ${z.prettifyError(error)}` };
  const [sign = ""] = data.SignNameJson;
  if (data.SignNameJson.some((other) => other !== sign)) return { kind: "beyond", reason: "our call for several has one signature" };
  const texts = data.PhoneNumberJson.map((number, at) =>
    textOf("sms", e164(number, sign), { code: data.TemplateCode, params: data.TemplateParamJson[at] ?? {} }, `m${at}`),
  );
  if (texts.length < 2) return { kind: "beyond", reason: "our call for one is SendSms" };
  return { kind: "many", account: accountOf(vector, sign), texts };
}

function readQuestion(vector: VectorFixture): VectorReading {
  const { data, error } = question.safeParse(parametersOf(vector.request));
  if (!data) return { kind: "beyond", reason: `our contract has no such question: ${z.prettifyError(error)}` };
  // What it is asked about stands in the answer alone; noon of the day is far from any other day.
  const message = detailsOf(vector)[0]?.OutId ?? "m";
  const since = Date.parse(`${data.SendDate.replace(/(....)(..)(..)/, "$1-$2-$3")}T12:00:00+08:00`);
  const asked = { ...textOf("sms", e164(data.PhoneNumber, "测"), { code: "", params: {} }, message), since };
  return { kind: "question", account: accountOf(vector, "测试签名"), question: asked };
}

type Kind = Partial<CarrierAnswer>;
const refused = (because: "recipient" | "content" | "config", ...codes: string[]) =>
  codes.map((code): [string, Kind] => [code, { kind: "refused", because }]);
const account = (because: "config" | "balance", ...codes: string[]) =>
  codes.map((code): [string, Kind] => [code, { kind: "refused", because, account: true }]);
const plain = (kind: "throttled" | "unclear", ...codes: string[]) => codes.map((code): [string, Kind] => [code, { kind }]);

/** Written apart from the adapter's table, after the vendor's list of codes, so that the two check one another. */
export const EXPECTED_BY_CODE: ReadonlyMap<string, Kind> = new Map([
  ...plain("throttled", "Throttling", "Throttling.User", "Throttling.Api", "Throttling.UserConcurrentLimit"),
  ...plain("unclear", "isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "isp.UNKNOWN", "InternalError", "ServiceUnavailable", "SignatureNonceUsed"),
  ...refused("recipient", "isv.MOBILE_NUMBER_ILLEGAL"),
  ...refused("content", "isv.SMS_CONTENT_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.CUSTOMER_REFUSED"),
  ...refused("config", "isv.BUSINESS_LIMIT_CONTROL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
  ...refused("config", "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_SIGN_ILLEGAL", "isv.SIGN_STATE_ILLEGAL", "isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
  ...refused("config", "isv.SMS_TEMPLATE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS", "isv.TEMPLATE_PARAMS_ILLEGAL"),
  ...refused("config", "isv.EXTEND_CODE_ERROR", "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL", "isv.INVALID_PARAMETERS"),
  ...account("balance", "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL"),
  ...account("config", "SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive"),
  ...account("config", "InvalidSecurityToken.Expired", "InvalidTimeStamp.Expired", "Forbidden.RAM", "isp.RAM_PERMISSION_DENY"),
  ...account("config", "isv.PRODUCT_UN_SUBSCRIPT", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.DENY_IP_RANGE"),
]);

const expectedOfCode = (code: string): Kind => ({ ...(EXPECTED_BY_CODE.get(code) ?? { kind: "refused" }), code });

const returned = z.object({ body: z.object({ code: z.string(), bizId: z.string().optional() }) });

function expectedOf({ sdk_outcome, inputs }: VectorFixture): Kind {
  const threw = sdk_outcome?.threw?.code;
  if (threw) return expectedOfCode(String(threw));
  const { data } = returned.safeParse(sdk_outcome?.returned);
  if (!data) return { kind: "unclear" };
  if (data.body.code !== "OK") return expectedOfCode(data.body.code);
  return { kind: "taken", ...(data.body.bizId && inputs.sdk_call !== "SendRCS" ? { reference: data.body.bizId } : {}) };
}

const shown = z.object({ OutId: z.string(), SendStatus: z.number(), ErrCode: z.string(), ReceiveDate: z.string().optional() });
const details = z.object({ SmsSendDetailDTOs: z.object({ SmsSendDetailDTO: z.array(shown) }) });
const detailsOf = ({ response_given }: VectorFixture) =>
  details.safeParse(response_given?.body).data?.SmsSendDetailDTOs.SmsSendDetailDTO ?? [];

const chinaTime = (text: string): number => Date.parse(`${text.replace(" ", "T")}+08:00`);

const report = z.object({
  phone_number: z.string(),
  report_time: z.string(),
  success: z.boolean(),
  err_code: z.string(),
  biz_id: z.string(),
  out_id: z.string().optional(),
});

export const alibabaConformance: CarrierTranslation = {
  carrier: "alibaba",
  headers: ["accept", "content-type", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-security-token", "x-acs-accesskey-id"],
  tells_number: true,

  readVector(vector) {
    switch (vector.inputs.sdk_call) {
      case "SendSms":
        return readSingle(vector, "sms");
      case "SendRCS":
        return readSingle(vector, "rcs");
      case "SendBatchSms":
        return readBatch(vector);
      case "QuerySendDetails":
        return readQuestion(vector);
      default:
        return { kind: "beyond", reason: `our contract has no ${vector.inputs.sdk_call ?? "such"} call` };
    }
  },

  /**
   * Numbers without a prefix of the mainland; no extension, which is the signature's own where none is named; of a question neither
   * the page's size nor a BizId, which an unclear answer never told. OutId is ours: a call for several has one of its own, and no
   * call of ours has none.
   */
  plainly(request, vector) {
    const given = parametersOf(vector.request);
    const dropped = ["SmsUpExtendCode", "SmsUpExtendCodeJson", "BizId", "PageSize"];
    if (!given.OutId || given.PhoneNumberJson) dropped.push("OutId");
    const plainPairs = (encoded: string): string => {
      const pairs = [...new URLSearchParams(encoded)].filter(([name]) => !dropped.includes(name));
      return new URLSearchParams(
        pairs.map(([name, value]) => {
          if (name === "PhoneNumberJson") return [name, JSON.stringify(z.array(z.string()).parse(JSON.parse(value)).map(bare))];
          return [name, name.startsWith("PhoneNumber") ? bare(value) : value];
        }),
      ).toString();
    };
    const url = new URL(request.url);
    url.search = plainPairs(url.search);
    return { ...request, url: url.href, ...(request.body ? { body: plainPairs(request.body) } : {}) };
  },

  expectedAnswer: expectedOf,
  expectedAnswers: (vector) => batch.parse(parametersOf(vector.request)).PhoneNumberJson.map(() => expectedOf(vector)),

  expectedFinding(vector) {
    const outcome = expectedOf(vector);
    if (outcome.kind !== "taken") return { kind: "unanswered" };
    const [only] = detailsOf(vector);
    if (!only) return { kind: "absent" };
    const status = ({ 2: "undelivered", 3: "delivered" } as const)[only.SendStatus] ?? "sent";
    return { kind: "found", receipt: { status, ...(only.ReceiveDate && status !== "sent" ? { at: chinaTime(only.ReceiveDate) } : {}) } };
  },

  async resign(vector) {
    const { accessKeyId: id, accessKeySecret: secret } = keysOf(vector);
    const { method, url } = vector.request;
    const value = acs3Authorization(
      { method: z.enum(["GET", "POST"]).parse(method), url, headers: lowerCased(vector.request.headers) },
      { id, secret },
    );
    return { header: "authorization", value };
  },

  accountOf: () => ({
    base_url: "https://dysmsapi.aliyuncs.com",
    settings: { access_key_id: "LTAIfakeAccessKeyId0001", sign_name: "测试签名" },
    secrets: { access_key_secret: "fakeAccessKeySecret00000000001" },
  }),

  expectedReceipts({ request }) {
    const reports = z.array(report).safeParse(JSON.parse(request.body ?? "null")).data;
    return reports?.map(({ phone_number, success, err_code, biz_id, out_id }) => ({
      reference: biz_id,
      to: `+86${bare(phone_number)}`,
      message: out_id?.length === 44 ? out_id : undefined,
      status: success ? "delivered" : "undelivered",
      ...(success ? {} : { code: err_code }),
    }));
  },
};
