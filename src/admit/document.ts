import * as z from "zod";
import { keptAddress } from "../vocabulary/address.ts";
import { CHANNELS, quietWindow } from "../vocabulary/classes.ts";
import { milliseconds } from "../vocabulary/instant.ts";
import { message } from "../vocabulary/message.ts";
import { preferenceScope } from "../vocabulary/recipient.ts";
import { past } from "./past.ts";
import { uncopied } from "./uncopied.ts";

/** Current version of the document; a stored one that is older is brought up step by step, a newer one is refused. */
export const DOCUMENT_VERSION = 1;

export const keptPreference = z.strictObject({
  scope: preferenceScope,
  channel: z.union([z.enum(CHANNELS), z.literal("*")]),
  state: z.enum(["in", "out"]),
  at: milliseconds,
});
export type KeptPreference = z.infer<typeof keptPreference>;

export const profile = z.strictObject({
  /** Counts the changes, so that copies know which is newer. */
  revision: z.number().int().min(1),
  /** The recipient's id, sealed: ids may be personal. */
  id: z.string(),
  /** The preferred address of each channel. */
  addresses: z.partialRecord(z.enum(CHANNELS), keptAddress),
  /** Further ones, in order; left out where no channel has any. */
  more_addresses: z.partialRecord(z.enum(CHANNELS), z.array(keptAddress)).optional(),
  locale: z.string().optional(),
  time_zone: z.string().optional(),
  tags: z.array(z.string()),
  quiet_hours: z.array(quietWindow),
});
export type Profile = z.infer<typeof profile>;

/** Everything that is known of one recipient. A command is a pure step over it. */
export const recipientDocument = z.strictObject({
  v: z.literal(DOCUMENT_VERSION),
  /** The recipient's id, sealed; of one without a profile too. */
  id: z.string().optional(),
  profile: profile.optional(),
  /** In order of addition. */
  preferences: z.array(keptPreference),
  /** Open and recent messages, in order of admission. */
  messages: z.array(message),
  /** What the rules need of messages and events that are gone; left out while there are none. */
  past: past.optional(),
  /** Of the newest catalog that this recipient was decided by. */
  activation: z.number().int().min(1).optional(),
  /** When what a lost queue had left behind was last put back into its lane. */
  requeued_at: milliseconds.optional(),
  /** What could not be copied to D1 yet. */
  uncopied: uncopied.optional(),
  /** Addresses (by their hashes) whose block was lifted of late. */
  lifted: z.array(z.strictObject({ hash: z.string(), at: milliseconds })).optional(),
  /** Somebody who was erased, and has no profile since: when, and the count of changes that a new profile goes on from. */
  erased: z.strictObject({ at: milliseconds, revision: z.number().int() }).optional(),
  /** When the object's one alarm is set for; a past one counts as none. */
  alarm_at: milliseconds.optional(),
});
export type RecipientDocument = z.infer<typeof recipientDocument>;

/** A recipient of whom nothing is known yet. */
export function emptyDocument(): RecipientDocument {
  return { v: DOCUMENT_VERSION, preferences: [], messages: [] };
}
