import * as z from "zod";
import { locale } from "./recipient.ts";

/** Longest template, in UTF-16 units. */
export const TEMPLATE_MAX = 20_000;
const template = z.string().min(1, "must not be empty").max(TEMPLATE_MAX, `must have at most ${TEMPLATE_MAX} characters`);

/** An answer that a person can give with a tap: words to send back, a page to open, or a number to call. Values are Liquid too. */
const suggestion = z.union(
  [
    z.strictObject({ reply: template }),
    z.strictObject({ open: template, label: template }),
    z.strictObject({ call: template, label: template }),
  ],
  { error: "must be { reply }, { open, label } or { call, label }" },
);

const TEXT = "must be a text, or a map with a text";
/** A text alone stands for a map with that text. */
const alone = template.transform((text) => ({ text }));

/** `short`: for a value that is longer than its `max` and has `over: variant`. */
const sms = z.union([alone, z.strictObject({ text: template, short: template.optional() })], { error: TEXT });
const rcs = z.union(
  [
    alone,
    z.strictObject({
      text: template,
      suggestions: z.array(suggestion).min(1).max(11).optional(),
      picture: z.strictObject({ url: template, alt: template.optional() }).optional(),
    }),
  ],
  { error: TEXT },
);
/** Values in `html` are escaped. */
const email = z.strictObject({ subject: template, text: template, html: template.optional() });
const push = z.strictObject({ title: template, body: template, open: template.optional() });
const chat = z.union([alone, z.strictObject({ text: template, markdown: template.optional() })], { error: TEXT });
const inbox = z.union([alone, z.strictObject({ text: template, title: template.optional(), open: template.optional() })], { error: TEXT });

/** What people read in one locale; every leaf is a Liquid template. */
export type SmsWords = z.infer<typeof sms>;
export type RcsWords = z.infer<typeof rcs>;
export type EmailWords = z.infer<typeof email>;
export type PushWords = z.infer<typeof push>;
export type ChatWords = z.infer<typeof chat>;
export type InboxWords = z.infer<typeof inbox>;

/** The words of one channel by locale, in the order of the catalog. */
export interface LocaleWords<Words> {
  readonly texts: ReadonlyMap<string, Words>;
}

/** Besides, what an SMS may cost. */
export interface SmsTemplate extends LocaleWords<SmsWords> {
  /** The most segments that one may take. */
  readonly segments?: number;
  /** `smart`: quotes, dashes and spaces outside GSM-7 give way to plain ones where that saves a segment. */
  readonly encoding: "exact" | "smart";
}

const BY_LOCALE = { error: "must be a map from locales to texts, such as { zh-CN: 您好 }" };
/** The keys of an SMS's map beside its locales. */
const SMS_SETTINGS = ["segments", "encoding"] as const;

/**
 * Every key besides the settings is a language tag, and there is at least one. Looked at whatever else is wrong with the map, which is
 * why it asks for no good value: all that is wrong is said at once.
 */
function localesOnly(...settings: readonly string[]) {
  return (value: unknown, context: { addIssue(issue: { code: "custom"; path: string[]; message: string }): void }): void => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return;
    const tags = Object.keys(value).filter((key) => !settings.includes(key));
    const add = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (tags.length === 0) add([], "has no text in any locale");
    for (const tag of tags) if (!locale.safeParse(tag).success) add([tag], "is not a language tag, such as zh-CN");
  };
}
const ALWAYS = { when: () => true };

function byLocale<Words extends z.ZodType>(words: Words) {
  return z
    .record(z.string(), words, BY_LOCALE)
    .superRefine(localesOnly(), ALWAYS)
    .transform((given): LocaleWords<z.infer<Words>> => ({ texts: new Map(Object.entries(given)) }));
}

/** 8 segments are the 500 characters that mainland China allows. */
const SEGMENTS = { error: "must be a whole number from 1 to 8" };
const segments = z.number(SEGMENTS).int(SEGMENTS).min(1, SEGMENTS).max(8, SEGMENTS);
const smsTemplate = z
  .object(
    { segments: segments.optional(), encoding: z.enum(["exact", "smart"], { error: "must be exact or smart" }).optional() },
    BY_LOCALE,
  )
  .catchall(sms)
  .superRefine(localesOnly(...SMS_SETTINGS), ALWAYS)
  .transform(
    ({ segments, encoding = "exact", ...texts }): SmsTemplate => ({
      ...(segments === undefined ? {} : { segments }),
      encoding,
      texts: new Map(Object.entries(texts)),
    }),
  );

/** A notice's words by channel (`templates` of a notice, or of one template of a series). */
export const channelTemplates = z.strictObject({
  sms: smsTemplate.optional(),
  rcs: byLocale(rcs).optional(),
  email: byLocale(email).optional(),
  push: byLocale(push).optional(),
  chat: byLocale(chat).optional(),
  inbox: byLocale(inbox).optional(),
});
export type ChannelTemplates = z.infer<typeof channelTemplates>;
