import { type Issue, issueAt } from "../support/issues.ts";
import { phoneCountryOf } from "../support/phone-numbers.ts";

/** What is wrong with the name of a country: one that no number can have would match nobody, in silence. */
export function countryIssues(country: string, path: readonly PropertyKey[]): Issue[] {
  return phoneCountryOf(country)
    ? []
    : [issueAt(path, "is not a country with phone numbers; write its ISO 3166 code, such as GB for the United Kingdom")];
}
