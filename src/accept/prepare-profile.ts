import type { ProfileChange } from "../admit/change-profile.ts";
import type { ProvenPreference } from "../store/preferences.ts";
import type { Issue } from "../support/issues.ts";
import { contextOf } from "../support/sealing.ts";
import type { RecipientInput } from "../vocabulary/recipient.ts";
import { prepareAddresses, type SealingDeps } from "./prepare-addresses.ts";
import { keptPreferenceOf, preparePreferences } from "./prepare-preferences.ts";

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
  | { readonly ok: true; readonly change: ProfileChange; readonly preferences: readonly ProvenPreference[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Brings a profile from outside into the form that is kept: addresses in their one form, then sealed. */
export async function prepareProfile(input: RecipientInput, place: ProfilePlace, deps: ProfileDeps): Promise<PreparedProfile> {
  const issues: Issue[] = [];
  const addresses = await prepareAddresses(input.addresses ?? {}, place, issues, deps);
  const preferences = await preparePreferences(
    input.preferences ?? [],
    { ...place, path: [...place.path, "preferences"] },
    issues,
    deps.sealer,
  );
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    preferences,
    change: { how: place.how, ...addresses, ...(await profileOf(input, place, deps)), preferences: preferences.map(keptPreferenceOf) },
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
