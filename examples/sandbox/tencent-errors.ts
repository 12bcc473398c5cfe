import type { Words } from "./answer-call.ts";
import type { Refusal } from "./call.ts";

/** Sentences per code (cloud.tencent.com/document/api/382/38780, 59177); `{}` is where the offending value stands. */
const MESSAGES = new Map([
  ["AuthFailure.InvalidAuthorization", "The request header `Authorization` does not conform to Tencent Cloud standards."],
  ["AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that your SecretId is correct."],
  [
    "AuthFailure.SignatureExpire",
    "The provided credentials have expired: `X-TC-Timestamp` is more than five minutes from the server's time.",
  ],
  ["AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please check your signature is correct."],
  ["FailedOperation.InsufficientBalanceInSmsPackage", "insufficient balance in the SMS package"],
  ["FailedOperation.PhoneNumberInBlacklist", "the mobile number is in the blacklist"],
  ["FailedOperation.SignatureIncorrectOrUnapproved", "signature is incorrect or unapproved"],
  ["FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "request content does not match the template content"],
  ["FailedOperation.TemplateUnapprovedOrNotExist", "template is not approved or does not exist"],
  ["InvalidAction", "The action `{}` does not exist."],
  ["InvalidParameter", "The parameters are not well formed: {}"],
  ["InvalidParameterValue.IncorrectPhoneNumber", "incorrect phone number"],
  ["InvalidParameterValue.SdkAppIdNotExist", "sdkAppId does not exist"],
  ["LimitExceeded.PhoneNumberCountLimit", "the number of phone numbers in one request exceeds the upper limit"],
  ["LimitExceeded.PhoneNumberDailyLimit", "the number of sms messages sent from a single mobile number every day exceeds the upper limit"],
  ["MissingParameter", "The request is missing the required parameter `{}`."],
  ["NoSuchVersion", "The API version `{}` does not exist."],
  ["RequestLimitExceeded", "Your current request times exceeds the frequency limit. Please reduce the frequency of calls."],
  ["UnauthorizedOperation.SmsSdkAppIdVerifyFail", "SmsSdkAppId does not belong to this account"],
  ["UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", "the phone numbers contain both mainland China and global numbers"],
]);

export function tencentMessage({ code, value = "" }: Refusal): string {
  return (MESSAGES.get(String(code)) ?? `refused by the sandbox with ${code}`).replace("{}", () => value);
}

/** Every answer of the API has status 200. */
export function tencentAnswer(fields: Record<string, unknown>): Response {
  return Response.json({ Response: { ...fields, RequestId: crypto.randomUUID() } });
}

export function tencentError(refusal: Refusal): Response {
  return tencentAnswer({ Error: { Code: String(refusal.code), Message: tencentMessage(refusal) } });
}

/** What is not status 200 comes from the gateway in front of the API, and is no JSON. */
export const tencentWords: Words = {
  refused: tencentError,
  broken: (status) => new Response(`<html>${status}</html>\n`, { status, headers: { "Content-Type": "text/html" } }),
};
