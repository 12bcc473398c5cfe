import { boundedCache } from "../../../support/bounded-cache.ts";

/** Formatters kept of each sort; one takes some ten thousand bytes and some ten microseconds to make. A shop needs a dozen. */
const KEPT = { entries: 128, characters: 8_192 };

/** By currency and locale, such as `CNY zh-CN`; a decimal one where the currency is empty. */
export const numberFormat = boundedCache(KEPT, (key) => {
  const [currency = "", locale = "en"] = key.split(" ");
  return currency === ""
    ? new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
    : new Intl.NumberFormat(locale, { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" });
});

export const pluralRules = boundedCache(KEPT, (locale) => new Intl.PluralRules(locale));

/** How a date or a time can be written: a length, the month and the day, or the day of the week alone. */
export const LENGTHS = ["short", "medium", "long", "full"] as const;
type Length = (typeof LENGTHS)[number];
export type DateStyle = `date ${Length}` | `time ${"short" | "medium"}` | `datetime ${Length}` | "month_day" | "weekday";

/** By style, zone and locale, joined by a bar. */
const dateFormat = boundedCache(KEPT, (key) => {
  const [style = "", timeZone = "UTC", locale = "en"] = key.split("|");
  return new Intl.DateTimeFormat(locale, { timeZone, ...optionsOf(style) });
});

function optionsOf(style: string): Intl.DateTimeFormatOptions {
  if (style === "month_day") return { month: "short", day: "numeric" };
  if (style === "weekday") return { weekday: "long" };
  const [what, given] = style.split(" ");
  const length = LENGTHS.find((name) => name === given) ?? "medium";
  if (what === "date") return { dateStyle: length };
  return what === "time" ? { timeStyle: length } : { dateStyle: length, timeStyle: "short" };
}

/** An instant (milliseconds) as the clocks of a zone show it and a locale writes it. */
export function writeDate(ms: number, style: DateStyle, zone: string, locale: string): string {
  return plainSpaces(dateFormat(`${style}|${zone}|${locale}`).format(ms));
}

const EXOTIC = /[\u00a0\u2000-\u200a\u202f\u205f\u3000\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Intl writes spaces that would make an SMS UCS-2, and marks of direction that not every handset hides: plain spaces, and none. */
export function plainSpaces(text: string): string {
  return EXOTIC.test(text) ? text.replace(SPACES, " ").replace(MARKS, "") : text;
}
