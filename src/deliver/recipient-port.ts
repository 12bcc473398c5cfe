import type { KeptAddress } from "../vocabulary/address.ts";
import type { CarrierAnswer } from "../vocabulary/carrier.ts";
import type { Channel, NoticeClass } from "../vocabulary/classes.ts";
import type { MessageState } from "../vocabulary/message.ts";

/** What delivering asks of a Recipient: the small interface that admit/ fulfils and wiring.ts joins. */
export interface ClaimCommand {
  readonly ids: readonly string[];
  /** Notices that are paused: their messages wait. */
  readonly paused: readonly string[];
  /** How long the caller may take until its answer counts as lost, in milliseconds. */
  readonly lease_ms: number;
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
  /** Carriers of the attempts before, in order; undefined where the answer was lost. `closed`: refused for its account. */
  readonly before: readonly { readonly carrier?: string; readonly closed: boolean }[];
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
}

/** `matched`: it belongs to a message of this recipient. `again_at`: the message shall stand in its lane again from then on. */
export interface ToldResult {
  readonly id: string;
  readonly matched: boolean;
  readonly state?: MessageState;
  readonly again_at?: number;
}
