import type { Words } from "./answer-call.ts";
import type { Refusal } from "./call.ts";

/**
 * What the gateway refuses, with its status and sentence (help.aliyun.com/document_detail/101346.html); `{}` is where the
 * offending value stands. Every other code is the business's: its status is 200.
 */
const GATEWAY = new Map<string, readonly [status: number, message: string]>([
  ["IncompleteSignature", [400, "The request signature does not conform to Aliyun standards."]],
  ["InvalidAccessKeyId.NotFound", [404, "Specified access key is not found."]],
  ["InvalidAction.NotFound", [404, "Specified api is not found, please check your url and method."]],
  ["InvalidTimeStamp.Expired", [400, "Specified time stamp or date value is expired."]],
  ["InvalidTimeStamp.Format", [400, "Specified time stamp or date value is not well formatted."]],
  ["InvalidVersion", [400, "Specified parameter Version is not valid."]],
  ["MissingParameter", [400, "The input parameter {} that is mandatory for processing this request is not supplied."]],
  ["SignatureDoesNotMatch", [400, "Specified signature is not matched with our calculation."]],
  ["SignatureNonceUsed", [400, "Specified signature nonce was used already."]],
  ["Throttling.User", [400, "Request was denied due to user flow control."]],
  ["InternalError", [500, "The request processing has failed due to some unknown error."]],
  ["ServiceUnavailable", [503, "The request has failed due to a temporary failure of the server."]],
]);

/** The business's sentences, from the same page. */
const BUSINESS = new Map([
  ["isv.AMOUNT_NOT_ENOUGH", "账户余额不足"],
  ["isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10"],
  ["isv.DENY_IP_RANGE", "IP地址所在的地区被禁用"],
  ["isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值"],
  ["isv.INVALID_PARAMETERS", "参数格式不正确"],
  ["isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制"],
  ["isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误"],
  ["isv.OUT_OF_SERVICE", "业务停机"],
  ["isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"],
  ["isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"],
  ["isv.TEMPLATE_MISSING_PARAMETERS", "模板变量中存在未赋值变量"],
]);

export function alibabaAnswer(fields: Record<string, unknown>, init: ResponseInit = {}): Response {
  return Response.json({ ...fields, RequestId: crypto.randomUUID().toUpperCase() }, init);
}

/** How long to wait is told in milliseconds (@alicloud/openapi-core 1.0.8, ThrottlingError). */
export function alibabaError({ code, value = "", retry_after }: Refusal): Response {
  const Code = String(code);
  const [status, message] = GATEWAY.get(Code) ?? gatewayFamily(Code);
  const headers = new Headers(retry_after === undefined ? {} : { "x-acs-retry-after": String(retry_after * 1000) });
  return alibabaAnswer({ Code, Message: message.replace("{}", () => value) }, { status, headers });
}

/** `MissingPhoneNumbers` names what is missing; codes of a family that are not in the table go the way of the family. */
function gatewayFamily(code: string): readonly [status: number, message: string] {
  const missing = /^Missing([A-Z]\w+)$/.exec(code)?.[1];
  if (missing !== undefined) return [400, `${missing} is mandatory for this action.`];
  if (/^(isv|isp)\./.test(code)) return [200, BUSINESS.get(code) ?? `refused by the sandbox with ${code}`];
  if (/^(Forbidden|NoPermission)\b/.test(code)) return [403, `refused by the sandbox with ${code}`];
  return [/^InvalidAccessKeyId\b/.test(code) ? 404 : 400, `refused by the sandbox with ${code}`];
}

export const alibabaWords: Words = {
  refused: alibabaError,
  broken: (status) => alibabaError({ code: status === 500 ? "InternalError" : "ServiceUnavailable" }),
};
