import pLimit from "p-limit";
import type { Pauses } from "../store/pauses.ts";
import { CONNECTIONS } from "../support/connections.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { type AskDeps, askCarrier } from "./ask-carrier.ts";
import { PATIENCE_MS } from "./ask-gate.ts";
import { type AskFirstDeps, askGatesFirst, askWhenToCome, freeProbes } from "./ask-gates-first.ts";
import { type ClaimDeps, type ClaimedItem, claimItems } from "./claim-items.ts";
import { type DeadLetter, letterOfEnd } from "./dead-letters.ts";
import { Fates } from "./fates.ts";
import { type Item, type LaneDelivery, readBatch } from "./lane-batch.ts";
import { type BlockDeps, lookAtBlocks } from "./look-at-blocks.ts";
import { type PrepareDeps, type Prepared, prepareMessage } from "./prepare-message.ts";
import { type SendDeps, type Sent, sendSlotted } from "./send-slotted.ts";
import { type Later, takeSlots } from "./take-slots.ts";
import { giveBack, keepLetter, type TellDeps, type Telling, tell, tellAnswer } from "./tell-outcome.ts";
import { faultForMs, pausedForMs } from "./waiting-times.ts";

export interface ConsumeDeps extends TellDeps, AskFirstDeps, ClaimDeps, PrepareDeps, AskDeps, BlockDeps, SendDeps {
  /** What the tenant has paused, at most two seconds behind. */
  readonly pauses: (tenant: string) => Promise<Pauses>;
  readonly gates: AskFirstDeps["gates"];
  /** Keeps what gave up where people find it; may be asked again for the same. */
  readonly keepDeadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
}

/** One batch on its way through the stages below. */
interface Working extends ConsumeDeps, Telling {
  readonly gates: AskFirstDeps["gates"];
  /** The connections of this invocation: whoever calls outside takes one. */
  readonly connections: ReturnType<typeof pLimit>;
}

/**
 * So long a batch stays with those who wait for a carrier, one second's pace after the other: a lane gathers batches for seconds, and
 * a carrier would stand idle between them if each used the slots of one second alone.
 */
const STAYS_MS = 8_000;

/**
 * Works through a batch. A queue message is a wake-up and not the truth: each id is looked up again, claimed, given a slot by its
 * carrier's gate, sent, told, and only then acked; what must wait is put back and uses up neither attempts nor retries.
 */
export async function consumeLane(deliveries: readonly LaneDelivery[], deps: ConsumeDeps): Promise<void> {
  const items = readBatch(deliveries);
  const working: Working = { ...deps, fates: new Fates(), letters: [], connections: pLimit(CONNECTIONS) };
  const until = deps.now() + STAYS_MS;
  let left: readonly Item[] = items;
  while (left.length > 0 && deps.now() < until) left = await workThrough(left, working);
  await askWhenToCome(left, working.fates, deps);
  await keepLetters(working);
  await working.fates.carryOut(items, deps);
}

/** Takes items through the stages once, of those that wait for a carrier one second's pace. Gives the rest of these. */
async function workThrough(items: readonly Item[], working: Working): Promise<readonly Item[]> {
  const began = working.now();
  const pauses = await pausesOf(items, working);
  const awake = items.filter((item) => !isPaused(item, pauses, working));
  const { items: going, held, left } = await askGatesFirst(awake, working.fates, working);
  const { claimed, ended } = await claimItems(going, (item) => held.has(item), pauses, working.fates, working);
  for (const { item, claim } of ended) keepLetter(item, letterOfEnd(item, claim), working);
  const prepared = await lookAtBlocks(await askUnclear(await prepareAll(claimed, working), working), working);
  const { slotted, answered, later } = await takeSlots(prepared, held, (tenant) => pauses.get(tenant)?.carriers ?? [], working);
  await Promise.all([
    sendSlotted(slotted, working.connections, (sent) => settle(sent, working), working),
    ...answered.map((one) => tellAnswer(one.prepared, one.answered, working)),
    giveBack(
      later.map((one) => returningOf(one, pauses, working)),
      working,
    ),
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
  fates.again({ item, at: now() + pausedForMs(own.since, now()), carrier: item.carrier });
  return true;
}

/** Opens and renders what was claimed. Words that cannot be made end their message; a fault of ours is waited out. */
async function prepareAll(claimed: readonly ClaimedItem[], working: Working): Promise<readonly Prepared[]> {
  const all = await Promise.all(
    claimed.map(async ({ item, message, leaseUntil }): Promise<readonly Prepared[]> => {
      const of = { item, claimed: message };
      try {
        const preparation = await prepareMessage(item, message, leaseUntil, working);
        if (preparation.kind === "prepared") return [preparation.prepared];
        const answer = { kind: "refused", because: "content", code: "unrenderable", detail: preparation.why } as const;
        await tellAnswer(of, { carrier: "", answer, untried: 0, open: 0 }, working);
      } catch (error) {
        log("error", "deliver.prepare.failed", { tenant: item.tenant, message: item.id, error: errorName(error) });
        await giveBack([{ ...of, at: working.now() + faultForMs(message.due_at, working.now()) }], working);
      }
      return [];
    }),
  );
  return all.flat();
}

/** What an earlier unclear attempt has brought after all is told and not sent again. Gives what is to be sent. */
async function askUnclear(prepared: readonly Prepared[], working: Working): Promise<readonly Prepared[]> {
  const all = await Promise.all(
    prepared.map(async (one): Promise<readonly Prepared[]> => {
      const { claimed } = one;
      if (!claimed.before.some(({ unclear_since }) => unclear_since !== undefined)) return [one];
      const found = await working.connections(() => askCarrier(one, working));
      if (!found) return [one];
      await tell(one, [found, { kind: "returned", id: claimed.id, n: claimed.n, until: working.now() }], working);
      return [];
    }),
  );
  return all.flat();
}

function returningOf({ prepared, until, carrier, paused }: Later, pauses: ReadonlyMap<string, Pauses>, { now }: Working) {
  const { item, claimed } = prepared;
  const at = paused ? now() + pausedForMs(pauses.get(item.tenant)?.since, now()) : until;
  return { item, claimed, at, carrier, spread: carrier === undefined };
}

async function settle(sent: Sent, working: Working): Promise<void> {
  const { name, prepared } = sent.slotted.picked;
  switch (sent.kind) {
    case "answered": {
      const againAt = await tellAnswer(prepared, sent.answered, working);
      if (againAt !== undefined && againAt <= working.now() && isUrgent(prepared.item)) await againAtOnce(prepared.item, working);
      return;
    }
    case "late":
      return giveBack([{ ...prepared, at: working.now(), carrier: sent.shut ? undefined : name }], working);
    case "fault":
      return working.fates.fault(prepared.item, sent.error);
  }
}

function isUrgent({ class: noticeClass }: Item): boolean {
  return noticeClass === "verification" || noticeClass === "transactional";
}

/** The next carrier is asked while others of this batch still wait for theirs: the way through the lane would cost seconds. */
async function againAtOnce(item: Item, working: Working): Promise<void> {
  working.fates.forget(item);
  await workThrough([item], working);
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
