/** 3GPP TS 23.038, 6.2.1: the default alphabet, one septet each. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** 3GPP TS 23.038, 6.2.1.1: the extension table, an escape septet before each. */
const EXTENDED = new Set("\f^{}\\[~]|€");

/** How much fits a message of one segment, and a segment that carries a concatenation header. */
const GSM_7 = { single: 160, part: 153 };
const UCS_2 = { single: 70, part: 67 };

/**
 * Number of SMS segments that the text takes. One character outside GSM-7 turns the whole text to UCS-2.
 * Neither an escape pair nor a surrogate pair is split between two segments, so a pair that does not fit
 * any more leaves one unit empty.
 */
export function countSegments(text: string): number {
  const characters = [...text];
  const gsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const widths = characters.map((character) => (gsm ? (EXTENDED.has(character) ? 2 : 1) : character.length));
  const { single, part } = gsm ? GSM_7 : UCS_2;
  if (widths.reduce((sum, width) => sum + width, 0) <= single) return 1;

  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}

/** As vendors of mainland China bill it: every character counts as one of UCS-2, Latin ones and the sign among them. */
export function countWideSegments(text: string): number {
  return text.length <= UCS_2.single ? 1 : Math.ceil(text.length / UCS_2.part);
}
