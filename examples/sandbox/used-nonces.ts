/** As long as a signed date is good for, on either side of now. */
const KEPT_MS = 30 * 60_000;

/** The nonces that have been used. Lives in memory: a restart forgets them. */
export class UsedNonces {
  private readonly usedAt = new Map<string, number>();

  /** Uses a nonce up. @returns false when it was used before. */
  use(nonce: string, now: number): boolean {
    // A Map keeps the order of insertion, so the oldest stand first.
    for (const [old, at] of this.usedAt) {
      if (at > now - KEPT_MS) break;
      this.usedAt.delete(old);
    }
    if (this.usedAt.has(nonce)) return false;
    this.usedAt.set(nonce, now);
    return true;
  }
}
