import type { OwnEvent, OwnPost } from "../deliver/alerts.ts";
import type { AcceptDeps } from "./accept-events.ts";
import { draftEvent } from "./draft-event.ts";
import { topicReader } from "./open-topics.ts";
import { admitPlanned } from "./plan-anew.ts";

/**
 * Posts an event of our own to a tenant: planned by its catalog in force, admitted and put into its lanes like any other. Its id
 * makes it one, however many post it: another body under the same id is taken for the same event.
 */
export async function postOwnEvent(tenant: string, event: OwnEvent, deps: AcceptDeps): Promise<OwnPost> {
  const types = [event.type];
  const active = await deps.activeCatalog(tenant, { types });
  if (!active?.index.types.has(event.type)) return { kind: "unheard" };
  const bytes = new TextEncoder().encode(JSON.stringify(event)).byteLength;
  const topics = topicReader(tenant, deps);
  const planned = await admitPlanned(
    {
      poster: { tenant, by: "carillon" },
      events: [event],
      types,
      draft: (own, compiled) => draftEvent(own, bytes, { tenant, compiled, topics }, deps),
      refuse: () => undefined,
    },
    deps,
  );
  const [draft] = planned.ok ? planned.value.drafts : [planned];
  if (!planned.ok || !draft?.ok) {
    const problem = draft?.ok === false ? draft.problem : undefined;
    return { kind: "refused", why: [problem, ...(problem?.errors ?? [])].map((one) => one?.detail ?? "").join(" ") };
  }
  const answers = [...planned.value.outcomes.values()];
  if (answers.some(({ kind }) => kind === "unavailable" || kind === "full" || kind === "outdated"))
    return { kind: "refused", why: "a recipient cannot take it now" };
  const decided = answers.flatMap((answer) => (answer.kind === "decided" ? answer.admitted : []));
  if (decided.some(({ replayed }) => !replayed)) return { kind: "kept" };
  return { kind: decided.length > 0 || answers.some(({ kind }) => kind === "changed") ? "known" : "unheard" };
}
