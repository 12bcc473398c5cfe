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
    log("error", "recipient.copy.failed", { tenant, recipient, error: errorName(error) });
    const entries = preferences.map(({ tenant: _tenant, recipient: _recipient, ...entry }) => entry);
    const missing = { ...(profile ? { revision: profile.revision } : {}), preferences: entries };
    if (!(await deps.notCopied(tenant, recipient, missing))) throw error;
    return false;
  }
}
