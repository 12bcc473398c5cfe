/** Attempts made before on this channel, in order; a lost one does not know its carrier. `closed`: the carrier refused the account. */
export type AttemptsBefore = readonly { readonly carrier?: string; readonly closed: boolean }[];

export type CarrierChoice =
  | {
      readonly kind: "carrier";
      readonly name: string;
      /** Carriers to go to at once after this one: neither tried nor closed nor paused. */
      readonly untried: number;
      /** Carriers that are not closed: this one, tried ones and paused ones included. */
      readonly open: number;
    }
  | { readonly kind: "paused" }
  | { readonly kind: "none"; readonly why: "no_route" | "all_closed" };

/**
 * Of the carriers that are neither closed nor paused, the one that was tried least; of equals the first in order. `paused` are
 * those to which nothing goes for now, whatever the reason: they count as open, but are none to go to at once.
 */
export function chooseCarrier(order: readonly string[], before: AttemptsBefore, paused: readonly string[] = []): CarrierChoice {
  if (order.length === 0) return { kind: "none", why: "no_route" };
  const tries = new Map<string, number>();
  const closed = new Set<string>();
  for (const attempt of before) {
    const name = attempt.carrier ?? leastTried(order, tries, closed);
    if (name === undefined) continue;
    tries.set(name, (tries.get(name) ?? 0) + 1);
    if (attempt.closed) closed.add(name);
  }
  if (leastTried(order, tries, closed) === undefined) return { kind: "none", why: "all_closed" };
  const name = leastTried(order, tries, new Set([...closed, ...paused]));
  if (name === undefined) return { kind: "paused" };
  const open = order.filter((carrier) => !closed.has(carrier));
  return {
    kind: "carrier",
    name,
    open: open.length,
    untried: open.filter((carrier) => carrier !== name && !tries.has(carrier) && !paused.includes(carrier)).length,
  };
}

function leastTried(order: readonly string[], tries: ReadonlyMap<string, number>, closed: ReadonlySet<string>): string | undefined {
  const open = order.filter((carrier) => !closed.has(carrier));
  const fewest = Math.min(...open.map((carrier) => tries.get(carrier) ?? 0));
  return open.find((carrier) => (tries.get(carrier) ?? 0) === fewest);
}
