import { nearlyName } from "../support/closest-name.ts";
import { isMap } from "../support/is-map.ts";
import { type Issue, issueAt, issuesOf } from "../support/issues.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import { CHANNELS, type Channel } from "../vocabulary/classes.ts";
import { type ChannelTemplates, channelTemplates } from "../vocabulary/words.ts";

/** The words of a notice, or of one template of a series, as far as they are good in shape. */
export interface ReadWords {
  /** The template's name in a series. */
  readonly template?: string;
  readonly at: readonly PropertyKey[];
  /** As they stand in the catalog. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly words: ChannelTemplates;
  /** What is wrong with the shape of the others. */
  readonly issues: readonly Issue[];
}

/** One Liquid template of the words. `html`: what it prints is escaped; `short`: it stands in for a value that is too long. */
export interface Leaf {
  readonly channel: Channel;
  readonly locale: string;
  /** What it is of its channel's words, such as `text` or `subject`. */
  readonly name: PropertyKey | undefined;
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly form: "text" | "html";
  readonly short: boolean;
}

/** All words of a notice: of a series each template's, else one for all. */
export function readWords(notice: Notice, at: readonly PropertyKey[]): readonly ReadWords[] {
  const given = notice.templates ?? {};
  if (!notice.series) return [readTemplate(given, at)];
  const used = new Set(notice.series.map(({ step, template = step }) => template));
  return Object.entries(given).map(([template, words]) => {
    const path = [...at, template];
    const isMisplaced = isChannel(template) && !used.has(template);
    if (isMap(words) && !isMisplaced) return { template, ...readTemplate(words, path) };
    const wanted = isMisplaced
      ? `is a channel, and words of a series stand by template first: write templates: { ${[...used][0]}: { ${template}: … } }`
      : "must be a map from channels to words, since the notice is a series";
    const issues = [issueAt(path, wanted)];
    return { template, at: path, given: UNREAD, words: {}, issues };
  });
}

const { shape } = channelTemplates;
/** Something stands for each channel. */
const UNREAD = Object.fromEntries(CHANNELS.map((channel) => [channel, {}]));

function isChannel(name: string): boolean {
  return CHANNELS.some((channel) => channel === name);
}

function readTemplate(given: Readonly<Record<string, unknown>>, at: readonly PropertyKey[]): ReadWords {
  const issues = Object.keys(given).flatMap((name) =>
    isChannel(name) ? [] : [issueAt([...at, name], `is not a channel${nearlyName(name, CHANNELS)}`)],
  );
  const read = <Words>(channel: Channel, schema: ChannelSchema<Words>): Words | undefined => {
    const { words, issues: found } = readChannel(given[channel], schema, [...at, channel]);
    issues.push(...found);
    return words;
  };
  const words = {
    sms: read("sms", shape.sms),
    rcs: read("rcs", shape.rcs),
    email: read("email", shape.email),
    push: read("push", shape.push),
    chat: read("chat", shape.chat),
    inbox: read("inbox", shape.inbox),
  };
  return { at, given, words, issues };
}

interface ChannelSchema<Words> {
  safeParse(given: unknown): { success: true; data: Words } | { success: false; error: Parameters<typeof issuesOf>[0] };
}

/** A channel's words without the locales in which something is wrong, so that the others are looked at all the same. */
function readChannel<Words>(given: unknown, schema: ChannelSchema<Words>, at: readonly PropertyKey[]) {
  const parsed = schema.safeParse(given);
  if (parsed.success) return { words: parsed.data, issues: [] };
  const bad = new Set(parsed.error.issues.map(({ path }) => path[0]));
  const good = entriesOf(given).filter(([key]) => !bad.has(key));
  const again = schema.safeParse(Object.fromEntries(good));
  return { words: again.success ? again.data : undefined, issues: issuesOf(parsed.error, at) };
}

function entriesOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === "object" ? Object.entries(value) : [];
}

/** Every Liquid template of the words. One that stands for a map with a text is found at its locale. */
export function leavesOf({ given, words, at }: ReadWords): readonly Leaf[] {
  return CHANNELS.flatMap((channel) =>
    [...(words[channel]?.texts ?? [])].flatMap(([locale, text]): Leaf[] => {
      const alone = entriesOf(given[channel]).some(([key, value]) => key === locale && typeof value === "string");
      return textsIn(text).map(({ path, text: leaf }) => ({
        channel,
        locale,
        name: path[0],
        path: [...at, channel, locale, ...(alone ? [] : path)],
        text: leaf,
        form: channel === "email" && path[0] === "html" ? "html" : "text",
        short: channel === "sms" && path[0] === "short",
      }));
    }),
  );
}

interface PlacedText {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

function textsIn(value: unknown, path: readonly PropertyKey[] = []): readonly PlacedText[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, place) => textsIn(item, [...path, place]));
  return entriesOf(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}
