import type { Pauses } from "../store/pauses.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import type { Fates } from "./fates.ts";
import type { Item } from "./lane-batch.ts";
import type { Claim, ClaimCommand, ClaimedMessage } from "./recipient-port.ts";
import { pausedForMs } from "./waiting-times.ts";

/** How long a claim is good: a batch's calls, six at a time, at most ten seconds each, and some air. */
export const LEASE_MS: Readonly<Record<NoticeClass, number>> = {
  verification: 20_000,
  transactional: 60_000,
  service: 90_000,
  marketing: 90_000,
};

export interface ClaimDeps {
  readonly now: () => number;
  readonly claim: (tenant: string, recipientKey: string, command: ClaimCommand) => Promise<Claim[]>;
}

/** A message that this batch may send. */
export interface ClaimedItem {
  readonly item: Item;
  readonly message: ClaimedMessage;
  readonly leaseUntil: number;
}

/** What claims of a batch came to; `ended` are messages that will never be sent, as their Recipients say. */
export interface ClaimedItems {
  readonly claimed: readonly ClaimedItem[];
  readonly ended: readonly { readonly item: Item; readonly claim: Extract<Claim, { kind: "done" }> }[];
}

/** Claims each item, all of one Recipient together; a Recipient that cannot be asked spoils its own items and no others. */
export async function claimItems(
  items: readonly Item[],
  hasSlot: (item: Item) => boolean,
  pauses: ReadonlyMap<string, Pauses>,
  fates: Fates,
  deps: ClaimDeps,
): Promise<ClaimedItems> {
  const claimed: ClaimedItem[] = [];
  const ended: { item: Item; claim: Extract<Claim, { kind: "done" }> }[] = [];
  const groups = Map.groupBy(items, (item) => `${item.tenant}/${item.key}/${item.class}/${hasSlot(item)}`);
  const claims = [...groups.values()].map(async (group) => {
    const [first] = group;
    if (!first) return;
    const leaseUntil = deps.now() + LEASE_MS[first.class];
    const answers = await deps
      .claim(first.tenant, first.key, {
        ids: group.map(({ id }) => id),
        lease_ms: LEASE_MS[first.class],
        paused: pauses.get(first.tenant)?.notices ?? [],
        paused_for_ms: pausedForMs(pauses.get(first.tenant)?.since, deps.now()),
        ...(hasSlot(first) ? { has_slots: true } : {}),
      })
      .catch((error: unknown) => {
        for (const item of group) fates.fault(item, error);
        return [];
      });
    for (const answer of answers) {
      const id = answer.kind === "send" ? answer.message.id : answer.id;
      const item = group.find((one) => one.id === id);
      if (!item) continue;
      if (answer.kind === "send") claimed.push({ item, message: answer.message, leaseUntil });
      else if (answer.kind === "wait") fates.again({ item, at: answer.until });
      else ended.push({ item, claim: answer });
    }
  });
  await Promise.all(claims);
  // In the order of the batch, whoever answered first.
  const place = new Map(items.map((item, at) => [item, at]));
  return { claimed: claimed.sort((a, b) => (place.get(a.item) ?? 0) - (place.get(b.item) ?? 0)), ended };
}
