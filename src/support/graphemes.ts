/** Cuts texts into characters as people see them. */
export const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
/** Texts of these characters alone have one grapheme in each unit; a CR before an LF is the only exception in ASCII. */
const PLAIN = /^[\x20-\x7e\u3000-\u3029\u3030-\u303f\u4e00-\u9fff\uff01-\uff60]*$/;

/** The characters of a text as people see them. */
export function graphemesOf(text: string): readonly string[] {
  return PLAIN.test(text) ? text.split("") : Array.from(segmenter.segment(text), ({ segment }) => segment);
}
