import type { LocaleTexts } from "../vocabulary/catalog.ts";

/**
 * The text for a person's locale: the locale itself, its language in another region or none, the catalog's default, and
 * last the first that there is. Undefined where there is no text at all.
 */
export function chooseWords(
  texts: LocaleTexts,
  locale: string | undefined,
  fallback: string | undefined,
): { readonly locale: string; readonly text: string } | undefined {
  const byLocale = Object.entries(texts).filter(
    (entry): entry is [string, string] => entry[0] !== "segments" && typeof entry[1] === "string",
  );
  const exact = (wanted: string): [string, string] | undefined => byLocale.find(([name]) => name.toLowerCase() === wanted.toLowerCase());
  const related = (wanted: string): [string, string] | undefined => byLocale.find(([name]) => languageOf(name) === languageOf(wanted));
  const found =
    [locale, fallback].flatMap((wanted) => (wanted === undefined ? [] : [exact(wanted) ?? related(wanted)])).find(Boolean) ?? byLocale[0];
  return found && { locale: found[0], text: found[1] };
}

function languageOf(locale: string): string | undefined {
  return locale.toLowerCase().split("-")[0];
}
