const MAINLAND = /^\+86(?=1\d{10}$)/;

/** A mobile number of mainland China; those of Hong Kong, Macau and Taiwan have country codes of their own and count as abroad. */
export const isMainlandMobile = (to: string): boolean => MAINLAND.test(to);

/**
 * As SendSms and SendBatchSms take it: "with or without a country code" on the mainland, country code and number without a plus
 * abroad. Mainland numbers keep their +86: eleven digits that begin with 1 may also be a number of North America.
 */
export const numberToSend = (to: string): string => (isMainlandMobile(to) ? to : to.replace(/^\+/, ""));

/** As SendRCS and QuerySendDetails take it: "an 11-digit phone number" on the mainland, else country code and number. */
export const bareNumber = (to: string): string => to.replace(MAINLAND, "").replace(/^\+/, "");

/**
 * E.164 of a number as reports have it: eleven digits of the mainland, or a country code in front, with or without + or 00. Undefined
 * where it is no number. Eleven digits are read as the mainland's, which is why numbers with +1 never share a call (`together`).
 */
export function e164Of(number: string): string | undefined {
  const digits = number.trim().replace(/^(\+|00)/, "");
  if (!/^\d{5,15}$/.test(digits)) return undefined;
  return digits === number.trim() && /^1[3-9]\d{9}$/.test(digits) ? `+86${digits}` : `+${digits}`;
}
