import { segmenter } from "../../support/graphemes.ts";
import { isGsm } from "./count-segments.ts";

/**
 * The text in at most `maxUnits` UTF-16 units, no grapheme cut. What was shortened ends in … (or in three dots where the text is GSM-7
 * throughout, so that it stays so), with no white space before it. Where not even that fits, as many graphemes as do.
 */
export function shorten(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const ellipsis = isGsm(text) ? "..." : "…";
  if (maxUnits < ellipsis.length)
    return text.slice(
      0,
      endWithin(text, maxUnits, () => true),
    );
  return (
    text.slice(
      0,
      endWithin(text, maxUnits - ellipsis.length, (grapheme) => !/\s$/.test(grapheme)),
    ) + ellipsis
  );
}

/** Where the last grapheme ends that fits and that a text may end in. A boundary depends on what is before it and on one code point behind. */
function endWithin(text: string, max: number, mayEnd: (grapheme: string) => boolean): number {
  let end = 0;
  for (const { index, segment } of segmenter.segment(text.slice(0, Math.max(max, 0) + 2))) {
    if (index + segment.length > max) break;
    if (mayEnd(segment)) end = index + segment.length;
  }
  return end;
}
