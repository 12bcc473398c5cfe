import { NOTICE_CLASSES, type NoticeClass } from "../../vocabulary/classes.ts";
import { WATCHED_MS } from "./breaker.ts";
import { countBetween } from "./calendar.ts";
import { callsSince } from "./calls.ts";
import { FINE, type GateMemory } from "./gate-memory.ts";
import { healthNow, judgeCarrier } from "./judge-carrier.ts";
import { portionOf } from "./pressure.ts";
import { promisedTo } from "./promises.ts";
import { countMissing, usualTime } from "./receipts.ts";
import type { GateStatus } from "./reservation.ts";
import { paceLeft } from "./throttle.ts";

/** What people see of a gate now. */
export function showStatus(before: GateMemory, now: number): GateStatus {
  const memory = judgeCarrier(before, now);
  const { breaker, pacing, pressure, promises, receipts, troubles } = memory;
  const { answered, errors } = callsSince(memory.calls, now - WATCHED_MS, FINE);
  const health = healthNow(memory, now);
  const waiting: Partial<Record<NoticeClass, number>> = {};
  for (const noticeClass of NOTICE_CLASSES) {
    const promised = promisedTo(promises, noticeClass, now);
    if (promised > 0) waiting[noticeClass] = promised;
  }
  return {
    health,
    since: breaker.kind === "closed" ? undefined : breaker.since,
    cause: breaker.kind === "closed" ? undefined : breaker.cause,
    shed: NOTICE_CLASSES.filter((noticeClass) => portionOf(pressure, noticeClass, now) === 0),
    given_last_second: countBetween(pacing.account, now - 999, now + 1),
    per_second: pacing.pace && (breaker.kind === "open" ? 0 : paceLeft(pacing.throttle, pacing.pace.per_second, health.share, now)),
    waiting,
    calls_30s: { answered, errors },
    receipts: { watched: receipts.watched.length, missing: countMissing(receipts, now), usual_ms: usualTime(receipts) },
    last_troubles: troubles.toReversed(),
  };
}
