import type { NoticeClass } from "../../vocabulary/classes.ts";
import { type Calendar, EMPTY_CALENDAR, withoutOlder } from "./calendar.ts";
import { ceilingOver, freshFrom, needsCeiling, PATIENCE_MOST_MS, type Start } from "./ceiling.ts";
import type { Rates } from "./demand.ts";
import { Filling } from "./filling.ts";
import type { Pace } from "./reservation.ts";
import { accountTerms, senderTerms } from "./slot-terms.ts";
import { NO_THROTTLE, PER_SECOND_LEAST, paceLeft, type Throttle } from "./throttle.ts";

/** The slots of one carrier. Instants in milliseconds. */
export interface Pacing {
  readonly start: Start;
  readonly account: Calendar;
  readonly senders: ReadonlyMap<string, Calendar>;
  readonly throttle: Throttle;
  /** Kept beyond the memory: see ceiling.ts. */
  readonly ceiling: number;
  /** That of the newest reservation. */
  readonly pace?: Pace;
}

/** Who asks for how much, and on which terms. */
export interface Asked {
  readonly class: NoticeClass;
  readonly senders: readonly string[];
  readonly patience_ms: number;
  readonly pace: Pace;
  /** Part of the pace that the carrier shall have. */
  readonly share: number;
  /** Part of what the class may have otherwise, from more than 0 to 1. */
  readonly portion: number;
  readonly rates: Rates;
}

/** How long slots are remembered: longer than any window, the longest being that of an eighth of a quarter of the pace. */
const REMEMBERED_MS = 1_500;
const SLOWEST_PART = 1 / 32;
/** A clock that is set back by no more than this costs no exactness. */
export const CLOCK_BACK_MS = 5_000;

export function newPacing(start: Start): Pacing {
  return { start, account: EMPTY_CALENDAR, senders: new Map(), throttle: NO_THROTTLE, ceiling: start.ceiling };
}

/** No slot is given before this instant. */
export function beginsAt({ throttle, start }: Pick<Pacing, "throttle" | "start">): number {
  return Math.max(throttle.not_before, freshFrom(start));
}

/** Gives each sender's message the first slot that keeps to the pace, within the caller's patience; undefined where there is none. */
export function giveSlots(
  before: Pacing,
  asked: Asked,
  now: number,
): { readonly pacing: Pacing; readonly at: readonly (number | undefined)[] } {
  const { pace, senders, share, class: noticeClass } = asked;
  const remembered = forget({ ...before, pace }, now);
  const { start, throttle } = remembered;
  const left = paceLeft(throttle, pace.per_second, share, now);
  const account = new Filling(remembered.account, accountTerms({ catalogs: pace.per_second, left }, asked, remembered.account, start, now));
  const fillings = new Map<string, Filling>();
  const ofSender = (sender: string): Filling | undefined => {
    const { sender_per_second: catalogs } = pace;
    if (catalogs === undefined || sender === "") return undefined;
    const known = fillings.get(sender);
    if (known) return known;
    const terms = senderTerms({ catalogs, left: paceLeft(throttle, catalogs, 1, now) }, noticeClass, start, now);
    const filling = new Filling(remembered.senders.get(sender) ?? EMPTY_CALENDAR, terms);
    fillings.set(sender, filling);
    return filling;
  };
  const from = Math.max(now, beginsAt(remembered));
  const until = Math.floor(now + Math.min(Math.max(0, asked.patience_ms), PATIENCE_MOST_MS));
  let earliest = from;
  const at = senders.map((sender) => {
    const own = ofSender(sender);
    const slot = own ? firstOfBoth(account, own, from, until) : account.firstFree(earliest, until);
    if (!own) earliest = slot ?? Number.POSITIVE_INFINITY;
    if (slot === undefined) return undefined;
    account.add(slot);
    own?.add(slot);
    return Math.ceil(slot);
  });
  const own = new Map([...fillings].map(([sender, filling]) => [sender, filling.close()]));
  return {
    pacing: covered({ ...remembered, account: account.close(), senders: new Map([...remembered.senders, ...own]) }, [...own.values()]),
    at,
  };
}

/** Nothing is given before this instant, also not by a gate that has lost its memory. */
export function notBefore(pacing: Pacing, throttle: Throttle): Pacing {
  // Whole seconds, so that a storm of refusals costs a row a second at most.
  const ceiling = Math.ceil(throttle.not_before / 1000) * 1000 - 1000;
  return { ...pacing, throttle, ceiling: Math.max(pacing.ceiling, ceiling) };
}

/** The first instant that both calendars have free. */
function firstOfBoth(account: Filling, sender: Filling, from: number, until: number): number | undefined {
  let at: number | undefined = from;
  for (;;) {
    const there: number | undefined = sender.firstFree(at, until);
    at = there === undefined ? undefined : account.firstFree(there, until);
    if (at === undefined || at === there) return at;
  }
}

/** Moves the ceiling where what was given now would be too much for a gate that does not know of it. */
function covered(pacing: Pacing, senders: readonly Calendar[]): Pacing {
  const { account, ceiling, pace } = pacing;
  const newest = account.given.at(-1);
  if (!newest || !pace) return pacing;
  const ofSender = pace.sender_per_second;
  const needed =
    needsCeiling(account.given, ceiling, pace.per_second) ||
    (ofSender !== undefined && senders.some(({ given }) => needsCeiling(given, ceiling, ofSender)));
  return needed ? { ...pacing, ceiling: ceilingOver(newest.at, pace.per_second) } : pacing;
}

/** What is older than any window says nothing any more. */
function forget(pacing: Pacing, now: number): Pacing {
  const { per_second = 1, sender_per_second = per_second } = pacing.pace ?? {};
  const senders = new Map<string, Calendar>();
  for (const [sender, calendar] of pacing.senders) {
    const kept = withoutOlder(calendar, now - rememberedMs(sender_per_second));
    if (kept.given.length > 0 || kept.forgotten > now - rememberedMs(sender_per_second) - CLOCK_BACK_MS) senders.set(sender, kept);
  }
  return { ...pacing, account: withoutOlder(pacing.account, now - rememberedMs(per_second)), senders };
}

function rememberedMs(perSecond: number): number {
  return Math.max(REMEMBERED_MS, 1000 / (Math.max(PER_SECOND_LEAST, perSecond) * SLOWEST_PART));
}
