import { z } from "zod";
import type { CarrierAccount, OutgoingText } from "../../../src/deliver/carriers/adapter.ts";
import { signTc3 } from "../../../src/deliver/carriers/tc3.ts";
import type { CarrierAnswer } from "../../../src/vocabulary/carrier.ts";
import { type CarrierTranslation, lowerCased, type VectorFixture, type VectorReading } from "./conformance.ts";

const credentials = z.object({ secretId: z.string(), secretKey: z.string(), token: z.string().optional() });

const message = z.strictObject({
  PhoneNumberSet: z.array(z.string()).min(1),
  SmsSdkAppId: z.string(),
  TemplateId: z.string(),
  SignName: z.string().optional(),
  TemplateParamSet: z.array(z.string()),
  SessionContext: z.string().optional(),
  SenderId: z.string().optional(),
});

const question = z.strictObject({
  BeginTime: z.number(),
  Offset: z.literal(0),
  Limit: z.literal(10),
  PhoneNumber: z.string(),
  SmsSdkAppId: z.string(),
});

const keysOf = ({ inputs }: VectorFixture) => credentials.parse(inputs.credentials);
const bodyOf = ({ request }: VectorFixture): unknown => JSON.parse(request.body ?? "null");

function accountOf(vector: VectorFixture, settings: Readonly<Record<string, string | undefined>>): CarrierAccount<unknown> {
  const { secretId, secretKey, token } = keysOf(vector);
  const given = Object.entries({ secret_id: secretId, region: lowerCased(vector.request.headers)["x-tc-region"], ...settings });
  return {
    base_url: new URL(vector.request.url).origin,
    settings: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    secrets: { secret_key: secretKey, ...(token ? { token } : {}) },
  };
}

function readSend(vector: VectorFixture): VectorReading {
  const { data, error } = message.safeParse(vector.inputs.message);
  if (!data) return { kind: "beyond", reason: `our contract has no such message: ${z.prettifyError(error)}` };
  const { SmsSdkAppId, TemplateId: code, SignName, TemplateParamSet: params, SessionContext, SenderId } = data;
  const account = accountOf(vector, { sdk_app_id: SmsSdkAppId, sign_name: SignName ?? "not used abroad", sender_id: SenderId });
  const abroad = data.PhoneNumberSet.some((number) => !number.startsWith("+86"));
  // Abroad the account's own signature is not sent, so a vector that has one means the template's.
  const template = { code, params, ...(abroad && SignName ? { sign_name: SignName } : {}) };
  const texts = data.PhoneNumberSet.map(
    (to, at): OutgoingText => ({
      channel: "sms",
      to,
      text: "what the template says",
      template,
      message: at === 0 && SessionContext ? SessionContext : `m${at}`,
    }),
  );
  const [text] = texts;
  if (text && texts.length === 1)
    return SessionContext ? { kind: "call", account, text } : { kind: "beyond", reason: "our call for one always names its message" };
  return { kind: "many", account, texts, leaves_out: ["SessionContext"] };
}

function readQuestion(vector: VectorFixture): VectorReading {
  const { data, error } = question.safeParse(bodyOf(vector));
  if (!data) return { kind: "beyond", reason: `our contract has no such question: ${z.prettifyError(error)}` };
  const account = accountOf(vector, { sdk_app_id: data.SmsSdkAppId, sign_name: "not used here" });
  // What it is asked about stands in the answer alone.
  const context = reports.safeParse(vector.response_given?.body).data?.Response.PullSmsSendStatusSet[0]?.SessionContext;
  const asked = { channel: "sms" as const, to: data.PhoneNumber, text: "", message: context || "m", since: data.BeginTime * 1000 };
  return { kind: "question", account, question: asked };
}

type Kind = Partial<CarrierAnswer>;
const refused = (because: "recipient" | "content" | "config" | "balance", ...codes: string[]) =>
  codes.map((code): [string, Kind] => [code, { kind: "refused", because }]);
const account = (because: "config" | "balance", ...codes: string[]) =>
  codes.map((code): [string, Kind] => [code, { kind: "refused", because, account: true }]);

/** Written apart from the adapter's table, after the vendor's list of codes, so that the two check one another. */
export const EXPECTED_BY_CODE: ReadonlyMap<string, Kind> = new Map([
  ...["RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded", "RequestLimitExceeded.IPLimitExceeded"].map(
    (code): [string, Kind] => [code, { kind: "throttled" }],
  ),
  ...[
    "InternalError",
    "InternalError.Timeout",
    "InternalError.OtherError",
    "InternalError.SendAndRecvFail",
    "InternalError.UnknownError",
  ].map((code): [string, Kind] => [code, { kind: "unclear" }]),
  ...refused("recipient", "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist"),
  ...refused("content", "FailedOperation.ContainSensitiveWord", "InvalidParameterValue.ContentLengthLimit"),
  ...refused("content", "FailedOperation.MarketingSendTimeConstraint", "InvalidParameter.DirtyWordFound", "MissingParameter"),
  ...refused("config", "FailedOperation.SignatureIncorrectOrUnapproved", "FailedOperation.TemplateIncorrectOrUnapproved"),
  ...refused("config", "FailedOperation.TemplateUnapprovedOrNotExist", "UnsupportedOperation.UnsuportedRegion"),
  ...refused("config", "LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberOneHourLimit"),
  ...refused("config", "LimitExceeded.PhoneNumberThirtySecondLimit", "LimitExceeded.PhoneNumberSameContentDailyLimit"),
  ...refused("config", "LimitExceeded.DeliveryFrequencyLimit", "LimitExceeded.DailyLimit"),
  ...account("balance", "FailedOperation.InsufficientBalanceInSmsPackage", "UnauthorizedOperation.SerivceSuspendDueToArrears"),
  ...account("balance", "LimitExceeded.AppDailyLimit"),
  ...account("config", "AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire", "AuthFailure.SecretIdNotFound"),
  ...account("config", "AuthFailure.TokenFailure", "InvalidParameterValue.SdkAppIdNotExist"),
  ...account("config", "UnauthorizedOperation.SmsSdkAppIdVerifyFail", "UnauthorizedOperation.RequestIpNotInWhitelist"),
  ...account("config", "UnauthorizedOperation.SdkAppIdIsDisabled", "UnauthorizedOperation.RequestPermissionDeny"),
]);

/** Of codes that are not listed, by what stands in front of the dot. */
const EXPECTED_BY_FAMILY: Readonly<Record<string, Kind>> = {
  InternalError: { kind: "unclear" },
  RequestLimitExceeded: { kind: "throttled" },
  AuthFailure: { kind: "refused", because: "config", account: true },
  UnauthorizedOperation: { kind: "refused", because: "config", account: true },
};

function expectedOfCode(code: string): Kind {
  return { ...(EXPECTED_BY_CODE.get(code) ?? EXPECTED_BY_FAMILY[code.split(".")[0] ?? ""] ?? { kind: "refused" }), code };
}

const sent = z.object({
  SendStatusSet: z.array(z.object({ SerialNo: z.string(), PhoneNumber: z.string(), Fee: z.number(), Code: z.string() })),
});

const reported = z.object({
  SerialNo: z.string(),
  ReportStatus: z.enum(["SUCCESS", "FAIL"]),
  UserReceiveTime: z.number(),
  SessionContext: z.string().optional(),
});
const reports = z.object({ Response: z.object({ PullSmsSendStatusSet: z.array(reported) }) });

/** As the SDK tells it: what it returned for this number, else what it threw for the call. */
function expectedFor({ sdk_outcome }: VectorFixture, number: string): Kind {
  const threw = sdk_outcome?.threw?.code;
  if (threw) return expectedOfCode(String(threw));
  const status = sent.safeParse(sdk_outcome?.returned).data?.SendStatusSet.find(({ PhoneNumber }) => PhoneNumber === number);
  if (!status) return { kind: "unclear" };
  if (status.Code !== "Ok") return expectedOfCode(status.Code);
  return { kind: "taken", reference: status.SerialNo, segments: status.Fee };
}

const numbersOf = ({ inputs }: VectorFixture) => message.parse(inputs.message).PhoneNumberSet;

const receipt = z.object({ sid: z.string(), report_status: z.enum(["SUCCESS", "FAIL"]), errmsg: z.string() });

export const tencentConformance: CarrierTranslation = {
  carrier: "tencent",
  headers: ["content-type", "x-tc-action", "x-tc-version", "x-tc-region", "x-tc-timestamp", "x-tc-token"],

  readVector(vector) {
    const { sdk_call } = vector.inputs;
    if (sdk_call === "SendSms") return readSend(vector);
    if (sdk_call === "PullSmsSendStatusByPhoneNumber") return readQuestion(vector);
    return { kind: "beyond", reason: `our contract has no ${sdk_call ?? "such"} call` };
  },

  expectedAnswer: (vector) => expectedFor(vector, numbersOf(vector)[0] ?? ""),
  expectedAnswers: (vector) => numbersOf(vector).map((number) => expectedFor(vector, number)),

  expectedFinding({ sdk_outcome, response_given }) {
    if (sdk_outcome?.threw) return { kind: "unanswered", code: String(sdk_outcome.threw.code) };
    // The question is about the first one: by its context where it has one, else it must be the only one without.
    const shown = reports.parse(response_given?.body).Response.PullSmsSendStatusSet;
    const [only, ...others] = shown.filter(({ SessionContext }) => (SessionContext ?? "") === (shown[0]?.SessionContext ?? ""));
    if (!only || others.some(({ SerialNo }) => SerialNo !== only.SerialNo)) return { kind: "absent" };
    const status = only.ReportStatus === "SUCCESS" ? "delivered" : "undelivered";
    const found = { reference: only.SerialNo, status, at: only.UserReceiveTime * 1000 } as const;
    return { kind: "found", receipt: found };
  },

  async resign(vector) {
    const { secretId: secret_id, secretKey: secret_key } = keysOf(vector);
    const headers = lowerCased(vector.request.headers);
    const value = await signTc3({
      secret_id,
      secret_key,
      service: "sms",
      host: new URL(vector.request.url).hostname,
      content_type: headers["content-type"] ?? "",
      body: vector.request.body ?? "",
      timestamp: Number(headers["x-tc-timestamp"]),
    });
    return { header: "authorization", value };
  },

  accountOf: () => ({
    base_url: "https://sms.tencentcloudapi.com",
    settings: { secret_id: "AKIDfakeSecretId00000000000000001", sdk_app_id: "1400006666", sign_name: "测试签名" },
    secrets: { secret_key: "fakeSecretKey00000000000000000001" },
  }),

  expectedReceipts({ request }) {
    const items = z.array(receipt).safeParse(JSON.parse(request.body ?? "null")).data;
    return items?.map(({ sid, report_status, errmsg }) =>
      report_status === "SUCCESS" ? { reference: sid, status: "delivered" } : { reference: sid, status: "undelivered", code: errmsg },
    );
  },
};
