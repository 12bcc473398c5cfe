import type { SegmentRule } from "../vocabulary/content.ts";
import type { SmsTemplate } from "../vocabulary/words.ts";
import { worstOf } from "./check-segments.ts";
import { boundOfWords, type MeasuredNotice } from "./notice-bounds.ts";
import type { Worst } from "./preview.ts";
import type { Leaf } from "./read-words.ts";

/** An SMS, and what it is measured by. */
export interface MeasuredSms {
  readonly measured: MeasuredNotice;
  readonly template: SmsTemplate;
  /** Whose words. */
  readonly locale: string;
  readonly rule: SegmentRule;
  readonly path: readonly PropertyKey[];
}

/** `faults`: why there is no worst case, and what would be refused when the catalog is published. */
export interface Measurement {
  readonly worst?: Worst;
  readonly faults: readonly string[];
}

/** The most that an SMS can take, as publishing measures it: of the whole and the short form the longer one. */
export function previewWorst(sms: MeasuredSms): Measurement {
  const words = sms.template.texts.get(sms.locale);
  if (!words) return { faults: [] };
  const whole = measureForm(words.text, false, sms);
  const short = "short" in words ? words.short : undefined;
  if (short === undefined) return whole;
  const other = measureForm(short, true, sms);
  const faults = [...whole.faults, ...other.faults.map((fault) => `short ${fault}`)];
  if (!whole.worst || !other.worst) return { faults };
  return { worst: isLonger(other.worst, whole.worst) ? other.worst : whole.worst, faults };
}

function isLonger(one: Worst, other: Worst): boolean {
  return one.segments > other.segments || (one.segments === other.segments && one.units > other.units);
}

function measureForm(text: string, short: boolean, { measured, template, locale, rule, path }: MeasuredSms): Measurement {
  const leaf: Leaf = { channel: "sms", locale, name: short ? "short" : "text", path, text, form: "text", short };
  const { faults, bound, unbounded } = boundOfWords(measured, text, leaf);
  if (!bound) return { faults: unbounded ? [...faults, `has no worst case: ${unbounded.variable} ${unbounded.why}`] : faults };
  const { text: whole, worst } = worstOf(bound, leaf, template, rule, measured);
  const { segments, units, blame } = worst;
  return { worst: { segments, units, longest: whole.longest, ...(blame === undefined ? {} : { blame }) }, faults };
}
