/** Ways to judge a text that share nothing with what made it. */

/** 3GPP TS 23.038: the default alphabet and the extension table, written out by hand. */
const BASIC = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]$/u;
const EXTENDED = /^[\f^{}\\[~\]|€]$/u;

/** Segments of an SMS, part by part, a character at a time. */
export function segmentsOf(text: string, mainland: boolean): number {
  if (mainland) return text.length <= 70 ? 1 : Math.floor((text.length + 66) / 67);
  const characters = [...text];
  const gsm = characters.every((character) => BASIC.test(character) || EXTENDED.test(character));
  const sizes = characters.map((character) => (gsm ? (BASIC.test(character) ? 1 : 2) : character.length));
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sum <= (gsm ? 160 : 70)) return 1;
  const room = gsm ? 153 : 67;
  let parts = 1;
  let left = room;
  for (const size of sizes) {
    if (size > left) {
      parts++;
      left = room;
    }
    left -= size;
  }
  return parts;
}

/**
 * The tags of HTML and their attributes, by the states that a browser's tokenizer goes through (HTML, section 13.2.5): what text becomes
 * of values shows nowhere in it, unless a value leaves the text or the attribute in which it stands.
 */
export function skeletonOf(html: string): string {
  let found = "";
  let state: "text" | "tag" | "double" | "single" = "text";
  for (const character of html) {
    if (state === "text") {
      if (character === "<") state = "tag";
      if (character === "<") found += "<";
    } else if (state === "tag") {
      found += character;
      if (character === ">") state = "text";
      if (character === '"') state = "double";
      if (character === "'") state = "single";
    } else if (character === (state === "double" ? '"' : "'")) {
      found += character;
      state = "tag";
    }
  }
  return `${found}${state}`;
}

/** Whether the shown value is the whole value, or a beginning of it that cuts no grapheme, and an ellipsis. */
export function isWholeOrCut(shown: string, value: string, max: number): boolean {
  if (value.length <= max) return shown === value;
  const kept = shown.endsWith("…") ? shown.slice(0, -1) : shown.endsWith("...") ? shown.slice(0, -3) : shown;
  const ends = [...new Intl.Segmenter("und", { granularity: "grapheme" }).segment(value)].map(({ index }) => index);
  return shown.length <= max && kept !== shown && value.startsWith(kept) && ends.includes(kept.length);
}
