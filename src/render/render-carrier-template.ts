import type { RenderedTemplate } from "../vocabulary/carrier.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import { findNotice } from "./compile-notice.ts";
import { renderForPerson } from "./engine/text-engine.ts";
import { type Reader, readerScope, readingFor, readingIn, type Told } from "./reader-scope.ts";
import type { Wanted } from "./render-message.ts";
import { plainBrackets } from "./render-sms.ts";
import { ruleFor } from "./sms/count-segments.ts";

/** `none`: the notice has no template for this carrier, which is given the words alone. */
export type CarrierTemplateRendering =
  | { readonly kind: "template"; readonly template: RenderedTemplate }
  | { readonly kind: "unrenderable"; readonly why: string }
  | { readonly kind: "none" };

/** The locale of an approved text where neither the template nor the catalog names one. */
export const UNNAMED_LOCALE = "en";

/**
 * The template that a carrier has approved for a notice, its values rendered as the notice's words are: a variable that is
 * missing is an error, and one that is too long is cut, since an approved text has no short form. Values by name stay a map,
 * values by position a list in their order.
 */
export function renderCarrierTemplate(
  catalog: Catalog,
  carrier: string,
  { notice, step, country }: Omit<Wanted, "channel">,
  told: Told,
  reader: Reader,
): CarrierTemplateRendering {
  const meant = findNotice(catalog, notice);
  const found = meant?.carrierTemplate(carrier, step);
  if (!meant || !found) return { kind: "none" };
  const { code, params, sign_name, locale } = found;
  const { scope } = readerScope(catalog, meant.variables, told, reader, "shorten");
  const textLocale = locale ?? catalog.defaults?.locale ?? UNNAMED_LOCALE;
  const reading = locale === undefined ? readingFor(textLocale, catalog, reader) : readingIn(locale, catalog, reader);
  const mainland = ruleFor(country) === "mainland";
  const faults: string[] = [];
  const rendered = (name: string | number, text: string): string => {
    const value = renderForPerson(text, scope, reading, "text");
    if (value.kind === "text") return mainland ? plainBrackets(value.text) : value.text;
    faults.push(`the value ${name} of the template ${code}: ${value.why}`);
    return "";
  };
  const values = Array.isArray(params)
    ? params.map((text, at) => rendered(at + 1, text))
    : Object.fromEntries(Object.entries(params).map(([name, text]) => [name, rendered(name, text)]));
  if (faults[0] !== undefined) return { kind: "unrenderable", why: faults[0] };
  return { kind: "template", template: { code, params: values, ...(sign_name === undefined ? {} : { sign_name }) } };
}
