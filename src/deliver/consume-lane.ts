import pLimit from "p-limit";
import { log } from "../support/log.ts";
import { recipientKeyOfMessage } from "../support/names.ts";
import type { NoticeClass } from "../vocabulary/classes.ts";
import { type LaneMessage, laneMessage } from "../vocabulary/lane-message.ts";
import { type DeliverDeps, deliverMessage } from "./deliver-message.ts";
import type { Claim, ClaimCommand, ClaimedMessage } from "./recipient-port.ts";

export interface ConsumeDeps extends DeliverDeps {
  readonly claim: (tenant: string, recipientKey: string, command: ClaimCommand) => Promise<Claim[]>;
  /** Puts ids into their lane again; resolves when the queue has them. */
  readonly requeue: (message: LaneMessage, delaySeconds: number) => Promise<void>;
  /** From 0 (included) to 1 (excluded), to spread what comes back. */
  readonly fraction: () => number;
}

/** One queue message of a lane, as the platform hands it over. */
export interface LaneDelivery {
  readonly body: unknown;
  /** How often it was handed over, this time included. */
  readonly attempts: number;
  ack(): void;
  retry(options?: { readonly delaySeconds?: number }): void;
}

/** So many connections of one invocation may wait for response headers on Cloudflare. */
export const SLOTS = 6;
/** How long a claim is good: a batch's calls, six at a time, at most ten seconds each, and some air. */
const LEASE_MS: Readonly<Record<NoticeClass, number>> = { verification: 20_000, transactional: 60_000, service: 90_000, marketing: 90_000 };
const UNREADABLE_AGAIN_SECONDS = 300;
/** A fault of ours is waited out, twice as long each time: the lane's retries are some hours and not some minutes. */
const FAULT_AGAIN_SECONDS = 5;
const FAULT_AGAIN_MAX_SECONDS = 900;
/** What is paused is looked at again after this. */
const PAUSED_AGAIN_SECONDS = 15;
const DELAY_MAX_SECONDS = 86_400;

/** Works through a batch. A queue message is a wake-up and not the truth: each one is parsed, looked up again, and acked or retried by itself. */
export async function consumeLane(deliveries: readonly LaneDelivery[], deps: ConsumeDeps): Promise<void> {
  const slots = pLimit(SLOTS);
  await Promise.all(
    deliveries.map(async (delivery) => {
      const body = laneMessage.safeParse(delivery.body);
      if (!body.success) {
        log("error", "lane.unreadable", { issues: body.error.issues.length });
        return delivery.retry({ delaySeconds: UNREADABLE_AGAIN_SECONDS });
      }
      try {
        await consume(body.data, slots, deps);
        delivery.ack();
      } catch (error) {
        log("error", "lane.fault", {
          tenant: body.data.tenant,
          class: body.data.class,
          error: error instanceof Error ? error.name : "unknown",
        });
        delivery.retry({ delaySeconds: Math.min(FAULT_AGAIN_SECONDS * 2 ** (delivery.attempts - 1), FAULT_AGAIN_MAX_SECONDS) });
      }
    }),
  );
}

/** Claims the ids of one queue message, delivers what was claimed and puts back what is to come again. */
async function consume(body: LaneMessage, slots: ReturnType<typeof pLimit>, deps: ConsumeDeps): Promise<void> {
  const pauses = await deps.pauses(body.tenant);
  if (pauses.tenant || pauses.lanes.includes(body.class)) return deps.requeue(body, PAUSED_AGAIN_SECONDS);
  const again = new Map<number, string[]>();
  const comeAgain = (id: string, at: number): void => {
    const delay = delayUntil(at, deps);
    again.set(delay, [...(again.get(delay) ?? []), id]);
  };
  const faulty = new Map<string, unknown>();
  const work = [...byRecipient(body.ids)].map(async ([key, ids]) => {
    const leaseUntil = deps.now() + LEASE_MS[body.class];
    const claims = await deps
      .claim(body.tenant, key, { ids, lease_ms: LEASE_MS[body.class], paused: pauses.notices })
      .catch((error: unknown) => {
        for (const id of ids) faulty.set(id, error);
        return [];
      });
    for (const claim of claims) if (claim.kind === "wait") comeAgain(claim.id, claim.until);
    const deliverOne = async (message: ClaimedMessage): Promise<void> => {
      try {
        const told = await slots(() => deliverMessage(body.tenant, key, message, leaseUntil, deps));
        if (told?.again_at !== undefined) comeAgain(message.id, told.again_at);
      } catch (error) {
        faulty.set(message.id, error);
      }
    };
    await Promise.all(claims.flatMap((claim) => (claim.kind === "send" ? [deliverOne(claim.message)] : [])));
  });
  await Promise.all(work);
  for (const [delay, ids] of again) await deps.requeue({ ...body, ids }, delay);
  await comeAgainFaulty(body, faulty, deps);
}

/** What met a fault comes again: all of it as the same queue message, which counts its tries, or else by itself. */
async function comeAgainFaulty(body: LaneMessage, faulty: ReadonlyMap<string, unknown>, deps: ConsumeDeps): Promise<void> {
  const [first] = faulty.values();
  if (faulty.size === 0) return;
  if (faulty.size === new Set(body.ids).size) throw first;
  log("error", "lane.fault", {
    tenant: body.tenant,
    class: body.class,
    ids: faulty.size,
    error: first instanceof Error ? first.name : "unknown",
  });
  await deps.requeue({ ...body, ids: [...faulty.keys()] }, FAULT_AGAIN_SECONDS);
}

function byRecipient(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const id of new Set(ids)) {
    const key = recipientKeyOfMessage(id);
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return groups;
}

/** Whole seconds until then, never early, spread by up to a fifth so that what failed together does not come back together. */
function delayUntil(at: number, deps: ConsumeDeps): number {
  const seconds = Math.max(0, (at - deps.now()) / 1000);
  return Math.min(Math.ceil(seconds * (1 + 0.2 * deps.fraction())), DELAY_MAX_SECONDS);
}
