import * as z from "zod";
import { catalog } from "./catalog.ts";
import { noticeClass } from "./classes.ts";

/** A notice as far as it is known without its body: enough to tell which events mean it. */
export const listedNotice = z.strictObject({
  name: z.string(),
  /** Under which its body is stored. */
  hash: z.string(),
  class: noticeClass,
  /** Event types that it is on; left out, its own name. */
  on: z.array(z.string()).optional(),
  /** Event types that cancel it. */
  cancel_on: z.array(z.string()).optional(),
});
export type ListedNotice = z.infer<typeof listedNotice>;

/** One version of a catalog: all but its notices, and these in order. */
export const catalogManifest = z.strictObject({ ...catalog.shape, notices: z.array(listedNotice) });
export type CatalogManifest = z.infer<typeof catalogManifest>;

/** So many names of each kind are kept; the counts tell all. */
export const NAMES_KEPT = 50;
const names = z.array(z.string()).max(NAMES_KEPT);

/** What a version changed against the one that was in force. */
export const catalogSummary = z.strictObject({
  added: names,
  removed: names,
  changed: names,
  /** Sections besides the notices, such as `routes`; `order` where notices stand in another. */
  settings: z.array(z.string()),
  counts: z.strictObject({ added: z.number(), removed: z.number(), changed: z.number() }),
});
export type CatalogSummary = z.infer<typeof catalogSummary>;
