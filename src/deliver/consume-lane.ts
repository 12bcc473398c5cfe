import pLimit from "p-limit";
import type { Pauses } from "../store/pauses.ts";
import { log } from "../support/log.ts";
import { type AskDeps, askCarrier } from "./ask-carrier.ts";
import { type AwaitDeps, awaitLater, awaitSlots, freeProbes } from "./await-slots.ts";
import { type ClaimDeps, type ClaimedItem, claimItems } from "./claim-items.ts";
import { type DeadLetter, letterOfEnd } from "./dead-letters.ts";
import { Fates, type FatesDeps } from "./fates.ts";
import { type Item, type LaneDelivery, readBatch } from "./lane-batch.ts";
import { type PrepareDeps, type Prepared, prepareMessage } from "./prepare-message.ts";
import type { Told, ToldAnswer, ToldResult, ToldReturned } from "./recipient-port.ts";
import { type SendDeps, type Sent, sendSlotted } from "./send-slotted.ts";
import { PATIENCE_MS, PAUSED_AGAIN_MS, SLOTS, takeSlots } from "./take-slots.ts";

export interface ConsumeDeps extends FatesDeps, AwaitDeps, ClaimDeps, PrepareDeps, AskDeps, SendDeps {
  /** What the tenant has paused, at most two seconds behind. */
  readonly pauses: (tenant: string) => Promise<Pauses>;
  readonly tell: (tenant: string, recipientKey: string, told: readonly Told[]) => Promise<readonly ToldResult[]>;
  /** Keeps what gave up where people find it; may be asked again for the same. */
  readonly keepDeadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
}

/** One batch on its way through the stages below. */
interface Working extends ConsumeDeps {
  readonly fates: Fates;
  readonly letters: { readonly item: Item; readonly letter: DeadLetter }[];
  /** The connections of this invocation: whoever calls outside takes one. */
  readonly slots: ReturnType<typeof pLimit>;
}

/**
 * So long a batch stays with those who wait for a carrier, one second's pace after the other: a lane gathers batches for seconds, and
 * a carrier would stand idle between them if each used the slots of one second alone.
 */
const STAYS_MS = 8_000;
/** A fault of ours before the call is waited out by the message and not by its lane's retries. */
const FAULT_AGAIN_MS = 5_000;

/**
 * Works through a batch. A queue message is a wake-up and not the truth: each id is looked up again, claimed, given a slot by its
 * carrier's gate, sent, told, and only then acked; what must wait is put back and uses up neither attempts nor retries.
 */
export async function consumeLane(deliveries: readonly LaneDelivery[], deps: ConsumeDeps): Promise<void> {
  const items = readBatch(deliveries);
  const working: Working = { ...deps, fates: new Fates(), letters: [], slots: pLimit(SLOTS) };
  const until = deps.now() + STAYS_MS;
  let left: readonly Item[] = items;
  while (left.length > 0 && deps.now() < until) left = await workThrough(left, working);
  await awaitLater(left, working.fates, deps);
  await keepLetters(working);
  await working.fates.carryOut(items, deps);
}

/** Takes items through the stages once, of those that wait for a carrier one second's pace. Gives the rest of these. */
async function workThrough(items: readonly Item[], working: Working): Promise<readonly Item[]> {
  const began = working.now();
  const pauses = await pausesOf(items, working);
  const awake = items.filter((item) => !isPaused(item, pauses, working));
  const { items: going, held, left } = await awaitSlots(awake, working.fates, working);
  const { claimed, ended } = await claimItems(going, (item) => held.has(item), pauses, working.fates, working);
  for (const { item, claim } of ended) keepLetter(item, letterOfEnd(item, claim), working);
  const prepared = await prepareAll(claimed, working);
  const { slotted, answered, later } = await takeSlots(prepared, held, (tenant) => pauses.get(tenant)?.carriers ?? [], working);
  await Promise.all([
    sendSlotted(slotted, working.slots, (sent) => settle(sent, working), working),
    ...answered.map((one) => tellAnswer(one.prepared, one.answered, working)),
    ...later.map(({ prepared: one, until, at }) => giveBack(one, until, at, working)),
  ]);
  await freeProbes(held, slotted, working);
  // Without a slot there is nothing to wait for in this second.
  if (left.length > 0 && slotted.length === 0) await working.pause(began + PATIENCE_MS - working.now());
  return left;
}

async function pausesOf(items: readonly Item[], { pauses }: ConsumeDeps): Promise<ReadonlyMap<string, Pauses>> {
  const tenants = [...new Set(items.map(({ tenant }) => tenant))];
  return new Map(await Promise.all(tenants.map(async (tenant) => [tenant, await pauses(tenant)] as const)));
}

function isPaused(item: Item, pauses: ReadonlyMap<string, Pauses>, { fates, now }: Working): boolean {
  const own = pauses.get(item.tenant);
  if (!own?.tenant && !own?.lanes.includes(item.class)) return false;
  fates.again(item, now() + PAUSED_AGAIN_MS, { carrier: item.carrier });
  return true;
}

/** Opens and renders what was claimed; what an earlier unclear attempt has brought after all is told and not sent again. */
async function prepareAll(claimed: readonly ClaimedItem[], working: Working): Promise<readonly Prepared[]> {
  const all = await Promise.all(
    claimed.map(async ({ item, message, leaseUntil }): Promise<readonly Prepared[]> => {
      try {
        const preparation = await prepareMessage(item, message, leaseUntil, working);
        if (preparation.kind === "unrenderable") {
          const answer = { kind: "refused", because: "content", code: "unrenderable", detail: preparation.why } as const;
          await tellAnswer({ item, claimed: message }, { carrier: "", answer, untried: 0, open: 0 }, working);
          return [];
        }
        const { prepared } = preparation;
        if (!message.before.some(({ unclear_since }) => unclear_since !== undefined)) return [prepared];
        const found = await working.slots(() => askCarrier(prepared, working));
        if (!found) return [prepared];
        await tell(prepared, [found, returned(prepared, working.now())], working);
        return [];
      } catch (error) {
        log("error", "deliver.prepare.failed", {
          tenant: item.tenant,
          message: item.id,
          error: error instanceof Error ? error.name : "unknown",
        });
        await giveBack({ item, claimed: message }, working.now() + FAULT_AGAIN_MS, undefined, working);
        return [];
      }
    }),
  );
  return all.flat();
}

type Claimed = Pick<Prepared, "item" | "claimed">;

async function settle(sent: Sent, working: Working): Promise<void> {
  const { picked } = sent.slotted;
  switch (sent.kind) {
    case "answered":
      return tellAnswer(picked.prepared, sent.answered, working);
    case "late":
      return giveBack(picked.prepared, working.now(), sent.shut ? undefined : picked.name, working);
    case "fault":
      return working.fates.fault(picked.prepared.item, sent.error);
  }
}

/** Tells a carrier's answer. What follows is the Recipient's word: done, again, or a dead letter. */
async function tellAnswer(of: Claimed, answered: Omit<ToldAnswer, "kind" | "id" | "n">, working: Working): Promise<void> {
  const result = await tell(of, [{ kind: "answer", id: of.claimed.id, n: of.claimed.n, ...answered }], working);
  if (result?.again_at !== undefined) working.fates.again(of.item, result.again_at);
  if (result?.state === "failed") {
    const { carrier, answer } = answered;
    const cause = answer.kind === "refused" ? answer.because : answer.kind;
    keepLetter(
      of.item,
      letterOfEnd(of.item, { state: result.state, notice: of.claimed.notice, carrier, cause, code: answer.code }),
      working,
    );
  }
}

/** No call was made: the attempt never was, and the message comes again then. */
async function giveBack(of: Claimed, until: number, carrier: string | undefined, working: Working): Promise<void> {
  const result = await tell(of, [returned(of, until)], working);
  if (result) working.fates.again(of.item, until, { carrier, spread: carrier === undefined && until > working.now() });
}

function returned({ claimed }: Claimed, until: number): ToldReturned {
  return { kind: "returned", id: claimed.id, n: claimed.n, until };
}

/** The last result; undefined where the Recipient could not be told, which is a fault: its claim stands until its lease is over. */
async function tell({ item }: Claimed, told: readonly Told[], working: Working): Promise<ToldResult | undefined> {
  try {
    const results = await working.tell(item.tenant, item.key, told);
    for (const { id, watched } of results) if (watched) await hear(item.tenant, id, watched, working);
    return results.at(-1);
  } catch (error) {
    working.fates.fault(item, error);
    return undefined;
  }
}

/** The receipt of a watched message came before its answer, or was asked for. What the gate misses costs it an estimate. */
async function hear(
  tenant: string,
  id: string,
  { carrier, at, delivered }: NonNullable<ToldResult["watched"]>,
  { gates }: Working,
): Promise<void> {
  await gates.hear(tenant, carrier, { id, at, delivered }).catch(() => undefined);
}

function keepLetter(item: Item, letter: DeadLetter | undefined, { letters }: Working): void {
  if (letter) letters.push({ item, letter });
}

/** Kept before anything is acked: if that fails, the lane comes again with what it was about, and the claim says the same. */
async function keepLetters({ letters, keepDeadLetters, fates }: Working): Promise<void> {
  if (letters.length === 0) return;
  try {
    await keepDeadLetters(letters.map(({ letter }) => letter));
  } catch (error) {
    for (const { item } of letters) fates.fault(item, error);
  }
}
