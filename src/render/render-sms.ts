import type { Catalog } from "../vocabulary/catalog.ts";
import type { SegmentCount, SegmentRule } from "../vocabulary/content.ts";
import type { SmsTemplate, SmsWords } from "../vocabulary/words.ts";
import { chooseWords } from "./choose-words.ts";
import { type Reading, renderForPerson } from "./engine/text-engine.ts";
import { type Reader, type ReaderScope, readingFor, readingIn } from "./reader-scope.ts";
import { EMPTY_TEXT, noWordsFor, type RenderedWords, type Unrenderable, unrenderable, type Words } from "./rendered-words.ts";
import { cheaperText, smartText } from "./sms/cheaper-text.ts";
import { countSegments, MAINLAND_MAX_UNITS } from "./sms/count-segments.ts";
import { signatureOf, signText } from "./sms/sign-text.ts";

/** For whom an SMS is made, and by which rules. */
export interface SmsTerms {
  readonly catalog: Catalog;
  readonly reader: Reader;
  readonly rule: SegmentRule;
  /** Its class is marketing, so it ends in a way to refuse. */
  readonly marketing: boolean;
}

type CountedWords = Words & { readonly count: SegmentCount };

/**
 * The SMS that is within its segments: as the reader's region writes dates and figures, else as the text's own locale does, which
 * publishing has measured; then the short form in the same two ways. A value that asks for the short form gets it at once.
 */
export function renderSms(template: SmsTemplate | undefined, { scope, overlong }: ReaderScope, terms: SmsTerms): RenderedWords {
  const { catalog, reader } = terms;
  const chosen = template && chooseWords(template.texts, reader.locale, catalog.defaults?.locale);
  if (!chosen) return noWordsFor("sms");
  const { locale, words } = chosen;
  const forms = formsOf(words, overlong.length > 0);
  if (forms.length === 0)
    return unrenderable(`too_long: ${[...new Set(overlong)].join(", ")} is longer than its max, and the text has no short form`);
  let longest: SegmentCount | undefined;
  for (const form of forms) {
    for (const reading of readingsOf(locale, terms)) {
      const made = makeSms(form.text, scope, reading, locale, template, terms);
      if (made.kind === "unrenderable") return made;
      if (isWithin(made.count, template.segments)) return form.short ? { ...made, short: true } : made;
      longest ??= made.count;
    }
  }
  return unrenderable(`too_long: ${excessOf(longest, template.segments)}`);
}

interface Form {
  readonly text: string;
  readonly short: boolean;
}

/** In the order in which they are tried; none where a value asks for a short form that there is not. */
function formsOf(words: SmsWords, shortAlone: boolean): readonly Form[] {
  const whole = { text: words.text, short: false };
  const short = "short" in words ? words.short : undefined;
  const shorter = short === undefined ? [] : [{ text: short, short: true }];
  return shortAlone ? shorter : [whole, ...shorter];
}

function readingsOf(locale: string, { catalog, reader }: SmsTerms): readonly Reading[] {
  const own = readingFor(locale, catalog, reader);
  return own.locale === locale ? [own] : [own, readingIn(locale, catalog, reader)];
}

function makeSms(
  template: string,
  scope: ReaderScope["scope"],
  reading: Reading,
  locale: string,
  { encoding }: SmsTemplate,
  { catalog, rule, marketing }: SmsTerms,
): CountedWords | Unrenderable {
  const rendered = renderForPerson(template, scope, reading, "text");
  if (rendered.kind === "unrenderable") return rendered;
  const words = rendered.text.trim();
  if (words === "") return unrenderable(EMPTY_TEXT);
  const { brand } = catalog;
  const own = rule === "mainland" ? withoutBrackets(words, signatureOf(brand, locale, rule)) : words;
  const signed = signText(own, { brand, locale, rule, marketing });
  const { text, saved } = encoding === "smart" ? smartText(signed.text, rule) : { text: signed.text, saved: 0 };
  const body = saved > 0 ? cheaperText(signed.body) : signed.body;
  return { kind: "words", locale, text, body, count: countSegments(text, rule), ...(saved > 0 ? { saved } : {}) };
}

/** 【 and 】 are the signature's alone on the mainland: words that have it already keep it, and all others become [ and ]. */
function withoutBrackets(words: string, signature: string): string {
  if (!words.includes("【") && !words.includes("】")) return words;
  if (signature !== "" && words.startsWith(signature)) return signature + plainBrackets(words.slice(signature.length));
  if (signature !== "" && words.endsWith(signature)) return plainBrackets(words.slice(0, -signature.length)) + signature;
  return plainBrackets(words);
}

/** Brackets as they may stand in words and values for the mainland. */
export function plainBrackets(text: string): string {
  return text.replaceAll("【", "[").replaceAll("】", "]");
}

function isWithin(count: SegmentCount, segments: number | undefined): boolean {
  return !isOverMainland(count) && (segments === undefined || count.segments <= segments);
}

function isOverMainland({ rule, units }: SegmentCount): boolean {
  return rule === "mainland" && units > MAINLAND_MAX_UNITS;
}

function excessOf(count: SegmentCount | undefined, segments: number | undefined): string {
  if (count && isOverMainland(count))
    return `it has ${count.units} characters with its signature, and mainland China takes ${MAINLAND_MAX_UNITS}`;
  return `it takes ${count?.segments} segments, and its template may take ${segments}`;
}
