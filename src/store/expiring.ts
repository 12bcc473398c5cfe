/** A cache of look-ups, each good for a fixed time from when it was begun. Failures are not kept. */
export interface Expiring<Value> {
  get(key: string): Promise<Value>;
  forget(key: string): void;
}

const KEPT_MAX = 1000;

export function expiring<Value>(forMs: number, now: () => number, look: (key: string) => Promise<Value>): Expiring<Value> {
  const known = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return {
    get(key) {
      const entry = known.get(key);
      if (entry && now() < entry.until) return entry.value;
      const value = look(key);
      known.delete(key);
      known.set(key, { until: now() + forMs, value });
      value.catch(() => known.delete(key));
      for (const oldest of known.keys()) {
        if (known.size <= KEPT_MAX) break;
        known.delete(oldest);
      }
      return value;
    },
    forget: (key) => void known.delete(key),
  };
}
