import { insertAddresses } from "./addresses.ts";
import { insertPreferences, type PreferenceRow } from "./preferences.ts";
import { type RecipientRow, upsertRecipients } from "./recipients.ts";
import { writeAgain } from "./write-again.ts";

/** Writes copies of profiles, whose their addresses are, and entries of preferences: all or nothing, and as often as wanted. */
export async function writeCopies(
  people: D1Database,
  rows: readonly RecipientRow[],
  preferences: readonly PreferenceRow[],
  now: number,
): Promise<void> {
  const statements = [
    ...(rows.length > 0 ? [upsertRecipients(people, rows, now), insertAddresses(people, rows)] : []),
    ...(preferences.length > 0 ? [insertPreferences(people, preferences, now)] : []),
  ];
  if (statements.length > 0) await writeAgain(() => people.batch(statements));
}
