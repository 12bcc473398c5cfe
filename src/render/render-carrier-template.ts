import { renderForPerson } from "../support/text-engine.ts";
import type { RenderedTemplate } from "../vocabulary/carrier.ts";
import { type CarrierTemplate, type Catalog, carrierTemplate } from "../vocabulary/catalog.ts";
import { type Reader, readerScope, type Told, templateNameOf, type Wanted } from "./render-message.ts";

/** `none`: the notice has no template for this carrier, which is given the words alone. */
export type CarrierTemplateRendering =
  | { readonly kind: "template"; readonly template: RenderedTemplate }
  | { readonly kind: "unrenderable"; readonly why: string }
  | { readonly kind: "none" };

/**
 * The template that a carrier has approved for a notice, its values rendered as the notice's words are: a variable that is
 * missing is an error. Values by name stay a map, values by position a list in their order.
 */
export function renderCarrierTemplate(
  catalog: Catalog,
  carrier: string,
  wanted: Pick<Wanted, "notice" | "step">,
  told: Told,
  reader: Reader,
): CarrierTemplateRendering {
  const found = carrierTemplateOf(catalog, carrier, wanted);
  if (!found) return { kind: "none" };
  const { scope, zone } = readerScope(catalog, told, reader);
  const faults: string[] = [];
  const rendered = (name: string | number, text: string): string => {
    const value = renderForPerson(text, scope, zone);
    if (value.kind === "text") return value.text;
    faults.push(`the value ${name} of the template ${found.code}: ${value.why}`);
    return "";
  };
  const { code, params, sign_name } = found;
  const values = Array.isArray(params)
    ? params.map((text, at) => rendered(at + 1, text))
    : Object.fromEntries(Object.entries(params).map(([name, text]) => [name, rendered(name, text)]));
  if (faults[0] !== undefined) return { kind: "unrenderable", why: faults[0] };
  return { kind: "template", template: { code, params: values, ...(sign_name === undefined ? {} : { sign_name }) } };
}

/** A carrier's template for a notice; of a series the one under its step's template, as with words. */
function carrierTemplateOf(
  catalog: Catalog,
  carrier: string,
  { notice, step }: Pick<Wanted, "notice" | "step">,
): CarrierTemplate | undefined {
  const meant = Object.hasOwn(catalog.notices, notice) ? catalog.notices[notice] : undefined;
  const own = meant?.carrier_templates?.[carrier];
  const name = meant && templateNameOf(meant, step);
  const template = name === undefined ? own : ownValue(own, name);
  return carrierTemplate.safeParse(template).data;
}

function ownValue(holder: unknown, key: string): unknown {
  return holder !== null && typeof holder === "object" && Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
}
