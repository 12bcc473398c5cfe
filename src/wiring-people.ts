import type { Parts } from "./parts.ts";
import { insertAddresses } from "./store/addresses.ts";
import { insertPreferences, recipientKeysAfter, upsertRecipients } from "./store/recipients.ts";
import { clock } from "./support/clock.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Profiles, preferences and their copies. */
export function wirePeople({ people: database, recipients }: Parts) {
  return {
    profile: (tenant, key) => recipients(tenant, key, (recipient) => recipient.profile()),
    recipientsAfter: (tenant, key, limit) => recipientKeysAfter(database, tenant, key, limit),
    async keepProofs(proofs) {
      if (proofs.length > 0) await insertPreferences(database, proofs, clock()).run();
    },
    async copyRecipients(rows, preferences) {
      const statements = [
        ...(rows.length > 0 ? [upsertRecipients(database, rows, clock()), insertAddresses(database, rows)] : []),
        ...(preferences.length > 0 ? [insertPreferences(database, preferences, clock())] : []),
      ];
      if (statements.length > 0) await database.batch(statements);
    },
  } satisfies Partial<AcceptWiring>;
}
