import { type RenderedText, renderForPerson } from "../support/text-engine.ts";
import { type Catalog, type ChannelTemplates, channelTemplates, type Notice } from "../vocabulary/catalog.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Event } from "../vocabulary/event.ts";
import { chooseWords } from "./choose-words.ts";

/** Which words are wanted. */
export interface Wanted {
  readonly notice: string;
  readonly step?: string;
  readonly channel: Channel;
}

/** Whom a text is rendered for. */
export interface Reader {
  readonly id: string;
  readonly locale?: string;
  readonly time_zone?: string;
  readonly tags: readonly string[];
}

/** What it is about: the event, of a digest the one that opened it, and the data of those that joined. */
export interface Told {
  readonly event: Event;
  readonly merged: readonly unknown[];
}

/** The words of one message in the reader's language and zone. */
export function renderMessage(catalog: Catalog, { notice, step, channel }: Wanted, told: Told, reader: Reader): RenderedText {
  const texts = templatesOf(catalog.notices[notice], step)?.[channel];
  const words = texts && chooseWords(texts, reader.locale, catalog.defaults?.locale);
  if (!words) return { kind: "unrenderable", why: `the notice has no words for ${channel}` };
  const { scope, zone } = readerScope(catalog, told, reader);
  const rendered = renderForPerson(words.text, scope, zone);
  if (rendered.kind === "text" && rendered.text.trim() === "") return { kind: "unrenderable", why: "the text is empty" };
  return rendered;
}

/**
 * What templates see: `data`, the event's attributes, `recipient`, `brand`, and `digest` with `count` and, oldest first, the
 * `data` of each event in `items`; and the zone in which they read dates.
 */
export function readerScope({ defaults, brand }: Catalog, { event, merged }: Told, reader: Reader) {
  const { data, extensions, ...attributes } = event;
  const recipient = { id: reader.id, tags: reader.tags, locale: reader.locale ?? defaults?.locale };
  const digest = { count: merged.length + 1, items: [data, ...merged] };
  return {
    scope: { ...extensions, ...attributes, data, recipient, brand: brand ?? {}, digest },
    zone: reader.time_zone ?? defaults?.time_zone ?? "UTC",
  };
}

/** A notice's templates by channel; those of a series stand under its step's template. */
export function templatesOf(notice: Notice | undefined, step: string | undefined): ChannelTemplates | undefined {
  const name = notice && templateNameOf(notice, step);
  const templates = name === undefined ? notice?.templates : notice?.templates?.[name];
  const parsed = channelTemplates.safeParse(templates);
  return parsed.success ? parsed.data : undefined;
}

/** The name of a step's template, which is the step's where it has none; undefined where the notice has no such step. */
export function templateNameOf({ series }: Notice, step: string | undefined): string | undefined {
  const found = series?.find((candidate) => candidate.step === step);
  return found && (found.template ?? found.step);
}
