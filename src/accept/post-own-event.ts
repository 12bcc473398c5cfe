import type { OwnEvent, OwnPost } from "../deliver/alerts.ts";
import { type AcceptDeps, admitAndEnqueue } from "./accept-events.ts";
import { draftEvent } from "./draft-event.ts";
import { topicReader } from "./open-topics.ts";
import { rulebookFor } from "./rulebook.ts";

/**
 * Posts an event of our own to a tenant: planned by its catalog in force, admitted and put into its lanes like any other. Its id
 * makes it one, however many post it: another body under the same id is taken for the same event.
 */
export async function postOwnEvent(tenant: string, event: OwnEvent, deps: AcceptDeps): Promise<OwnPost> {
  const catalog = await deps.activeCatalog(tenant);
  if (!catalog || !rulebookFor(catalog).notices.has(event.type)) return { kind: "unheard" };
  const bytes = new TextEncoder().encode(JSON.stringify(event)).byteLength;
  const draft = await draftEvent(event, bytes, { tenant, compiled: catalog, topics: topicReader(tenant, deps) }, deps);
  if (!draft.ok) return { kind: "refused", why: [draft.problem, ...(draft.problem.errors ?? [])].map(({ detail }) => detail).join(" ") };
  const { outcomes } = await admitAndEnqueue([draft], { tenant, key: "carillon" }, deps);
  const answers = [...outcomes.values()];
  if (answers.some(({ kind }) => kind === "unavailable" || kind === "full"))
    return { kind: "refused", why: "a recipient cannot take it now" };
  const decided = answers.flatMap((answer) => (answer.kind === "decided" ? answer.admitted : []));
  if (decided.some(({ replayed }) => !replayed)) return { kind: "kept" };
  return { kind: decided.length > 0 || answers.some(({ kind }) => kind === "changed") ? "known" : "unheard" };
}
