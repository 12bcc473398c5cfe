import type { NoticeClass } from "../../../src/vocabulary/classes.ts";
import { drawsOf } from "../world/virtual-clock.ts";
import { type DrivenGate, START_MS } from "./driven-gate.ts";

export interface CrowdSettings {
  readonly seconds: number;
  /** Messages that wait in a lane from the beginning; consumers take 30 of them at a time. */
  readonly waiting: Partial<Record<NoticeClass, number>>;
  /** Messages a second that arrive one by one, at random. */
  readonly arriving: Partial<Record<NoticeClass, number>>;
  /** Delays of the first seconds are left out: they teach the gate what is asked for. */
  readonly learning_seconds?: number;
}

/** What came of a crowd. Times in milliseconds. */
export interface CrowdOutcome {
  /** How long those that arrive one by one wait for their slot, or for their next try; sorted. */
  readonly delays: Readonly<Record<NoticeClass, readonly number[]>>;
  /** When those that were told to come later shall come. */
  readonly later: Readonly<Record<NoticeClass, readonly number[]>>;
  /** Slots that lay within the time, by class. */
  readonly slots: Readonly<Record<NoticeClass, number>>;
}

const CONSUMERS = 8;
const BATCH = 30;

/** Lanes and consumers in small, around one gate, with its clock. */
export function crowd(gate: DrivenGate, { seconds, waiting, arriving, learning_seconds = 0 }: CrowdSettings): CrowdOutcome {
  const draw = drawsOf(11);
  const end = START_MS + seconds * 1000;
  const planned: { readonly at: number; readonly act: () => void }[] = [];
  const plan = (at: number, act: () => void): void => {
    const index = planned.findIndex((other) => other.at > at);
    planned.splice(index === -1 ? planned.length : index, 0, { at, act });
  };
  const byClass = <Value>(value: () => Value) => ({ verification: value(), transactional: value(), service: value(), marketing: value() });
  const delays = byClass((): number[] => []);
  const later = byClass((): number[] => []);

  const lane = (noticeClass: NoticeClass, atFirst: number): void => {
    let ready = atFirst;
    let idle = CONSUMERS;
    const work = (): void => {
      while (idle > 0 && ready > 0) {
        const taken = Math.min(BATCH, ready);
        ready -= taken;
        idle--;
        const returning = new Map<number, number>();
        let busyUntil = gate.now;
        for (const slot of gate.reserve(noticeClass, taken).slots) {
          if (slot.kind === "now") busyUntil = Math.max(busyUntil, slot.at);
          else {
            later[noticeClass].push(slot.at);
            // Lanes delay by whole seconds, never less than was said.
            const at = gate.now + Math.ceil((slot.at - gate.now) / 1000) * 1000;
            returning.set(at, (returning.get(at) ?? 0) + 1);
          }
        }
        for (const [at, count] of returning) {
          plan(at, () => {
            ready += count;
            work();
          });
        }
        plan(busyUntil + 150, () => {
          idle++;
          work();
        });
      }
    };
    plan(gate.now, work);
  };

  const arrivals = (noticeClass: NoticeClass, perSecond: number): void => {
    const next = (): number => gate.now + Math.round((-Math.log(1 - draw()) * 1000) / perSecond);
    const arrive = (): void => {
      const [slot] = gate.reserve(noticeClass, 1).slots;
      if (slot && gate.now >= START_MS + learning_seconds * 1000) delays[noticeClass].push(slot.at - gate.now);
      plan(next(), arrive);
    };
    plan(next(), arrive);
  };

  for (const [noticeClass, count] of entriesOf(waiting)) lane(noticeClass, count);
  for (const [noticeClass, perSecond] of entriesOf(arriving)) arrivals(noticeClass, perSecond);
  for (let one = planned.shift(); one && one.at <= end; one = planned.shift()) {
    gate.now = Math.max(gate.now, one.at);
    one.act();
  }
  for (const list of Object.values(delays)) list.sort((a, b) => a - b);
  const slots = byClass(() => 0);
  for (const slot of gate.given) if (slot.at < end) slots[slot.class]++;
  return { delays, later, slots };
}

/** The value below which so many of a hundred lie; of sorted ones. */
export function percentile(sorted: readonly number[], of: number): number {
  return sorted[Math.ceil((of / 100) * sorted.length) - 1] ?? Number.NaN;
}

function entriesOf(counts: Partial<Record<NoticeClass, number>>): [NoticeClass, number][] {
  const { verification, transactional, service, marketing } = counts;
  const all: [NoticeClass, number | undefined][] = [
    ["verification", verification],
    ["transactional", transactional],
    ["service", service],
    ["marketing", marketing],
  ];
  return all.flatMap(([noticeClass, count]) => (count === undefined ? [] : [[noticeClass, count] satisfies [NoticeClass, number]]));
}
