import * as z from "zod";
import { readPhoneNumber } from "../support/phone-numbers.ts";
import type { Channel } from "../vocabulary/classes.ts";

export type ParsedAddress =
  | { readonly ok: true; readonly address: string; readonly country?: string }
  | { readonly ok: false; readonly why: string };

const WHY: Readonly<Record<string, string>> = {
  NOT_A_NUMBER: "is not a phone number",
  INVALID_COUNTRY: "has no known country code; write it as +<country><number>, or set defaults.country in the catalog",
  TOO_SHORT: "is too short for a phone number of its country",
  TOO_LONG: "is too long for a phone number of its country",
  INVALID_LENGTH: "has a length that no phone number of its country has",
};

/** An address in its one form: phone numbers as E.164 (numbers without a country belong to `country`), e-mail as it stands. */
export function parseAddress(channel: Channel, text: string, country: string | undefined): ParsedAddress {
  switch (channel) {
    case "sms":
    case "rcs":
      return parsePhone(text, country);
    case "email":
      return z.email().safeParse(text).success ? { ok: true, address: text } : { ok: false, why: "is not an e-mail address" };
    case "push":
    case "chat":
    case "inbox":
      return { ok: true, address: text };
  }
}

function parsePhone(text: string, country: string | undefined): ParsedAddress {
  // Full-width signs, as Chinese keyboards write them, are the same number.
  const number = readPhoneNumber(text.normalize("NFKC"), country);
  if ("fault" in number) return { ok: false, why: WHY[number.fault] ?? "is not a phone number" };
  if (number.ext !== undefined) return { ok: false, why: "has an extension; messages go to numbers without one" };
  if (!number.isPossible()) return { ok: false, why: "has a length that no phone number of its country has" };
  if (!number.isValid()) return { ok: false, why: "is not a number that its country gives out" };
  return { ok: true, address: number.number, ...(number.country === undefined ? {} : { country: number.country }) };
}
