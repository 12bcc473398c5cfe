import type { Parts } from "./parts.ts";
import { beginLift, blocksAfter, endLift, findBlock, upsertBlock } from "./store/address-blocks.ts";
import { ownersAfter } from "./store/addresses.ts";
import { writeCopies } from "./store/copies.ts";
import { eraseCopies, knowsRecipient } from "./store/erasers.ts";
import { preferencesAfter, preferencesOfRecipient } from "./store/preferences.ts";
import { findCopies, listCopies } from "./store/recipient-copies.ts";
import { recipientKeysAfter } from "./store/recipients.ts";
import { clock, pause } from "./support/clock.ts";
import type { AcceptWiring } from "./wiring-needs.ts";

/** Profiles, preferences and their copies, and blocks of addresses. */
export function wireRecipients(parts: Parts) {
  const { people: database, recipients } = parts;
  return {
    ...blocks(parts),
    profile: (tenant, key) => recipients(tenant, key, (recipient) => recipient.profile()),
    recipientsAfter: (tenant, key, limit) => recipientKeysAfter(database, tenant, key, limit),
    keepProofs: (proofs) => writeCopies(database, [], proofs, clock()),
    copyRecipients: (rows, preferences) => writeCopies(database, rows, preferences, clock()),
    notCopied: (tenant, key, missing) => recipients(tenant, key, (recipient) => recipient.notCopied(missing)),
    prefer: (tenant, key, sealed, entries) => recipients(tenant, key, (recipient) => recipient.prefer(sealed, entries)),
    preferencesOfRecipient: (tenant, key, after, limit) => preferencesOfRecipient(database, tenant, key, after, limit),
    preferencesAfter: (tenant, after, limit) => preferencesAfter(database, tenant, after, limit),
    listCopies: (tenant, tag, after, limit) => listCopies(database, tenant, tag, after, limit),
    findCopies: (tenant, keys) => findCopies(database, tenant, keys),
    change: (tenant, key, changes) => recipients(tenant, key, (recipient) => recipient.change(changes)),
    erase: (tenant, key) => recipients(tenant, key, (recipient) => recipient.erase()),
    eraseCopies: (tenant, recipient, revision) => eraseCopies(database, { tenant, recipient, revision }, clock()),
    knowsRecipient: (tenant, recipient) => knowsRecipient(database, tenant, recipient),
    pause,
  } satisfies Partial<AcceptWiring>;
}

function blocks({ people: database, recipients }: Parts) {
  return {
    upsertBlock: (tenant, block) => upsertBlock(database, tenant, block),
    findBlock: (tenant, address) => findBlock(database, tenant, address),
    blocksAfter: (tenant, only, after, limit) => blocksAfter(database, tenant, only, after, limit),
    beginLift: (tenant, address) => beginLift(database, tenant, address, clock()),
    endLift: (tenant, address) => endLift(database, tenant, address),
    ownersAfter: (tenant, address, after, limit) => ownersAfter(database, tenant, address, after, limit),
    unblock: (tenant, key, hash) => recipients(tenant, key, (recipient) => recipient.unblock(hash)),
  } satisfies Partial<AcceptWiring>;
}
