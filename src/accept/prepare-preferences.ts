import type { KeptPreference } from "../admit/document.ts";
import type { ProvenPreference } from "../store/preferences.ts";
import { isoOf, millisecondsOf } from "../support/clock.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { contextOf, type Sealer } from "../support/sealing.ts";
import type { PreferenceInput } from "../vocabulary/recipient.ts";

/** Where entries belong. */
export interface PreferencesPlace {
  readonly tenant: string;
  /** Stands in for the time of entries that have none, in milliseconds; undefined where each must have its own. */
  readonly at: number | undefined;
  /** Path of the list in what was posted, for pointers. */
  readonly path: readonly PropertyKey[];
}

/** Entries from outside in the form that is kept, their proofs sealed where they are personal; what is wrong is added to `issues`. */
export async function preparePreferences(
  entries: readonly PreferenceInput[],
  { tenant, at: otherwise, path }: PreferencesPlace,
  issues: Issue[],
  sealer: Sealer,
): Promise<ProvenPreference[]> {
  const prepared: ProvenPreference[] = [];
  for (const [place, { proof, at: given, ...entry }] of entries.entries()) {
    const at = given === undefined ? otherwise : millisecondsOf(given);
    if (at === undefined) issues.push(issueAt([...path, place, "at"], WITHOUT_TIME));
    else {
      const ip = proof?.ip === undefined ? {} : { ip: await sealer.seal(proof.ip, contextOf(tenant, "ip")) };
      prepared.push({ ...entry, at: isoOf(at), ...proof, ...ip });
    }
  }
  return prepared;
}

const WITHOUT_TIME = "is missing: give it here or give the event a time, or the same event posted again would be a newer word";

/** An entry as the Recipient keeps it. */
export function keptPreferenceOf({ scope, channel, state, at }: ProvenPreference): KeptPreference {
  return { scope, channel, state, at: millisecondsOf(at) };
}
