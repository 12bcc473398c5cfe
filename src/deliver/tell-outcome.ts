import { type DeadLetter, letterOfEnd } from "./dead-letters.ts";
import type { Fates } from "./fates.ts";
import type { Gates } from "./gate-port.ts";
import type { Item } from "./lane-batch.ts";
import type { Prepared } from "./prepare-message.ts";
import { type PutBackDeps, putBack, type Returning } from "./put-back.ts";
import type { Told, ToldAnswer, ToldResult } from "./recipient-port.ts";

/** A message that was claimed, however far it has come since. */
export type Claimed = Pick<Prepared, "item" | "claimed">;

export interface TellDeps extends PutBackDeps {
  readonly tell: (tenant: string, recipientKey: string, told: readonly Told[]) => Promise<readonly ToldResult[]>;
  readonly gates: Pick<Gates, "hear">;
}

/** A batch as those see it who tell Recipients what came of it. */
export interface Telling extends TellDeps {
  readonly fates: Fates;
  readonly letters: { readonly item: Item; readonly letter: DeadLetter }[];
}

/** Tells a carrier's answer. What follows is the Recipient's word: nothing, again (then the instant is given), or a dead letter. */
export async function tellAnswer(
  of: Claimed,
  answered: Omit<ToldAnswer, "kind" | "id" | "n">,
  telling: Telling,
): Promise<number | undefined> {
  const { item, claimed } = of;
  const result = await tell(of, [{ kind: "answer", id: claimed.id, n: claimed.n, ...answered }], telling);
  if (result?.again_at !== undefined) telling.fates.again({ item, at: result.again_at });
  if (result?.state === "failed") {
    const { carrier, answer } = answered;
    const cause = answer.kind === "refused" ? answer.because : answer.kind;
    keepLetter(item, letterOfEnd(item, { state: result.state, notice: claimed.notice, carrier, cause, code: answer.code }), telling);
  }
  return result?.again_at;
}

/**
 * No calls were made: the attempts never were. They are in their lane again before their Recipients are told to hold every other copy
 * off until then; where the queue does not take one, nobody holds it off, and its delivery comes again.
 */
export async function giveBack(returning: readonly (Returning & Claimed)[], telling: Telling): Promise<void> {
  const failed = await putBack(returning, telling);
  await Promise.all(
    returning.map(async (one) => {
      const lost = failed.has(one.item);
      await tell(one, [{ kind: "returned", id: one.claimed.id, n: one.claimed.n, until: lost ? telling.now() : one.at }], telling);
      if (lost) telling.fates.fault(one.item, failed.get(one.item));
    }),
  );
}

/** The last result; undefined where the Recipient could not be told, which is a fault: its claim stands until its lease is over. */
export async function tell({ item }: Claimed, told: readonly Told[], telling: Telling): Promise<ToldResult | undefined> {
  try {
    const results = await telling.tell(item.tenant, item.key, told);
    for (const { id, watched } of results) if (watched) await hear(item.tenant, id, watched, telling);
    return results.at(-1);
  } catch (error) {
    telling.fates.fault(item, error);
    return undefined;
  }
}

export function keepLetter(item: Item, letter: DeadLetter | undefined, { letters }: Telling): void {
  if (letter) letters.push({ item, letter });
}

/** The receipt of a watched message came before its answer, or was asked for. What the gate misses costs it an estimate. */
async function hear(
  tenant: string,
  id: string,
  { carrier, at, delivered }: NonNullable<ToldResult["watched"]>,
  { gates }: Telling,
): Promise<void> {
  await gates.hear(tenant, carrier, { id, at, delivered }).catch(() => undefined);
}
