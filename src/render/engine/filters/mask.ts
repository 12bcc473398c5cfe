import { graphemesOf } from "../../../support/graphemes.ts";
import { type FilterCall, textOf, type WordFilter } from "./filter.ts";

/** Most stars for one word of a name, and for a phone number: E.164 has fifteen digits, and four are shown. */
const NAME_STARS_MAX = 8;
const PHONE_STARS_MAX = 11;

const KINDS = ["name", "phone", "number"] as const;
type MaskKind = (typeof KINDS)[number];
const known = `needs what it hides: ${KINDS.map((kind) => `'${kind}'`).join(", ")}`;

/** Hides most of what others may read along. */
export const maskFilters: Readonly<Record<string, WordFilter>> = {
  mask: { args: [1, 1], fault: ([kind]) => (kind === undefined || isKind(kind) ? undefined : known), apply: mask },
};

function mask({ value, args: [kind], context }: FilterCall): string {
  if (!isKind(kind)) throw new Error(known);
  return maskText(textOf(value, context), kind);
}

function isKind(kind: unknown): kind is MaskKind {
  return KINDS.some((name) => name === kind);
}

function maskText(text: string, kind: MaskKind): string {
  if (kind === "name") return maskName(text);
  return kind === "phone" ? maskPhone(text) : maskNumber(text);
}

/** The first grapheme of each word, and stars for the others. */
function maskName(name: string): string {
  return name
    .trim()
    .split(/\s+/u)
    .map((word) => {
      const [first = "", ...hidden] = graphemesOf(word);
      return first + "*".repeat(Math.min(hidden.length, NAME_STARS_MAX));
    })
    .join(" ");
}

/** A mobile number of mainland China with three digits in front and four behind; of any other the last four at most. */
function maskPhone(phone: string): string {
  const [, front, back] = /^(?:(?:\+|00)?86)?(1[3-9]\d)\d{4}(\d{4})$/.exec(phone.replace(/[^0-9+]/g, "")) ?? [];
  if (front !== undefined && back !== undefined) return `${front}****${back}`;
  const digits = phone.replace(/[^0-9]/g, "");
  const shown = tailOf(digits.split(""));
  return "*".repeat(Math.min(Math.max(digits.length - shown.length, 4), PHONE_STARS_MAX)) + shown;
}

/** Four stars, whatever the length, and the last four. */
function maskNumber(number: string): string {
  return `****${tailOf(graphemesOf(number.trim()))}`;
}

/** The last four of what has more than four, else the last alone. */
function tailOf(parts: readonly string[]): string {
  return parts.slice(parts.length > 4 ? -4 : -1).join("");
}
