import type { Channel } from "../vocabulary/classes.ts";
import type { RenderedContent } from "../vocabulary/content.ts";
import type { ChannelTemplates, ChatWords, EmailWords, InboxWords, LocaleWords, PushWords, RcsWords } from "../vocabulary/words.ts";
import { chooseWords } from "./choose-words.ts";
import type { Reading } from "./engine/text-engine.ts";
import { type Leaves, leavesFor } from "./render-leaves.ts";
import { noWordsFor, type RenderedWords, unrenderable } from "./rendered-words.ts";

/** Channels that may carry more than a text. */
export type RichChannel = Exclude<Channel, "sms">;

/** For whom content is made. */
export interface ContentTerms {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly locale: string | undefined;
  readonly fallback: string | undefined;
  /** How dates, money and numbers are written in a text of this locale. */
  readonly readingFor: (textLocale: string) => Reading;
}

/** What a channel carries, and the text that stands for all of it where a carrier takes no more. */
interface Made {
  readonly text: string;
  readonly content?: RenderedContent;
}

/** The words of a channel that may carry more than a text; all of its leaves are rendered or none. */
export function renderContent(templates: ChannelTemplates, channel: RichChannel, terms: ContentTerms): RenderedWords {
  switch (channel) {
    case "rcs":
      return wordsOf(templates.rcs, channel, rcsContent, terms);
    case "email":
      return wordsOf(templates.email, channel, emailContent, terms);
    case "push":
      return wordsOf(templates.push, channel, pushContent, terms);
    case "chat":
      return wordsOf(templates.chat, channel, chatContent, terms);
    case "inbox":
      return wordsOf(templates.inbox, channel, inboxContent, terms);
  }
}

function wordsOf<Words>(
  template: LocaleWords<Words> | undefined,
  channel: RichChannel,
  contentOf: (words: Words, leaves: Leaves) => Made,
  { scope, locale, fallback, readingFor }: ContentTerms,
): RenderedWords {
  const chosen = template && chooseWords(template.texts, locale, fallback);
  if (!chosen) return noWordsFor(channel);
  const leaves = leavesFor(scope, readingFor(chosen.locale));
  const { text, content } = contentOf(chosen.words, leaves);
  const [fault] = leaves.faults;
  if (fault !== undefined) return unrenderable(fault);
  return { kind: "words", locale: chosen.locale, text, body: text, ...(content === undefined ? {} : { content }) };
}

/** Degrades to its text. A suggestion or a picture of which a part renders empty is left out. */
function rcsContent(words: RcsWords, leaves: Leaves): Made {
  const text = leaves.needed("text", words.text);
  const given = "suggestions" in words ? (words.suggestions ?? []) : [];
  const suggestions = given.flatMap((one) => suggestionOf(one, leaves) ?? []);
  const picture = "picture" in words && words.picture ? pictureOf(words.picture, leaves) : undefined;
  const more = { ...(suggestions.length === 0 ? {} : { suggestions }), ...(picture ? { picture } : {}) };
  return { text, ...(Object.keys(more).length === 0 ? {} : { content: { channel: "rcs", ...more } }) };
}

type RcsContent = Extract<RenderedContent, { channel: "rcs" }>;
type Suggestion = NonNullable<RcsContent["suggestions"]>[number];

function suggestionOf(template: Suggestion, leaves: Leaves): Suggestion | undefined {
  if ("reply" in template) {
    const reply = leaves.line("reply", template.reply);
    return reply === undefined ? undefined : { reply };
  }
  const label = leaves.line("label", template.label);
  if ("open" in template) {
    const open = leaves.address("open", template.open);
    return open === undefined || label === undefined ? undefined : { open, label };
  }
  const call = leaves.line("call", template.call);
  return call === undefined || label === undefined ? undefined : { call, label };
}

type Picture = NonNullable<RcsContent["picture"]>;

function pictureOf(template: { readonly url: string; readonly alt?: string | undefined }, leaves: Leaves): Picture | undefined {
  const url = leaves.address("picture", template.url);
  const alt = leaves.line("alt", template.alt);
  return url === undefined ? undefined : { url, ...(alt === undefined ? {} : { alt }) };
}

/** Degrades to its text. */
function emailContent({ subject: line, text: body, html: markup }: EmailWords, leaves: Leaves): Made {
  const subject = leaves.neededLine("subject", line);
  const text = leaves.needed("text", body);
  const html = leaves.html("html", markup);
  return { text, content: { channel: "email", subject, ...(html === undefined ? {} : { html }) } };
}

/** Degrades to `title: body`. */
function pushContent(words: PushWords, leaves: Leaves): Made {
  const title = leaves.neededLine("title", words.title);
  const body = leaves.needed("body", words.body);
  const open = leaves.address("open", words.open);
  return { text: `${title}: ${body}`, content: { channel: "push", title, body, ...(open === undefined ? {} : { open }) } };
}

/** Degrades to its text. */
function chatContent(words: ChatWords, leaves: Leaves): Made {
  const text = leaves.needed("text", words.text);
  const markdown = "markdown" in words ? leaves.text("markdown", words.markdown) : undefined;
  return { text, ...(markdown === undefined ? {} : { content: { channel: "chat", markdown } }) };
}

/** Degrades to its text. */
function inboxContent(words: InboxWords, leaves: Leaves): Made {
  const text = leaves.needed("text", words.text);
  const title = "title" in words ? leaves.line("title", words.title) : undefined;
  const open = "open" in words ? leaves.address("open", words.open) : undefined;
  const more = { ...(title === undefined ? {} : { title }), ...(open === undefined ? {} : { open }) };
  return { text, ...(Object.keys(more).length === 0 ? {} : { content: { channel: "inbox", ...more } }) };
}
