/** What a cache may hold at most: entries, and characters of their keys taken together. */
export interface CacheBounds {
  readonly entries: number;
  readonly characters: number;
}

/**
 * Makes a value once per key and keeps it. When full, the oldest make room; a key longer than all that may be kept is made anew each
 * time. What throws is not kept.
 */
export function boundedCache<Value>(bounds: CacheBounds, make: (key: string) => Value): (key: string) => Value {
  const values = new Map<string, { readonly value: Value }>();
  let characters = 0;
  return (key) => {
    const known = values.get(key);
    if (known) return known.value;
    const value = make(key);
    if (key.length > bounds.characters) return value;
    for (const oldest of values.keys()) {
      if (values.size < bounds.entries && characters + key.length <= bounds.characters) break;
      values.delete(oldest);
      characters -= oldest.length;
    }
    values.set(key, { value });
    characters += key.length;
    return value;
  };
}
