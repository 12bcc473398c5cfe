import * as z from "zod";
import { callerId } from "./identifiers.ts";
import { instant } from "./instant.ts";

/** Longest event as it is posted, and so longest text in it: a UTF-16 unit takes a byte at least. */
export const EVENT_MAX_BYTES = 64 * 1024;

/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A CloudEvents attribute name: lower-case letters and digits. */
export const attributeName = z.string().regex(/^[a-z0-9]{1,64}$/, "attribute names are lower-case letters and digits");

/**
 * A CloudEvent as Carillon sees it, whatever form it was posted in (CloudEvents 1.0). `extensions` are the other
 * attributes; `deliverat`, where given, is one of ours and stands by itself.
 */
export const event = z.strictObject({
  id: callerId,
  source: callerId,
  type: callerId,
  time: instant,
  subject: callerId.optional(),
  deliverat: instant.optional(),
  /** Any JSON value. */
  data: z.unknown().optional(),
  extensions: z.record(attributeName, z.union([z.string(), z.number(), z.boolean()])),
});
export type Event = z.infer<typeof event>;
