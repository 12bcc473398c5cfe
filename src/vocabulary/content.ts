import * as z from "zod";

/** How SMS are counted: `gsm` by 3GPP TS 23.038, `mainland` as carriers of mainland China bill, each character one. */
export const SEGMENT_RULES = ["gsm", "mainland"] as const;
export type SegmentRule = (typeof SEGMENT_RULES)[number];

/** What an SMS takes: `units` are septets of GSM-7, else UTF-16 units. */
export interface SegmentCount {
  readonly rule: SegmentRule;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly units: number;
  readonly segments: number;
}

const suggestion = z.union([
  z.strictObject({ reply: z.string() }),
  z.strictObject({ open: z.string(), label: z.string() }),
  z.strictObject({ call: z.string(), label: z.string() }),
]);

/** Rendered words of channels that carry more than a text; where a carrier cannot, the text beside stands for all of it. */
export const renderedContent = z.discriminatedUnion("channel", [
  z.strictObject({
    channel: z.literal("rcs"),
    suggestions: z.array(suggestion).optional(),
    picture: z.strictObject({ url: z.string(), alt: z.string().optional() }).optional(),
  }),
  z.strictObject({ channel: z.literal("email"), subject: z.string(), html: z.string().optional() }),
  z.strictObject({ channel: z.literal("push"), title: z.string(), body: z.string(), open: z.string().optional() }),
  z.strictObject({ channel: z.literal("chat"), markdown: z.string().optional() }),
  z.strictObject({ channel: z.literal("inbox"), title: z.string().optional(), open: z.string().optional() }),
]);
export type RenderedContent = z.infer<typeof renderedContent>;
