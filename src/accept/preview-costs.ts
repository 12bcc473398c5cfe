import { textFor } from "../deliver/prepare-message.ts";
import { costOf } from "../deliver/price.ts";
import { cheaperFirst, type RouteQuestion, routeFor } from "../deliver/route-order.ts";
import type { Reader, Told } from "../render/reader-scope.ts";
import { renderCarrierTemplate } from "../render/render-carrier-template.ts";
import type { Words } from "../render/rendered-words.ts";
import { pointerOf } from "../support/issues.ts";
import { prefixOfCountry } from "../support/phone-numbers.ts";
import type { CarrierLimits } from "../vocabulary/carrier.ts";
import type { Catalog, Route } from "../vocabulary/catalog.ts";
import { NUMBERED_CHANNELS } from "../vocabulary/classes.ts";
import { adapterOf } from "./check-carriers.ts";

import type { Cost, Warning } from "./preview.ts";

/** Words that were rendered, and what they go out by. */
export interface Sent {
  readonly catalog: Catalog;
  readonly question: Pick<RouteQuestion, "channel" | "class" | "notice" | "country">;
  readonly step: string | undefined;
  readonly words: Words;
  readonly segments: number;
  readonly told: Told;
  readonly reader: Reader;
}

/** Every carrier of the route that takes it, in the order in which most messages try them, with what it would cost there. */
export function previewCosts(sent: Sent): { readonly costs: readonly Cost[]; readonly warnings: readonly Warning[] } {
  const { catalog, question } = sent;
  const { channel, country, notice } = question;
  const numbered = NUMBERED_CHANNELS.includes(channel);
  const code = numbered && country !== undefined ? prefixOfCountry(country) : undefined;
  const routes = catalog.routes ?? [];
  const route = routeFor(routes, { ...question, ...(code === undefined ? {} : { to: code }) });
  const who = numbered ? ` to numbers ${country === undefined ? "whose country is not known" : `of ${country}`}` : "";
  const warnings = code === undefined ? [] : narrowerRoutes(routes, route, question, code);
  if (!route) return { costs: [], warnings: [...warnings, { pointer: "/routes", detail: `no route takes ${notice} by ${channel}${who}` }] };
  const each = carriersOf(route, country, catalog).map((carrier) => costAt(carrier, sent));
  return { costs: each.map(({ cost }) => cost), warnings: [...warnings, ...each.flatMap((one) => one.warnings)] };
}

/** A map's carriers stand by weight, heaviest first, since there is no message to draw for. */
function carriersOf({ carriers }: Route, country: string | undefined, catalog: Catalog): readonly string[] {
  if (Array.isArray(carriers)) return carriers;
  const byWeight = Map.groupBy(
    Object.entries(carriers).sort(([, one], [, other]) => other - one),
    ([, weight]) => weight,
  );
  return [...byWeight.values()].flatMap((group) =>
    cheaperFirst(
      group.map(([name]) => name),
      country,
      catalog.carriers ?? {},
    ),
  );
}

/** Routes in front of the one taken that take some of the country's numbers: a preview has no number to tell by. */
function narrowerRoutes(routes: readonly Route[], taken: Route | undefined, question: Sent["question"], code: string): Warning[] {
  const before = taken ? routes.slice(0, routes.indexOf(taken)) : routes;
  return before.flatMap((route, at) => {
    const prefixes = (route.prefixes ?? []).filter(
      (prefix) => prefix.startsWith(code) && routeFor([route], { ...question, to: prefix }) !== undefined,
    );
    if (prefixes.length === 0) return [];
    const names = Array.isArray(route.carriers) ? route.carriers : Object.keys(route.carriers);
    return [
      { pointer: pointerOf(["routes", at]), detail: `numbers that begin with ${prefixes.join(" or ")} go by ${names.join(", ")} instead` },
    ];
  });
}

function costAt(
  carrier: string,
  { catalog, question, step, words, segments, told, reader }: Sent,
): { readonly cost: Cost; readonly warnings: readonly Warning[] } {
  const { notice, country } = question;
  const warnings: Warning[] = [];
  const limits = adapterOf(catalog, carrier)?.limits;
  const price = catalog.carriers?.[carrier]?.price;
  const amount = costOf(price, country, segments);
  if (amount === undefined) {
    const where = country === undefined ? "" : ` for ${country}`;
    warnings.push({ pointer: pointerOf(["carriers", carrier, "price"]), detail: `${carrier} has no price${where}` });
  }
  const wanted = { notice, ...(step === undefined ? {} : { step }), ...(country === undefined ? {} : { country }) };
  const rendered = renderCarrierTemplate(catalog, carrier, wanted, told, reader);
  const place = pointerOf(["notices", notice, "carrier_templates", carrier]);
  if (rendered.kind === "unrenderable") warnings.push({ pointer: place, detail: `${carrier} cannot send it: ${rendered.why}` });
  if (rendered.kind === "none" && limits?.needs_template)
    warnings.push({ pointer: place, detail: `${carrier} sends approved templates only, and the notice has none for it` });
  else if (rendered.kind === "none" && limits) warnings.push(...lengthWarnings(carrier, textFor(words, limits), limits));
  const cost = {
    carrier,
    segments,
    ...(amount === undefined ? {} : { cost: amount }),
    ...(rendered.kind === "template" ? { template: rendered.template } : {}),
  };
  return { cost, warnings };
}

/** A carrier that adds the signature itself is given the text without. */
function lengthWarnings(carrier: string, text: string, { text_max_units }: Pick<CarrierLimits, "text_max_units">): Warning[] {
  if (text.length <= text_max_units) return [];
  const detail = `${carrier} takes texts of at most ${text_max_units} units, and this one has ${text.length}`;
  return [{ pointer: pointerOf(["carriers", carrier]), detail }];
}
