import { join, sep } from "node:path";
import { filesBelow, readBounded } from "./cli-folders.ts";
import { type CatalogSources, standsTwice } from "./cli-places.ts";
import type { Fault } from "./cli-yaml.ts";
import { closestName } from "./support/closest-name.ts";
import { isMap } from "./support/is-map.ts";
import { pointerOf } from "./support/issues.ts";
import { CHANNELS, type Channel } from "./vocabulary/classes.ts";
import { locale as localeTag } from "./vocabulary/recipient.ts";

/** The texts that a channel's words are made of. A file without a leaf in its name is the `text`. */
const LEAVES: Readonly<Record<Channel, readonly string[]>> = {
  sms: ["text", "short"],
  rcs: ["text"],
  email: ["subject", "text", "html"],
  push: ["title", "body", "open"],
  chat: ["text", "markdown"],
  inbox: ["text", "title", "open"],
};
/** Channels of which a text alone stands for its map. */
const ALONE: readonly Channel[] = ["sms", "rcs", "chat", "inbox"];
/** Keys of `templates.sms` that are no locales, though they look like tags. */
const NO_LOCALES = ["segments", "encoding"];

/** Where a text belongs: the names on the way to its channel, from the notice on, and the last two. */
interface TextPlace {
  readonly way: readonly string[];
  readonly channel: Channel;
  readonly locale: string;
  readonly leaf: string;
}

type Sources = CatalogSources & { readonly texts: Map<string, string> };

/** Puts the texts that are files of their own into the catalog; each that cannot be put there is told. */
export function addTexts(catalog: unknown, sources: Sources, folder: string): Fault[] {
  const { files, faults } = filesBelow(folder);
  return [...faults, ...files.flatMap((file) => addText(catalog, sources, join(folder, file), file.split(sep)))];
}

function addText(catalog: unknown, sources: Sources, file: string, names: readonly string[]): Fault[] {
  const stray = (detail: string): Fault[] => [{ file, line: 1, column: 1, pointer: "", detail }];
  const place = placeOfNames(catalog, names);
  if (typeof place === "string") return stray(place);
  const read = readBounded(file);
  if (read.kind === "fault") return [read.fault];
  const { way, channel, locale, leaf } = place;
  const text = read.text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  const words = mapAt(catalog, ["notices", ...way.slice(0, 1), "templates", ...way.slice(1), channel]);
  if (!words) return [];
  const at = ["notices", ...way.slice(0, 1), "templates", ...way.slice(1), channel, locale];
  const before = words[locale];
  const given = isMap(before) ? before : typeof before === "string" ? { text: before } : {};
  if (Object.hasOwn(given, leaf) || (before !== undefined && !isMap(before) && typeof before !== "string")) {
    const pointer = pointerOf(typeof before === "string" ? at : [...at, leaf]);
    return [{ file, line: 1, column: 1, pointer, detail: standsTwice(sources, pointer) }];
  }
  words[locale] = before === undefined && leaf === "text" && ALONE.includes(channel) ? text : { ...given, [leaf]: text };
  sources.texts.set(pointerOf([...at, leaf]), file);
  return [];
}

/** What a file's path says, or why it fits none. Names are percent-decoded, since a notice's may hold a slash. */
function placeOfNames(catalog: unknown, encoded: readonly string[]): TextPlace | string {
  const names = encoded.flatMap(decoded);
  if (names.length < encoded.length) return "has a name that cannot be read: names are percent-encoded, with %25 for a per cent sign";
  const notices = valueAt(catalog, "notices");
  const [notice = ""] = names;
  if (names.length < 3) return "is not read: it must be named templates/<notice>/<channel>/<locale>.liquid";
  if (!isMap(notices) || !Object.hasOwn(notices, notice))
    return `belongs to no notice: ${notice} is none of this catalog${closestName(notice, isMap(notices) ? Object.keys(notices) : [])}`;
  const series = valueAt(notices[notice], "series") !== undefined;
  const form = series
    ? `templates/${notice}/<template>/<channel>/<locale>.liquid, since the notice is a series`
    : `templates/${notice}/<channel>/<locale>.liquid`;
  const [file = "", channel = "", ...rest] = names.toReversed();
  const [, locale = "", leaf = "text", more] = /^(.*?)(?:\.([^.]*))?(\..*)?\.liquid$/.exec(file) ?? [];
  if (rest.length !== (series ? 2 : 1) || locale === "" || more !== undefined) return `is not read: it must be named ${form}`;
  const known = CHANNELS.find((one) => one === channel);
  if (!known) return `belongs to no channel: ${channel} is none${closestName(channel, CHANNELS)}`;
  if (!localeTag.safeParse(locale).success || NO_LOCALES.includes(locale))
    return `is in no language: ${locale} is not a language tag, such as zh-CN`;
  if (!LEAVES[known].includes(leaf))
    return `is no text of ${known}: it has ${LEAVES[known].map((one) => (one === "text" ? `${locale}.liquid` : `${locale}.${one}.liquid`)).join(", ")}`;
  return { way: rest.toReversed(), channel: known, locale, leaf };
}

/** None for a name that is not percent-encoded, or that no notice and no text may have. */
function decoded(name: string): string[] {
  try {
    return [decodeURIComponent(name)].filter((text) => text !== "__proto__");
  } catch {
    return [];
  }
}

/** The map at a path, made where there is none; undefined where something else stands in the way, which the catalog's shape will tell. */
function mapAt(catalog: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  let here = catalog;
  for (const step of path) {
    if (!isMap(here)) return undefined;
    if (!Object.hasOwn(here, step)) here[step] = {};
    here = here[step];
  }
  return isMap(here) ? here : undefined;
}

function valueAt(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
