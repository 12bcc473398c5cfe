import type * as z from "zod";
import type { Outgoing } from "../../support/outgoing.ts";
import type { CarrierAnswer, CarrierLimits, CarrierReceipt, CarrierReply, RenderedTemplate } from "../../vocabulary/carrier.ts";
import type { Channel } from "../../vocabulary/classes.ts";
import type { RenderedContent } from "../../vocabulary/content.ts";

/** One account at a provider: what the catalog says, with its secrets looked up. */
export interface CarrierAccount<Settings> {
  /** Origin to call, without a trailing slash, e.g. https://api.twilio.com; may be a relay. */
  readonly base_url: string;
  readonly settings: Settings;
  /** By the names that the adapter declares in `secrets`; read them with `secretOf`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A secret of the account. Throws where it is missing or empty, which mounting has ruled out: an empty key must never sign. */
export function secretOf(account: Pick<CarrierAccount<unknown>, "secrets">, name: string): string {
  const secret = account.secrets[name];
  if (!secret) throw new Error(`the carrier's account has no secret ${name}`);
  return secret;
}

/** One text for one handset. */
export interface OutgoingText {
  readonly channel: Channel;
  /** E.164, e.g. +8613800138000. */
  readonly to: string;
  /** Signed, unless the carrier adds the signature. */
  readonly text: string;
  /** What the channel carries besides; the text stands for all of it where the carrier cannot. */
  readonly content?: RenderedContent;
  /** For carriers that send approved templates only; the text then says the same for people and other carriers. */
  readonly template?: RenderedTemplate;
  /** Our message id, for carriers that keep a reference. */
  readonly message: string;
  /** Where receipts shall come; carries the message id where the carrier keeps no reference. Left out, none are asked for. */
  readonly callback_url?: string;
}

/** A callback as it came in. `url` is the public one, since signatures cover it; header names are lower case. */
export interface Callback {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a callback proves. `unsigned`: the carrier signs nothing, the unguessable path must do. */
export type CallbackVerdict = "genuine" | "forged" | "unsigned";

/**
 * What a carrier's callback says. `receipts` may be empty (a state we do not follow); `unreadable` says why, in our words.
 */
export type ReceiptsRead =
  | { readonly kind: "receipts"; readonly receipts: readonly CarrierReceipt[] }
  | { readonly kind: "unreadable"; readonly why: string };

export type RepliesRead =
  | { readonly kind: "replies"; readonly replies: readonly CarrierReply[] }
  | { readonly kind: "unreadable"; readonly why: string };

/** What is asked about a call whose answer was unclear. */
export interface CarrierQuestion extends OutgoingText {
  /** When the message was claimed, in milliseconds: the call was made no earlier. */
  readonly since: number;
}

/**
 * `found`: the carrier has exactly this message. `absent`: it shows none, which proves nothing. `unanswered`: it could not be asked.
 */
export type CarrierFinding =
  | { readonly kind: "found"; readonly receipt: CarrierReceipt }
  | { readonly kind: "absent" }
  | { readonly kind: "unanswered"; readonly code?: string; readonly detail?: string };

/** What is left on the account: a decimal number, and a currency or what the vendor counts in (`messages`). */
export interface CarrierBalance {
  readonly amount: string;
  readonly unit: string;
}

/** The plain object that speaks one provider's HTTP API. Vendor words stop here. */
export interface CarrierAdapter<Settings> {
  readonly name: string;
  /** Hosts of the vendor's own API, allowed without the deployment's list; `*.` stands for one or more labels. */
  readonly hosts: readonly string[];
  readonly limits: CarrierLimits;
  readonly settings: z.ZodType<Settings>;
  /** Who an account's messages come from, where that is one: its number or its signature. */
  sender?(settings: Settings): string | undefined;
  /** Names of the secrets that an account must have; of settings as they were given, good or not. */
  secrets(given: object): readonly string[];
  send(account: CarrierAccount<Settings>, text: OutgoingText, outgoing: Outgoing): Promise<CarrierAnswer>;
  /**
   * One call for several texts, at most `limits.recipients_per_call`, that have the same `together`, and numbers that differ.
   * Answers in the order of the texts; what is not known of one of them is unclear.
   */
  sendMany?(account: CarrierAccount<Settings>, texts: readonly OutgoingText[], outgoing: Outgoing): Promise<readonly CarrierAnswer[]>;
  /** Texts with an equal key may share a call; undefined: this one goes alone. There where `sendMany` is. */
  together?(account: CarrierAccount<Settings>, text: OutgoingText): string | undefined;
  /** Asks after one message by our reference, or by what was sent where the carrier keeps none. */
  query?(account: CarrierAccount<Settings>, question: CarrierQuestion, outgoing: Outgoing): Promise<CarrierFinding>;
  /** What is left on the account, where the vendor tells; undefined where the answer cannot be read. */
  balance?(account: CarrierAccount<Settings>, outgoing: Outgoing): Promise<CarrierBalance | undefined>;
  verifyCallback(account: CarrierAccount<Settings>, callback: Callback): Promise<CallbackVerdict>;
  readReceipts(callback: Callback): ReceiptsRead;
  readReplies?(callback: Callback): RepliesRead;
  /** What the carrier wants to hear when its callback was settled. */
  readonly acknowledgement: { readonly status: number; readonly body: string; readonly content_type: string };
}
