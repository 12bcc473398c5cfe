/** How a call to D1 fails: by itself passing or not, and before or after the work was done. */
export interface Flaky {
  readonly database: D1Database;
  /** Calls so far, and how many of them failed. */
  readonly counts: { calls: number; failures: number };
}

const RUNNING: ReadonlySet<PropertyKey> = new Set(["first", "run", "all", "raw"]);

/** D1 as it is on a bad day: this share of its calls fails, half of them after the work was done; `draw` gives 0 (included) to 1 (not). */
export function flakyDatabase(real: D1Database, share: number, draw: () => number): Flaky {
  const counts = { calls: 0, failures: 0 };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const risk = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    counts.calls++;
    if (draw() >= share) return work();
    counts.failures++;
    if (draw() < 0.5) await work();
    throw new Error(draw() < 0.5 ? "D1_ERROR: Network connection lost." : "D1_ERROR: internal error");
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values));
        if (RUNNING.has(name)) return (...args: unknown[]) => risk(() => own.apply(target, args));
        return own.bind(target);
      },
    });
    originals.set(wrapped, statement);
    return wrapped;
  };
  const database = new Proxy(real, {
    get(target, name) {
      if (name === "prepare") return (query: string) => wrap(target.prepare(query));
      if (name === "batch")
        return (statements: D1PreparedStatement[]) => risk(() => target.batch(statements.map((one) => originals.get(one) ?? one)));
      const own: unknown = Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
  return { database, counts };
}
