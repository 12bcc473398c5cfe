import type { CarrierName, Channel } from "./call.ts";

/** How a vendor behaves where the book must know it; its words are in its wire. */
export interface Traits {
  /** Codes of what the book itself finds; undefined where the vendor has no such thing. */
  codes: {
    throttled: number | string;
    nonce_used?: string;
    /** The number has said no. */
    opted_out?: number | string;
    sign?: string;
    template?: string;
    params?: string;
  };
  /** Codes of the receipt of a message that does not arrive. */
  undelivered: Record<Channel, number | string> & { opted_out?: string };
  /** A refusal that is told for one number beside others that are taken; any other refuses the whole call. */
  refusesNumber(code: number | string): boolean;
  /** Whether receipts tell `sent` before the final state. */
  tells_sent: boolean;
  /** Before each further try to post a receipt, in units of `retry_ms`. */
  pauses: readonly number[];
}

export const TRAITS: Record<CarrierName, Traits> = {
  twilio: {
    codes: { throttled: 20429, opted_out: 21610 },
    undelivered: { sms: 30003, rcs: 30003 },
    refusesNumber: () => false,
    tells_sent: true,
    pauses: [1, 2, 4, 8],
  },
  /** Codes: help.aliyun.com/document_detail/101346.html; a number that opted out is only told by the receipt. */
  alibaba: {
    codes: {
      throttled: "Throttling.User",
      nonce_used: "SignatureNonceUsed",
      sign: "isv.SMS_SIGNATURE_ILLEGAL",
      template: "isv.SMS_TEMPLATE_ILLEGAL",
      params: "isv.TEMPLATE_MISSING_PARAMETERS",
    },
    undelivered: { sms: "MOBILE_NOT_ON_SERVICE", rcs: "MOBILE_NOT_ON_SERVICE", opted_out: "USER_REJECT" },
    refusesNumber: () => false,
    tells_sent: false,
    // The vendor's are 1, 5 and 10 minutes.
    pauses: [1, 5, 10],
  },
  /** Codes: cloud.tencent.com/document/api/382/59177. Those of API 3.0 at large, such as AuthFailure, are the call's. */
  tencent: {
    codes: {
      throttled: "RequestLimitExceeded",
      opted_out: "FailedOperation.PhoneNumberInBlacklist",
      sign: "FailedOperation.SignatureIncorrectOrUnapproved",
      template: "FailedOperation.TemplateUnapprovedOrNotExist",
      params: "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
    },
    undelivered: { sms: "MK:0001", rcs: "MK:0001" },
    refusesNumber: (code) =>
      /^(FailedOperation|InvalidParameterValue|LimitExceeded|UnsupportedOperation|InternalError)\./.test(String(code)),
    tells_sent: false,
    pauses: [1, 2, 4, 8],
  },
};
