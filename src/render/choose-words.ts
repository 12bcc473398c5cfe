import { closestLocale } from "../support/closest-locale.ts";

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
