import * as z from "zod";

/** The four classes, most urgent first. A class is a property of the notice, never of the request; each has its own lane. */
export const NOTICE_CLASSES = ["verification", "transactional", "service", "marketing"] as const;
export const noticeClass = z.enum(NOTICE_CLASSES);
export type NoticeClass = z.infer<typeof noticeClass>;

/** `required`: sent whatever the preferences say; `opt_out`: sent unless refused; `opt_in`: sent only after a yes. */
export const consentRule = z.enum(["required", "opt_out", "opt_in"]);
export type ConsentRule = z.infer<typeof consentRule>;

/** What follows when it is not known whether a carrier took a message (docs/delivery.md). */
export const onUnclear = z.enum(["stop", "resend_without_receipt", "elsewhere"]);
export type OnUnclear = z.infer<typeof onUnclear>;

export const CHANNELS = ["sms", "rcs", "email", "push", "chat", "inbox"] as const;
export const channel = z.enum(CHANNELS);
export type Channel = z.infer<typeof channel>;
/** Channels whose addresses are phone numbers. */
export const NUMBERED_CHANNELS: readonly Channel[] = ["sms", "rcs"];

/** A text of this form; a value of another type is told the form too. */
export function formed(form: RegExp, error: string) {
  return z.string({ error: ({ input }) => (input === undefined ? undefined : error) }).regex(form, error);
}

/** ISO 8601 duration of weeks, days, hours, minutes and seconds; a day is 24 h. `-P3D` is only meant where an offset stands. */
export const duration = formed(
  /^P(?!$)(\d{1,5}W)?(\d{1,5}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$/,
  "must be an ISO 8601 duration such as PT10M or P7D",
);
export const offset = formed(
  /^-?P(?!$)(\d{1,5}W)?(\d{1,5}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$/,
  "must be an ISO 8601 duration such as -P3D or PT1H",
);

/** A time of day on the recipient's clock. */
export const timeOfDay = formed(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 09:30");

/** Hours of silence in local time; contains `from` and not `to`, may pass midnight. */
export const quietWindow = z.strictObject({ from: timeOfDay, to: timeOfDay });
export type QuietWindow = z.infer<typeof quietWindow>;

/** At most `max` counting messages in any window of length `per`. */
export const cap = z.strictObject({
  max: z.number().int().min(1, "must be 1 or more"),
  per: duration,
  over: z.enum(["suppress", "defer"]),
});
export type Cap = z.infer<typeof cap>;
