import type { Gates } from "../deliver/gate-port.ts";
import type { ToldReceipt, ToldResult } from "../deliver/recipient-port.ts";
import type { AddressOwner } from "../store/addresses.ts";
import { errorName } from "../support/error-name.ts";
import type { NamingKey } from "../support/hashing.ts";
import { log } from "../support/log.ts";
import { addressHashOf, recipientKeyOfMessage } from "../support/names.ts";
import type { CarrierReceipt } from "../vocabulary/carrier.ts";
import { type Channel, NUMBERED_CHANNELS } from "../vocabulary/classes.ts";
import { messageId } from "../vocabulary/identifiers.ts";

/** A callback's receipts and where they came in. */
export interface Reported {
  readonly tenant: string;
  readonly carrier: string;
  /** Other names of the same account. */
  readonly also?: readonly string[];
  /** As the callback's address has it, where the carrier keeps no reference: `m` and `a`. */
  readonly message: string | null;
  readonly attempt: number;
  readonly receipts: readonly CarrierReceipt[];
}

export interface TellReceiptsDeps {
  readonly now: () => number;
  readonly naming: NamingKey;
  /** The people whose addresses on these channels have these hashes, or once had. */
  readonly ownersOf: (tenant: string, channels: readonly Channel[], hashes: readonly string[]) => Promise<readonly AddressOwner[]>;
  readonly tell: (tenant: string, recipientKey: string, told: readonly ToldReceipt[]) => Promise<readonly ToldResult[]>;
  readonly gates: Pick<Gates, "hear">;
}

/** One receipt on its way to one Recipient; `of` is its place among the callback's. */
interface Addressed {
  readonly key: string;
  readonly of: number;
  readonly told: ToldReceipt;
}

/** Tells receipts, all of one Recipient together, and counts those that belong to no message of this tenant. */
export async function tellReceipts(reported: Reported, deps: TellReceiptsDeps): Promise<number> {
  const addressed = await addressedOf(reported, deps);
  const matched = new Set<number>();
  await Promise.all(
    [...Map.groupBy(addressed, ({ key }) => key)].map(async ([key, own]) => {
      const results = await deps.tell(
        reported.tenant,
        key,
        own.map(({ told }) => told),
      );
      for (const [at, result] of results.entries()) {
        const receipt = own[at];
        if (receipt && result.matched) matched.add(receipt.of);
      }
      await tellGates(reported.tenant, results, deps);
    }),
  );
  return reported.receipts.length - matched.size;
}

/** A receipt that names its message goes to that one's Recipient; one that names a number alone to all who have it, or had it. */
async function addressedOf(
  { tenant, carrier, also = [], message, attempt, receipts }: Reported,
  deps: TellReceiptsDeps,
): Promise<Addressed[]> {
  const arrived = { kind: "receipt", carrier, ...(also.length > 0 ? { also } : {}), arrived_at: deps.now() } as const;
  const found: Addressed[] = [];
  const numbered: { readonly of: number; readonly receipt: CarrierReceipt; readonly hashes: readonly string[] }[] = [];
  for (const [of, { to, ...receipt }] of receipts.entries()) {
    const named = receipt.message ?? message;
    const id = messageId.safeParse(named);
    if (id.success) {
      const told = { ...arrived, ...receipt, id: id.data, ...(attempt > 0 ? { attempt } : {}) };
      found.push({ key: recipientKeyOfMessage(id.data), of, told });
    } else if (named === null && to !== undefined) {
      const hashes = await Promise.all(NUMBERED_CHANNELS.map((channel) => addressHashOf(deps.naming, tenant, channel, to)));
      numbered.push({ of, receipt, hashes });
    }
  }
  if (numbered.length === 0) return found;
  const owners = await deps.ownersOf(
    tenant,
    NUMBERED_CHANNELS,
    numbered.flatMap(({ hashes }) => hashes),
  );
  for (const { of, receipt, hashes } of numbered) {
    const keys = new Set(owners.filter(({ hash }) => hashes.includes(hash)).map(({ recipient }) => recipient));
    const told = { ...arrived, ...receipt, addresses: hashes, ...(keys.size > 1 ? { shared: true as const } : {}) };
    for (const key of keys) found.push({ key, of, told });
  }
  return found;
}

/** What a gate misses of a receipt costs it an estimate; the callback is settled all the same. */
async function tellGates(tenant: string, results: readonly ToldResult[], { gates }: TellReceiptsDeps): Promise<void> {
  for (const { id, watched } of results) {
    if (!watched) continue;
    const { carrier, at, delivered } = watched;
    await gates.hear(tenant, carrier, { id, at, delivered }).catch((error: unknown) => {
      log("warn", "callback.gate.unheard", { tenant, carrier, error: errorName(error) });
    });
  }
}
