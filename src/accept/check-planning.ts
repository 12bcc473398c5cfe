import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { ALERT_TYPES, RESERVED_PREFIX } from "../vocabulary/alerts.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import { callerId, catalogName } from "../vocabulary/identifiers.ts";
import { RECIPIENT, TOPIC } from "./plan-event.ts";

/** What planning reads of a notice: the event types that it is on, those that cancel it, and whom it is for. */
export function planningIssues(notice: Notice, at: readonly PropertyKey[]): Issue[] {
  return [
    ...typesIssues(notice.on ?? [], [...at, "on"]),
    ...typesIssues(notice.cancel?.on ?? [], [...at, "cancel", "on"]),
    ...whomIssues(notice, [...at, "to"]),
  ];
}

/** Of Carillon's own event types there are alerts; a notice on any other would never be meant. */
function typesIssues(types: readonly string[], path: readonly PropertyKey[]): Issue[] {
  return types.flatMap((type, place) =>
    type.startsWith(RESERVED_PREFIX) && !ALERT_TYPES.includes(type)
      ? [
          issueAt(
            [...path, place],
            `begins with ${RESERVED_PREFIX}, which is reserved, and is none of the alerts${closestName(type, ALERT_TYPES)}`,
          ),
        ]
      : [],
  );
}

/** An alert is about carriers and names no person, so the notice must: one, or a topic. */
function whomIssues({ on = [], to }: Notice, path: readonly PropertyKey[]): Issue[] {
  if (to?.startsWith(RECIPIENT)) {
    const id = callerId.safeParse(to.slice(RECIPIENT.length));
    return id.success ? [] : [issueAt(path, `names no recipient: an id ${id.error.issues[0]?.message ?? "must stand"} after ${RECIPIENT}`)];
  }
  if (to?.startsWith(TOPIC)) {
    const name = catalogName.safeParse(to.slice(TOPIC.length));
    return name.success ? [] : [issueAt(path, `names no topic: a name ${name.error.issues[0]?.message ?? "must stand"} after ${TOPIC}`)];
  }
  return on.some((type) => ALERT_TYPES.includes(type))
    ? [issueAt(path, `must be ${RECIPIENT} and the id of who is to hear of it: an alert names nobody`)]
    : [];
}
