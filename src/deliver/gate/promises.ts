import { NOTICE_CLASSES, type NoticeClass } from "../../vocabulary/classes.ts";
import { rankOf } from "./demand.ts";

/**
 * How many were told to come later, by class and second (since 1970). They hold no right, they only come spread: who asks next is
 * sent to a second that is still free, and counts fall off as time passes.
 */
export interface Promises {
  readonly seconds: Readonly<Record<NoticeClass, ReadonlyMap<number, number>>>;
  /** How many were held back without regard to the pace; spreads them. */
  readonly turn: number;
}

const NOBODY: ReadonlyMap<number, number> = new Map();
export const NO_PROMISES: Promises = {
  seconds: { verification: NOBODY, transactional: NOBODY, service: NOBODY, marketing: NOBODY },
  turn: 0,
};

/** Nobody is sent further away than this: by then much may have changed. */
const FURTHEST_SECONDS = 900;
/** Where all of it is full, the rest is spread over the last part of it. */
const OVERFLOW_SECONDS = 300;
/** What gets nothing for the time being comes again after 5 to 30 s. */
const HOLD_FROM_MS = 5_000;
const HOLD_SPREAD_SECONDS = 25;
/** Lanes are late now and then: who does not come within this is not awaited any more. */
const AWAITED_SECONDS = 3;
/** So many more than there is room for are told to come: some of them never do, and delays are only roughly kept. */
const OVERBOOKED = 1.1;

/** Room of a class in the future, in slots a second; may be less than one. */
export interface Room {
  /** In this second (since 1970), for the class and those above it. */
  readonly in: (second: number) => number;
  /** However many of those above are expected. */
  readonly least: number;
}

/** Tells `count` messages of a class when to come again: at the earliest at `from`, each in the first second with room. */
export function promise(
  promises: Promises,
  noticeClass: NoticeClass,
  count: number,
  from: number,
  room: Room,
): { readonly promises: Promises; readonly at: readonly number[] } {
  const told = new Map(promises.seconds[noticeClass]);
  const above = NOTICE_CLASSES.slice(0, rankOf(noticeClass)).map((upper) => promises.seconds[upper]);
  const first = Math.floor(from / 1000);
  let { turn } = promises;
  let second = first;
  const at: number[] = [];
  for (let n = 0; n < count; n++) {
    while (second < first + FURTHEST_SECONDS && !hasRoom(second, told, above, room)) second++;
    const overflow = second === first + FURTHEST_SECONDS;
    const chosen = overflow ? second - (turn++ % OVERFLOW_SECONDS) : second;
    const before = told.get(chosen) ?? 0;
    told.set(chosen, before + 1);
    const within = Math.min(0.999, before / Math.max(1, room.in(chosen) * OVERBOOKED));
    at.push(Math.max(Math.ceil(from), Math.floor((chosen + within) * 1000)));
  }
  return { promises: { turn, seconds: { ...promises.seconds, [noticeClass]: told } }, at };
}

/**
 * Takes those who come as they were told out of the count, the longest awaited first: they were reckoned with when they first asked.
 * `fresh`: how many of these come for the first time.
 */
export function redeem(
  promises: Promises,
  noticeClass: NoticeClass,
  asked: number,
  now: number,
): { readonly promises: Promises; readonly fresh: number } {
  const told = new Map(promises.seconds[noticeClass]);
  let fresh = asked;
  for (const [second, count] of [...told].sort(([a], [b]) => a - b)) {
    if (fresh === 0 || second > Math.floor(now / 1000)) break;
    const come = Math.min(count, fresh);
    fresh -= come;
    if (come === count) told.delete(second);
    else told.set(second, count - come);
  }
  return { promises: { ...promises, seconds: { ...promises.seconds, [noticeClass]: told } }, fresh };
}

/** How many of a class are expected by the end of this second, and still have not come. */
export function dueOf({ seconds }: Promises, noticeClass: NoticeClass, now: number): number {
  const second = Math.floor(now / 1000);
  return [...seconds[noticeClass]].reduce((sum, [at, count]) => (at <= second ? sum + count : sum), 0);
}

/** Where to look from for those who get nothing for the time being, so that they do not come back all at once. */
export function heldBack(promises: Promises, now: number): { readonly promises: Promises; readonly from: number } {
  const from = now + HOLD_FROM_MS + (promises.turn % HOLD_SPREAD_SECONDS) * 1000;
  return { promises: { ...promises, turn: promises.turn + 1 }, from };
}

/** Forgets those who should have come some time ago. */
export function withoutPassed(promises: Promises, now: number): Promises {
  const second = Math.floor(now / 1000) - AWAITED_SECONDS;
  const rest = (told: ReadonlyMap<number, number>) =>
    [...told.keys()].some((at) => at < second) ? new Map([...told].filter(([at]) => at >= second)) : told;
  const { verification, transactional, service, marketing } = promises.seconds;
  return {
    ...promises,
    seconds: {
      verification: rest(verification),
      transactional: rest(transactional),
      service: rest(service),
      marketing: rest(marketing),
    },
  };
}

/** How many of a class are still expected. */
export function promisedTo({ seconds }: Promises, noticeClass: NoticeClass, now: number): number {
  const second = Math.floor(now / 1000);
  return [...seconds[noticeClass]].reduce((sum, [at, count]) => (at >= second ? sum + count : sum), 0);
}

/** Where the room is no whole number, some seconds have one more than others: on the mean it is what it is. */
function hasRoom(second: number, told: ReadonlyMap<number, number>, above: readonly ReadonlyMap<number, number>[], room: Room): boolean {
  const expected = above.reduce((sum, upper) => sum + (upper.get(second) ?? 0), 0);
  const left = Math.max(room.least, room.in(second) - expected) * OVERBOOKED;
  return (told.get(second) ?? 0) < Math.floor((second + 1) * left) - Math.floor(second * left);
}
