/** How long what is paused waits: little at first, and with a pause that lasts ever longer, up to five minutes. */
const PAUSED_LEAST_MS = 15_000;
const PAUSED_MOST_MS = 300_000;
const PART_OF_PAUSE = 10;

/** `since`: when the pause began. Who waits long need not ask often: each time costs queue operations, and perhaps a row. */
export function pausedForMs(since: number | undefined, now: number): number {
  return Math.min(Math.max(PAUSED_LEAST_MS, (now - (since ?? now)) / PART_OF_PAUSE), PAUSED_MOST_MS);
}

const FAULT_LEAST_MS = 5_000;
const FAULT_MOST_MS = 300_000;
const PART_OF_AGE = 4;

/** How long a message waits for a fault of ours to end: the longer, the longer it has been due already (`due_at`, milliseconds). */
export function faultForMs(dueAt: number, now: number): number {
  return Math.min(Math.max(FAULT_LEAST_MS, (now - dueAt) / PART_OF_AGE), FAULT_MOST_MS);
}

const SHUT_MOST_MS = 300_000;
const PART_OF_WAIT = 10;

/** How much longer than its gate says a message of the lower classes waits for a shut carrier, the longer it has been due. */
export function shutForMs(dueAt: number, now: number): number {
  return Math.min((now - dueAt) / PART_OF_WAIT, SHUT_MOST_MS);
}
