import { settles } from "../support/clock.ts";

/** A value and what it weighs, such as the characters that it was read from. */
export interface Weighed<Value> {
  readonly value: Value;
  readonly weight: number;
}

/** Looks up many keys at once; a key that there is not is left out. */
export type Load<Value> = (keys: readonly string[]) => Promise<ReadonlyMap<string, Weighed<Value>>>;

/** Values that never change, each loaded once. */
export interface Loads<Value> {
  get(keys: readonly string[]): Promise<ReadonlyMap<string, Value>>;
}

/** Nobody joins a load this long after it began, nor waits longer for one: the request that began it may be gone, and with it the load. */
const JOINED_FOR_MS = 5_000;

/**
 * A cache over `load`: who asks for what is being loaded waits for that, and all that is asked for in one turn of the event loop is loaded
 * by one call. Keeps `most` by weight; what was not used for longest makes room. Failures are not kept.
 */
export function loadsOf<Value>(most: number, now: () => number, load: Load<Value>): Loads<Value> {
  const kept = keptUpTo<Value>(most);
  const pending = new Map<string, { readonly until: number; readonly loaded: ReturnType<Load<Value>> }>();
  let gathering: { readonly keys: Set<string>; readonly loaded: ReturnType<Load<Value>> } | undefined;

  const loadNow: Load<Value> = async (keys) => {
    const found = await load(keys);
    for (const [key, one] of found) kept.keep(key, one);
    return found;
  };
  const gather = () => {
    const keys = new Set<string>();
    const loaded = Promise.resolve().then(async () => {
      gathering = undefined;
      try {
        return await loadNow([...keys]);
      } finally {
        for (const key of keys) if (pending.get(key)?.loaded === loaded) pending.delete(key);
      }
    });
    return { keys, loaded };
  };
  const loadedWith = (key: string): ReturnType<Load<Value>> => {
    const known = pending.get(key);
    if (known && now() < known.until) return known.loaded;
    gathering ??= gather();
    gathering.keys.add(key);
    pending.set(key, { until: now() + JOINED_FOR_MS, loaded: gathering.loaded });
    return gathering.loaded;
  };
  return {
    async get(keys) {
      const found = new Map<string, Value>();
      const missing: string[] = [];
      for (const key of keys) {
        const known = kept.use(key);
        if (known) found.set(key, known.value);
        else missing.push(key);
      }
      const loading = Map.groupBy(missing, loadedWith);
      const waited = Array.from(loading, async ([loaded, own]) => ((await settles(loaded, JOINED_FOR_MS)) ? loaded : loadNow(own)));
      for (const loaded of await Promise.all(waited))
        for (const key of keys) {
          const one = loaded.get(key);
          if (one) found.set(key, one.value);
        }
      return found;
    },
  };
}

/** Values up to a weight in all; what was not used for longest makes room. */
function keptUpTo<Value>(most: number) {
  const kept = new Map<string, Weighed<Value>>();
  let weight = 0;
  return {
    use(key: string): Weighed<Value> | undefined {
      const known = kept.get(key);
      if (!known) return undefined;
      kept.delete(key);
      kept.set(key, known);
      return known;
    },
    keep(key: string, loaded: Weighed<Value>): void {
      if (kept.has(key) || loaded.weight > most) return;
      kept.set(key, loaded);
      weight += loaded.weight;
      for (const [oldest, one] of kept) {
        if (weight <= most) break;
        kept.delete(oldest);
        weight -= one.weight;
      }
    },
  };
}
