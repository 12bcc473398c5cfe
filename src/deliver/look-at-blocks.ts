import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import type { Channel } from "../vocabulary/classes.ts";
import type { Prepared } from "./prepare-message.ts";
import { giveBack, type Telling, tell } from "./tell-outcome.ts";
import { faultForMs } from "./waiting-times.ts";

export interface BlockDeps {
  /** The hashes of those of these addresses that are blocked now: asked of the database each time, and never remembered. */
  readonly blockedAmong: (
    tenant: string,
    addresses: readonly { readonly channel: Channel; readonly hash: string }[],
  ) => Promise<ReadonlySet<string>>;
}

/**
 * The last look before slots are taken and carriers called: nothing of any class goes to an address that is blocked. One question a
 * tenant. Where it cannot be asked nothing is sent, and its messages come again soon.
 */
export async function lookAtBlocks(prepared: readonly Prepared[], working: BlockDeps & Telling): Promise<readonly Prepared[]> {
  const tenants = Map.groupBy(prepared, ({ item }) => item.tenant);
  const open = new Set((await Promise.all([...tenants].map(([tenant, own]) => openOf(tenant, own, working)))).flat());
  return prepared.filter((one) => open.has(one));
}

async function openOf(tenant: string, own: readonly Prepared[], working: BlockDeps & Telling): Promise<readonly Prepared[]> {
  const lookedAt = working.now();
  const blocked = await working
    .blockedAmong(
      tenant,
      own.map(({ claimed: { channel, address } }) => ({ channel, hash: address.hash })),
    )
    .catch((error: unknown) => {
      log("error", "deliver.blocks.failed", { tenant, messages: own.length, error: errorName(error) });
      return undefined;
    });
  if (!blocked) {
    await giveBack(
      own.map((one) => ({ ...one, at: working.now() + faultForMs(one.claimed.due_at, working.now()) })),
      working,
    );
    return [];
  }
  const isBlocked = ({ claimed }: Prepared): boolean => blocked.has(claimed.address.hash);
  await Promise.all(own.filter(isBlocked).map((one) => tellBlocked(one, lookedAt, working)));
  return own.filter((one) => !isBlocked(one));
}

/** What follows is the Recipient's word: the next address or channel, or the end. */
async function tellBlocked({ item, claimed }: Prepared, lookedAt: number, working: Telling): Promise<void> {
  const result = await tell({ item, claimed }, [{ kind: "blocked", id: claimed.id, n: claimed.n, looked_at: lookedAt }], working);
  if (result?.again_at !== undefined) working.fates.again({ item, at: result.again_at });
}
