import { boundedCache } from "./bounded-cache.ts";

/** Whether two locales are of one language, wherever it is spoken and however it is written. */
export function isSameLanguage(one: string, other: string): boolean {
  return one === other || tongueOf(one).language === tongueOf(other).language;
}

/** The first of the locales that a person of the wanted one reads best; undefined where none is of the language. */
export function closestLocale(names: readonly string[], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const tags = truncationsOf(wanted.toLowerCase());
  for (const tag of tags) {
    const found = names.find((name) => name.toLowerCase() === tag);
    if (found !== undefined) return found;
  }
  const { language, script } = tongueOf(wanted);
  const related = names.filter((name) => tongueOf(name).language === language);
  return related.find((name) => tongueOf(name).script === script) ?? related[0];
}

/** A tag and what is left of it as subtags go from its end. */
function truncationsOf(tag: string): readonly string[] {
  const subtags = tag.split("-");
  return subtags.map((_, at) => subtags.slice(0, subtags.length - at).join("-"));
}

interface Tongue {
  readonly language: string;
  readonly script: string | undefined;
}

const KEPT = { entries: 500, characters: 16_384 };

/** A tag's language and script, the script as it is most likely (CLDR's likely subtags). Kept, since maximizing takes microseconds. */
export const tongueOf = boundedCache(KEPT, likelyTongue);

function likelyTongue(tag: string): Tongue {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return { language, script };
  } catch {
    // What is no tag is a language of its own.
    return { language: tag.toLowerCase(), script: undefined };
  }
}
