/** The one door for the time. Milliseconds since 1970. */
export type Clock = () => number;

export const clock: Clock = () => Date.now();

/** An instant as the outside sees it: UTC, milliseconds, `Z`. */
export function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Milliseconds of an RFC 3339 timestamp that a schema has already checked. */
export function millisecondsOf(instant: string): number {
  return Date.parse(instant);
}

/**
 * Whether a promise settles, either way, within so many milliseconds. What another request began may never settle: a request that is
 * cancelled takes its calls with it.
 */
export async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  const settled = () => true;
  try {
    return await Promise.race([promise.then(settled, settled), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when so many milliseconds are over; at once where there are none. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
