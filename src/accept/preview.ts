import * as z from "zod";
import { renderedTemplate } from "../vocabulary/carrier.ts";
import { channel } from "../vocabulary/classes.ts";
import { renderedContent, SEGMENT_RULES } from "../vocabulary/content.ts";
import { catalogName } from "../vocabulary/identifiers.ts";
import { locale, tags, timeZone } from "../vocabulary/recipient.ts";

/** Events that one digest may be tried with. */
const JOINED_MAX = 100;

/** Which words are to be seen, and for whom. What is left out: every step, channel and locale, and the catalog's defaults. */
export const previewQuestion = z.strictObject({
  notice: catalogName,
  step: z.string().min(1).max(128).optional(),
  channel: channel.optional(),
  /** Of the reader, who may get words of another locale. */
  locale: locale.optional(),
  /** Of the number. */
  country: z.string().optional(),
  time_zone: timeZone.optional(),
  tags: tags.optional(),
  /** Of the event; left out, the declared examples. */
  data: z.unknown().optional(),
  /** The data of each event that joined the first one in a digest, oldest first. */
  digest: z.array(z.unknown()).max(JOINED_MAX, `must be at most ${JOINED_MAX}`).optional(),
});
export type PreviewQuestion = z.infer<typeof previewQuestion>;

/** Something that is worth knowing and stops nothing; the pointer, where there is one, is into the catalog. */
const warning = z.strictObject({ pointer: z.string().optional(), detail: z.string() });
export type Warning = z.infer<typeof warning>;

/** What one carrier of the route would take for it; without `cost` there is no price. */
const cost = z.strictObject({
  carrier: z.string(),
  segments: z.number(),
  cost: z.string().optional(),
  template: renderedTemplate.optional(),
});
export type Cost = z.infer<typeof cost>;

const worst = z.strictObject({ segments: z.number(), units: z.number(), longest: z.string(), blame: z.string().optional() });
export type Worst = z.infer<typeof worst>;

/** One text as a person would read it. One that cannot be made has `problem` in place of all that is said of a text. */
export const preview = z.strictObject({
  channel,
  /** Whose words they are. */
  locale: z.string(),
  step: z.string().optional(),
  problem: z.string().optional(),
  text: z.string().optional(),
  content: renderedContent.optional(),
  /** Of SMS, as are all up to `worst`. */
  encoding: z.enum(["GSM-7", "UCS-2"]).optional(),
  rule: z.enum(SEGMENT_RULES).optional(),
  segments: z.number().optional(),
  units: z.number().optional(),
  parts: z.array(z.strictObject({ text: z.string(), units: z.number() })).optional(),
  /** What `encoding: smart` saved. */
  saved_segments: z.number().optional(),
  /** Whether the short form was taken. */
  short: z.literal(true).optional(),
  /** The most that these words can take, by their variables' bounds. */
  worst: worst.optional(),
  costs: z.array(cost),
  warnings: z.array(warning),
});
export type Preview = z.infer<typeof preview>;

/** `version`: of the catalog in force, where the words are not of a draft. */
export const previewAnswer = z.strictObject({ notice: z.string(), version: z.number().optional(), previews: z.array(preview) });
export type PreviewAnswer = z.infer<typeof previewAnswer>;
