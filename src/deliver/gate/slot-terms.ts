import type { NoticeClass } from "../../vocabulary/classes.ts";
import { type Calendar, countBetween } from "./calendar.ts";
import { freshMost, freshUntil, type Start } from "./ceiling.ts";
import { askedAbove, keptAbove, type Rates, rankOf } from "./demand.ts";
import type { Terms, Window } from "./filling.ts";

/** Lower classes stand wider apart by what those above ask for, but never wider than this part of the pace says. */
const THINNEST = 0.5;
/** What is kept for others is reckoned for so many parts of a window. */
const PARTS = 32;

/** How much there is, in slots a second: by the catalog, and what is left of it now. */
interface Paces {
  readonly catalogs: number;
  readonly left: number;
}

/** What a class must keep to on the whole account. `portion`: the part that it may have of its room, from more than 0 to 1. */
export function accountTerms(
  paces: Paces,
  { class: noticeClass, rates, portion }: { readonly class: NoticeClass; readonly rates: Rates; readonly portion: number },
  account: Calendar,
  start: Start,
  now: number,
): Terms {
  const { left } = paces;
  const own = Math.max(left * THINNEST, left - askedAbove(rates, noticeClass));
  const kept = keptForOthers(noticeClass, rates, left, account, now);
  return { ...evenTerms(paces, noticeClass, start, kept, now), own_ms: 1000 / (own * portion) };
}

/** What a slot of a class must keep to on one sender: its pace alone. */
export function senderTerms(paces: Paces, noticeClass: NoticeClass, start: Start, now: number): Terms {
  return evenTerms(paces, noticeClass, start, () => 0, now);
}

/**
 * The pace, evenly. Its window has a whole number of slots, so that it holds over any length of time; at a pace that is no whole
 * number it is longer than a second, and so stricter than one more than the pace in any second.
 */
function evenTerms({ catalogs, left }: Paces, noticeClass: NoticeClass, start: Start, kept: (begin: number) => number, now: number): Terms {
  const whole = Math.ceil(left);
  const windows: Window[] = [{ length_ms: lengthOf(left), most: (begin) => whole - kept(begin) }];
  const fresh = freshMost(catalogs);
  if (now < freshUntil(start)) windows.push({ length_ms: 1000, most: () => fresh, until: freshUntil(start) });
  return { rank: rankOf(noticeClass), own_ms: 1000 / left, above_ms: 1000 / left, below_ms: 500 / left, windows };
}

function lengthOf(perSecond: number): number {
  return (Math.ceil(perSecond) * 1000) / perSecond;
}

/**
 * How many slots of the window that begins then are kept for the classes above: for the part of it that is still to come, less
 * what they have booked of it. What is near and was not used anybody may have.
 */
function keptForOthers(
  noticeClass: NoticeClass,
  rates: Rates,
  perSecond: number,
  { given }: Calendar,
  now: number,
): (begin: number) => number {
  const length_ms = lengthOf(perSecond);
  const kept = keptAbove(rates, noticeClass, perSecond);
  const booked = Array.from({ length: rankOf(noticeClass) }, (_, rank) => ({
    given: given.filter((slot) => slot.rank === rank && slot.at > now),
  }));
  const known = new Map<number, number>();
  return (begin) => {
    const part = Math.floor(((begin - now) * PARTS) / length_ms);
    const before = known.get(part);
    if (before !== undefined) return before;
    const from = now + (part * length_ms) / PARTS;
    const seconds = Math.min(Math.max(0, from + length_ms - now), length_ms) / 1000;
    const reckoned = kept(seconds, Math.ceil(perSecond), (rank) => {
      const upper = booked[rank];
      return upper ? countBetween(upper, from, from + length_ms) : 0;
    });
    known.set(part, reckoned);
    return reckoned;
  };
}
