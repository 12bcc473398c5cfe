import {
  type CountryCode,
  getCountryCallingCode,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberFromString,
  parsePhoneNumberWithError,
} from "libphonenumber-js/core/es6";
import { phoneMetadata } from "./phone-metadata.ts";

/** A country with phone numbers by its ISO 3166 code; undefined where there is none. */
export function phoneCountryOf(code: string): CountryCode | undefined {
  return isCountry(code) ? code : undefined;
}

function isCountry(code: string): code is CountryCode {
  return Object.hasOwn(phoneMetadata.countries, code);
}

/** How numbers of a country begin, such as +86; undefined where it has none. */
export function prefixOfCountry(code: string): string | undefined {
  const country = phoneCountryOf(code);
  return country && `+${getCountryCallingCode(country, phoneMetadata)}`;
}

/** A phone number, of this country where it names none itself; a text that is none is undefined. */
export function parsePhoneNumber(text: string, country?: string): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, optionsFor(country), phoneMetadata);
}

/** The same, or why it is none, by the name that the library has for that. */
export function readPhoneNumber(text: string, country?: string): PhoneNumber | { readonly fault: string } {
  try {
    return parsePhoneNumberWithError(text, optionsFor(country), phoneMetadata);
  } catch (error) {
    if (error instanceof ParseError) return { fault: error.message };
    return { fault: "NOT_A_NUMBER" };
  }
}

function optionsFor(code: string | undefined) {
  const country = code === undefined ? undefined : phoneCountryOf(code);
  return { ...(country === undefined ? {} : { defaultCountry: country }), extract: false };
}
