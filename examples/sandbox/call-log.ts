import type { CarrierName } from "./call.ts";

/** One call, whatever became of it. */
export interface LoggedCall {
  n: number;
  /** Epoch milliseconds: when the book judged it, before any waiting. */
  at: number;
  carrier: CarrierName;
  account: string;
  action: string;
  /** How many numbers it names. */
  texts: number;
  answer: "taken" | "refused" | "broken" | "asked";
  /** The vendor's code of a refusal, or the fault that broke it. */
  code: string | null;
}

const KEPT_CALLS = 100_000;

/** Every call in the order in which it came, for checks of pace. Lives in memory: a restart forgets them, and so do 100,000 later calls. */
export class CallLog {
  private calls: LoggedCall[] = [];
  private last = 0;

  add(call: Omit<LoggedCall, "n">): void {
    this.last += 1;
    this.calls.push({ n: this.last, ...call });
    // By half at once, so that a full log is not moved for each call.
    if (this.calls.length > KEPT_CALLS * 1.5) this.calls = this.calls.slice(-KEPT_CALLS);
  }

  after(n: number, limit: number): LoggedCall[] {
    const first = this.calls[0]?.n ?? 1;
    const from = Math.max(n + 1 - first, 0);
    return this.calls.slice(from, from + limit);
  }

  clear(): void {
    this.calls = [];
    this.last = 0;
  }
}
