import type { SegmentCount, SegmentRule } from "../../vocabulary/content.ts";

/** What fits an SMS that stands alone, and a part of a longer one, whose header takes the rest. 3GPP TS 23.040, 9.2.3.24.1. */
export const GSM_SINGLE_SEPTETS = 160;
export const GSM_PART_SEPTETS = 153;
export const UCS2_SINGLE_UNITS = 70;
export const UCS2_PART_UNITS = 67;
/** Carriers of mainland China take no longer text, signature included; `countSegments` counts it all the same. */
export const MAINLAND_MAX_UNITS = 500;

/** The default alphabet, one septet each, and the extension table, an escape septet before each. 3GPP TS 23.038, 6.2.1 and 6.2.1.1. */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";

/** Septets by UTF-16 unit; 0 is outside the alphabet, and so is what lies behind the last one, the euro sign. */
const SEPTETS = new Uint8Array(0x20ad);
for (const character of BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) SEPTETS[character.charCodeAt(0)] = 2;

/** Numbers of mainland China are counted as its carriers bill, all others by the standard; so is a number of no known country. */
export function ruleFor(country: string | undefined): SegmentRule {
  return country === "CN" ? "mainland" : "gsm";
}

/** Septets that the text takes in GSM-7; infinitely many where a character is outside it. */
export function septetsOf(text: string): number {
  let septets = 0;
  for (let at = 0; at < text.length; at++) {
    const width = SEPTETS[text.charCodeAt(at)];
    if (!width) return Number.POSITIVE_INFINITY;
    septets += width;
  }
  return septets;
}

/** Whether all of the text is in GSM-7, its extension table among it; an empty text is. */
export function isGsm(text: string): boolean {
  return septetsOf(text) !== Number.POSITIVE_INFINITY;
}

/**
 * What the text takes. `gsm`: one character outside GSM-7 turns the whole text to UCS-2, and what cannot be split goes whole into
 * the next part. `mainland`: every UTF-16 unit counts one and the sum alone is billed.
 */
export function countSegments(text: string, rule: SegmentRule): SegmentCount {
  if (rule === "mainland") {
    const segments = text.length <= UCS2_SINGLE_UNITS ? 1 : Math.ceil(text.length / UCS2_PART_UNITS);
    return { rule, encoding: "UCS-2", units: text.length, segments };
  }
  const septets = septetsOf(text);
  if (septets <= GSM_SINGLE_SEPTETS) return { rule, encoding: "GSM-7", units: septets, segments: 1 };
  const gsm = septets !== Number.POSITIVE_INFINITY;
  let segments = 0;
  for (let at = 0; at < text.length; segments++) at = endOfPart(text, at, gsm);
  if (gsm) return { rule, encoding: "GSM-7", units: septets, segments };
  return { rule, encoding: "UCS-2", units: text.length, segments: text.length <= UCS2_SINGLE_UNITS ? 1 : segments };
}

/**
 * The texts of the parts; joined they are the text. Neither an escape pair nor a surrogate pair is split. By `gsm` there are as many
 * as `countSegments` says. By `mainland` there may be more: the bill is by the sum of units, but where a surrogate pair lies across the
 * end of a part, the part stays one unit short. So there are never fewer parts than segments, and as many where no pair lies so.
 */
export function partsOf(text: string, rule: SegmentRule): string[] {
  const septets = rule === "mainland" ? Number.POSITIVE_INFINITY : septetsOf(text);
  const gsm = septets !== Number.POSITIVE_INFINITY;
  if (gsm ? septets <= GSM_SINGLE_SEPTETS : text.length <= UCS2_SINGLE_UNITS) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at, gsm);
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

/** Where the part that begins at `from` ends; it always takes something. */
function endOfPart(text: string, from: number, gsm: boolean): number {
  if (!gsm) {
    const end = from + UCS2_PART_UNITS;
    if (end >= text.length) return text.length;
    return isPair(text, end - 1) ? end - 1 : end;
  }
  let left = GSM_PART_SEPTETS;
  let end = from;
  for (; end < text.length; end++) {
    left -= SEPTETS[text.charCodeAt(end)] ?? 0;
    if (left < 0) break;
  }
  return end;
}

/** Whether one code point stands at `at` and the unit behind it; half a pair alone may be split off like any character. */
function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
