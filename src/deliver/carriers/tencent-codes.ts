import type { VendorMeaning } from "./vendor-meaning.ts";

/**
 * What a code not listed means, whose family is not listed either. `content` ends this one message: `config` and `balance` would
 * close the carrier and `recipient` would blame the number for something that nobody has understood.
 */
const UNKNOWN: VendorMeaning = "content";

/**
 * What a code of the API 3.0 means, of the whole call or of one number
 * (https://cloud.tencent.com/document/api/382/59177, https://cloud.tencent.com/document/api/382/52075).
 */
export function meaningOf(code: string): VendorMeaning {
  return MEANING_OF_CODE.get(code) ?? MEANING_OF_FAMILY.get(code.replace(/\..*$/s, "")) ?? UNKNOWN;
}

/** By the part in front of the dot, for codes that are not listed themselves. */
const MEANING_OF_FAMILY: ReadonlyMap<string, VendorMeaning> = new Map([
  ["AuthFailure", "account"], // wrong or expired keys, token or signature, or a clock that is five minutes off
  ["UnauthorizedOperation", "account"],
  ["RequestLimitExceeded", "throttled"], // calls a second, of the account, an address or all together
  // What happened inside Tencent proves nothing, even where the name of the code sounds like a refusal.
  ["InternalError", "unclear"],
  ["LimitExceeded", "config"],
  ["UnsupportedOperation", "config"],
]);

/**
 * Each row is what the vendor's table says.
 *
 * Limits for one number (LimitExceeded.PhoneNumber…, DeliveryFrequencyLimit) are `config`: the account's own console sets them,
 * they say nothing of the carrier's health (as `throttled` would) nor of the number (as `recipient` would), and another carrier may
 * still take the message. How much a person hears is the business of our caps.
 */
export const MEANING_OF_CODE: ReadonlyMap<string, VendorMeaning> = new Map([
  ["LimitExceeded.PhoneNumberDailyLimit", "config"], // one number, one day
  ["LimitExceeded.PhoneNumberOneHourLimit", "config"],
  ["LimitExceeded.PhoneNumberThirtySecondLimit", "config"],
  ["LimitExceeded.PhoneNumberSameContentDailyLimit", "config"],
  ["LimitExceeded.DeliveryFrequencyLimit", "config"], // a rule of frequency set in the console
  ["LimitExceeded.PhoneNumberCountLimit", "config"], // more than 200 numbers in a call
  ["LimitExceeded.DailyLimit", "config"], // messages abroad in one day; those of the mainland still go
  ["LimitExceeded.AppDailyLimit", "balance"], // messages of the application in one day: an allowance that is used up
  ["FailedOperation.InsufficientBalanceInSmsPackage", "balance"], // the packages are used up
  ["UnauthorizedOperation.SerivceSuspendDueToArrears", "balance"], // stopped because of arrears; spelled so by the vendor
  ["InvalidParameterValue.IncorrectPhoneNumber", "recipient"], // wrong form of number
  ["FailedOperation.PhoneNumberInBlacklist", "recipient"], // the person unsubscribed, or the operator blocks the number
  ["FailedOperation.ContainSensitiveWord", "content"],
  ["InvalidParameter.DirtyWordFound", "content"],
  ["InvalidParameterValue.TemplateWithDirtyWords", "content"],
  ["InvalidParameterValue.ContentLengthLimit", "content"],
  ["FailedOperation.MarketingSendTimeConstraint", "content"], // marketing from 8 to 22 only: no other carrier may be used to get round it
  ["FailedOperation.SignatureIncorrectOrUnapproved", "config"],
  ["FailedOperation.TemplateIncorrectOrUnapproved", "config"],
  ["FailedOperation.TemplateUnapprovedOrNotExist", "config"],
  ["FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "config"],
  ["FailedOperation.MissingSignature", "config"],
  ["FailedOperation.MissingSignatureList", "config"],
  ["FailedOperation.MissingTemplateList", "config"],
  ["InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "config"], // rules of this carrier's templates, not of the words
  ["InvalidParameterValue.TemplateParameterFormatError", "config"], // a code's template takes up to six digits
  ["InvalidParameterValue.TemplateParameterLengthLimit", "config"], // twelve characters, for accounts of individuals
  ["UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny", "config"], // marketing only
  ["UnsupportedOperation.UnsuportedRegion", "config"], // no messages to that country; spelled so by the vendor
  ["UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", "config"],
  ["InvalidParameterValue.SdkAppIdNotExist", "account"],
  ["InvalidParameter.AppidAndBizId", "account"], // the application belongs to another account
  ["IpInBlacklist", "account"],
  ["IpNotInWhitelist", "account"],
  ["ActionOffline", "account"], // the API itself, or the region set, is not there: nothing gets through
  ["InvalidAction", "account"],
  ["NoSuchProduct", "account"],
  ["NoSuchVersion", "account"],
  ["UnsupportedProtocol", "account"],
  ["UnsupportedRegion", "account"],
  ["ResponseSizeLimitExceeded", "unclear"], // the answer was too large, so the call was carried out
  ["ReturnValueTooLarge", "unclear"],
]);
