import { concat, literal, type TemplateBound, type TextBound, type WorstCase, worstCase } from "../render/bounds/bound-template.ts";
import { cheaperTemplate } from "../render/bounds/cheaper-template.ts";
import { MAINLAND_MAX_UNITS } from "../render/sms/count-segments.ts";
import { signatureOf } from "../render/sms/sign-text.ts";
import { cut } from "../support/cut.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { SegmentRule } from "../vocabulary/content.ts";
import type { SmsTemplate } from "../vocabulary/words.ts";
import { adapterOf } from "./check-carriers.ts";
import { boundOfWords, declaredAs, type MeasuredNotice } from "./notice-bounds.ts";
import { optOutIn } from "./opt-out-of-words.ts";
import type { Leaf } from "./read-words.ts";
import { namesOf, type SmsRule } from "./sms-rules.ts";

/** So much of a worst text is shown: eight parts have no more. */
const SHOWN_MAX_UNITS = 540;

/** What is put around a text, and how much of it there may be. */
interface Around {
  readonly front: string;
  readonly behind: string;
}

/**
 * One text of an SMS that may become longer than it may be: than its `segments`, than the mainland takes, or than a carrier of its
 * routes does. Signature and opt-out are counted. Said is the first of these that fails, by the rule by which it is worst.
 */
export function lengthIssues(
  leaf: Leaf,
  { bound, unbounded }: TemplateBound,
  template: SmsTemplate,
  rules: readonly SmsRule[],
  measured: MeasuredNotice,
): Issue[] {
  const { segments } = template;
  if (!bound) {
    if (segments === undefined) return [];
    const { variable, why } = unbounded ?? { variable: "the text", why: "has no bound" };
    return [issueAt(leaf.path, `may have any length, and segments is ${segments}: ${variable} ${why}`)];
  }
  const cases = rules.map((one) => ({ ...one, ...worstOf(bound, leaf, template, one.rule, measured) }));
  const [worst] = cases.toSorted((a, b) => b.worst.segments - a.worst.segments);
  if (worst && segments !== undefined && worst.worst.segments > segments) {
    const says = `segments is ${segments}, and the worst text takes ${worst.worst.segments}: ${countOf(worst.worst)} by the ${worst.rule} rule (${namesOf(worst.routes)})`;
    return [issueAt(leaf.path, `${says}, ${shown(worst.text)}; ${blameOf(worst.worst, measured)}, or raise segments`)];
  }
  const mainland = cases.find(({ rule, units }) => rule === "mainland" && units > MAINLAND_MAX_UNITS);
  if (mainland) {
    const says = `may have ${mainland.units} characters, and carriers of the mainland take ${MAINLAND_MAX_UNITS} (${namesOf(mainland.routes)})`;
    return [issueAt(leaf.path, `${says}, ${shown(mainland.text)}; ${blameOf(mainland.worst, measured)}`)];
  }
  return carrierIssue(cases, leaf, measured);
}

interface Case extends SmsRule {
  /** The whole text as it is sent, and its units without a signature that the carrier adds itself. */
  readonly text: TextBound;
  readonly units: number;
  readonly bare: number;
  readonly worst: WorstCase;
}

/** The worst of a text by one rule, with signature and opt-out, in look-alikes where it is to be `smart`. */
export function worstOf(
  bound: TextBound,
  leaf: Leaf,
  template: SmsTemplate,
  rule: SegmentRule,
  measured: MeasuredNotice,
): Omit<Case, keyof SmsRule> {
  const around = aroundOf(leaf, rule, measured);
  const text = signed(bound, around);
  const cheaper = template.encoding === "smart" && rule === "gsm" ? cheaperOf(leaf, around, measured) : undefined;
  const counted = cheaper && worstCase(cheaper, rule).segments < worstCase(text, rule).segments ? cheaper : text;
  const unsigned = { front: "", behind: optOutIn(leaf, measured) };
  const bare = worstCase(signed(bound, unsigned), "mainland").units;
  return { text: counted, worst: worstCase(counted, rule), units: worstCase(text, "mainland").units, bare };
}

function signed(bound: TextBound, { front, behind }: Around): TextBound {
  return concat([literal(front), bound, literal(behind)]);
}

function aroundOf(leaf: Leaf, rule: SegmentRule, measured: MeasuredNotice): Around {
  const { brand } = measured.catalog;
  const signature = signatureOf(brand, leaf.locale, rule);
  const optOut = optOutIn(leaf, measured);
  return brand?.signature === "behind" ? { front: "", behind: optOut + signature } : { front: signature, behind: optOut };
}

/** The worst of the text with look-alikes in GSM-7, where all of it is then in GSM-7 whatever the data are: the smart text is no dearer. */
function cheaperOf({ text, locale, short }: Leaf, { front, behind }: Around, measured: MeasuredNotice): TextBound | undefined {
  const ends = { front: front === "" || /\s$/.test(front), behind: behind === "" || /^\s/.test(behind) };
  const cheaper = cheaperTemplate(text.trim(), ends);
  const { bound } = cheaper === undefined ? {} : boundOfWords(measured, cheaper, { locale, form: "text", short });
  const whole = bound && signed(bound, { front, behind });
  return whole?.wide === undefined ? whole : undefined;
}

/** Carriers that send the text itself take no longer ones. */
function carrierIssue(cases: readonly Case[], { path }: Leaf, measured: MeasuredNotice): Issue[] {
  const { catalog } = measured;
  for (const one of cases) {
    for (const place of one.routes) {
      const { carriers = [] } = catalog.routes?.[place] ?? {};
      for (const carrier of Array.isArray(carriers) ? carriers : Object.keys(carriers)) {
        const limits = adapterOf(catalog, carrier)?.limits;
        const units = limits?.adds_signature ? one.bare : one.units;
        if (!limits || limits.needs_template || units <= limits.text_max_units) continue;
        const says = `may have ${units} characters, and ${carrier} takes ${limits.text_max_units} (routes/${place})`;
        return [issueAt(path, `${says}, ${shown(one.text)}; ${blameOf(one.worst, measured)}`)];
      }
    }
  }
  return [];
}

function countOf({ rule, encoding, units }: WorstCase): string {
  if (rule === "mainland") return `${units} characters`;
  return encoding === "GSM-7" ? `${units} septets of GSM-7` : `${units} UTF-16 units in UCS-2`;
}

function shown({ longest }: TextBound): string {
  return `such as ${JSON.stringify(cut(longest, SHOWN_MAX_UNITS))}`;
}

function blameOf({ blame }: WorstCase, { variables }: MeasuredNotice): string {
  if (blame === undefined) return "shorten the words";
  return `${blame}${declaredAs(blame, variables)} adds most: lower its max, shorten the words`;
}
