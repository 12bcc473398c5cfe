import type { AdmitOutcome } from "../admit/admit-events.ts";
import { copyOf } from "../admit/copies.ts";
import type { AdmitAnswer, AdmitCommand } from "../admit/recipient-commands.ts";
import type { Due } from "../admit/wake.ts";
import type { PreferenceRow } from "../store/preferences.ts";
import type { RecipientRow } from "../store/recipients.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { CopyDeps } from "./copy-recipient.ts";
import type { DraftedEntry } from "./draft-event.ts";
import { openJoined } from "./open-joined.ts";
import type { ProfileDeps } from "./prepare-profile.ts";

/** Who posts: a tenant, by this actor of the audit. */
export interface Poster {
  readonly tenant: string;
  readonly by: string;
}

export interface AdmitDeps extends ProfileDeps, Pick<CopyDeps, "copyRecipients"> {
  /** Asks one Recipient; its row is written when the promise resolves. */
  readonly admit: (tenant: string, command: AdmitCommand) => Promise<AdmitAnswer>;
  /** Writes proofs of consent ("in") to D1: they count only once they are there. */
  readonly keepProofs: (proofs: readonly PreferenceRow[]) => Promise<void>;
}

/** What all Recipients answered. */
export interface AdmittedAll {
  /** `unavailable`: the Recipient could not be asked; whether it has decided is not known. */
  readonly outcomes: ReadonlyMap<DraftedEntry, AdmitOutcome | { readonly kind: "unavailable" }>;
  /** What is to stand in its lane. */
  readonly enqueue: readonly Due[];
}

/** Asks each Recipient once, by the catalog of this activation, with its events in order of arrival; people are decided independently of each other. */
export async function admitAll(
  drafted: readonly DraftedEntry[],
  { tenant, by }: Poster,
  activation: number,
  deps: AdmitDeps,
): Promise<AdmittedAll> {
  const preferences = drafted.flatMap((entry) => preferencesOf(entry, tenant, by));
  await deps.keepProofs(preferences.filter(({ state }) => state === "in"));
  const outcomes = new Map<DraftedEntry, AdmitOutcome | { readonly kind: "unavailable" }>();
  const rows: RecipientRow[] = [];
  const waiting: Due[] = [];
  await Promise.all(
    [...Map.groupBy(drafted, ({ recipient }) => recipient.key)].map(async ([key, entries]) => {
      const answer = await askRecipient(entries, tenant, activation, deps);
      waiting.push(...(answer?.waiting ?? []));
      for (const [at, entry] of entries.entries()) outcomes.set(entry, answer?.outcomes[at] ?? { kind: "unavailable" });
      if (answer?.profile && answer.outcomes[0]?.kind !== "outdated" && entries.some(({ entry }) => entry.profile))
        rows.push(copyOf(tenant, key, answer.profile));
    }),
  );
  const revisions = new Map(rows.map(({ key, revision }) => [key, revision]));
  const taken = drafted.filter((entry) => outcomes.get(entry)?.kind === "decided");
  await deps.copyRecipients(
    rows,
    taken.flatMap((entry) => {
      const revision = revisions.get(entry.recipient.key) ?? 0;
      return preferencesOf(entry, tenant, by).map((row) => ({ ...row, revision }));
    }),
  );
  const admitted = [...outcomes.values()].flatMap((outcome) => (outcome.kind === "decided" ? outcome.admitted : []));
  return { outcomes, enqueue: [...admitted.filter(({ enqueue }) => enqueue), ...waiting] };
}

/** The preferences of an entry as D1 keeps their history; `by`: who told us, as an actor of the audit. */
export function preferencesOf(
  { recipient, preferences }: Pick<DraftedEntry, "recipient" | "preferences">,
  tenant: string,
  by: string,
): PreferenceRow[] {
  return preferences.map((entry) => ({ ...entry, tenant, recipient: recipient.key, recorded_by: by }));
}

/** One Recipient that cannot be asked spoils its own events and no others. */
async function askRecipient(
  entries: readonly DraftedEntry[],
  tenant: string,
  activation: number,
  deps: AdmitDeps,
): Promise<AdmitAnswer | undefined> {
  const [first] = entries;
  if (!first) return undefined;
  try {
    const answer = await deps.admit(tenant, { recipient: first.recipient, activation, entries: entries.map(({ entry }) => entry) });
    return { ...answer, outcomes: await Promise.all(answer.outcomes.map((outcome) => openJoined(outcome, tenant, deps.sealer))) };
  } catch (error) {
    log("error", "accept.recipient.unavailable", {
      tenant,
      recipient: first.recipient.key,
      error: errorName(error),
    });
    return undefined;
  }
}
