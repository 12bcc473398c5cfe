import { routesThatMay } from "../deliver/route-order.ts";
import type { Catalog, Notice, Route } from "../vocabulary/catalog.ts";
import type { SegmentRule } from "../vocabulary/content.ts";

/** How some SMS of a notice are counted, and the routes by which they may go. */
export interface SmsRule {
  readonly rule: SegmentRule;
  /** Their places in the catalog. */
  readonly routes: readonly number[];
}

/** The rules that a notice's SMS may be counted by: that of the mainland for its numbers, the other for all others. */
export function smsRules(name: string, notice: Notice, { routes = [] }: Catalog): readonly SmsRule[] {
  if (!notice.channels.includes("sms")) return [];
  // A route without carriers stands for one that could not be read.
  const may = routesThatMay(routes, { channel: "sms", class: notice.class, notice: name }).filter((route) => hasCarriers(route));
  const placesOf = (takes: (route: Route) => boolean) => may.filter(takes).map((route) => routes.indexOf(route));
  const rules: readonly SmsRule[] = [
    { rule: "mainland", routes: placesOf(mayTakeMainland) },
    { rule: "gsm", routes: placesOf(mayTakeOthers) },
  ];
  return rules.filter((one) => one.routes.length > 0);
}

function hasCarriers({ carriers }: Route): boolean {
  return Object.keys(carriers).length > 0;
}

/** Numbers of mainland China begin so, and no others do. */
const MAINLAND_PREFIX = "+86";

function mayTakeMainland({ countries, prefixes }: Route): boolean {
  const within = prefixes?.some((prefix) => prefix.startsWith(MAINLAND_PREFIX) || MAINLAND_PREFIX.startsWith(prefix));
  return (countries?.includes("CN") ?? true) && (within ?? true);
}

function mayTakeOthers({ countries, prefixes }: Route): boolean {
  const elsewhere = prefixes?.some((prefix) => !prefix.startsWith(MAINLAND_PREFIX));
  return (countries?.some((country) => country !== "CN") ?? true) && (elsewhere ?? true);
}

/** Routes as they are named in what people read, such as `routes/0, routes/2`. */
export function namesOf(routes: readonly number[]): string {
  return routes.map((place) => `routes/${place}`).join(", ");
}
