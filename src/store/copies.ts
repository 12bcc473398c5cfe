import { insertAddresses } from "./addresses.ts";
import { cutByBytes } from "./cut-by-bytes.ts";
import { insertPreferences, type PreferenceRow } from "./preferences.ts";
import { type RecipientRow, upsertRecipients } from "./recipients.ts";
import { writeAgain } from "./write-again.ts";

const STATEMENT_MAX_BYTES = 500_000;

/** Writes copies of profiles, whose their addresses are, and entries of preferences, as often as wanted. What is too much for one statement is written in parts. */
export async function writeCopies(
  people: D1Database,
  rows: readonly RecipientRow[],
  preferences: readonly PreferenceRow[],
  now: number,
): Promise<void> {
  const [profiles, entries] = [cutByBytes(rows, STATEMENT_MAX_BYTES), cutByBytes(preferences, STATEMENT_MAX_BYTES)];
  for (let at = 0; at < Math.max(profiles.length, entries.length); at++) {
    const [some, told] = [profiles[at], entries[at]];
    const statements = [
      ...(some ? [upsertRecipients(people, some, now), insertAddresses(people, some)] : []),
      ...(told ? [insertPreferences(people, told, now)] : []),
    ];
    await writeAgain(() => people.batch(statements));
  }
}
