import {
  type BoundScope,
  boundTemplate,
  type CatalogWork,
  catalogWork,
  hasWorkLeft,
  type TemplateBound,
} from "../render/bounds/bound-template.ts";
import { templateFault } from "../render/engine/text-engine.ts";
import { type Issue, issueAt, pathOf } from "../support/issues.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { type Variables, variablesOf } from "../vocabulary/variables.ts";
import { NOTHING_MALFORMED } from "./read-shape.ts";
import { DIGEST_MAX } from "./rulebook.ts";

/** What may be a variable's name in a text. */
const NAMES = /[\p{L}\p{N}_]+(-+[\p{L}\p{N}_]+)*/gu;

/** How a text of a notice is to be measured. */
export type Measured = Pick<BoundScope, "form" | "short"> & { readonly locale: string };

/** A notice with all that its texts are measured by. */
export interface MeasuredNotice {
  readonly name: string;
  readonly notice: Notice;
  readonly catalog: Catalog;
  /** Undefined where it declares nothing. */
  readonly variables: Variables | undefined;
  /** Names of variables whose declaration could not be read: a text that has one cannot be measured. */
  readonly unread?: readonly string[];
  /** What measuring has taken of all that is measured together. */
  readonly work: CatalogWork;
}

export function measuredNotice(
  name: string,
  notice: Notice,
  catalog: Catalog,
  work: CatalogWork = catalogWork(),
  malformed = NOTHING_MALFORMED,
): MeasuredNotice {
  const lost = malformed.within(["notices", name, "data"]);
  // Of a list's items the list's own name stands in the words.
  const unread = lost.map((pointer) => pathOf(pointer.replace(/(.)(\/of)+$/, "$1")).at(-1) ?? "data");
  return { name, notice, catalog, variables: notice.data && variablesOf(notice.data), unread, work };
}

/** Said once, at the text at which the work is spent that a catalog's texts may take; those behind it are not measured. */
export function workIssues({ work }: MeasuredNotice, path: readonly PropertyKey[]): Issue[] {
  if (work.told || hasWorkLeft(work)) return [];
  work.told = true;
  return [issueAt(path, "is where measuring ended: the texts up to here take more work than a catalog may; use fewer or smaller loops")];
}

/** What a template of a notice may become; what is not Liquid has that for its only fault. Dates, money and numbers are measured as its own locale has them. */
export function boundIn(
  { notice, catalog, variables, unread = [], work }: MeasuredNotice,
  template: string,
  { locale, form, short }: Measured,
): TemplateBound {
  const fault = templateFault(template);
  if (fault !== undefined) return { faults: [`is not Liquid: ${fault}`] };
  if (unread.length > 0 && template.match(NAMES)?.some((name) => unread.includes(name))) return { faults: [], unseen: true };
  const { time_zone = "UTC", currency, locale: usual } = catalog.defaults ?? {};
  const name = catalog.brand?.name;
  const scope: BoundScope = {
    variables,
    ...(notice.digest && { digest_max: notice.digest.max ?? DIGEST_MAX }),
    brand: name === undefined ? {} : { name },
    has_locale: usual !== undefined,
    reading: { locale, time_zone, ...(currency === undefined ? {} : { currency }) },
    form,
    short,
  };
  return boundTemplate(template, scope, work);
}

/** The same of words that people read, of which the ends are trimmed when they are made: a file ends in a line break. */
export function boundOfWords(measured: MeasuredNotice, template: string, how: Measured): TemplateBound {
  return boundIn(measured, template.trim(), how);
}

/** A declared variable as people read it, behind its name; empty where it is none, or nothing of it is bounded. */
export function declaredAs(variable: string, variables: Variables | undefined): string {
  const found = variable
    .replace(/^data\./, "")
    .replaceAll("[]", "")
    .split(".")
    .reduce<{ readonly fields?: Variables; readonly says?: string }>(
      ({ fields }, name) => {
        const one = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
        const inner = one?.type === "list" ? one.of : one;
        const says = inner?.type === "string" ? `at most ${inner.max} characters` : one?.type;
        return { ...(inner?.type === "object" && { fields: inner.fields }), ...(says !== undefined && { says }) };
      },
      { ...(variables && { fields: variables }) },
    );
  return found.says === undefined ? "" : ` (${found.says})`;
}
