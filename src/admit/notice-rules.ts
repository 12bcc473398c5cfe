import type { Channel, ConsentRule, NoticeClass, OnUnclear, QuietWindow } from "../vocabulary/classes.ts";
import type { Event } from "../vocabulary/event.ts";

/** A cap as the core counts it. `of`: whose messages it counts. */
export interface CapRule {
  readonly of: "class" | "notice";
  readonly max: number;
  readonly per_ms: number;
  readonly over: "suppress" | "defer";
}

/** One step of a series. `offset` is ISO 8601: calendar days where there is a `time`, else exact. */
export interface StepRule {
  readonly step: string;
  readonly from: string;
  readonly offset: string;
  readonly time?: string;
}

/** All that admission needs to know of a notice, as plain data: class defaults filled in, durations in milliseconds. */
export interface NoticeRules {
  readonly notice: string;
  readonly class: NoticeClass;
  /** Version of the catalog that says so. */
  readonly catalog: number;
  readonly consent: ConsentRule;
  readonly channels: readonly Channel[];
  readonly on_unclear: OnUnclear;
  /** Without a delivered receipt for so long, the next of `channels` follows (milliseconds). */
  readonly fallback_after_ms?: number;
  /** Of `verification`: without a delivered receipt for so long, another carrier follows (milliseconds). */
  readonly resend_after_ms?: number;
  readonly when?: string;
  readonly ttl_ms: number;
  /** The notice's own, else its class's. The recipient's own come on top for service and marketing. */
  readonly quiet_hours: readonly QuietWindow[];
  /** The class's, then the notice's. */
  readonly caps: readonly CapRule[];
  readonly dedupe?: { readonly key: string; readonly window_ms: number };
  readonly digest?: { readonly key: string; readonly window_ms: number; readonly max: number };
  readonly cancel_key?: string;
  readonly series?: readonly StepRule[];
  /** The catalog's, for recipients without one. */
  readonly defaults: { readonly locale?: string; readonly time_zone?: string };
}

/** A notice whose waiting messages an event cancels, with the template of the key. */
export interface CancelRule {
  readonly notice: string;
  readonly key: string;
  readonly defaults: NoticeRules["defaults"];
}

/** What one event means for one recipient: first the cancels, then the notices in catalog order. */
export interface EventOrder {
  readonly event: Event;
  /** Equal for equal bodies as posted; empty where nobody compares (simulations). */
  readonly body_hash: string;
  /** Attributes, sealed. */
  readonly sealed: string;
  /** Data, sealed; left out where there is none. */
  readonly data?: string;
  readonly cancels: readonly CancelRule[];
  readonly notices: readonly NoticeRules[];
}
