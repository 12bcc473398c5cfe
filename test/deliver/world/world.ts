import { CarrierMemory } from "../../../src/deliver/carrier-memory.ts";
import { type ConsumeDeps, consumeLane } from "../../../src/deliver/consume-lane.ts";
import type { DeadLetter } from "../../../src/deliver/dead-letters.ts";
import type { GateAlert, Gates } from "../../../src/deliver/gate-port.ts";
import type { CompiledCatalog } from "../../../src/store/compiled-catalog.ts";
import type { Outgoing } from "../../../src/support/outgoing.ts";
import type { Catalog, Route } from "../../../src/vocabulary/catalog.ts";
import { CLASS_DEFAULTS } from "../../../src/vocabulary/class-defaults.ts";
import type { Channel, NoticeClass } from "../../../src/vocabulary/classes.ts";
import { entry, idOf } from "../../admit/recipient-calls.ts";
import { DATA, EVENT, NO_PAUSES, plainSealer } from "../lane.ts";
import { VirtualCarrier } from "./virtual-carriers.ts";
import { drawsOf, VirtualClock } from "./virtual-clock.ts";
import { virtualGates } from "./virtual-gates.ts";
import { type LaneSettings, type Life, VirtualLanes } from "./virtual-lanes.ts";
import { TENANT, VirtualPeople } from "./virtual-people.ts";

const START = Date.UTC(2026, 10, 11);
const MINUTE_MS = 60_000;

export interface WorldSettings {
  readonly carriers: readonly string[];
  /** Messages a second by carrier; one that is left out has 1,000. */
  readonly per_second?: Readonly<Record<string, number>>;
  /** Of every carrier, and the templates that carriers have approved. */
  readonly sender_per_second?: number;
  readonly carrier_templates?: Readonly<Record<string, unknown>>;
  readonly routes?: readonly Route[];
  readonly lanes?: Partial<LaneSettings>;
  readonly seed?: number;
  /** Shares of batches that are handed over again though acked, and of calls after which the consumer dies. */
  readonly repeated?: number;
  readonly killed?: number;
  /** Changes what a consumer is given, such as to break it or to let it die. */
  readonly hook?: (deps: ConsumeDeps, life: Life) => ConsumeDeps;
}

/** What a person is to be told in a virtual world. */
export interface Wish {
  readonly class: NoticeClass;
  readonly channels?: readonly Channel[];
  readonly ttl_ms?: number;
  readonly fallback_after_ms?: number;
}

/** Lanes, consumers, gates, people and carriers on one virtual clock: all of it ours but the queues, the network and the time. */
export function openWorld(settings: WorldSettings) {
  const clock = new VirtualClock(START);
  const draw = drawsOf(settings.seed ?? 1);
  const gates: Gates = virtualGates(clock);
  const letters: DeadLetter[] = [];
  const alerts: GateAlert[] = [];
  const blocked = new Set<string>();
  const compiled = compiledOf(settings);
  // Isolates forget each other: every consumer has a memory of its own for a while.
  const memories = Array.from({ length: 4 }, () => new CarrierMemory(clock.now));
  const lanes: VirtualLanes = new VirtualLanes(
    clock,
    { consumers: 2, batch: 10, max_retries: 20, ...settings.lanes },
    (deliveries, life) => consumeLane(deliveries, settings.hook?.(depsFor(life), life) ?? depsFor(life)),
    () => draw() < (settings.repeated ?? 0),
  );
  const people = new VirtualPeople(clock, lanes);
  const carriers = new Map(
    settings.carriers.map((name) => [
      name,
      new VirtualCarrier(name, clock, (id, receipt) => {
        const told = { ...receipt, kind: "receipt" as const, id, arrived_at: clock.now() };
        void people.tell(id.slice(0, 22), [told]).then(([result]) => {
          if (result?.watched)
            void gates.hear(TENANT, result.watched.carrier, { id, at: result.watched.at, delivered: result.watched.delivered });
        });
      }),
    ]),
  );
  const outgoing: Outgoing = async ({ url }, deadlineMs) => {
    const ms = Number(url);
    await clock.pause(Math.min(ms, deadlineMs));
    if (ms > deadlineMs) return { kind: "unclear", code: "timeout", detail: "" };
    return { kind: "answered", status: 200, headers: new Headers(), body: "" };
  };
  const depsFor = (life: Life): ConsumeDeps => ({
    now: clock.now,
    pause: clock.pause,
    fraction: draw,
    pauses: async () => NO_PAUSES,
    sealer: plainSealer,
    outgoing,
    gates,
    memory: memories[Math.floor(draw() * memories.length)] ?? new CarrierMemory(clock.now),
    catalogVersion: async () => compiled,
    activeCatalog: async () => compiled,
    carrier: (_tenant, _catalog, name) =>
      carriers.get(name)?.mounted(async () => {
        if (draw() < (settings.killed ?? 0)) await life.die();
      }),
    callbackUrl: async (_tenant, carrier, message, attempt) => `https://carillon.example/${carrier}?m=${message}&a=${attempt}`,
    blockedAmong: (_tenant, addresses) =>
      life.live(async () => new Set(addresses.map(({ hash }) => hash).filter((hash) => blocked.has(hash)))),
    claim: (_tenant, key, command) => life.live(() => people.claim(key, command)),
    tell: (_tenant, key, told) => life.live(() => people.tell(key, told)),
    requeue: (message, delaySeconds) => life.live(async () => lanes.send(message, delaySeconds)),
    keepDeadLetters: async (more) => void letters.push(...more),
    postGateAlerts: async (_tenant, _carrier, more) => void alerts.push(...more),
  });
  let told = 0;
  return {
    clock,
    draw,
    lanes,
    people,
    gates,
    letters,
    alerts,
    /** Hashes of addresses to which nothing goes. */
    blocked,
    /** The deps of one more consumer, for batches that a test hands over by itself. */
    depsFor,
    carrier(name: string): VirtualCarrier {
      const found = carriers.get(name);
      if (!found) throw new Error(`there is no carrier ${name}`);
      return found;
    },
    /** Tells somebody new, and gives the message's id. */
    tell({ class: noticeClass, ttl_ms = 60 * MINUTE_MS, ...wish }: Wish): string {
      const name = `person${++told}-`;
      const { on_unclear } = CLASS_DEFAULTS[noticeClass];
      const resend = noticeClass === "verification" ? { resend_after_ms: 20_000 } : {};
      const number = { sealed: `+86138${String(told).padStart(8, "0")}`, hash: `h${told}`, country: "CN" };
      const entries = entry(told, {
        // Events of the tests are of 1970, and a ttl begins with its event.
        rules: { class: noticeClass, on_unclear, ttl_ms: clock.now() + ttl_ms, ...resend, ...wish },
        order: { sealed: EVENT, data: DATA },
        profile: true,
        addresses: { sms: number, rcs: number },
      });
      people.admit(name, [entries]);
      return idOf(name, told);
    },
  };
}

function compiledOf({ carriers, per_second = {}, sender_per_second, carrier_templates, routes }: WorldSettings): CompiledCatalog {
  const words = { en: "Order {{ data.order }} shipped" };
  const account = { adapter: "twilio", base_url: "https://api.twilio.com", settings: {} };
  const catalog: Catalog = {
    defaults: { locale: "en" },
    carriers: Object.fromEntries(
      carriers.map((name) => [
        name,
        { ...account, ...(sender_per_second === undefined ? {} : { sender_per_second }), per_second: per_second[name] ?? 1_000 },
      ]),
    ),
    routes: [...(routes ?? [{ channel: "sms", carriers: [...carriers] }])],
    notices: {
      "order.shipped": {
        class: "transactional",
        channels: ["sms", "rcs"],
        templates: { sms: words, rcs: words },
        ...(carrier_templates && { carrier_templates }),
      },
    },
  };
  return { version: 1, catalog };
}
