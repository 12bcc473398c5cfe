import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { prefixOfCountry } from "../support/phone-numbers.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import { NUMBERED_CHANNELS } from "../vocabulary/classes.ts";
import { adapterOf } from "./check-carriers.ts";
import { countryIssues } from "./check-countries.ts";
import { type Malformed, NOTHING_MALFORMED, type PartialRoute } from "./read-shape.ts";

/** What is wrong with a route, as far as it could be read: carriers and notices that there are not, and numbers that it could never match. */
export function routeIssues(route: PartialRoute, place: number, catalog: Catalog, malformed = NOTHING_MALFORMED): Issue[] {
  const at = ["routes", place];
  return [
    ...carriersIssues(route, at, catalog, malformed),
    ...(route.notices ?? []).flatMap((name, index) => noticeIssues(name, route, [...at, "notices", index], catalog, malformed)),
    ...twiceIssues(route.notices, [...at, "notices"]),
    ...numberIssues(route, at),
    ...(route.countries ?? []).flatMap((country, index) => countryIssues(country, [...at, "countries", index])),
    ...prefixIssues(route, at),
  ];
}

function carriersIssues({ channel, carriers }: PartialRoute, at: readonly PropertyKey[], catalog: Catalog, malformed: Malformed): Issue[] {
  if (!carriers) return [];
  const known = Object.keys(catalog.carriers ?? {});
  const names = Array.isArray(carriers) ? carriers : Object.keys(carriers);
  if (names.length === 0 && !malformed.isPartial([...at, "carriers"]))
    return [issueAt([...at, "carriers"], "must name at least one carrier")];
  return names.flatMap((name, place) => {
    const path = [...at, "carriers", Array.isArray(carriers) ? place : name];
    if (!known.includes(name) && !malformed.isLost(["carriers", name]))
      return [issueAt(path, `is not a carrier of this catalog${closestName(name, known)}`)];
    if (names.indexOf(name) !== place) return [issueAt(path, "stands twice in the same route")];
    const fits = !channel || (adapterOf(catalog, name)?.limits.channels.includes(channel) ?? true);
    return fits ? [] : [issueAt(path, `does not carry ${channel}`)];
  });
}

function noticeIssues(
  name: string,
  { channel, classes }: PartialRoute,
  path: readonly PropertyKey[],
  { notices }: Catalog,
  { isLost, isPartial }: Malformed,
): Issue[] {
  const at = ["notices", name];
  if (isLost(at)) return [];
  const notice = Object.hasOwn(notices, name) ? notices[name] : undefined;
  if (!notice) return [issueAt(path, `is not a notice of this catalog${closestName(name, Object.keys(notices))}`)];
  if (channel && !notice.channels.includes(channel) && !isPartial([...at, "channels"]))
    return [issueAt(path, `does not go out by ${channel}, the route's channel`)];
  if (classes && !classes.includes(notice.class) && !isLost([...at, "class"]))
    return [issueAt(path, `is ${notice.class}, which the route's classes leave out`)];
  return [];
}

function twiceIssues(list: readonly string[] | undefined, path: readonly PropertyKey[]): Issue[] {
  return (list ?? []).flatMap((item, place) => (list?.indexOf(item) === place ? [] : [issueAt([...path, place], "stands twice")]));
}

/** Only phone numbers have a country and a beginning: on another channel the route would match nobody. */
function numberIssues(route: PartialRoute, at: readonly PropertyKey[]): Issue[] {
  if (!route.channel || NUMBERED_CHANNELS.includes(route.channel)) return [];
  return (["countries", "prefixes"] as const).flatMap((key) =>
    route[key] === undefined ? [] : [issueAt([...at, key], `is for phone numbers, and ${route.channel} has none; leave it out`)],
  );
}

/** Prefixes as E.164 has numbers, none within another, each of a country of the route where it names some. */
function prefixIssues({ prefixes = [], countries }: PartialRoute, at: readonly PropertyKey[]): Issue[] {
  const codes = countries?.map(prefixOfCountry).filter((code) => code !== undefined);
  return prefixes.flatMap((prefix, place) => {
    const path = [...at, "prefixes", place];
    if (prefix.startsWith("+0")) return [issueAt(path, "must begin with a country's calling code such as +86; none begins with 0")];
    const wider = prefixes.find((other, index) => (index < place && other === prefix) || (other !== prefix && prefix.startsWith(other)));
    if (wider !== undefined)
      return [issueAt(path, wider === prefix ? "stands twice" : `is within ${wider}, which stands in the same list`)];
    if (!codes?.length || codes.some((code) => prefix.startsWith(code) || code.startsWith(prefix))) return [];
    return [issueAt(path, `belongs to none of the route's countries (${codes.join(", ")}): countries and prefixes must both hold`)];
  });
}
