import type { ProfileChange } from "../admit/change-profile.ts";
import { isoOf, millisecondsOf } from "../support/clock.ts";
import type { Issue } from "../support/issues.ts";
import { pointerOf } from "../support/issues.ts";
import { contextOf } from "../support/sealing.ts";
import type { Preference, RecipientInput } from "../vocabulary/recipient.ts";
import { prepareAddresses, type SealingDeps } from "./prepare-addresses.ts";

export type ProfileDeps = SealingDeps;

/** Where a profile belongs and what it is read with. */
export interface ProfilePlace {
  readonly tenant: string;
  readonly id: string;
  readonly how: ProfileChange["how"];
  /** Country of numbers without one. */
  readonly country: string | undefined;
  /** Stands in for the time of preferences that have none, in milliseconds; undefined where each must have its own. */
  readonly at: number | undefined;
  /** Path of the profile in what was posted, for pointers. */
  readonly path: readonly PropertyKey[];
}

export type PreparedProfile =
  | { readonly ok: true; readonly change: ProfileChange; readonly preferences: readonly Preference[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Brings a profile from outside into the form that is kept: addresses in their one form, then sealed. */
export async function prepareProfile(input: RecipientInput, place: ProfilePlace, deps: ProfileDeps): Promise<PreparedProfile> {
  const issues: Issue[] = [];
  const addresses = await prepareAddresses(input.addresses ?? {}, place, issues, deps);
  const preferences = (input.preferences ?? []).flatMap((entry, at): Preference[] => {
    const instant = entry.at === undefined ? place.at : millisecondsOf(entry.at);
    if (instant !== undefined) return [{ ...entry, at: isoOf(instant) }];
    const pointer = pointerOf([...place.path, "preferences", at, "at"]);
    issues.push({
      pointer,
      detail: "is missing: give it here or give the event a time, or the same event posted again would be a newer word",
    });
    return [];
  });
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    preferences,
    change: { how: place.how, ...addresses, ...(await profileOf(input, place, deps)), preferences: preferences.map(kept) },
  };
}

async function profileOf(input: RecipientInput, place: ProfilePlace, deps: ProfileDeps): Promise<Pick<ProfileChange, "profile">> {
  return {
    profile: {
      id: await deps.sealer.seal(place.id, contextOf(place.tenant, "recipient")),
      ...(input.locale === undefined ? {} : { locale: input.locale }),
      ...(input.time_zone === undefined ? {} : { time_zone: input.time_zone }),
      ...(input.tags === undefined ? {} : { tags: input.tags }),
      ...(input.quiet_hours === undefined ? {} : { quiet_hours: input.quiet_hours }),
    },
  };
}

function kept(entry: Preference): ProfileChange["preferences"][number] {
  return { ...entry, at: millisecondsOf(entry.at) };
}
