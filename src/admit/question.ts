import type { KeyedHash } from "../support/keyed-hash.ts";
import type { LiquidScope } from "../support/liquid.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Event } from "../vocabulary/event.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows } from "./book.ts";
import type { KeptPreference, Profile } from "./document.ts";
import type { NoticeRules, StepRule } from "./notice-rules.ts";
import type { OpenPast } from "./past.ts";

/** What a step over the document is told besides its command. */
export interface AdmissionContext {
  /** Milliseconds; the clock is passed in. */
  readonly now: number;
  /** The id in clear, and the 22 characters that begin every message id of this recipient. */
  readonly recipient: { readonly id: string; readonly key: string /** The id, sealed. */; readonly sealed: string };
  /** Names rendered keys, so that they are not kept in clear. */
  readonly hash: KeyedHash;
  /** Rows of the past beside the document. */
  readonly rows: PastRows;
  /** How long a decision is remembered for a repeated event. */
  readonly identities_kept_ms: number;
}

/** Live, a repeated event is known for 30 days. */
export const IDENTITIES_KEPT_MS = 30 * 86_400_000;

/** The recipient as a step finds and leaves it: messages are replaced in the list, the past is open. */
export interface Working {
  readonly profile: Profile | undefined;
  readonly preferences: readonly KeptPreference[];
  readonly reachable: ReadonlySet<Channel>;
  readonly suppressed: ReadonlySet<Channel>;
  messages: Message[];
  readonly past: OpenPast;
}

/** One event, notice and step, to be decided for one recipient. */
export interface Question {
  readonly event: Event;
  /** Hash of source and id; the event's `time`, and the later of `time` and `deliverat`, in milliseconds. */
  readonly event_key: string;
  readonly event_time: number;
  readonly base: number;
  readonly rules: NoticeRules;
  readonly step: StepRule | undefined;
  /** Hash of source, id, notice and step. */
  readonly identity: string;
  readonly zone: string;
  readonly scope: LiquidScope;
  readonly working: Working;
  readonly hash: KeyedHash;
  readonly now: number;
}
