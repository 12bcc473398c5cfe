import { laneMessagesOf } from "../admit/lane-messages.ts";
import type { ActiveCatalog } from "../store/compiled-catalog.ts";
import type { LaneMessage } from "../vocabulary/lane-message.ts";
import { type AdmitDeps, type AdmittedAll, admitAll, type Poster } from "./admit-all.ts";
import type { Drafted, DraftedEntry } from "./draft-event.ts";
import { NO_CATALOG } from "./no-catalog.ts";
import { type Outcome, type Rejected, wrong } from "./problem.ts";

export interface PlanDeps extends AdmitDeps {
  /** The catalog in force with the notices that events of these types mean. */
  readonly activeCatalog: (tenant: string, wanted?: { readonly types: readonly string[] }) => Promise<ActiveCatalog | undefined>;
  /** Has the catalog in force looked up anew, where it is not newer than this one. */
  readonly outdated: (tenant: string, activation: number) => Promise<void>;
  readonly enqueue: (messages: readonly LaneMessage[]) => Promise<void>;
}

/** Events of one request. `draft` is asked once for each of them, and again where a newer catalog is to plan it. */
export interface Planned<Event> {
  readonly poster: Poster;
  readonly events: readonly Event[];
  readonly types: readonly string[];
  readonly draft: (event: Event, catalog: ActiveCatalog) => Promise<Outcome<Drafted>>;
  /** What forbids to admit these drafts; undefined where nothing does. */
  readonly refuse: (drafts: readonly Outcome<Drafted>[]) => Rejected | undefined;
}

export interface AdmittedPlan {
  readonly drafts: readonly Outcome<Drafted>[];
  readonly outcomes: AdmittedAll["outcomes"];
}

/** One look at the newest catalog is enough unless another is published meanwhile. */
const ROUNDS_MAX = 5;

/**
 * Plans events by the catalog in force, admits them and puts them into their lanes. A Recipient that knows a newer catalog decides
 * nothing by an older one: the catalog is looked up anew, and those who are left are asked again by that. Who has decided keeps it,
 * so that nobody hears of an event by two catalogs.
 */
export async function admitPlanned<Event>(planned: Planned<Event>, deps: PlanDeps): Promise<Outcome<AdmittedPlan>> {
  const { poster, events, types, draft, refuse } = planned;
  const { tenant } = poster;
  const outcomes = new Map<DraftedEntry, NonNullable<ReturnType<AdmittedAll["outcomes"]["get"]>>>();
  const isLeft = (entry: DraftedEntry): boolean => (outcomes.get(entry)?.kind ?? "outdated") === "outdated";
  let drafts: readonly Outcome<Drafted>[] = [];
  for (let round = 1; ; round++) {
    const catalog = await deps.activeCatalog(tenant, { types });
    if (!catalog) return wrong("unknown-type", NO_CATALOG);
    const before = drafts;
    drafts = await Promise.all(
      events.map(async (event, at) => {
        const known = before[at];
        if (known && (!known.ok || !known.value.entries.some(isLeft))) return known;
        const anew = await draft(event, catalog);
        return known?.ok && anew.ok ? { ok: true, value: joinDrafts(known.value, anew.value, isLeft) } : anew;
      }),
    );
    const refused = refuse(drafts);
    if (refused) return refused;
    const asked = drafts.flatMap((one) => (one.ok ? one.value.entries.filter(isLeft) : []));
    const admitted = await admitAll(asked, poster, catalog.activation, deps);
    await deps.enqueue(laneMessagesOf(tenant, admitted.enqueue));
    for (const [entry, { kind }] of outcomes) if (kind === "outdated") outcomes.delete(entry);
    for (const [entry, outcome] of admitted.outcomes) outcomes.set(entry, outcome);
    if (round === ROUNDS_MAX || !asked.some(isLeft)) return { ok: true, value: { drafts, outcomes } };
    await deps.outdated(tenant, catalog.activation);
  }
}

/** A draft by a newer catalog, without those who have decided by the one before: theirs stands. */
function joinDrafts(before: Drafted, anew: Drafted, isLeft: (entry: DraftedEntry) => boolean): Drafted {
  const entries = before.entries.filter((entry) => !isLeft(entry));
  const decided = new Set(entries.map(({ recipient }) => recipient.key));
  return {
    ...anew,
    entries: [...entries, ...anew.entries.filter(({ recipient }) => !decided.has(recipient.key))],
    listed: [...before.listed.filter(({ key }) => decided.has(key)), ...anew.listed.filter(({ key }) => !decided.has(key))],
  };
}
