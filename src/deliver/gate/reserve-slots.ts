import type { NoticeClass } from "../../vocabulary/classes.ts";
import { mayProbe, probeGiven } from "./breaker.ts";
import { countBetween } from "./calendar.ts";
import { askedAbove, type Rates, ratesOf, withDemand } from "./demand.ts";
import type { GateMemory } from "./gate-memory.ts";
import { takeIn } from "./hear-report.ts";
import { healthNow, judgeCarrier } from "./judge-carrier.ts";
import { beginsAt, giveSlots } from "./pacing.ts";
import { portionOf } from "./pressure.ts";
import { dueOf, heldBack, promise, type Room, redeem, withoutPassed } from "./promises.ts";
import { watches } from "./receipts.ts";
import type { Reservation, Reserved, Slot } from "./reservation.ts";
import { paceLeft } from "./throttle.ts";

/** Those who are told to come later come no sooner: a lane delays by whole seconds. */
const LATER_LEAST_MS = 1_000;
/** However much the classes above ask for, a class may expect so much of the pace one day. */
const ROOM_LEAST = 0.05;
/** What is asked for now is expected less and less further on. */
const DEMAND_FADES_MS = 15_000;

/** Takes in the report and gives slots, or says when to come again: the one question that a consumer asks for each batch. */
export function reserveSlots(
  before: GateMemory,
  reservation: Reservation,
  now: number,
): { readonly memory: GateMemory; readonly reserved: Reserved } {
  const judged = judgeCarrier(before, now);
  const heard = reservation.report ? judgeCarrier(takeIn(judged, reservation.report, now), now) : judged;
  const open = heard.breaker.kind === "open";
  const given = open ? giveProbe(heard, reservation, now) : give(heard, reservation, now);
  const { memory, slots } = refuseRest(given.memory, reservation, given.at, now);
  const watched = watch(memory, slots);
  return {
    memory: { ...watched.memory, alerts: [] },
    reserved: {
      slots: watched.slots,
      probe: open && slots[0]?.kind === "now",
      health: healthNow(watched.memory, now),
      alerts: watched.memory.alerts,
    },
  };
}

interface Given {
  readonly memory: GateMemory;
  /** By sender; undefined where there is no slot. */
  readonly at: readonly (number | undefined)[];
}

function give(before: GateMemory, { class: noticeClass, senders, patience_ms, most, pace }: Reservation, now: number): Given {
  const { promises, fresh } = redeem(withoutPassed(before.promises, now), noticeClass, senders.length, now);
  const counted = { ...before, promises, demand: withDemand(before.demand, noticeClass, fresh, now) };
  const portion = portionOf(before.pressure, noticeClass, now);
  const { share } = healthNow(before, now);
  const asked = {
    class: noticeClass,
    senders: portion > 0 ? senders.slice(0, most) : [],
    patience_ms,
    pace,
    share,
    portion: portion || 1,
    rates: ratesNow(counted, now),
  };
  const { pacing, at } = giveSlots(before.pacing, asked, now);
  return { memory: { ...counted, pacing }, at: senders.map((_, index) => at[index]) };
}

/** An open carrier is given one message at a time, whoever asks first. */
function giveProbe(before: GateMemory, { class: noticeClass, senders, patience_ms, pace }: Reservation, now: number): Given {
  const { breaker, probing } = before;
  const probes = mayProbe(breaker, probing, now) ? senders.slice(0, 1) : [];
  const { pacing, at } = giveSlots(
    before.pacing,
    { class: noticeClass, senders: probes, patience_ms, pace, share: 1, portion: 1, rates: ratesNow(before, now) },
    now,
  );
  const [probe] = at;
  const memory = { ...before, pacing, ...(probe === undefined ? {} : { probing: probeGiven(probe) }) };
  return { memory, at: senders.map((_, index) => at[index]) };
}

/** Whoever has no slot is told when there should be room. */
function refuseRest(
  memory: GateMemory,
  { class: noticeClass, pace }: Reservation,
  at: readonly (number | undefined)[],
  now: number,
): { readonly memory: GateMemory; readonly slots: readonly Slot[] } {
  const refused = at.filter((slot) => slot === undefined).length;
  let { promises } = memory;
  let later: readonly number[] = [];
  if (refused > 0) {
    const shut = memory.breaker.kind === "open" || portionOf(memory.pressure, noticeClass, now) === 0;
    const soonest = Math.max(now + LATER_LEAST_MS, beginsAt(memory.pacing));
    const held = heldBack(promises, now);
    const from = shut ? Math.max(soonest, held.from) : soonest;
    const room = roomOf(memory, noticeClass, pace.per_second, now);
    ({ promises, at: later } = promise(shut ? held.promises : promises, noticeClass, refused, from, room));
  }
  const times = later.values();
  const slots = at.map((slot): Slot => {
    if (slot !== undefined) return { kind: "now", at: slot, watch: false };
    return { kind: "later", at: times.next().value ?? now + LATER_LEAST_MS };
  });
  return { memory: { ...memory, promises }, slots };
}

function roomOf(memory: GateMemory, noticeClass: NoticeClass, catalogs: number, now: number): Room {
  const { breaker, pacing, demand, pressure } = memory;
  const share = breaker.kind === "open" ? 1 : healthNow(memory, now).share;
  const perSecond = paceLeft(pacing.throttle, catalogs, share, now) * (portionOf(pressure, noticeClass, now) || 1);
  // Those who were told to come are counted in the seconds of their promises.
  const above = askedAbove(
    ratesOf(demand, () => 0, now),
    noticeClass,
  );
  return {
    least: perSecond * ROOM_LEAST,
    in(second) {
      const expected = above * Math.exp(-Math.max(0, second * 1000 - now) / DEMAND_FADES_MS);
      return perSecond - Math.max(expected, countBetween(pacing.account, second * 1000, second * 1000 + 1000));
    },
  };
}

function ratesNow({ demand, promises }: GateMemory, now: number): Rates {
  return ratesOf(demand, (noticeClass) => dueOf(promises, noticeClass, now), now);
}

/** Marks the slots whose receipts the gate wants to hear of. */
function watch(memory: GateMemory, slots: readonly Slot[]): { readonly memory: GateMemory; readonly slots: readonly Slot[] } {
  let { receipts } = memory;
  const half = memory.breaker.kind === "half";
  const marked = slots.map((slot): Slot => {
    if (slot.kind === "later" || !watches(receipts, slot.at, half)) return slot;
    receipts = { ...receipts, slot_at: slot.at };
    return { ...slot, watch: true };
  });
  return { memory: { ...memory, receipts }, slots: marked };
}
