import * as z from "zod";
import {
  cap,
  channel,
  consentRule,
  duration,
  formed,
  NOTICE_CLASSES,
  noticeClass,
  offset,
  onUnclear,
  quietWindow,
  timeOfDay,
} from "./classes.ts";
import { callerId, catalogName } from "./identifiers.ts";
import { locale, timeZone } from "./recipient.ts";
import { dataDeclaration } from "./variables.ts";

/** Where something stands in an event: `data.…`, `time` or an attribute's name. */
const path = formed(/^[A-Za-z0-9_]+(\.[^.\s]+)*$/, "must be a path such as data.buyer_id");
const name = z.string().min(1).max(128);

const brand = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(40)
    .regex(/^[^【】\r\n]*$/, "must be one line without 【 and 】, which are put around it")
    .optional(),
  /** Where 【name】 stands in an SMS; default: in front. `none`: the words have none. */
  signature: z.enum(["front", "behind", "none"]).optional(),
  /** What stands there instead for numbers outside mainland China, by locale, spaces and colon included, such as `Whalefall: `. */
  signatures: z.record(locale, z.string().min(1).max(60)).optional(),
  /** How marketing SMS end, by locale, instead of 拒收请回复R and Reply STOP to opt out. */
  opt_out: z.record(locale, z.string().min(1).max(60)).optional(),
  link_host: z.string().min(1).max(253).optional(),
});

const defaults = z.strictObject({
  locale: locale.optional(),
  time_zone: timeZone.optional(),
  country: formed(/^[A-Z]{2}$/, "must be a two-letter country code such as CN").optional(),
  /** What `money` counts in where a template does not say. */
  currency: formed(/^[A-Z]{3}$/, "must be a three-letter currency code such as CNY").optional(),
});

/** Settings of a class; what is left out keeps its default, lists are replaced whole. */
const classSettings = z.strictObject({
  consent: consentRule.optional(),
  quiet_hours: z.array(quietWindow).optional(),
  caps: z.array(cap).optional(),
  ttl: duration.optional(),
  on_unclear: onUnclear.optional(),
  /** Of `verification`: without a delivered receipt for so long another carrier is tried, once. */
  resend_after: duration.optional(),
});

/** A decimal number and a currency, such as `0.045 CNY`. */
const money = formed(/^\d{1,9}(\.\d{1,6})? [A-Z]{3}$/, "must be an amount and a currency such as 0.045 CNY");

export const carrierName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be lower-case letters, digits and dashes");

/** An account at a provider. `settings` is checked by the adapter; `secrets` names secrets of the deployment. */
const carrier = z.strictObject({
  adapter: name,
  base_url: z.url({ protocol: /^https?$/, error: "must be an address such as https://api.twilio.com" }),
  settings: z.record(z.string(), z.unknown()),
  secrets: z
    .record(z.string(), z.string().regex(/^CARRIER_[A-Z0-9]+_[A-Z0-9_]+$/, "must be the name of a secret such as CARRIER_SHOP_TWILIO"))
    .optional(),
  /** Messages a second for the account; without it the adapter's own figure. */
  per_second: z.number().min(0.01).max(10_000).optional(),
  /** Messages a second for each sender of the account, where the vendor limits those. */
  sender_per_second: z.number().min(0.01).max(10_000).optional(),
  /** By country of the number, per segment; `*` is for all others. */
  price: z.record(z.string().regex(/^([A-Z]{2}|\*)$/, "must be a two-letter country code or *"), money).optional(),
  /** Below this balance people are alerted, where the vendor tells it: an amount and what it is counted in. */
  balance_low: formed(/^\d{1,12}(\.\d{1,6})? [A-Za-z]{3,16}$/, "must be an amount and its unit such as 100 USD or 500 messages").optional(),
});
export type CatalogCarrier = z.infer<typeof carrier>;

const CARRIERS = "must be a list of carriers in order, or weights by carrier";

/** A list of carriers is an order; a map is weights. The rest of either is the fail-over order. */
const route = z.strictObject({
  channel,
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, "must be two-letter country codes"))
    .min(1)
    .optional(),
  prefixes: z
    .array(z.string().regex(/^\+\d{1,15}$/, "must be number prefixes such as +8613"))
    .min(1)
    .optional(),
  classes: z.array(noticeClass).min(1).optional(),
  notices: z.array(catalogName).min(1).optional(),
  carriers: z.union([
    z.array(carrierName, { error: CARRIERS }).min(1, { error: CARRIERS }),
    z.record(carrierName, z.number().positive(), { error: CARRIERS }),
  ]),
});
export type Route = z.infer<typeof route>;
/** A route as far as it could be read. */
export const partialRoute = route.partial();

/** A template that a carrier has approved: its code, and values as Liquid, by name or by position as the carrier has it. */
export const carrierTemplate = z.strictObject({
  code: z.string().min(1).max(128),
  params: z.union([z.record(z.string().min(1), z.string()), z.array(z.string())]).default({}),
  sign_name: z.string().min(1).max(64).optional(),
  /** The approved text as the carrier shows it, without signature: `${order}` or `{1}` stand for values. The words beside it are measured by it. */
  text: z.string().min(1).max(1_000).optional(),
  /** The language of the approved text; default: the catalog's. */
  locale: locale.optional(),
});
export type CarrierTemplate = z.infer<typeof carrierTemplate>;

const seriesStep = z
  .strictObject({ step: name, from: path, offset, time: timeOfDay.optional(), template: name.optional() })
  .refine((step) => step.time === undefined || !step.offset.includes("T"), {
    path: ["offset"],
    error: "must have weeks and days only, since there is a time",
  });
export type SeriesStep = z.infer<typeof seriesStep>;

/** One kind of notification. `templates` is by channel, or, for a series, by template name and then by channel. */
export const notice = z.strictObject({
  class: noticeClass,
  on: z.array(callerId).min(1).optional(),
  /** Where recipients stand in the event; `recipient:…` is one by its id, `topic:…` a list. */
  to: formed(
    /^([A-Za-z0-9_]+(\.[^.\s]+)*|(topic|recipient):\S+)$/,
    "must be a path such as data.buyer_id, recipient:<id> or topic:<name>",
  ).optional(),
  when: z.string().min(1).optional(),
  channels: z.array(channel).min(1),
  fallback_after: duration.optional(),
  ttl: duration.optional(),
  on_unclear: onUnclear.optional(),
  resend_after: duration.optional(),
  dedupe: z.strictObject({ key: z.string(), window: duration }).optional(),
  digest: z.strictObject({ key: z.string(), window: duration, max: z.number().int().min(1).optional() }).optional(),
  series: z.array(seriesStep).min(1).optional(),
  cancel: z.strictObject({ on: z.array(callerId).min(1), key: z.string() }).optional(),
  quiet_hours: z.array(quietWindow).optional(),
  caps: z.array(cap).optional(),
  data: dataDeclaration.optional(),
  templates: z.record(z.string(), z.unknown()).optional(),
  /** By carrier; of a series by carrier and then by template name, like `templates`. Both are checked where they are published. */
  carrier_templates: z.record(z.string(), z.unknown()).optional(),
  replies: z.record(z.string(), z.unknown()).optional(),
});
export type Notice = z.infer<typeof notice>;

/** The shape of a catalog; meaning, and how things are named, is checked when it is published. */
export const catalog = z.strictObject({
  brand: brand.optional(),
  defaults: defaults.optional(),
  classes: z.partialRecord(z.enum(NOTICE_CLASSES), classSettings).optional(),
  carriers: z.record(z.string(), carrier).optional(),
  routes: z.array(route).optional(),
  notices: z.record(z.string(), notice),
});
export type Catalog = z.infer<typeof catalog>;
