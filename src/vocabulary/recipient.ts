import * as z from "zod";
import { CHANNELS, channel, noticeClass, quietWindow } from "./classes.ts";
import { callerId, catalogName, plainText } from "./identifiers.ts";
import { instant } from "./instant.ts";

/** A scope is `all`, a class or a notice: a class's word wins, since no notice may bear it. */
export const preferenceScope = z.union([z.literal("all"), noticeClass, catalogName]);

/** One entry of a recipient's preferences. Entries are added, never changed. */
export const preference = z.strictObject({
  scope: preferenceScope,
  channel: z.union([channel, z.literal("*")]),
  state: z.enum(["in", "out"]),
  at: instant,
});
export type Preference = z.infer<typeof preference>;

const shortText = plainText(64);

/** How the person said so: where (such as `checkout`), to which version of the wording, and from which address of the network. */
export const consentProof = z.strictObject({
  source: shortText,
  wording_version: shortText.optional(),
  ip: z.union([z.ipv4(), z.ipv6()], "must be an IPv4 or IPv6 address").optional(),
});

/** An entry as callers give it. `at` may be left out and is then the time of the request. */
const datedPreference = preference.extend({ proof: consentProof.optional() });
const preferenceInput = datedPreference.partial({ at: true });
export type PreferenceInput = z.infer<typeof preferenceInput>;

/** Body of `PUT /v1/recipients/{id}/preferences`. */
export const preferencesInput = z.strictObject({
  preferences: z.array(preferenceInput).min(1, "must have at least one entry").max(100, "must have at most 100 entries"),
});

/** IANA name, tried against the runtime's own table. */
export const timeZone = z.string().refine(isTimeZone, "is not a time zone of the IANA database, such as Asia/Shanghai");
/** Of three letters only these are zones of the database; others (CST, JST, IST …) mean different things to different people. */
const THREE_LETTERS = new Set(["CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "UTC", "WET"]);
function isTimeZone(name: string): boolean {
  if (name.length === 3 && !THREE_LETTERS.has(name.toUpperCase())) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** BCP 47 asks for room for so many characters (RFC 5646, section 4.4.1), and no tag in use has more. */
export const LOCALE_MAX = 35;
/** BCP 47 tag, in its canonical writing. */
export const locale = z
  .string()
  .max(LOCALE_MAX, `must have at most ${LOCALE_MAX} characters`)
  .refine(isLocale, "is not a language tag, such as zh-CN");
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** An address as the caller writes it. */
const address = z.string().max(320, "must have at most 320 characters");
/** Of one channel. */
const ADDRESSES_MAX = 5;
const oneOrMore = z.union(
  [address, z.array(address).max(ADDRESSES_MAX, `must have at most ${ADDRESSES_MAX} addresses`)],
  "must be an address or a list of addresses",
);
/** Addresses by channel: one, or a list of which the first is the preferred one. An empty one, and an empty list, is none. */
export const addresses = z.partialRecord(z.enum(CHANNELS), oneOrMore);
export type Addresses = z.infer<typeof addresses>;

export const TAGS_MAX = 64;
/** Longest tag. */
export const TAG_MAX = 64;
const tag = z.string().min(1).max(TAG_MAX);
export const tags = z.array(tag).max(TAGS_MAX);

const quietHours = z.array(quietWindow).max(8);

const profileFields = {
  addresses: addresses.optional(),
  locale: locale.optional(),
  time_zone: timeZone.optional(),
  tags: tags.optional(),
  quiet_hours: quietHours.optional(),
  preferences: z.array(preferenceInput).max(100).optional(),
};

/** Body of `PUT /v1/recipients/{id}`: the whole profile; preferences are appended. */
export const recipientInput = z.strictObject(profileFields);
export type RecipientInput = z.infer<typeof recipientInput>;

/** A recipient given whole in an event: keys that are given replace, keys left out stay. */
export const wholeRecipient = z.strictObject({ id: callerId, ...profileFields });
export type WholeRecipient = z.infer<typeof wholeRecipient>;

/** A line of an import. Preferences say when: the same line again must not be a newer word. */
export const importedRecipient = wholeRecipient.extend({ preferences: z.array(datedPreference).max(100).optional() });

/** Body of `PATCH /v1/recipients/{id}` (RFC 7396): what is given replaces, null takes away, what is left out stays. */
export const recipientPatch = z
  .strictObject({
    addresses: z.partialRecord(z.enum(CHANNELS), oneOrMore.nullable()).nullable().optional(),
    locale: locale.nullable().optional(),
    time_zone: timeZone.nullable().optional(),
    tags: tags.nullable().optional(),
    quiet_hours: quietHours.nullable().optional(),
    /** Besides those that there are, whatever others add at the same time. */
    add_tags: tags.optional(),
    remove_tags: tags.optional(),
  })
  .refine(({ tags: whole, add_tags, remove_tags }) => whole === undefined || (!add_tags && !remove_tags), {
    path: ["tags"],
    message: "is the whole list; give either it, or add_tags and remove_tags",
  });
export type RecipientPatch = z.infer<typeof recipientPatch>;
