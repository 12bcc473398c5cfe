import { type CatalogWork, catalogWork } from "../render/bounds/bound-template.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { CHANNELS } from "../vocabulary/classes.ts";
import type { SmsTemplate } from "../vocabulary/words.ts";
import { declarationIssues, variantPath } from "./check-declarations.ts";
import { lengthIssues } from "./check-segments.ts";
import { bracketIssues } from "./check-signature.ts";
import { boundOfWords, type MeasuredNotice, measuredNotice, workIssues } from "./notice-bounds.ts";
import { NOTHING_MALFORMED } from "./read-shape.ts";
import { type Leaf, leavesOf, type ReadWords, readWords } from "./read-words.ts";
import { type SmsRule, smsRules } from "./sms-rules.ts";

/** Everything about what people read of a notice: its variables, that there are words for each channel, and what they may become. */
export function wordsIssues(
  name: string,
  notice: Notice,
  catalog: Catalog,
  work: CatalogWork = catalogWork(),
  malformed = NOTHING_MALFORMED,
): Issue[] {
  const at = ["notices", name];
  const unread = malformed.isLost([...at, "templates"]) || malformed.isLost([...at, "series"]);
  const templates = unread ? [] : readWords(notice, [...at, "templates"]);
  const hasShort = templates.some((words) => leavesOf(words).some(({ short }) => short));
  const mayHaveShort = hasShort || unread || templates.some(({ issues }) => issues.length > 0);
  const measured = measuredNotice(name, notice, catalog, work, malformed);
  const rules = smsRules(name, notice, catalog);
  return [
    ...declarationIssues(notice, mayHaveShort, [...at, "data"]),
    ...(hasShort ? templates.flatMap((words) => shortIssues(words, measured)) : []),
    ...templates.flatMap((words) => templateIssues(words, measured, rules)),
  ];
}

/** A value that asks for the short form asks it of whichever SMS is made, in every locale and step: without one there is no text. */
function shortIssues({ words, at }: ReadWords, { variables = {} }: MeasuredNotice): Issue[] {
  const asking = variantPath(variables, "data");
  if (asking === undefined) return [];
  return [...(words.sms?.texts ?? [])].flatMap(([locale, text]) =>
    "short" in text && text.short !== undefined
      ? []
      : [issueAt([...at, "sms", locale], `has no short form, and ${asking} asks for one (over: variant); give { text, short }`)],
  );
}

function templateIssues(words: ReadWords, measured: MeasuredNotice, rules: readonly SmsRule[]): Issue[] {
  return [
    ...words.issues,
    ...missingIssues(words, measured.notice),
    ...CHANNELS.flatMap((channel) => sameLocaleIssues(words.words[channel]?.texts.keys() ?? [], [...words.at, channel])),
    ...leavesOf(words).flatMap((leaf) => leafIssues(leaf, words.words.sms, measured, rules)),
  ];
}

/** Language tags have no case (RFC 5646, section 2.1.1), so that which of two is taken would be chance. */
export function sameLocaleIssues(locales: Iterable<string>, path: readonly PropertyKey[]): Issue[] {
  const seen = new Map<string, string>();
  return [...locales].flatMap((locale) => {
    const tag = locale.toLowerCase();
    const first = seen.get(tag);
    if (first === undefined) seen.set(tag, locale);
    return first === undefined ? [] : [issueAt([...path, locale], `is the same locale as ${first}; keep one of them`)];
  });
}

/** Words for each channel of the notice. */
function missingIssues({ given, at }: ReadWords, { channels }: Notice): Issue[] {
  return [...new Set(channels)].flatMap((channel) =>
    given[channel] === undefined
      ? [issueAt([...at, channel], `is missing: the notice goes out by ${channel} and has no words for it`)]
      : [],
  );
}

function leafIssues(leaf: Leaf, sms: SmsTemplate | undefined, measured: MeasuredNotice, rules: readonly SmsRule[]): Issue[] {
  const may = boundOfWords(measured, leaf.text, leaf);
  const isMeasured = may.faults.length === 0 && !may.unseen;
  return [
    ...may.faults.map((fault) => ({ ...issueAt(leaf.path, fault), ...placeIn(leaf.text, may.offsets?.get(fault)) })),
    ...bracketIssues(leaf, rules),
    ...(sms && leaf.channel === "sms" && isMeasured ? lengthIssues(leaf, may, sms, rules, measured) : []),
    ...workIssues(measured, leaf.path),
  ];
}

/** Where a text has what was found so many units behind its first word: words are measured without the blanks around them. */
function placeIn(text: string, offset: number | undefined): Pick<Issue, "at"> {
  if (offset === undefined) return {};
  const lines = text.slice(0, text.length - text.trimStart().length + offset).split("\n");
  return { at: { line: lines.length, column: (lines.at(-1) ?? "").length + 1 } };
}
