import { settles } from "../support/clock.ts";

/** A cache of look-ups, each good for a fixed time from when it was begun. Failures are not kept. */
export interface Expiring<Value> {
  get(key: string): Promise<Value>;
  forget(key: string): void;
}

const KEPT_MAX = 1000;
/** The request that began a look-up may be gone: who joined it looks anew after this. */
const JOINED_MS = 3_000;

interface Known<Value> {
  readonly until: number;
  readonly value: Promise<Value>;
  found: boolean;
}

export function expiring<Value>(forMs: number, now: () => number, look: (key: string) => Promise<Value>): Expiring<Value> {
  const known = new Map<string, Known<Value>>();
  const forgetThis = (key: string, entry: Known<Value>): void => {
    if (known.get(key) === entry) known.delete(key);
  };
  const get = (key: string): Promise<Value> => {
    const entry = known.get(key);
    if (entry && now() < entry.until) return entry.found ? entry.value : join(key, entry);
    const value = look(key);
    const own: Known<Value> = { until: now() + forMs, value, found: false };
    known.delete(key);
    known.set(key, own);
    value.then(
      () => {
        own.found = true;
      },
      () => forgetThis(key, own),
    );
    for (const oldest of known.keys()) {
      if (known.size <= KEPT_MAX) break;
      known.delete(oldest);
    }
    return value;
  };
  const join = async (key: string, entry: Known<Value>): Promise<Value> => {
    if (await settles(entry.value, JOINED_MS)) return entry.value;
    forgetThis(key, entry);
    return get(key);
  };
  return { get, forget: (key) => void known.delete(key) };
}
