import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { ChannelTemplates } from "../vocabulary/words.ts";
import { leavesOf, readWords } from "./read-words.ts";

/** A notice's words, of a series those of one template. */
export interface NoticeWords {
  readonly notice: Notice;
  readonly words: ChannelTemplates;
  readonly path: readonly PropertyKey[];
}

/** One template of a catalog that people read. */
export interface NoticeText {
  readonly name: string;
  readonly notice: Notice;
  /** As the catalog has it, Liquid and all. */
  readonly template: string;
  /** What stands there whatever the data are: the template without its Liquid, and HTML without its tags, each of which leaves a blank. */
  readonly words: string;
  readonly path: readonly PropertyKey[];
}

/** Parts of words that are pressed and not read. */
const NOT_READ: readonly unknown[] = ["suggestions", "picture", "open"];

/** The words of all notices, as far as they are of good form: publishing tells the others. */
export function wordsOf(catalog: Catalog): NoticeWords[] {
  return Object.entries(catalog.notices).flatMap(([name, notice]) =>
    readWords(notice, ["notices", name, "templates"]).map(({ words, at }) => ({ notice, words, path: at })),
  );
}

/** Every text of a catalog, in its order. */
export function textsOf(catalog: Catalog): NoticeText[] {
  return Object.entries(catalog.notices).flatMap(([name, notice]) =>
    readWords(notice, ["notices", name, "templates"])
      .flatMap(leavesOf)
      .filter((leaf) => !NOT_READ.includes(leaf.name))
      .map(({ path, text, form }) => {
        const words = withoutLiquid(text);
        return { name, notice, template: text, words: form === "html" ? words.replace(/<[^>]*>/g, " ") : words, path };
      }),
  );
}

/** The locales that a channel has words in. */
export function localesOf(words: ChannelTemplates, channel: Channel): readonly string[] {
  return [...(words[channel]?.texts.keys() ?? [])];
}

function withoutLiquid(template: string): string {
  return template.replace(/\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}|\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, " ");
}
