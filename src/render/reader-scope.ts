import { isSameLanguage } from "../support/closest-locale.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import type { Event } from "../vocabulary/event.ts";
import type { Overlong, Variables } from "../vocabulary/variables.ts";
import type { Reading } from "./engine/text-engine.ts";
import { fitData, withoutNulls } from "./fit-data.ts";

/** Whom a text is rendered for. */
export interface Reader {
  readonly id: string;
  readonly locale?: string;
  readonly time_zone?: string;
  readonly tags: readonly string[];
}

/** What it is about: the event, of a digest the one that opened it, and the data of those that joined. */
export interface Told {
  readonly event: Event;
  readonly merged: readonly unknown[];
}

export interface ReaderScope {
  /** What templates see. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** Variables whose value asks for a shorter variant of the text. */
  readonly overlong: readonly string[];
}

/**
 * What templates see: `data` as it is declared, the event's attributes, `recipient`, `brand`, and `digest` with `count` and,
 * oldest first, the `data` of each event in `items`.
 */
export function readerScope(
  { defaults, brand }: Pick<Catalog, "defaults" | "brand">,
  variables: Variables | undefined,
  { event, merged }: Told,
  reader: Reader,
  variant: Exclude<Overlong, "reject"> = "variant",
): ReaderScope {
  const overlong: string[] = [];
  const fitted = (given: unknown): unknown => {
    if (!variables) return withoutNulls(given);
    const fit = fitData(given, variables, variant);
    overlong.push(...fit.overlong);
    return fit.data;
  };
  const { data: given, extensions, ...attributes } = event;
  const data = fitted(given);
  const digest = { count: merged.length + 1, items: [data, ...merged.map(fitted)] };
  const recipient = { id: reader.id, tags: reader.tags, locale: reader.locale ?? defaults?.locale };
  return { scope: { ...extensions, ...attributes, data, recipient, brand: brand ?? {}, digest }, overlong };
}

/** How dates, money and numbers are written in a text of this locale: as in the reader's region where it speaks the text's language. */
export function readingFor(textLocale: string, { defaults }: Pick<Catalog, "defaults">, reader: Reader): Reading {
  const own = reader.locale ?? defaults?.locale;
  return readingIn(own !== undefined && isSameLanguage(own, textLocale) ? own : textLocale, { defaults }, reader);
}

/** The same in exactly this locale, in the reader's zone. */
export function readingIn(locale: string, { defaults }: Pick<Catalog, "defaults">, reader: Reader): Reading {
  const currency = defaults?.currency;
  return { locale, time_zone: reader.time_zone ?? defaults?.time_zone ?? "UTC", ...(currency === undefined ? {} : { currency }) };
}
