const WINDOW_MS = 1000;

/** Admits at most `perSecond` calls in any second, per account. Lives in memory: a restart is a quiet second. */
export class RateWindow {
  private readonly admitted = new Map<string, number[]>();

  /** @param perSecond null admits everything. */
  admits(account: string, perSecond: number | null, now: number): boolean {
    if (perSecond === null) return true;
    const recent = (this.admitted.get(account) ?? []).filter((at) => at > now - WINDOW_MS);
    const admits = recent.length < perSecond;
    if (admits) recent.push(now);
    this.admitted.set(account, recent);
    return admits;
  }
}
