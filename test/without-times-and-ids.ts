/** What is left of a message when everything that must differ between two messages is taken out. */
export function withoutTimesAndIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimesAndIds);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => !/^(id|recipient|reference|time|at|\w+_at)$/.test(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutTimesAndIds(inner)]));
}
