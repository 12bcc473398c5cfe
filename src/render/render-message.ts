import type { Catalog } from "../vocabulary/catalog.ts";
import type { Channel } from "../vocabulary/classes.ts";
import { findNotice } from "./compile-notice.ts";
import { type Reader, readerScope, readingFor, type Told } from "./reader-scope.ts";
import { renderContent } from "./render-content.ts";
import { renderSms } from "./render-sms.ts";
import { noWordsFor, type RenderedWords } from "./rendered-words.ts";
import { ruleFor } from "./sms/count-segments.ts";

export type { Reader, Told } from "./reader-scope.ts";
export type { RenderedWords, Words } from "./rendered-words.ts";

/** Which words are wanted. */
export interface Wanted {
  readonly notice: string;
  readonly step?: string;
  readonly channel: Channel;
  /** Two-letter country of the phone number, which says how an SMS is signed and counted. */
  readonly country?: string;
}

/** The words of one message in the reader's language and zone, within what the catalog lets them cost. */
export function renderMessage(catalog: Catalog, wanted: Wanted, told: Told, reader: Reader): RenderedWords {
  const { notice: name, step, channel, country } = wanted;
  const found = findNotice(catalog, name);
  const templates = found?.words(step);
  if (!found || !templates) return noWordsFor(channel);
  const seen = readerScope(catalog, found.variables, told, reader);
  if (channel === "sms") {
    const terms = { catalog, reader, rule: ruleFor(country), marketing: found.notice.class === "marketing" };
    return renderSms(templates.sms, seen, terms);
  }
  return renderContent(templates, channel, {
    scope: seen.scope,
    locale: reader.locale,
    fallback: catalog.defaults?.locale,
    readingFor: (locale) => readingFor(locale, catalog, reader),
  });
}
