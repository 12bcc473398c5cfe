import * as z from "zod";
import { base64urlOf, bytesOf } from "../support/base64.ts";
import { recipientKey } from "../vocabulary/identifiers.ts";

const CURSOR_MAX = 1024;
const NOT_GIVEN = "is not a cursor that this list gave; begin without one";

/** Where a page ended, as text that says nothing to callers. */
export function cursorOf(...parts: readonly (string | number | null)[]): string {
  return base64urlOf(new TextEncoder().encode(JSON.stringify(parts)));
}

/** A cursor as `cursorOf` made it, read by the schema of its parts. */
export function cursor<Place>(parts: z.ZodType<Place>) {
  return z
    .string()
    .max(CURSOR_MAX, NOT_GIVEN)
    .transform((text, context): Place => {
      const read = parts.safeParse(partsIn(text));
      if (read.success) return read.data;
      context.addIssue({ code: "custom", message: NOT_GIVEN });
      return z.NEVER;
    });
}

function partsIn(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(text)));
  } catch {
    return undefined;
  }
}

/** Where a list in the order of recipients' keys goes on. */
export const keyCursor = cursor(z.tuple([recipientKey]).transform(([key]) => key));
