import { routesThatMay } from "../deliver/route-order.ts";
import { type CatalogWork, catalogWork } from "../render/bounds/bound-template.ts";
import { UNNAMED_LOCALE } from "../render/render-carrier-template.ts";
import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt, issuesOf } from "../support/issues.ts";
import type { CarrierLimits } from "../vocabulary/carrier.ts";
import { type CarrierTemplate, type Catalog, carrierTemplate, type Notice } from "../vocabulary/catalog.ts";
import { approvedTextIssues } from "./check-approved-text.ts";
import { boundIn, type MeasuredNotice, measuredNotice, workIssues } from "./notice-bounds.ts";
import { NOTHING_MALFORMED } from "./read-shape.ts";
import { type ReadWords, readWords } from "./read-words.ts";

/** What a carrier of the catalog makes of templates; undefined where its adapter is not known. */
export type TemplateLimitsOf = (carrier: string) => Pick<CarrierLimits, "needs_template" | "template_params"> | undefined;

/** What stands beside a carrier's template: the notice, and its words by which an approved text is measured. */
interface Beside {
  readonly measured: MeasuredNotice;
  readonly words: readonly ReadWords[];
}

/** A notice's templates at its carriers: one for each that needs it and may get the notice, each well formed and in that carrier's form. */
export function carrierTemplateIssues(
  name: string,
  notice: Notice,
  catalog: Catalog,
  limitsOf: TemplateLimitsOf,
  work: CatalogWork = catalogWork(),
  malformed = NOTHING_MALFORMED,
): Issue[] {
  const at = ["notices", name, "carrier_templates"];
  if (malformed.isLost(at) || malformed.isLost(["notices", name, "series"])) return [];
  const known = Object.keys(catalog.carriers ?? {});
  const words = readWords(notice, ["notices", name, "templates"]);
  const beside: Beside = { measured: measuredNotice(name, notice, catalog, work, malformed), words };
  const given = Object.entries(notice.carrier_templates ?? {}).flatMap(([carrier, templates]) => {
    const path = [...at, carrier];
    if (malformed.isLost(["carriers", carrier])) return [];
    if (!known.includes(carrier)) return [issueAt(path, `is not a carrier of this catalog${closestName(carrier, known)}`)];
    const limits = limitsOf(carrier);
    if (limits && !limits.needs_template && limits.template_params === undefined)
      return [issueAt(path, `${carrier} sends the words of templates and has no templates of its own; leave it out`)];
    return notice.series ? stepsIssues(templates, notice, path, limits, beside) : templateIssues(templates, path, limits, beside);
  });
  return [...given, ...missingIssues(name, notice, catalog, limitsOf)];
}

/** Carriers that send approved templates only and may be asked to send this notice, by any of its routes, first or as fail-over. */
function missingIssues(name: string, notice: Notice, catalog: Catalog, limitsOf: TemplateLimitsOf): Issue[] {
  const found = new Map<string, Issue>();
  for (const channel of notice.channels) {
    const question = { channel, class: notice.class, notice: name };
    for (const route of routesThatMay(catalog.routes ?? [], question)) {
      const place = catalog.routes?.indexOf(route);
      for (const carrier of Array.isArray(route.carriers) ? route.carriers : Object.keys(route.carriers)) {
        if (found.has(carrier) || !limitsOf(carrier)?.needs_template || Object.hasOwn(notice.carrier_templates ?? {}, carrier)) continue;
        const detail = `is missing: ${carrier} sends approved templates only and may get this notice by routes/${place}; give { code, params }`;
        found.set(carrier, issueAt(["notices", name, "carrier_templates", carrier], detail));
      }
    }
  }
  return [...found.values()];
}

/** Of a series: by template name, as `templates` are, and each name that a step uses must be there. */
function stepsIssues(
  templates: unknown,
  notice: Notice,
  path: readonly PropertyKey[],
  limits: ReturnType<TemplateLimitsOf>,
  beside: Beside,
): Issue[] {
  if (templates === null || typeof templates !== "object" || Array.isArray(templates))
    return [issueAt(path, "must be a map from template names to { code, params }, since the notice is a series")];
  const used = new Map((notice.series ?? []).map(({ step, template }) => [template ?? step, step]));
  const missing = [...used].flatMap(([template, step]) =>
    Object.hasOwn(templates, template)
      ? []
      : [issueAt([...path, template], `is missing: the step ${step} has no template at this carrier`)],
  );
  const given = Object.entries(templates).flatMap(([template, one]) => templateIssues(one, [...path, template], limits, beside, template));
  return [...given, ...missing];
}

function templateIssues(
  value: unknown,
  path: readonly PropertyKey[],
  limits: ReturnType<TemplateLimitsOf>,
  { measured, words }: Beside,
  name?: string,
): Issue[] {
  const parsed = carrierTemplate.safeParse(value);
  if (!parsed.success) return issuesOf(parsed.error, path);
  const { params, locale = measured.catalog.defaults?.locale ?? UNNAMED_LOCALE } = parsed.data;
  const faults = Object.entries(params).flatMap(([param, text]) =>
    boundIn(measured, text, { locale, form: "text", short: false }).faults.map((fault) => issueAt([...path, "params", param], fault)),
  );
  const form = formIssues(params, [...path, "params"], limits?.template_params);
  const own = words.find(({ template }) => template === name);
  const approved = form.length > 0 ? [] : approvedTextIssues(parsed.data, own, measured, path);
  return [...form, ...faults, ...approved, ...workIssues(measured, path)];
}

function formIssues(params: CarrierTemplate["params"], path: readonly PropertyKey[], form: CarrierLimits["template_params"]): Issue[] {
  if (form === "named" && Array.isArray(params))
    return [issueAt(path, "must be a map: this carrier takes values by name, such as { code: '{{ data.code }}' }")];
  if (form === "positional" && !Array.isArray(params))
    return [
      issueAt(path, "must be a list: this carrier takes values by position, such as ['{{ data.code }}'], and [] where there are none"),
    ];
  return [];
}
