import type { NoticeRules } from "../admit/notice-rules.ts";
import { scopeOf } from "../admit/render-key.ts";
import type { Issue } from "../support/issues.ts";
import { conditionHolds } from "../support/liquid.ts";
import { RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import type { Event } from "../vocabulary/event.ts";
import { dataIssues, MISSING } from "./check-data.ts";
import type { Target } from "./plan-event.ts";
import { type Rejected, wrong } from "./problem.ts";

/** An event of 64 KB may be wrong in thousands of places; who mends the first ones is told the next. */
const ISSUES_MAX = 100;

/**
 * The problem of an event whose data does not fit the words that it means; undefined where it fits. Asked are the notices that
 * are for somebody and that its condition lets pass. Alerts are never refused, since nobody could post them again:
 * publishing looks at what they bring.
 */
export function dataProblem(event: Event, targets: readonly Target<NoticeRules>[]): Rejected | undefined {
  if (event.type.startsWith(RESERVED_PREFIX)) return undefined;
  const asked = targets.filter((target) => target.data !== undefined && isFor(target) && isMeant(event, target.rule));
  const found = asked.flatMap(({ rule, data = {} }) => dataIssues(event.data, data).map((issue) => ({ issue, notice: rule.notice })));
  if (found.length === 0) return undefined;
  const merged = [...Map.groupBy(found, ({ issue }) => JSON.stringify([issue.pointer, issue.detail])).values()].map((same) =>
    withNotices(same[0]?.issue ?? { pointer: "/data", detail: MISSING }, [...new Set(same.map(({ notice }) => notice))]),
  );
  const more = merged.length > ISSUES_MAX ? ` The first ${ISSUES_MAX} of ${merged.length} places are named.` : "";
  const detail = `The event's data does not fit what its notices need; nothing was admitted, see errors for where and why.${more}`;
  return wrong("invalid", detail, merged.slice(0, ISSUES_MAX));
}

function isFor({ recipients, topic }: Target<NoticeRules>): boolean {
  return recipients.length > 0 || topic !== undefined;
}

/** What is missing is missing to somebody; what is unfit is so by itself. */
function withNotices({ pointer, detail }: Issue, notices: readonly string[]): Issue {
  if (detail !== MISSING) return { pointer, detail };
  const need = notices.length === 1 ? `the notice ${notices[0]} needs it` : `the notices ${notices.join(", ")} need it`;
  return { pointer, detail: `${detail}; ${need}` };
}

/** Whether the condition may hold: only a Recipient knows about its person, so that one that looks there may. */
function isMeant(event: Event, { when }: NoticeRules): boolean {
  if (when === undefined) return true;
  let looked = false;
  const recipient = {
    enumerable: true,
    get() {
      looked = true;
      return undefined;
    },
  };
  const scope = scopeOf(event, { id: "", tags: [], locale: undefined });
  return conditionHolds(when, Object.defineProperty({ ...scope }, "recipient", recipient)) || looked;
}
