import type * as z from "zod";
import { isMap } from "../support/is-map.ts";
import { type Issue, issuesOf, pathOf } from "../support/issues.ts";
import { type Catalog, catalog, partialRoute, type Route } from "../vocabulary/catalog.ts";
import { Losses } from "./losses.ts";
import { mistypedIssues } from "./mistyped.ts";
import { CATALOG_TAKING, LONGEST } from "./stand-ins.ts";
import { takeMalformed } from "./take-malformed.ts";

export type PartialRoute = z.infer<typeof partialRoute>;

/** What could not be read of a catalog and is left out of it. What follows from that alone is neither right nor wrong. */
export interface Malformed extends Pick<Losses, "isLost" | "isPartial" | "within" | "given"> {
  /** What could be read of routes, by place. In the catalog one stands there that takes what it may take, as far as that is known. */
  readonly routes: ReadonlyMap<number, PartialRoute>;
  /** Whether some route might be for any channel. */
  readonly anyRoute: boolean;
}

/** Beyond so many issues nothing else is looked at. */
const ISSUES_MAX = 1_000;

export const NOTHING_MALFORMED: Malformed = {
  isLost: () => false,
  isPartial: () => false,
  within: () => [],
  given: (issue) => issue,
  routes: new Map(),
  anyRoute: false,
};

export interface ShapedCatalog {
  /** All that could be read; undefined where it is no catalog at all. */
  readonly catalog?: Catalog | undefined;
  readonly malformed: Malformed;
  readonly issues: readonly Issue[];
}

/** Reads a catalog as far as its shape is good, so that nothing that is not hides what is wrong with the rest. */
export function readShape(value: unknown): ShapedCatalog {
  const parsed = catalog.safeParse(value);
  if (parsed.success) return { catalog: parsed.data, malformed: NOTHING_MALFORMED, issues: [] };
  const issues = issuesOf(parsed.error);
  if (!isMap(value) || issues.length > ISSUES_MAX) return { malformed: NOTHING_MALFORMED, issues };
  const bad = new Set(
    parsed.error.issues.flatMap(({ path: [section, place] }) => (section === "routes" && place !== undefined ? [Number(place)] : [])),
  );
  const losses = new Losses();
  const given = listOf(value.routes);
  const sound = Array.isArray(value.routes) ? { routes: given.filter((_, place) => !bad.has(place)) } : {};
  const { data, found } = takeMalformed(catalog, { ...value, ...sound }, { ...CATALOG_TAKING, losses });
  const parts = given.flatMap((route, place) => {
    return bad.has(place)
      ? [{ place, ...takeMalformed(partialRoute, route, { ...CATALOG_TAKING, losses, at: ["routes", String(place)] }) }]
      : [];
  });
  const told = new Set(issues.map(({ pointer, detail }) => pointer + detail));
  const more = [...mistypedIssues(issues, value), ...found, ...parts.flatMap((part) => part.found)].filter(
    ({ pointer, detail }) => !told.has(pointer + detail),
  );
  const routeAt = new Map(parts.map(({ place, data: part = {} }) => [place, part]));
  const malformed: Malformed = {
    isLost: (path) => losses.isLost(path),
    isPartial: (path) => losses.isPartial(path),
    within: (path) => losses.within(path),
    given: (issue) => losses.given(issue),
    routes: routeAt,
    anyRoute: losses.isLost(["routes"]) || [...routeAt.values()].some(({ channel }) => channel === undefined),
  };
  const good = [...(data?.routes ?? [])];
  const routes = given.flatMap((_, place) => standInFor(routeAt.get(place), ["routes", place], malformed) ?? good.splice(0, 1));
  return { catalog: data && { ...data, routes, notices: blanked(data.notices, malformed) }, malformed, issues: [...issues, ...more] };
}

/** Channels that could not be read are none, and a life that might be anybody's is the longest. */
function blanked(notices: Catalog["notices"], { isLost, isPartial }: Malformed): Catalog["notices"] {
  return Object.fromEntries(
    Object.entries(notices).map(([name, notice]) => {
      const at = ["notices", name];
      if (!isPartial(at)) return [name, notice];
      return [
        name,
        {
          ...notice,
          ...(isLost([...at, "channels"]) ? { channels: [] } : {}),
          ...(isLost([...at, "class"]) ? { ttl: notice.ttl ?? LONGEST } : {}),
        },
      ];
    }),
  );
}

/** The catalog as a notice sees it whose class is not known: of a route for some classes it is not known whether it takes the notice. */
export function withoutClasses({ routes = [], ...rest }: Catalog): Catalog {
  return { ...rest, routes: routes.map((route) => (route.classes ? { ...route, classes: undefined, carriers: [] } : route)) };
}

/** What of a catalog was read whole. */
export function soundOf(catalog: Catalog, { isPartial }: Malformed): Catalog {
  const sound = <Value>(section: string, map: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => !isPartial([section, name])));
  return { ...catalog, carriers: sound("carriers", catalog.carriers ?? {}), notices: sound("notices", catalog.notices) };
}

/** What every number begins with: a route for it takes all of them, and those behind it come into play all the same. */
const ALL_NUMBERS = ["+"];

/**
 * Stands for a route that could not be read whole. By one without carriers nothing is measured: that is so where it is not known whom it
 * takes. One of which only carriers or keys that are not known are lost is what is left of it. One whose channel is lost takes nothing.
 */
function standInFor(
  part: PartialRoute | undefined,
  at: readonly PropertyKey[],
  { isLost, isPartial, within }: Malformed,
): Route[] | undefined {
  if (!part) return undefined;
  const { channel, prefixes = ALL_NUMBERS, carriers = ["?"] } = part;
  if (!channel) return [{ channel: "sms", notices: [], carriers: [] }];
  const isVague =
    (["classes", "notices"] as const).some((key) => isPartial([...at, key])) ||
    (["countries", "prefixes"] as const).some((key) => isLost([...at, key]));
  if (isVague) return [{ channel, prefixes, carriers: [] }];
  const isOdd = within(at).some((pointer) => !Object.hasOwn(partialRoute.shape, pathOf(pointer)[0] ?? ""));
  return [{ ...part, channel, carriers, ...(isOdd ? { prefixes } : {}) }];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
