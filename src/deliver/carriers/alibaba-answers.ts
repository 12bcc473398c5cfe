import * as z from "zod";
import type { OutgoingResult } from "../../support/outgoing.ts";
import { parseJson } from "../../support/parse-json.ts";
import type { CarrierAnswer } from "../../vocabulary/carrier.ts";
import { answerOf, type VendorMeaning } from "./vendor-meaning.ts";

/**
 * HTTP 200 is no success: `Code` decides, and what is not OK is a refusal (https://help.aliyun.com/document_detail/101346.html). A
 * code outranks the HTTP status, which says little here: what is too fast comes as a 400.
 */
export function readAnswer(result: OutgoingResult): CarrierAnswer {
  if (result.kind !== "answered") return result;
  const { status, headers, body } = result;
  const { Code, Message, BizId, Success } = parseJson(answerBody, body) ?? {};
  const isDone = status >= 200 && status < 300;
  // What was neither done nor refused may have been carried out: a redirect is not the vendor's, a 408 says nothing.
  if ((!isDone && status < 400) || status === 408) return { kind: "unclear", code: String(status) };
  if (!Code) return answerOf(isDone ? "unclear" : meaningOfStatus(status), String(status));
  if (Code !== "OK") return withPause(answerOf(meaningOf(Code) ?? (isDone ? UNKNOWN : meaningOfStatus(status)), Code, Message), headers);
  if (!isDone || Success === false) return answerOf("unclear", String(status), Message);
  return { kind: "taken", ...(BizId ? { reference: BizId } : {}) };
}

/** In milliseconds, as Alibaba's own library reads it (@alicloud/openapi-core, ThrottlingError). */
function withPause(answer: CarrierAnswer, headers: Headers): CarrierAnswer {
  const pause = headers.get("x-acs-retry-after")?.trim() ?? "";
  return answer.kind === "throttled" && /^\d{1,9}$/.test(pause) ? { ...answer, retry_after_seconds: Number(pause) / 1000 } : answer;
}

/**
 * Whether the refusal of a call for several may be meant for one number or its values, which the answer does not tell: then the
 * others must not be refused with it.
 */
export function blamesOne(answer: CarrierAnswer): boolean {
  if (answer.kind !== "refused" || answer.account) return false;
  return answer.because !== "config" || OF_ONE.has(answer.code ?? "");
}

/** What a code means; undefined where neither it nor its family is known. */
function meaningOf(code: string): VendorMeaning | undefined {
  if (code.includes("Throttling")) return "throttled"; // so does Alibaba's own library
  return MEANING_OF_CODE.get(code) ?? MEANING_OF_FAMILY.get(code.replace(/\..*$/s, ""));
}

/** Of a refusal without a code that is known. */
function meaningOfStatus(status: number): VendorMeaning {
  if (status === 429) return "throttled";
  return [401, 403, 404].includes(status) ? "account" : UNKNOWN;
}

const optionalText = z.string().optional().catch(undefined);

/** The part of an answer that is read. Only a missing Code makes it unreadable: a message that was taken is never sent again. */
const answerBody = z.object({
  Code: optionalText,
  Message: optionalText,
  BizId: z.string().min(1).max(128).optional().catch(undefined),
  /** SendRCS only. */
  Success: z.boolean().optional().catch(undefined),
});

/**
 * What a code not listed means, whose family is not listed either. `content` ends this one message: `config` and `balance` would
 * close the carrier and `recipient` would blame the number for something that nobody has understood.
 */
const UNKNOWN: VendorMeaning = "content";

/** By the part in front of the dot, for codes that are not listed themselves. */
const MEANING_OF_FAMILY: ReadonlyMap<string, VendorMeaning> = new Map([
  ["isp", "unclear"], // "isp" is the platform's own fault: what happened inside it proves nothing
  ["InternalError", "unclear"],
  ["ServiceUnavailable", "unclear"],
  ["InvalidAccessKeyId", "account"],
  ["InvalidSecurityToken", "account"],
  ["InvalidTimeStamp", "account"], // our clock is 15 minutes off, or the wrong zone's
  ["Forbidden", "account"],
  ["NoPermission", "account"],
]);

/**
 * Each row is what the vendor's page says (https://help.aliyun.com/document_detail/101346.html).
 *
 * BUSINESS_LIMIT_CONTROL counts by number ("not by platform": codes of other companies count too), by minute, hour or day. It is
 * `config`: the limit says nothing of the carrier's health, as `throttled` would, nor of the number, as `recipient` would, which
 * nobody could reach any more; another carrier may take the message at once, and waiting for a day is of no use. How much a person
 * hears is the business of our caps.
 *
 * Who unsubscribed from promotion (BLACK_KEY_CONTROL_LIMIT, CUSTOMER_REFUSED) is `content`: it ends this message at all carriers, and
 * a code for the same number still goes out, which `recipient` would stop.
 */
export const MEANING_OF_CODE: ReadonlyMap<string, VendorMeaning> = new Map([
  ["isv.MOBILE_NUMBER_ILLEGAL", "recipient"], // wrong form of number
  ["isv.SMS_CONTENT_ILLEGAL", "content"], // words that may not be sent
  ["isv.BLACK_KEY_CONTROL_LIMIT", "content"], // the number complained of or unsubscribed from promotion
  ["isv.CUSTOMER_REFUSED", "content"], // the person unsubscribed from promotion
  ["isv.BUSINESS_LIMIT_CONTROL", "config"], // limits for one number
  ["isv.PARAM_LENGTH_LIMIT", "config"], // a value is too long for this carrier's template
  ["isv.PARAM_NOT_SUPPORT_URL", "config"], // a value holds a link, which this carrier's templates do not take
  ["isv.UNSUPPORTED_CONTENT", "config"], // characters that this carrier does not send, such as emoji
  ["isv.TEMPLATE_PARAMS_ILLEGAL", "config"], // a value is not of the kind that the template was approved with
  ["isv.TEMPLATE_MISSING_PARAMETERS", "config"], // a variable of the template has no value
  ["isv.SMS_TEST_NUMBER_LIMIT", "config"], // test templates reach registered numbers only
  ["isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL", "config"], // test templates take four to six digits
  ["isv.SMS_TEST_SIGN_TEMPLATE_LIMIT", "config"], // test templates need the test signature
  ["isv.SMS_TEMPLATE_ILLEGAL", "config"], // no such template, not approved, or its variables differ
  ["isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", "config"], // promotion by a template for notices
  ["isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "config"], // a template for abroad, a number of the mainland
  ["isv.SMS_SIGNATURE_ILLEGAL", "config"], // no such signature, or not approved
  ["isv.SMS_SIGN_ILLEGAL", "config"], // the signature may not be used
  ["isv.SIGN_STATE_ILLEGAL", "config"], // the signature is "not available"
  ["isv.SIGN_NAME_ILLEGAL", "config"],
  ["isv.SIGN_SOURCE_ILLEGAL", "config"],
  ["isv.SMS_SIGN_EMOJI_ILLEGAL", "config"],
  ["isv.SMS_SIGNATURE_SCENE_ILLEGAL", "config"], // a signature for codes and a template for other things
  ["PORT_NOT_REGISTERED", "config"], // the signature is not registered with the operators yet
  ["isv.EXTEND_CODE_ERROR", "config"], // one extension for two signatures
  ["isv.ONE_CODE_MULTIPLE_SIGN", "config"],
  ["isv.CODE_EXCEED_LIMIT", "config"],
  ["isv.CODE_ERROR", "config"],
  ["isv.INVALID_PARAMETERS", "config"], // a parameter's form
  ["isv.INVALID_JSON_PARAM", "config"],
  ["isv.MOBILE_COUNT_OVER_LIMIT", "config"], // more numbers than one call takes
  ["InvalidAction.NotFound", "config"], // this endpoint has no such action; SendRCS is not everywhere
  ["InvalidVersion", "config"],
  ["isv.OUT_OF_SERVICE", "balance"], // stopped, nothing is left
  ["isv.AMOUNT_NOT_ENOUGH", "balance"],
  ["isv.DAY_LIMIT_CONTROL", "balance"], // the account's own allowance for the day, set in its console
  ["isv.MONTH_LIMIT_CONTROL", "balance"],
  ["isp.RAM_PERMISSION_DENY", "account"], // the key's user may not send
  ["isv.PRODUCT_UN_SUBSCRIPT", "account"], // the product is not opened
  ["isv.PRODUCT_UNSUBSCRIBE", "account"],
  ["isv.ACCOUNT_NOT_EXISTS", "account"],
  ["isv.ACCOUNT_ABNORMAL", "account"],
  ["isv.SECURITY_FROZEN_ACCOUNT", "account"], // frozen, as it was not used for long
  ["isv.DENY_IP_RANGE", "account"], // called from outside the mainland: a relay there must stand between (`base_url`)
  ["SignatureDoesNotMatch", "account"],
  ["IncompleteSignature", "account"],
  ["MissingAccessKeyId", "account"],
  // Each of our requests has a nonce of its own: the same request came twice on its way, and the first may have been carried out.
  ["SignatureNonceUsed", "unclear"],
]);

/** Of `config`, what may hold for one number of several only. The template and the signature are the same for all of a call. */
const OF_ONE: ReadonlySet<string> = new Set([
  "isv.BUSINESS_LIMIT_CONTROL",
  "isv.PARAM_LENGTH_LIMIT",
  "isv.PARAM_NOT_SUPPORT_URL",
  "isv.UNSUPPORTED_CONTENT",
  "isv.TEMPLATE_PARAMS_ILLEGAL",
  "isv.TEMPLATE_MISSING_PARAMETERS",
  "isv.SMS_TEST_NUMBER_LIMIT",
  "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL",
  "isv.INVALID_PARAMETERS",
]);
