import type * as z from "zod";
import { type Issue, issuesOf } from "../support/issues.ts";
import { type Catalog, catalog, type Route } from "../vocabulary/catalog.ts";
import { channel } from "../vocabulary/classes.ts";

/** What could not be read of a catalog and is left out of it. What others say of these is neither right nor wrong. */
export interface Malformed {
  readonly carriers: Pick<ReadonlySet<string>, "has">;
  readonly notices: Pick<ReadonlySet<string>, "has">;
  /** By place. A route that takes all of its channel stands there, without carriers. */
  readonly routes: Pick<ReadonlySet<number>, "has">;
  /** Whether some route might be for any channel. */
  readonly anyRoute: boolean;
}

/** Beyond so many issues nothing else is looked at. */
const ISSUES_MAX = 1_000;

export const NOTHING_MALFORMED: Malformed = { carriers: new Set(), notices: new Set(), routes: new Set(), anyRoute: false };

export interface ShapedCatalog {
  /** All that could be read; undefined where it is no catalog at all. */
  readonly catalog?: Catalog | undefined;
  readonly malformed: Malformed;
  readonly issues: readonly Issue[];
}

/** Reads a catalog as far as its shape is good, so that one notice, carrier or route that is not does not hide what is wrong with others. */
export function readShape(value: unknown): ShapedCatalog {
  const parsed = catalog.safeParse(value);
  if (parsed.success) return { catalog: parsed.data, malformed: NOTHING_MALFORMED, issues: [] };
  const issues = issuesOf(parsed.error);
  if (!isMap(value) || issues.length > ISSUES_MAX) return { malformed: NOTHING_MALFORMED, issues };
  const { rest, malformed } = withoutMalformed(value, parsed.error.issues);
  const again = catalog.safeParse({ ...rest, routes: listOf(rest.routes).filter((_, place) => !malformed.routes.has(place)) });
  if (!again.success) return { malformed, issues };
  const good = [...(again.data.routes ?? [])];
  const routes = listOf(rest.routes).flatMap((route, place) => (malformed.routes.has(place) ? standInFor(route) : good.splice(0, 1)));
  return { catalog: { ...again.data, routes }, malformed, issues };
}

type Bag = Record<string, unknown>;

/** Stand for values that others are held against, and say nothing by themselves. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  "brand.name": "x",
  "defaults.currency": "CNY",
  "classes.verification.ttl": "P999D",
  "classes.transactional.ttl": "P999D",
  "classes.service.ttl": "P999D",
  "classes.marketing.ttl": "P999D",
};

function withoutMalformed(value: Bag, issues: readonly z.core.$ZodIssue[]): { readonly rest: Bag; readonly malformed: Malformed } {
  const rest: Bag = { ...value };
  const bad = { carriers: new Set<string>(), notices: new Set<string>(), routes: new Set<number>() };
  const whole = new Set<string>();
  for (const issue of issues) {
    const steps = issue.path.map(String);
    const [section = "", name] = steps;
    if (section === "routes" && name !== undefined) bad.routes.add(Number(name));
    else if (issue.code === "unrecognized_keys") for (const key of issue.keys) takeAway(rest, [...steps, key]);
    else if ((section === "carriers" || section === "notices") && name !== undefined) {
      bad[section].add(name);
      takeAway(rest, [section, name]);
    } else if (section !== "") {
      if (name === undefined) whole.add(section);
      takeAway(rest, steps.slice(0, section === "classes" ? 3 : 2));
    }
  }
  rest.notices ??= {};
  const routes = listOf(value.routes);
  const anyRoute = whole.has("routes") || [...bad.routes].some((place) => channelOf(routes[place]) === undefined);
  const every = { has: () => true };
  return {
    rest,
    malformed: {
      carriers: whole.has("carriers") ? every : bad.carriers,
      notices: whole.has("notices") ? every : bad.notices,
      routes: bad.routes,
      anyRoute,
    },
  };
}

/** Takes a value away, or puts in its place what says nothing; maps on the way are copied, since they are the caller's. */
function takeAway(holder: Bag, [step = "", ...steps]: readonly string[], way = step): void {
  const inner = holder[step];
  if (steps.length > 0 && isMap(inner)) {
    const copy = { ...inner };
    holder[step] = copy;
    takeAway(copy, steps, `${way}.${steps[0]}`);
  } else if (Object.hasOwn(STAND_INS, way)) holder[step] = STAND_INS[way];
  else delete holder[step];
}

/** A route that takes all of its channel; where that cannot be read either, one that takes nothing. */
function standInFor(route: unknown): Route[] {
  const known = channelOf(route);
  return [known === undefined ? { channel: "sms", notices: [], carriers: [] } : { channel: known, carriers: [] }];
}

function channelOf(route: unknown) {
  return isMap(route) ? channel.safeParse(route.channel).data : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isMap(value: unknown): value is Bag {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
