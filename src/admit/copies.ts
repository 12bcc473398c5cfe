import { writeCopies } from "../store/copies.ts";
import type { RecipientRow } from "../store/recipients.ts";
import { clock } from "../support/clock.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { Profile } from "./document.ts";
import type { DocumentKeeper } from "./document-keeper.ts";
import { endCopy } from "./note-uncopied.ts";
import { ownName } from "./own-name.ts";
import type { Uncopied } from "./uncopied.ts";

/** The way from a Recipient to D1, for copies that its callers could not write. */
export interface Copies {
  /** Copies of the Recipient with this key. Resolves when they are written. */
  write(tenant: string, key: string, profile: Profile | undefined, missing: Uncopied): Promise<void>;
}

export function copiesOf(env: Env): Copies {
  return {
    async write(tenant, key, profile, { revision, preferences }) {
      const rows = revision === undefined || !profile ? [] : [copyOf(tenant, key, profile)];
      await writeCopies(
        env.DB,
        rows,
        preferences.map((entry) => ({ ...entry, tenant, recipient: key })),
        clock(),
      );
    },
  };
}

/** Copies what D1 misses, and forgets that it did; where that fails it is tried again by the alarm that is set. */
export async function copyMissing(copying: Uncopied, copies: Copies, name: string | undefined, keeper: DocumentKeeper): Promise<void> {
  const { tenant, key } = ownName(name);
  const whose = { tenant, recipient: key, tries: copying.tries + 1 };
  try {
    await copies.write(tenant, key, keeper.load().profile, copying);
    keeper.save(endCopy(keeper.load(), copying), clock());
    log("info", "recipient.copied", whose);
  } catch (error) {
    log("error", "recipient.copy.failed", { ...whose, error: errorName(error) });
  }
}

/** A profile as D1 copies it. */
export function copyOf(tenant: string, key: string, profile: Profile): RecipientRow {
  return { tenant, key, profile: JSON.stringify(profile), revision: profile.revision };
}
