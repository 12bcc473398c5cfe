import type { ArrivedReceipt } from "../settle/take-receipt.ts";
import type { KeptAddress } from "../vocabulary/address.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { Channel, NoticeClass } from "../vocabulary/classes.ts";
import type { MessageState } from "../vocabulary/message.ts";

/** What delivering asks of a Recipient: the small interface that admit/ fulfils and wiring.ts joins. */
export interface ClaimCommand {
  readonly ids: readonly string[];
  /** Notices that are paused: their messages wait. */
  readonly paused: readonly string[];
  /** How long these wait until they are looked at again, in milliseconds. */
  readonly paused_for_ms?: number;
  /** How long the caller may take until its answer counts as lost, in milliseconds. */
  readonly lease_ms: number;
  /** The caller holds slots for these ids: what was told to come later comes now. */
  readonly has_slots?: boolean;
}

/** Everything that a carrier call needs; what is personal is sealed. */
export interface ClaimedMessage {
  readonly id: string;
  readonly notice: string;
  readonly step?: string;
  readonly class: NoticeClass;
  /** Version of the catalog that made the message. */
  readonly catalog: number;
  readonly channel: Channel;
  readonly address: KeptAddress;
  /** `id` is sealed. */
  readonly recipient: { readonly id: string; readonly locale?: string; readonly time_zone?: string; readonly tags: readonly string[] };
  /** The event's attributes, sealed, and its data; of a digest also the data of the events that joined. */
  readonly sealed: string;
  readonly data?: string;
  readonly merged: readonly string[];
  /** The attempt that this claim opened. */
  readonly n: number;
  /** When it was to go out, in milliseconds; for the first attempt the wait since then says how fast Carillon is. */
  readonly due_at: number;
  readonly expires_at: number;
  /** The attempts before, in order. */
  readonly before: readonly AttemptBefore[];
}

export interface AttemptBefore {
  readonly n: number;
  readonly channel: Channel;
  /** Undefined where the answer was lost. */
  readonly carrier?: string;
  /** The carrier refused the account. */
  readonly closed: boolean;
  /** When it was claimed, in milliseconds, where its outcome is unclear: the carrier may be asked. */
  readonly unclear_since?: number;
}

/** `send`: call now, the claim is written. `wait`: come again then. `done`: nothing is to be sent, the state says why. */
export type Claim =
  | { readonly kind: "send"; readonly message: ClaimedMessage }
  | { readonly kind: "wait"; readonly id: string; readonly until: number }
  | { readonly kind: "done"; readonly id: string; readonly state: MessageState | "gone" };

/** What a carrier's answer tells of an attempt; `untried` and `open` count the route's carriers that are left. */
export interface ToldAnswer {
  readonly kind: "answer";
  readonly id: string;
  readonly n: number;
  readonly carrier: string;
  readonly answer: CarrierAnswer;
  readonly untried: number;
  readonly open: number;
  /** What the call cost by the catalog's price, such as `0.09 CNY`. */
  readonly cost?: string;
  /** The carrier's gate wants to hear of its receipt. */
  readonly watched?: true;
}

/** No call was made for this attempt: it never was, and the message is due again at `until` (milliseconds). */
export interface ToldReturned {
  readonly kind: "returned";
  readonly id: string;
  readonly n: number;
  readonly until: number;
}

/**
 * The address of this attempt is blocked: no call was made, the attempt never was, and nothing goes there until the block is lifted.
 * `looked_at`: when the blocks were asked, in milliseconds.
 */
export interface ToldBlocked {
  readonly kind: "blocked";
  readonly id: string;
  readonly n: number;
  readonly looked_at: number;
}

/**
 * A receipt, or what a carrier said when it was asked. Where the carrier names no message, `id` is left out and `addresses` are
 * the hashes of the number that it names.
 */
export interface ToldReceipt extends ArrivedReceipt {
  readonly kind: "receipt";
  readonly id?: string;
  readonly addresses?: readonly string[];
  /** Others have the number too and are told as well: it is nobody's by guess. */
  readonly shared?: true;
}

export type Told = ToldAnswer | ToldReturned | ToldBlocked | ToldReceipt;

/** `matched`: it belongs to a message of this recipient. `again_at`: the message shall stand in its lane again from then on. */
export interface ToldResult {
  readonly id: string;
  readonly matched: boolean;
  readonly state?: MessageState;
  readonly again_at?: number;
  /** The receipt is of an attempt that its carrier's gate watches. */
  readonly watched?: { readonly carrier: string; readonly at: number; readonly delivered: boolean };
}
