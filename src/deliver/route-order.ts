import { hashFraction } from "../support/keyed-hash.ts";
import type { CatalogCarrier, Route } from "../vocabulary/catalog.ts";
import type { Channel, NoticeClass } from "../vocabulary/classes.ts";
import type { CarrierHealth } from "./gate-port.ts";
import { priceOf } from "./price.ts";

/** What a route is chosen by. */
export interface RouteQuestion {
  readonly channel: Channel;
  readonly class: NoticeClass;
  readonly notice: string;
  /** Two-letter country of the number, where it is known. */
  readonly country: string | undefined;
  /** E.164; left out where the channel has no numbers. */
  readonly to?: string;
}

type Carriers = Readonly<Record<string, Pick<CatalogCarrier, "price">>>;

/** The first route that takes the notice on this channel and this number. */
export function routeFor(routes: readonly Route[], question: RouteQuestion): Route | undefined {
  return routes.find((route) => takes(route, question) && reaches(route, question));
}

/** The routes that a notice may go by, whatever the number: none comes into play behind one that takes every number. */
export function routesThatMay(routes: readonly Route[], question: Pick<RouteQuestion, "channel" | "class" | "notice">): readonly Route[] {
  const taking = routes.filter((route) => takes(route, question));
  const last = taking.findIndex(({ countries, prefixes }) => countries === undefined && prefixes === undefined);
  return last === -1 ? taking : taking.slice(0, last + 1);
}

function takes(route: Route, question: Pick<RouteQuestion, "channel" | "class" | "notice">): boolean {
  return (
    route.channel === question.channel &&
    (route.classes?.includes(question.class) ?? true) &&
    (route.notices?.includes(question.notice) ?? true)
  );
}

/** Countries and prefixes must both hold where both are given; what is not known of a number holds for none. */
function reaches({ countries, prefixes }: Route, { country, to }: RouteQuestion): boolean {
  return (
    (countries === undefined || (country !== undefined && countries.includes(country))) &&
    (prefixes === undefined || (to !== undefined && prefixes.some((prefix) => to.startsWith(prefix))))
  );
}

/**
 * All carriers of a route in the order for one message, the same each time while prices and health are the same: the list's,
 * or one drawn by weights. Who is not well steps back and is never left out: a last resort is better than none.
 */
export function orderFor(
  route: Route,
  question: Pick<RouteQuestion, "country">,
  message: string,
  carriers: Carriers,
  healthOf: (carrier: string) => CarrierHealth | undefined,
  now: number,
): readonly string[] {
  const names = Array.isArray(route.carriers) ? route.carriers : drawnOrder(route.carriers, question.country, message, carriers);
  const placed = names.map((name) => ({ name, place: placeOf(name, healthOf(name), message, now) }));
  return PLACES.flatMap((place) => placed.filter((one) => one.place === place).map(({ name }) => name));
}

/** `own`: where the route has it. `behind`: after those; this message is not of its share. `last`: its breaker is open. */
const PLACES = ["own", "behind", "last"] as const;

function placeOf(name: string, health: CarrierHealth | undefined, message: string, now: number): (typeof PLACES)[number] {
  switch (health?.breaker) {
    case undefined:
    case "closed":
      return "own";
    case "open":
      // The gate gives a probe to whoever asks then, so somebody must ask.
      return health.probe_at !== undefined && health.probe_at <= now ? "own" : "last";
    case "half":
    case "returning":
      return hashFraction("share", message, name) < health.share ? "own" : "behind";
  }
}

/**
 * A weighted draw without replacement: the first of the order is each carrier as often as its weight says, and so is each next
 * one among those that are left (Efraimidis and Spirakis, 2006; the logarithm of their keys).
 */
function drawnOrder(
  weights: Readonly<Record<string, number>>,
  country: string | undefined,
  message: string,
  carriers: Carriers,
): readonly string[] {
  const drawn = Object.entries(weights)
    .map(([name, weight]) => ({ name, weight, key: -Math.log(hashFraction("weight", message, name)) / weight }))
    .sort((a, b) => a.key - b.key);
  const equals = Map.groupBy(drawn, ({ weight }) => weight);
  const queues = new Map(
    [...equals].map(([weight, group]) => [
      weight,
      cheaperFirst(
        group.map(({ name }) => name),
        country,
        carriers,
      ),
    ]),
  );
  return drawn.flatMap(({ weight }) => queues.get(weight)?.shift() ?? []);
}

/** Carriers of equal weight share the places that they drew: the cheaper first where all prices are known and in one currency. */
export function cheaperFirst(names: readonly string[], country: string | undefined, carriers: Carriers): string[] {
  const priced = names.flatMap((name) => {
    const price = priceOf(carriers[name]?.price, country);
    return price ? [{ name, ...price }] : [];
  });
  if (priced.length < names.length || new Set(priced.map(({ currency }) => currency)).size > 1) return [...names];
  return priced.sort((a, b) => (a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : 0)).map(({ name }) => name);
}
