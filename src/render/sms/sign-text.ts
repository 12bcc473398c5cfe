import { closestLocale, tongueOf } from "../../support/closest-locale.ts";
import type { Catalog } from "../../vocabulary/catalog.ts";
import type { SegmentRule } from "../../vocabulary/content.ts";

type Brand = Catalog["brand"];

/** How a text is to be signed. */
export interface Signing {
  readonly brand: Brand;
  /** The locale of the text, not of its reader. */
  readonly locale: string;
  readonly rule: SegmentRule;
  /** Marketing tells how to refuse more of it. */
  readonly marketing: boolean;
}

/** `text` as the person reads it; `body` is the same without the signature, for carriers that put it there themselves. */
export interface SignedText {
  readonly text: string;
  readonly body: string;
}

/** How marketing ends where the brand says nothing else. */
const OPT_OUT = "Reply STOP to opt out";
const OPT_OUT_HANS = "拒收请回复R";
const OPT_OUT_HANT = "拒收請回覆R";
const CHINESE = new Set(["zh", "yue"]);
/** Words of these scripts follow a sentence without a space. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * The body with signature and opt-out, each once: what the body begins or ends with already is not said again. So the text is never
 * longer than signature, body and opt-out together.
 */
export function signText(body: string, { brand, locale, rule, marketing }: Signing): SignedText {
  const signature = signatureOf(brand, locale, rule);
  const behind = brand?.signature === "behind";
  const bare = withoutSignature(body, signature, behind);
  const complete = marketing ? withOptOut(bare, optOutOf(brand, locale)) : bare;
  return { text: behind ? complete + signature : signature + complete, body: complete };
}

/**
 * What stands in front of a text or behind it: outside the mainland the brand's own for the locale, spaces included, else 【name】;
 * empty where the brand has no name or wants none.
 */
export function signatureOf(brand: Brand, locale: string, rule: SegmentRule): string {
  if (!brand || brand.signature === "none") return "";
  const own = rule === "gsm" ? ofLocale(brand.signatures, locale) : undefined;
  return own ?? (brand.name === undefined ? "" : `【${brand.name}】`);
}

/** What is put behind a marketing text to say how to refuse, with the space before it where the language has one. */
export function optOutOf(brand: Brand, locale: string): string {
  const { language, script } = tongueOf(locale);
  const chinese = CHINESE.has(language);
  const usual = !chinese ? OPT_OUT : script === "Hant" ? OPT_OUT_HANT : OPT_OUT_HANS;
  const words = (ofLocale(brand?.opt_out, locale) ?? usual).trim();
  return chinese || UNSPACED.test(words) ? words : ` ${words}`;
}

/**
 * 【】 are a signature at either end and however often; another one is looked for where it belongs alone, since elsewhere it may be part
 * of a sentence.
 */
function withoutSignature(body: string, signature: string, behind: boolean): string {
  if (signature === "") return body;
  if (!signature.startsWith("【")) return behind ? withoutEnd(body, signature) : withoutStart(body, signature);
  let bare = body;
  for (let signed = ""; signed !== bare; ) {
    signed = bare;
    bare = behind ? withoutEnd(signed, signature) : withoutStart(signed, signature);
    if (bare === signed) bare = behind ? withoutStart(signed, signature) : withoutEnd(signed, signature);
  }
  return bare;
}

/** White space outside a signature goes with it. */
function withoutStart(body: string, signature: string): string {
  const signed = [body, body.trimStart()].find((text) => text.startsWith(signature));
  return signed?.slice(signature.length) ?? body;
}

function withoutEnd(body: string, signature: string): string {
  const signed = [body, body.trimEnd()].find((text) => text.endsWith(signature));
  return signed?.slice(0, -signature.length) ?? body;
}

/** A full stop behind the words, or other capitals, are the same words. */
function withOptOut(body: string, optOut: string): string {
  const words = optOut.trim();
  const end = withoutStops(body);
  if (end.toLowerCase().endsWith(withoutStops(words).toLowerCase())) return body;
  return body + (body === "" || /\s$/.test(body) ? words : optOut);
}

function withoutStops(text: string): string {
  let end = text.length;
  while (/^[\s.。!！)）]$/u.test(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}

/** The entry of the locale that readers of this one read best. */
function ofLocale(entries: Readonly<Record<string, string>> | undefined, locale: string): string | undefined {
  const found = closestLocale(Object.keys(entries ?? {}), locale);
  return found === undefined ? undefined : entries?.[found];
}
