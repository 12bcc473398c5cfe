import { optOutOf, signText } from "../render/sms/sign-text.ts";
import type { MeasuredNotice } from "./notice-bounds.ts";
import type { Leaf } from "./read-words.ts";

/** Behind one of these what follows may not be there. */
const LEAVES = /\{%-?\s*(break|continue)\b/;

/** What is added to marketing; nothing where the words themselves end so: what stands behind the last tag is always there. */
export function optOutIn({ text, locale }: Pick<Leaf, "text" | "locale">, { notice, catalog: { brand } }: MeasuredNotice): string {
  if (notice.class !== "marketing") return "";
  if (LEAVES.test(text)) return optOutOf(brand, locale);
  const end = text.slice(Math.max(text.lastIndexOf("}}"), text.lastIndexOf("%}")) + 2);
  const { body } = signText(end, { brand: { ...brand, signature: "none" }, locale, rule: "gsm", marketing: true });
  return body === end ? "" : optOutOf(brand, locale);
}
