import type { QuietWindow } from "../vocabulary/classes.ts";
import { firstFit } from "./caps.ts";
import type { CapRule } from "./notice-rules.ts";
import type { Planned } from "./planned-time.ts";
import { endOfQuiet, isAlwaysQuiet } from "./quiet-hours.ts";

/** What stands in the way of a message: hours of silence in a zone, and caps with what they have already taken. */
export interface Obstacles {
  readonly quiet_hours: readonly QuietWindow[];
  readonly zone: string;
  readonly caps: readonly CapRule[];
  /** Instants (milliseconds) of counting messages of the class or the notice, ascending, from `instant` less the cap's length on. */
  taken(cap: CapRule, instant: number): readonly number[];
}

export type Slot =
  | { readonly kind: "at"; readonly instant: number }
  | { readonly kind: "none"; readonly reason: "expired" | "capped"; readonly next_eligible_at?: number };

/** Gates 8, 9 and 10: the first instant from the planned one on that quiet hours and caps allow, if there is one in time. */
export function findSlot(planned: Planned, obstacles: Obstacles): Slot {
  const alwaysQuiet = isAlwaysQuiet(obstacles.quiet_hours);
  let instant = planned.at;
  let moved = false;
  while (instant < planned.expires_at) {
    if (alwaysQuiet) return none(moved, undefined);
    const quietUntil = endOfQuiet(instant, obstacles.quiet_hours, obstacles.zone);
    if (quietUntil !== undefined) {
      instant = quietUntil;
      continue;
    }
    const blocked = firstBlock(instant, obstacles);
    if (!blocked) return { kind: "at", instant };
    if (blocked.cap.over === "suppress") return none(true, nextEligible(instant, obstacles));
    instant = blocked.until;
    moved = true;
  }
  return none(moved, moved && !alwaysQuiet ? nextEligible(instant, obstacles) : undefined);
}

function none(capped: boolean, next: number | undefined): Slot {
  return { kind: "none", reason: capped ? "capped" : "expired", ...(next === undefined ? {} : { next_eligible_at: next }) };
}

/** The first cap, the class's before the notice's, that this instant does not fit, and until when it does not. */
function firstBlock(instant: number, obstacles: Obstacles): { readonly cap: CapRule; readonly until: number } | undefined {
  for (const cap of obstacles.caps) {
    const until = firstFit(obstacles.taken(cap, instant), cap, instant);
    if (until !== instant) return { cap, until };
  }
  return undefined;
}

/** Moves enough for any caps that people write; beyond them it is not known when the next time is. */
const MOVES_MAX = 64;

/** When one more message would be allowed, were every cap one that defers and nothing too late. */
function nextEligible(from: number, obstacles: Obstacles): number | undefined {
  let instant = from;
  for (let moves = 0; moves < MOVES_MAX; moves++) {
    const next = endOfQuiet(instant, obstacles.quiet_hours, obstacles.zone) ?? firstBlock(instant, obstacles)?.until;
    if (next === undefined) return instant;
    instant = next;
  }
  return undefined;
}
