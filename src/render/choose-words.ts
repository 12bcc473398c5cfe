/** Words with the locale that the catalog gives them. */
export interface ChosenWords<Words> {
  readonly locale: string;
  readonly words: Words;
}

/**
 * The words for a person's locale, else for the catalog's default one, last the first that there are; undefined where there are none.
 * For each locale: itself; itself without its last subtags (RFC 4647, section 3.4: zh-Hant-TW, zh-Hant, zh); the same language in
 * the same script (zh-TW is written as zh-HK is); the same language in another region.
 */
export function chooseWords<Words>(
  texts: ReadonlyMap<string, Words>,
  locale: string | undefined,
  fallback: string | undefined,
): ChosenWords<Words> | undefined {
  const exact = locale === undefined ? undefined : texts.get(locale);
  if (locale !== undefined && exact !== undefined) return { locale, words: exact };
  const names = [...texts.keys()];
  const name = closestLocale(names, locale) ?? closestLocale(names, fallback) ?? names[0];
  const words = name === undefined ? undefined : texts.get(name);
  return name === undefined || words === undefined ? undefined : { locale: name, words };
}

/** Whether two locales are of one language, wherever it is spoken and however it is written. */
export function isSameLanguage(one: string, other: string): boolean {
  return one === other || tongueOf(one).language === tongueOf(other).language;
}

/** The first of the locales that a person of the wanted one reads best; undefined where none is of the language. */
function closestLocale(names: readonly string[], wanted: string | undefined): string | undefined {
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

const TONGUES_KEPT = 500;
const tongues = new Map<string, Tongue>();

/** A tag's language and script, the script as it is most likely (CLDR's likely subtags). Kept, since maximizing takes microseconds. */
function tongueOf(tag: string): Tongue {
  const known = tongues.get(tag);
  if (known) return known;
  if (tongues.size >= TONGUES_KEPT) tongues.clear();
  const fresh = likelyTongue(tag);
  tongues.set(tag, fresh);
  return fresh;
}

function likelyTongue(tag: string): Tongue {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return { language, script };
  } catch {
    // What is no tag is a language of its own.
    return { language: tag.toLowerCase(), script: undefined };
  }
}
