import type { Route } from "../vocabulary/catalog.ts";
import type { Channel, NoticeClass } from "../vocabulary/classes.ts";

/** What a route is chosen by. */
export interface RouteQuestion {
  readonly channel: Channel;
  readonly class: NoticeClass;
  /** Two-letter country of the number, where it is known. */
  readonly country: string | undefined;
}

/** Attempts made before, in order; a lost one does not know its carrier. `closed`: the carrier refused the account. */
export type AttemptsBefore = readonly { readonly carrier?: string; readonly closed: boolean }[];

export type CarrierChoice =
  | {
      readonly kind: "carrier";
      readonly name: string;
      /** Carriers that would be left after this one: not tried and not paused; and not closed (this one, tried and paused ones included). */
      readonly untried: number;
      readonly open: number;
    }
  | { readonly kind: "paused" }
  | { readonly kind: "none"; readonly why: "no_route" | "all_closed" };

/** The carriers of the first route that matches, in their order. */
export function carriersFor(routes: readonly Route[], question: RouteQuestion): readonly string[] {
  const route = routes.find(
    (candidate) =>
      candidate.channel === question.channel &&
      (candidate.classes?.includes(question.class) ?? true) &&
      (candidate.countries === undefined || (question.country !== undefined && candidate.countries.includes(question.country))),
  );
  if (!route) return [];
  return Array.isArray(route.carriers) ? route.carriers : Object.keys(route.carriers);
}

/** Of the carriers that are neither closed nor paused, the one that was tried least; of equals the first in order. */
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
