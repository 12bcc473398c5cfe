import { type FilterCall, numberOf, textOf, type WordFilter } from "./filter.ts";
import { pluralRules } from "./formatters.ts";
import { writeNumber } from "./money-and-numbers.ts";

/** The forms that languages have, as Unicode names them. */
export const PLURAL_FORMS = ["zero", "one", "two", "few", "many", "other"] as const;

const NO_OTHER = "needs the form other, such as plural: one: '# item', other: '# items'";

/** Words that go with a number, by the rules of the reader's language; `#` in them becomes the number. */
export const pluralFilters: Readonly<Record<string, WordFilter>> = {
  plural: { args: [0, 0], named: PLURAL_FORMS, fault: (_, named) => (named.has("other") ? undefined : NO_OTHER), apply: plural },
};

function plural({ value, named, context }: FilterCall): string {
  const number = numberOf(value);
  const { locale } = context.reading;
  const form = named.get(pluralRules(locale).select(number)) ?? named.get("other");
  if (form === undefined) throw new Error(NO_OTHER);
  const words = textOf(form, context);
  const figure = writeNumber(number, locale);
  const parts = words.split("#");
  context.charge(figure.length * parts.length);
  return parts.join(figure);
}
