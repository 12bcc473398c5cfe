import type { SegmentCount, SegmentRule } from "../../vocabulary/content.ts";
import { countSegments, GSM_PART_SEPTETS, GSM_SINGLE_SEPTETS, UCS2_PART_UNITS, UCS2_SINGLE_UNITS } from "../sms/count-segments.ts";
import { blameOf, type Narrow, type TextBound, type Wide, widened } from "./text-bound.ts";

/** `blame`: the variable that adds most to it; none where the words alone make the text. */
export interface WorstCase extends SegmentCount {
  readonly blame?: string;
}

/** What the worst text of a set takes; no text of it takes more segments. */
export function worstCase(bound: TextBound, rule: SegmentRule): WorstCase {
  if (bound.exact !== undefined) return countSegments(bound.exact, rule);
  if (rule === "mainland") return blamed(mainland(widened(bound)), widened(bound));
  const { narrow, wide } = bound;
  const inGsm = narrow && blamed(gsm(narrow), narrow);
  const inUcs2 = wide && blamed(ucs2(wide), wide);
  if (!inGsm || !inUcs2) return inGsm ?? inUcs2 ?? countSegments("", rule);
  return inGsm.segments > inUcs2.segments ? inGsm : inUcs2;
}

function blamed(count: SegmentCount, { shares }: Narrow | Wide): WorstCase {
  const blame = blameOf(shares);
  return blame === undefined ? count : { ...count, blame };
}

/** The sum of units alone is billed; a pair may lie across the end of a part. */
function mainland({ units }: Wide): SegmentCount {
  const segments = units <= UCS2_SINGLE_UNITS ? 1 : Math.ceil(units / UCS2_PART_UNITS);
  return { rule: "mainland", encoding: "UCS-2", units, segments };
}

function gsm({ septets, escapes }: Narrow): SegmentCount {
  const segments = septets <= GSM_SINGLE_SEPTETS ? 1 : parts(septets, escapes, GSM_PART_SEPTETS);
  return { rule: "gsm", encoding: "GSM-7", units: septets, segments };
}

function ucs2({ units, pairs }: Wide): SegmentCount {
  const segments = units <= UCS2_SINGLE_UNITS ? 1 : parts(units, Math.floor(pairs), UCS2_PART_UNITS);
  return { rule: "gsm", encoding: "UCS-2", units, segments };
}

/**
 * Where something of two cannot be split, a part that is not the last may stay one short, each time for another such pair. So k parts
 * need more than (k − 1) · capacity − min(k − 1, pairs) in all.
 */
function parts(size: number, pairs: number, capacity: number): number {
  return Math.min(Math.ceil(size / (capacity - 1)), Math.ceil((size + pairs) / capacity));
}
