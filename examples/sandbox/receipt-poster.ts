import type { BookTables } from "./book-tables";
import type { Account } from "./config";
import { postReceipt } from "./post-receipt";
import { afterPost } from "./receipts";
import type { Delays } from "./settings";

/** Callbacks under way at once. */
const POSTS_AT_ONCE = 20;
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
 * Posts receipts when they are due. The schedule is the `next_at` of the messages, so it survives a restart; a post
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
      for (const sid of this.claimDue(POSTS_AT_ONCE - posting.size)) {
        const post = this.postNext(sid).finally(() => {
          this.claims.delete(sid);
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
      while (await this.postNext(sid));
    } finally {
      this.claims.delete(sid);
      this.wakeForNext();
    }
  }

  private claimDue(limit: number): string[] {
    if (limit <= 0) return [];
    const now = Date.now();
    for (const [sid, until] of this.claims) if (until <= now) this.claims.delete(sid);
    const due = this.deps.tables.dueSids(now, limit + this.claims.size);
    const free = due.filter((sid) => !this.claims.has(sid)).slice(0, limit);
    for (const sid of free) this.claims.set(sid, now + CLAIM_MS);
    return free;
  }

  /** @returns whether there was a receipt to post and its receiver took it. */
  private async postNext(sid: string): Promise<boolean> {
    const message = this.deps.tables.findMessage(sid);
    const receipt = message?.receipts.find(({ state }) => state === "planned");
    if (!message || !receipt) return false;
    const account = this.deps.accounts.find(({ account_sid }) => account_sid === message.account_sid);
    const status = account ? await postReceipt(account.auth_token, message, receipt) : null;
    const posted = afterPost(message, status, this.deps.delays(), Date.now());
    this.deps.tables.updateReceipts(posted);
    return posted.receipts.some(({ state }, place) => state === "posted" && message.receipts[place] === receipt);
  }
}
