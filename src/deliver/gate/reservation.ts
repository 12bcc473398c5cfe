import type { NoticeClass } from "../../vocabulary/classes.ts";

/** What a consumer may give a carrier; from the catalog, so the gate itself keeps no settings. */
export interface Pace {
  /** Messages a second for the account. */
  readonly per_second: number;
  /** Messages a second for each sender (number, signature) of the account, where the vendor limits those. */
  readonly sender_per_second?: number;
}

/** What calls came to since the last report, as far as it says something of the carrier's health. Instants in milliseconds. */
export interface GateReport {
  /** Calls that the carrier answered, whatever it said of the message. */
  readonly answered: number;
  /** Calls that failed or said "not now", oldest first. */
  readonly troubles: readonly CarrierTrouble[];
  /** Messages that were taken and whose receipts shall be watched for (`Slot.watch`). */
  readonly watched: readonly { readonly id: string; readonly at: number }[];
  /** How long verification messages waited from when they were due to their call, in milliseconds. */
  readonly verification_waits: readonly number[];
  /** What became of the probe that this caller was given; undefined where it was given none. */
  readonly probe?: "healthy" | "failed" | "unused";
}

export interface CarrierTrouble {
  readonly at: number;
  /** `credentials` and `balance`: the account as a whole is refused. */
  readonly kind: "unclear" | "unreachable" | "throttled" | "credentials" | "balance";
  /** The carrier's own code; for people. */
  readonly code?: string;
  readonly retry_after_seconds?: number;
}

export interface Reservation {
  readonly class: NoticeClass;
  /** The sender of each message for which a slot is asked, in order; the empty string where the carrier has one pace. */
  readonly senders: readonly string[];
  /** How long the caller can wait by itself: slots beyond it are not given, in milliseconds; 1,000 at most. */
  readonly patience_ms: number;
  /** How many messages the caller can send in time over its connections: no more slots are given, the rest is told when to come. */
  readonly most: number;
  readonly pace: Pace;
  /** What the calls since the last reservation came to. */
  readonly report?: GateReport;
}

/** `now`: the call may be made at `at` and no earlier. `later`: nothing is given; come again at `at`, when there should be room. */
export type Slot =
  | { readonly kind: "now"; readonly at: number /** Tell the gate when its receipt comes. */; readonly watch: boolean }
  | { readonly kind: "later"; readonly at: number };

/** Health as the breaker has it. `open`: nothing but one probe at a time. `half` and `returning`: `share` of the traffic. */
export interface CarrierHealth {
  readonly breaker: "closed" | "half" | "open" | "returning";
  /** Which part of the traffic the carrier shall have, from 0 to 1. */
  readonly share: number;
  /** When a probe may be made, of an open one, in milliseconds. */
  readonly probe_at?: number;
}

/** Something that people must hear of; `detail.cause` says which, of a breaker. */
export interface GateAlert {
  readonly type: "breaker.opened" | "breaker.closed" | "credentials.refused" | "balance.empty" | "verification.slow" | "unclear.many";
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface Reserved {
  /** One per sender asked for, in order. All `later` where the breaker is open and no probe is due. */
  readonly slots: readonly Slot[];
  /** The first slot is a probe: its outcome is to be reported at once. */
  readonly probe: boolean;
  readonly health: CarrierHealth;
  readonly alerts: readonly GateAlert[];
}

/** What a report comes to. */
export type Heard = Pick<Reserved, "health" | "alerts">;

/** The receipt of a watched message; `at` is when it came, in milliseconds. */
export interface WatchedReceipt {
  readonly id: string;
  readonly at: number;
  readonly delivered: boolean;
}

/** What people see of a gate (`GET /v1/carriers`). Instants in milliseconds. */
export interface GateStatus {
  readonly health: CarrierHealth;
  readonly since: number | undefined;
  readonly cause: string | undefined;
  /** Classes that get nothing for the time being. */
  readonly shed: readonly NoticeClass[];
  /** Slots given in the last second and what it may be at most (lower than the catalog's after a 429). */
  readonly given_last_second: number;
  readonly per_second: number | undefined;
  /** Messages that were told to come later, by class, as far as they are still expected. */
  readonly waiting: Readonly<Partial<Record<NoticeClass, number>>>;
  readonly calls_30s: { readonly answered: number; readonly errors: number };
  readonly receipts: { readonly watched: number; readonly missing: number; readonly usual_ms: number | undefined };
  readonly last_troubles: readonly CarrierTrouble[];
}
