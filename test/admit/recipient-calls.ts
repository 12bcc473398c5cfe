import type { AdmitEntry } from "../../src/admit/admit-events.ts";
import type { EventOrder, NoticeRules } from "../../src/admit/notice-rules.ts";
import type { AdmitCommand } from "../../src/admit/recipient-commands.ts";
import { plainHash } from "../../src/support/keyed-hash.ts";
import type { KeptAddress } from "../../src/vocabulary/address.ts";

const NOTICE = "order.shipped";
const SOURCE = "/test";

/** A transactional notice whose messages never expire. */
const RULES: NoticeRules = {
  notice: NOTICE,
  class: "transactional",
  catalog: 1,
  consent: "required",
  channels: ["sms"],
  on_unclear: "resend_without_receipt",
  ttl_ms: Number.MAX_SAFE_INTEGER,
  quiet_hours: [],
  caps: [],
  defaults: {},
};

/** What an entry is to have otherwise. */
export interface Otherwise {
  readonly rules?: Partial<NoticeRules>;
  readonly order?: Partial<EventOrder>;
  /** Brings the recipient's number with it, or these addresses. */
  readonly profile?: boolean;
  readonly addresses?: Readonly<Record<string, KeptAddress>>;
}

/** One event by its number, with one transactional notice for its recipient. */
export function entry(event: number, { rules = {}, order = {}, profile = false, addresses }: Otherwise = {}): AdmitEntry {
  const change = {
    how: "merge" as const,
    profile: { id: "k1.x.y" },
    addresses: addresses ?? { sms: { sealed: "k1.x.y", hash: "h", country: "CN" } },
    preferences: [],
  };
  const told: EventOrder = {
    event: { id: `e${event}`, source: SOURCE, type: NOTICE, time: "1970-01-01T00:00:00.000Z", data: {}, extensions: {} },
    body_hash: "b",
    sealed: "k1.x.y",
    cancels: [],
    notices: [{ ...RULES, ...rules }],
    ...order,
  };
  return { order: told, ...(profile ? { profile: change, event: plainHash("event brought", "/test", String(event)) } : {}) };
}

/** Events for a recipient, as its object is asked. */
export function commandFor(recipient: string, ...entries: readonly AdmitEntry[]): AdmitCommand {
  return { recipient: recipientOf(recipient), entries };
}

export function recipientOf(recipient: string): AdmitCommand["recipient"] {
  return { id: recipient, key: recipient.padEnd(22, "r").slice(0, 22), sealed: "k1.i.d" };
}

/** The id of the message that this event brings this recipient: 22 characters of key, 22 of hash. */
export function idOf(recipient: string, event: number): string {
  return recipientOf(recipient).key + plainHash("message", SOURCE, `e${event}`, NOTICE, "");
}
