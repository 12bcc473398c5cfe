import { type Issue, issueAt } from "../support/issues.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import type { Leaf } from "./read-words.ts";
import { type SmsRule, smsRules } from "./sms-rules.ts";

const BRACKETS = /[【】]/;

/** A place for a name that there is not, and brackets of a signature in the words that marketing ends in, where the mainland may get them. */
export function brandIssues(catalog: Catalog): Issue[] {
  const { name, signature, opt_out = {} } = catalog.brand ?? {};
  const found: Issue[] = [];
  if (signature !== undefined && signature !== "none" && name === undefined)
    found.push(issueAt(["brand", "signature"], "says where 【brand.name】 stands, and there is no name; give brand.name, or leave it out"));
  const bracketed = Object.entries(opt_out).filter(([, words]) => BRACKETS.test(words));
  if (bracketed.length === 0 || !Object.entries(catalog.notices).some((notice) => isMarketingToMainland(...notice, catalog))) return found;
  return [
    ...found,
    ...bracketed.map(([locale]) =>
      issueAt(["brand", "opt_out", locale], "holds 【 or 】, which stand around the signature alone; leave them out"),
    ),
  ];
}

function isMarketingToMainland(name: string, notice: Notice, catalog: Catalog): boolean {
  return notice.class === "marketing" && smsRules(name, notice, catalog).some(({ rule }) => rule === "mainland");
}

/** Carriers of mainland China take the first 【】 of a text for its signature, so that words may have none of their own. */
export function bracketIssues({ channel, path, text }: Leaf, rules: readonly SmsRule[]): Issue[] {
  const [bracket] = BRACKETS.exec(text) ?? [];
  if (channel !== "sms" || bracket === undefined || !rules.some(({ rule }) => rule === "mainland")) return [];
  return [issueAt(path, `holds ${bracket}: the signature is added by Carillon; write brand.name and leave it out of the words`)];
}
