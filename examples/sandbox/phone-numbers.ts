/** Mainland China's mobile numbers, which both vendors take with `+86`, `86`, `0086` or without any country. */
const MAINLAND = /^(?:\+86|0086|86)(1[3-9]\d{9})$/;
/**
 * Without a country only prefixes in use there count, so that 14155550123 is a number of the United States. Some of that
 * country's are still taken for Chinese ones, such as 13105550123: the vendors tell them apart by the template's kind.
 */
const MAINLAND_BARE = /^(1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8})$/;
/** Country and number, 7 to 15 digits (ITU-T E.164). */
const ABROAD = /^\+?([1-9]\d{6,14})$/;
/** Country codes have one digit, two of these, or three (ITU-T E.164, list of assigned codes). */
const COUNTRY = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** E.164, or undefined where it is no number. @param text as a caller of Alibaba or Tencent may write it. */
export function readNumber(text: string): string | undefined {
  const mainland = (MAINLAND.exec(text) ?? MAINLAND_BARE.exec(text))?.[1];
  if (mainland !== undefined) return `+86${mainland}`;
  const abroad = ABROAD.exec(text)?.[1];
  // With the country written out, +86 and anything but a mobile number is wrong rather than foreign.
  return abroad === undefined || /^\+?86/.test(text) ? undefined : `+${abroad}`;
}

export const isMainland = (handset: string) => handset.startsWith("+86");

/** Country code and the number without it. @param handset E.164 */
export function splitNumber(handset: string): { country: string; number: string } {
  const digits = handset.slice(1);
  const country = COUNTRY.exec(digits)?.[1] ?? "";
  return { country, number: digits.slice(country.length) };
}
