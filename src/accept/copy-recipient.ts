import { copyOf } from "../admit/copies.ts";
import type { Profile } from "../admit/document.ts";
import type { Missing } from "../admit/uncopied.ts";
import type { PreferenceRow } from "../store/preferences.ts";
import type { RecipientRow } from "../store/recipients.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";

export interface CopyDeps {
  /** Copies profiles and preferences to D1, after the Recipients have them. */
  readonly copyRecipients: (rows: readonly RecipientRow[], preferences: readonly PreferenceRow[]) => Promise<void>;
  /** Tells a Recipient what could not be copied; false where it cannot remember so much. */
  readonly notCopied: (tenant: string, recipientKey: string, missing: Missing) => Promise<boolean>;
}

/**
 * Copies to D1 what a Recipient has taken. False where that failed and the Recipient copies it by itself later; throws where it could not
 * even be told: whoever asked comes again, and then it is copied.
 */
export async function copyRecipient(
  tenant: string,
  recipient: string,
  profile: Profile | undefined,
  preferences: readonly PreferenceRow[],
  deps: CopyDeps,
): Promise<boolean> {
  try {
    await deps.copyRecipients(profile ? [copyOf(tenant, recipient, profile)] : [], preferences);
    return true;
  } catch (error) {
    await tellMissing(tenant, recipient, { ...(profile ? { revision: profile.revision } : {}), preferences }, error, deps);
    return false;
  }
}

/** Copies entries of many people at once; `copied` has the keys of those whose entries D1 has, or their Recipients copy. */
export async function copyEntries(
  tenant: string,
  entries: ReadonlyMap<string, readonly PreferenceRow[]>,
  deps: CopyDeps,
): Promise<ReadonlySet<string>> {
  try {
    await deps.copyRecipients([], [...entries.values()].flat());
    return new Set(entries.keys());
  } catch (error) {
    const told = [...entries].map(([recipient, preferences]) =>
      tellMissing(tenant, recipient, { preferences }, error, deps).then(
        () => [recipient],
        () => [],
      ),
    );
    return new Set((await Promise.all(told)).flat());
  }
}

/** Tells a Recipient what D1 misses, and why. */
async function tellMissing(
  tenant: string,
  recipient: string,
  { preferences, ...profile }: { readonly revision?: number; readonly preferences: readonly PreferenceRow[] },
  error: unknown,
  { notCopied }: CopyDeps,
): Promise<void> {
  log("error", "recipient.copy.failed", { tenant, recipient, error: errorName(error) });
  const entries = preferences.map(({ tenant: _tenant, recipient: _recipient, ...entry }) => entry);
  if (!(await notCopied(tenant, recipient, { ...profile, preferences: entries }))) throw error;
}
