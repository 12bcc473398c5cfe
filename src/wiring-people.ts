import type { Parts } from "./parts.ts";
import { writeCopies } from "./store/copies.ts";
import { preferencesAfter, preferencesOfRecipient } from "./store/preferences.ts";
import { recipientKeysAfter } from "./store/recipients.ts";
import { clock } from "./support/clock.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Profiles, preferences and their copies. */
export function wirePeople({ people: database, recipients }: Parts) {
  return {
    profile: (tenant, key) => recipients(tenant, key, (recipient) => recipient.profile()),
    recipientsAfter: (tenant, key, limit) => recipientKeysAfter(database, tenant, key, limit),
    keepProofs: (proofs) => writeCopies(database, [], proofs, clock()),
    copyRecipients: (rows, preferences) => writeCopies(database, rows, preferences, clock()),
    notCopied: (tenant, key, missing) => recipients(tenant, key, (recipient) => recipient.notCopied(missing)),
    prefer: (tenant, key, sealed, entries) => recipients(tenant, key, (recipient) => recipient.prefer(sealed, entries)),
    preferencesOfRecipient: (tenant, key, after, limit) => preferencesOfRecipient(database, tenant, key, after, limit),
    preferencesAfter: (tenant, after, limit) => preferencesAfter(database, tenant, after, limit),
  } satisfies Partial<AcceptWiring>;
}
