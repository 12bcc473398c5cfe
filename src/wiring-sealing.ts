import type { ResealAllDeps } from "./accept/reseal-all.ts";
import type { ShowSealingDeps } from "./accept/show-sealing.ts";
import type { RowPlace } from "./admit/recipient-storage.ts";
import type { Parts } from "./parts.ts";
import { knownKeysAfter } from "./store/recipients.ts";
import { countResealed, findResealing, saveResealing, tenantsToReseal } from "./store/resealing.ts";
import { resealRows, SEALED_COLUMNS } from "./store/sealed-columns.ts";
import { clock } from "./support/clock.ts";
import { resealerOf } from "./support/reseal-texts.ts";

/** Sealing anew what older keys sealed. */
export function wireSealing({ config, configuration, people, recipients }: Parts): ResealAllDeps & Pick<ShowSealingDeps, "countResealed"> {
  const reseal = resealerOf(config.SEALING_KEYS);
  return {
    now: clock,
    sealingKeys: config.SEALING_KEYS.map(([id]) => id),
    sealedColumns: SEALED_COLUMNS.length,
    findResealing: (tenant, keyId) => findResealing(configuration, tenant, keyId),
    saveResealing: (tenant, keyId, at) => saveResealing(configuration, tenant, keyId, at),
    countResealed: (keyId) => countResealed(configuration, keyId),
    tenantsToReseal: (keyId, now, limit) => tenantsToReseal(configuration, keyId, now, limit),
    knownKeysAfter: (tenant, key, limit) => knownKeysAfter(people, tenant, key, limit),
    async resealRecipient(tenant, key, keyId) {
      let [changed, unreadable] = [0, 0];
      for (let after: RowPlace | undefined, more = true; more; more = after !== undefined) {
        const answer = await recipients(tenant, key, (recipient) => recipient.reseal(keyId, after));
        changed += answer.changed;
        unreadable += answer.unreadable;
        after = answer.next;
      }
      return { changed, unreadable };
    },
    async resealRows(tenant, column, after, limit) {
      const sealed = SEALED_COLUMNS[column];
      if (!sealed) throw new Error(`there is no sealed column ${column}`);
      return resealRows(people, tenant, sealed, after, limit, reseal);
    },
  };
}
