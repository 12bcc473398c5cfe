import type { BookTables } from "./book-tables.ts";
import type { Account } from "./config.ts";
import { postReceipts } from "./post-receipts.ts";
import { afterPost } from "./receipts.ts";
import type { Delays } from "./settings.ts";

/** Posts under way at once. */
const POSTS_AT_ONCE = 20;
/** Receipts in one post, where the vendor pushes arrays. */
const RECEIPTS_PER_POST = 100;
/** Due messages that one look takes in. */
const LOOK_LIMIT = 400;
/** A claim lapses after this, in case its post was cut off without an end; longer than a post may take. */
export const CLAIM_MS = 30_000;
/** How often the alarm looks for more that has come due while posts are still under way. */
const LOOK_AGAIN_MS = 25;

interface PosterDeps {
  tables: BookTables;
  storage: Pick<DurableObjectStorage, "setAlarm">;
  accounts: readonly Account[];
  delays: () => Delays;
}

/**
 * Posts receipts when they are due: at Twilio each by itself, at the others what is due together for one address in one array. The schedule is the `next_at` of the messages, so it survives a restart; a post
 * that a restart cuts off is made again, as the vendor's would be.
 */
export class ReceiptPoster {
  /** Message sid → until when its next receipt is somebody's to post. In memory: after a restart all are free. */
  private readonly claims = new Map<string, number>();
  private readonly deps: PosterDeps;
  private alarmAt: number | null = null;

  constructor(deps: PosterDeps) {
    this.deps = deps;
  }

  /** Sees to it that the alarm rings at `at` (epoch ms) or before. */
  wakeAt(at: number | null): void {
    if (at === null || (this.alarmAt !== null && this.alarmAt <= at)) return;
    this.alarmAt = at;
    void this.deps.storage.setAlarm(at);
  }

  /** Sets the alarm for what is due next; a due message that is claimed must not make it ring in a circle. */
  wakeForNext(): void {
    const at = this.deps.tables.nextDue();
    this.wakeAt(at === null ? null : Math.max(at, Date.now() + LOOK_AGAIN_MS));
  }

  /** The alarm's work: ends when nothing is due and nothing under way. One slow receiver does not hold up the rest. */
  async postDue(): Promise<void> {
    this.alarmAt = null;
    const posting = new Set<Promise<unknown>>();
    for (;;) {
      for (const sids of this.claimDue(POSTS_AT_ONCE - posting.size)) {
        const post = this.postNext(sids).finally(() => {
          for (const sid of sids) this.claims.delete(sid);
          posting.delete(post);
        });
        posting.add(post);
      }
      if (posting.size === 0) break;
      await Promise.race([...posting, scheduler.wait(LOOK_AGAIN_MS)]);
    }
    this.wakeForNext();
  }

  /** Posts what is left of a message's receipts at once, in order, up to the first that is not taken. */
  async postAllNow(sid: string): Promise<void> {
    this.claims.set(sid, Date.now() + CLAIM_MS);
    try {
      while (await this.postNext([sid]));
    } finally {
      this.claims.delete(sid);
      this.wakeForNext();
    }
  }

  /** At most so many posts, each of messages whose receipts go together. */
  private claimDue(posts: number): string[][] {
    if (posts <= 0) return [];
    const now = Date.now();
    for (const [sid, until] of this.claims) if (until <= now) this.claims.delete(sid);
    const due = this.deps.tables.due(now, LOOK_LIMIT + this.claims.size);
    const groups = new Map<string, string[]>();
    for (const { sid, push } of due) {
      const group = groups.get(push ?? sid) ?? [];
      if (this.claims.has(sid) || group.length === RECEIPTS_PER_POST || (group.length === 0 && groups.size === posts)) continue;
      groups.set(push ?? sid, [...group, sid]);
      this.claims.set(sid, now + CLAIM_MS);
    }
    return [...groups.values()];
  }

  /** Posts the next receipt of each of these messages. @returns whether there was any and its receiver took it. */
  private async postNext(sids: readonly string[]): Promise<boolean> {
    const due = sids.flatMap((sid) => {
      const message = this.deps.tables.findMessage(sid);
      const receipt = message?.receipts.find(({ state }) => state === "planned");
      return message && receipt ? [{ message, receipt }] : [];
    });
    if (due.length === 0) return false;
    const posted = await postReceipts(due, this.deps.accounts);
    for (const { message } of due) this.deps.tables.updateReceipts(afterPost(message, posted, this.deps.delays(), Date.now()));
    return posted.taken;
  }
}
