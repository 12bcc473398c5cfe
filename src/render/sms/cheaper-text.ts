import type { SegmentRule } from "../../vocabulary/content.ts";
import { countSegments, isGsm } from "./count-segments.ts";

/**
 * What stands for a character outside GSM-7 and says the same. Letters are no look-alikes: an accent that GSM-7 lacks makes another
 * word, and a Cyrillic letter in a Latin word is a slip or a fraud, which is not mended in silence. Signs without a plain twin (°, ², ·,
 * →, №, ₽) stay too, and so do 【】, which are a signature.
 */
const PLAIN = new Map<string, string>();
function plain(characters: string, instead: string): void {
  for (const character of characters) PLAIN.set(character, instead);
}

plain("‘’‚‛′‵`´ʹʻʼʽˈˊˋ‹›❛❜", "'");
plain("“”„‟″‶ʺˮ«»❝❞〝〞〟", '"');
plain("‐‑‒–—―−⁃﹘", "-");
plain("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ");
plain("\v\u0085\u2028\u2029", "\n");
/** Breaks, joins and marks of direction that nobody sees in a text of GSM-7 alone. Overrides of direction are seen, and stay. */
plain("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff", "");
plain("⁄∕", "/");
plain("•‣◦●▪∗", "*");
plain("×", "x");
plain("∶", ":");
plain("¦", "|");
plain("˜∼", "~");
plain("⋯", "...");
plain("©", "(C)");
plain("®", "(R)");
plain("™", "(TM)");

/**
 * Other forms of plain characters, which Unicode itself calls compatible: full-width and small forms, ligatures, rows of dots and marks,
 * fractions, Roman numerals, letters of formulas. Raised digits are none of them: 10² is not 102.
 */
const COMPATIBLE =
  /[\u00bc-\u00be\u0132\u0133\u2024-\u2026\u2034\u2037\u203c\u2047-\u2049\u2057\u2150-\u215e\u2160-\u217f\u2189\ufb00-\ufb06\ufe50-\ufe6b\uff01-\uff5e\uffe1\uffe5\u{1d400}-\u{1d7ff}]/u;

/** GSM-7 holds the Greek capitals that no Latin one looks like; words of Greek capitals are written in it with these for the others. */
const GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
const GREEK_TWINS = "ABEZHIKMNOPTYX";

const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** An address of a page or a mailbox: another character would be another address. */
const LINK = /:\/\/|@|[\p{L}\p{N}]\.\p{L}/u;
const LINK_ITSELF = /[\p{L}\p{N}/](?:.*[\p{L}\p{N}/])?/su;

/** A text and how many segments fewer it takes than the text that it stands for. */
export interface SmartText {
  readonly text: string;
  readonly saved: number;
}

/** The text with look-alikes in GSM-7 where that takes fewer segments; else, and always by `mainland`, the text as it is. */
export function smartText(text: string, rule: SegmentRule): SmartText {
  if (rule === "mainland") return { text, saved: 0 };
  const cheaper = cheaperText(text);
  if (cheaper === text) return { text, saved: 0 };
  const saved = countSegments(text, rule).segments - countSegments(cheaper, rule).segments;
  return saved > 0 ? { text: cheaper, saved } : { text, saved: 0 };
}

/**
 * The text in GSM-7, where look-alikes make that of it without another segment; else the text as it is, since one character left
 * outside GSM-7 keeps the whole text outside. A text in GSM-7 is never changed.
 */
export function cheaperText(text: string): string {
  if (EAST_ASIAN.test(text) || isGsm(text)) return text;
  const cheaper = text.replace(/\S+|\s+/gu, (run) => (LINK.test(run) ? aroundLink(run) : inPlain(run)));
  if (!isGsm(cheaper)) return text;
  return countSegments(cheaper, "gsm").segments > countSegments(text, "gsm").segments ? text : cheaper;
}

/** Quotes and dashes around an address are none of it. */
function aroundLink(run: string): string {
  const [link = ""] = LINK_ITSELF.exec(run) ?? [];
  const at = run.indexOf(link);
  return inPlain(run.slice(0, at)) + link + inPlain(run.slice(at + link.length));
}

/** A letter and its accent, written as two characters, are first made the one that GSM-7 may have. */
function inPlain(run: string): string {
  const spaced = run
    .normalize("NFC")
    // 1½ is not 11/2.
    .replace(/(?<=[\p{Nd}¼-¾⅐-⅞↉])(?=[¼-¾⅐-⅞↉])|(?<=[¼-¾⅐-⅞↉])(?=\p{Nd})/gu, " ")
    // Without spaces the dash between two thoughts would join two words.
    .replace(/(?<=\p{L})[—―](?=\p{L})/gu, " - ")
    .replace(/\p{L}+/gu, (word) => (/^\p{Script=Greek}+$/u.test(word) ? Array.from(word, latinTwin).join("") : word));
  return Array.from(spaced, plainOf).join("");
}

function latinTwin(letter: string): string {
  return GREEK_TWINS[GREEK.indexOf(letter)] ?? letter;
}

function plainOf(character: string): string {
  if (isGsm(character)) return character;
  const known = PLAIN.get(character);
  if (known !== undefined || !COMPATIBLE.test(character)) return known ?? character;
  return Array.from(character.normalize("NFKC"), (part) => PLAIN.get(part) ?? part).join("");
}
