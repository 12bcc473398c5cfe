import { admitEvents } from "../../src/admit/admit-events.ts";
import type { PastRows } from "../../src/admit/book.ts";
import { claimMessages } from "../../src/admit/claim-messages.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import { CarrierMemory } from "../../src/deliver/carrier-memory.ts";
import type { MountedCarrier } from "../../src/deliver/carriers/registry.ts";
import type { ConsumeDeps } from "../../src/deliver/consume-lane.ts";
import type { DeadLetter } from "../../src/deliver/dead-letters.ts";
import type { LaneDelivery } from "../../src/deliver/lane-batch.ts";
import type { CompiledCatalog } from "../../src/store/compiled-catalog.ts";
import type { Pauses } from "../../src/store/pauses.ts";
import { plainHash } from "../../src/support/keyed-hash.ts";
import { recipientKeyOfMessage } from "../../src/support/names.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { CLASS_DEFAULTS } from "../../src/vocabulary/class-defaults.ts";
import type { NoticeClass } from "../../src/vocabulary/classes.ts";
import type { Message } from "../../src/vocabulary/message.ts";
import { entry, idOf, recipientOf } from "../admit/recipient-calls.ts";
import { openGates } from "./open-gates.ts";

const TIMING = { unknown_after_seconds: 259_200, receipt_wait_seconds: 60 };
const NOTHING: PastRows = { read: () => undefined };
const START = Date.UTC(2026, 10, 11);

/** A catalog whose one route has these carriers. */
export function catalogWith(carriers: string[]): CompiledCatalog {
  const templates = { sms: { "zh-CN": "订单{{ data.order }}已发货", en: "Order {{ data.order }} shipped" } };
  return {
    version: 1,
    catalog: {
      defaults: { locale: "zh-CN" },
      routes: [{ channel: "sms", carriers }],
      notices: { "order.shipped": { class: "transactional", channels: ["sms"], templates } },
    },
  };
}

/** The event of every message here and its data, as they stand in a claim: what seals nothing leaves it as it is. */
export const EVENT = JSON.stringify({
  id: "e1",
  source: "/test",
  type: "order.shipped",
  time: "2026-11-11T00:00:00Z",
  extensions: {},
});
export const DATA = JSON.stringify({ order: "D1" });
export const NO_PAUSES: Pauses = { tenant: false, lanes: [], notices: [], carriers: [] };

export const plainSealer: ConsumeDeps["sealer"] = {
  seal: async (text) => text,
  open: async (sealed) => sealed,
  isCurrent: () => true,
};

/** A carrier that answers what it is told to, with the calls that it got. */
export function carrierAnswering(answer: (message: string) => CarrierAnswer | Promise<CarrierAnswer>, calls: string[]): MountedCarrier {
  return {
    limits: {
      channels: ["sms"],
      text_max_units: 1600,
      recipients_per_call: 1,
      call_deadline_ms: 10_000,
      keeps_reference: false,
      adds_signature: false,
      per_second: 1000,
      needs_template: false,
    },
    acknowledgement: { status: 200, body: "", content_type: "text/plain" },
    async send({ message }) {
      calls.push(message);
      return answer(message);
    },
    verifyCallback: async () => "genuine",
    readReceipts: () => ({ kind: "receipts", receipts: [] }),
  };
}

/** One delivery of a queue message, and what the consumer said to it. */
export interface Handled extends LaneDelivery {
  said: "nothing" | "ack" | { readonly retry_seconds: number | undefined };
}

export function deliveryOf(body: unknown): Handled {
  return {
    body,
    attempts: 1,
    said: "nothing",
    ack() {
      this.said = "ack";
    },
    retry(options) {
      this.said = { retry_seconds: options?.delaySeconds };
    },
  };
}

export interface Requeued {
  readonly ids: readonly string[];
  readonly carrier?: string;
  readonly delay_seconds: number;
}

/** Recipients by the real pure steps on a clock of the test's own, and the deps of a lane's consumer over them. */
export function testLane(noticeClass: NoticeClass = "transactional") {
  const documents = new Map<string, RecipientDocument>();
  const calls: string[] = [];
  const requeued: Requeued[] = [];
  const letters: DeadLetter[] = [];
  const opened = openGates(() => lane.now);
  const lane = {
    now: START,
    answer: (_message: string): CarrierAnswer | Promise<CarrierAnswer> => ({ kind: "taken", reference: "SM1" }),
    /** Hashes of addresses to which nothing goes. */
    blocked: new Set<string>(),
  };
  const documentOf = (key: string): RecipientDocument => documents.get(key) ?? emptyDocument();
  const main = carrierAnswering((message) => lane.answer(message), calls);
  const deps: ConsumeDeps = {
    now: () => lane.now,
    pauses: async () => NO_PAUSES,
    fraction: () => 0,
    sealer: plainSealer,
    outgoing: async () => ({ kind: "unclear", code: "unused", detail: "" }),
    catalogVersion: async () => catalogWith(["main"]),
    carrier: () => main,
    callbackUrl: async (_tenant, carrier, message, attempt) => `https://carillon.example/${carrier}?m=${message}&a=${attempt}`,
    pause: async () => {},
    gates: opened.gates,
    memory: new CarrierMemory(() => lane.now),
    activeCatalog: async () => catalogWith(["main"]),
    blockedAmong: async (_tenant, addresses) => new Set(addresses.map(({ hash }) => hash).filter((hash) => lane.blocked.has(hash))),
    keepDeadLetters: async (more) => void letters.push(...more),
    postGateAlerts: async () => {},
    async claim(_tenant, key, command) {
      const { document, claims } = claimMessages(documentOf(key), command, NOTHING, lane.now, TIMING);
      documents.set(key, document);
      return claims;
    },
    async tell(_tenant, key, told) {
      const { document, results } = tellMessages(documentOf(key), told, lane.now, TIMING);
      documents.set(key, document);
      return results;
    },
    async requeue({ ids, carrier }, delay_seconds) {
      requeued.push({ ids, delay_seconds, ...(carrier === undefined ? {} : { carrier }) });
    },
  };
  return Object.assign(lane, {
    deps,
    /** Ids of the messages for which a carrier was called, in order. */
    calls,
    requeued,
    letters,
    /** What gates were asked and told. */
    reservations: opened.reservations,
    reports: opened.reports,
    /** Admits messages, each to a recipient of its own unless one is named, and gives their ids. */
    admit(count: number, recipient?: string): string[] {
      return Array.from({ length: count }, (_, at) => {
        const name = recipient ?? `recipient${documents.size}-`;
        const rules = { class: noticeClass, on_unclear: CLASS_DEFAULTS[noticeClass].on_unclear };
        const told = entry(at, { rules, order: { sealed: EVENT, data: DATA }, profile: true });
        const to = recipientOf(name);
        const context = { now: lane.now, recipient: to, hash: plainHash, rows: NOTHING, identities_kept_ms: IDENTITIES_KEPT_MS };
        documents.set(to.key, admitEvents(documentOf(to.key), [told], context).document);
        return idOf(name, at);
      });
    },
    deliveryOf: (ids: readonly string[], more: object = {}): Handled =>
      deliveryOf({ v: 1, tenant: "shop", class: noticeClass, ids, ...more }),
    /** Has a message end at this instant. */
    shorten(id: string, expires_at: number): void {
      const known = documentOf(recipientKeyOfMessage(id));
      const messages = known.messages.map((message) => (message.id === id ? { ...message, expires_at } : message));
      documents.set(recipientKeyOfMessage(id), { ...known, messages });
    },
    message(id: string): Message {
      const found = documentOf(recipientKeyOfMessage(id)).messages.find((message) => message.id === id);
      if (!found) throw new Error(`there is no message ${id}`);
      return found;
    },
  });
}

/** Lets everything that can go on without the outside go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
