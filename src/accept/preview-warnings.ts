import type { Words } from "../render/render-message.ts";
import { smartText } from "../render/sms/cheaper-text.ts";
import { isGsm } from "../render/sms/count-segments.ts";
import { segmenter } from "../support/graphemes.ts";
import { isMap } from "../support/is-map.ts";
import { pointerOf } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Variable, Variables } from "../vocabulary/variables.ts";
import type { Warning } from "./preview.ts";

/** Characters that are named. */
const NAMED_MAX = 5;

/** An SMS says who it is from. */
export function brandWarnings({ brand }: Catalog, channel: Channel): Warning[] {
  if (channel !== "sms") return [];
  if (brand?.name === undefined)
    return [{ pointer: "/brand/name", detail: "there is no brand, so that the text does not say who it is from" }];
  if (brand.signature === "none")
    return [{ pointer: "/brand/signature", detail: "is none, so that the text says who it is from only where its words do" }];
  return [];
}

/** A reader whose own language has no words. */
export function localeWarnings(asked: string | undefined, given: string, place: readonly PropertyKey[]): Warning[] {
  if (asked === undefined || asked.toLowerCase() === given.toLowerCase()) return [];
  return [{ pointer: pointerOf(place), detail: `there are no words for ${asked}: its readers get those for ${given}` }];
}

/** Strings that are longer than their `max` and are cut, or have the short form taken: by the declaration, of the data that is given. */
export function overlongWarnings(data: unknown, variables: Variables, place: readonly PropertyKey[], path = "data"): Warning[] {
  if (!isMap(data)) return [];
  return Object.entries(variables).flatMap(([name, variable]) =>
    Object.hasOwn(data, name) ? overlongOf(data[name], variable, [...place, name], `${path}.${name}`) : [],
  );
}

function overlongOf(value: unknown, variable: Variable, place: readonly PropertyKey[], path: string): Warning[] {
  switch (variable.type) {
    case "string": {
      if (typeof value !== "string" || value.length <= variable.max || variable.over === "reject") return [];
      const what = variable.over === "shorten" ? "is shortened" : "asks for the short form";
      return [{ pointer: pointerOf(place), detail: `${path} has ${value.length} units, may have ${variable.max}, and ${what}` }];
    }
    case "object":
      return overlongWarnings(value, variable.fields, [...place, "fields"], path);
    case "list": {
      const { of: inner } = variable;
      if (!inner || !Array.isArray(value)) return [];
      return value.flatMap((item: unknown, at) => overlongOf(item, inner, [...place, "of"], `${path}[${at}]`));
    }
    default:
      return [];
  }
}

/**
 * What makes an SMS in Latin letters UCS-2, which has less than half the room; others need it. Only where the number's rule tells
 * encodings apart.
 */
export function encodingWarnings(catalog: Catalog, { text, body, locale, count }: Words, place: readonly PropertyKey[]): Warning[] {
  if (count?.rule !== "gsm" || count.encoding !== "UCS-2" || scriptOf(locale) !== "Latn") return [];
  const { saved } = smartText(text, count.rule);
  const spare = saved > 0 ? `; encoding: smart would save ${saved} ${saved === 1 ? "segment" : "segments"}` : "";
  const found: Warning[] = [{ pointer: pointerOf(place), detail: `is UCS-2 because of ${namesOf(text)}${spare}` }];
  if (isGsm(body) && catalog.brand?.name !== undefined) {
    const where = pointerOf(["brand", "signatures", locale]);
    found.push({ pointer: where, detail: "a signature in GSM-7 would spare the text UCS-2: only its signature is not" });
  }
  return found;
}

function scriptOf(locale: string): string | undefined {
  return new Intl.Locale(locale).maximize().script;
}

/** `“’” twice, “é” once`: what is outside GSM-7, the first of it by name. */
function namesOf(text: string): string {
  const counts = new Map<string, number>();
  for (const { segment } of segmenter.segment(text)) if (!isGsm(segment)) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  const named = [...counts].slice(0, NAMED_MAX).map(([character, count]) => `“${character}” ${timesOf(count)}`);
  const more = counts.size - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function timesOf(count: number): string {
  if (count === 1) return "once";
  return count === 2 ? "twice" : `${count} times`;
}
