import type { CompiledNotice } from "../render/compile-notice.ts";
import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import type { Variables } from "../vocabulary/variables.ts";
import { countryIssues } from "./check-countries.ts";
import { dataIssues } from "./check-data.ts";
import type { PreviewQuestion } from "./preview.ts";
import { DIGEST_MAX } from "./rulebook.ts";

export function unknownNotice(known: readonly string[], name: string): Issue {
  return issueAt(["notice"], `is not a notice of this catalog${closestName(name, known)}`);
}

/** What a question asks for and the notice does not have, and given data that an event could not bring. */
export function questionIssues({ notice, variables }: CompiledNotice, question: PreviewQuestion): Issue[] {
  const { channel, country } = question;
  const found = stepIssues(notice, question.step);
  if (channel !== undefined && !notice.channels.includes(channel))
    found.push(issueAt(["channel"], `is not one that the notice goes out by; there are ${notice.channels.join(", ")}`));
  if (country !== undefined) found.push(...countryIssues(country, ["country"]));
  if (variables && question.data !== undefined) found.push(...dataIssues(question.data, variables));
  return [...found, ...digestIssues(notice, question, variables)];
}

function stepIssues({ series }: Notice, step: string | undefined): Issue[] {
  if (step === undefined || series?.some((one) => one.step === step)) return [];
  if (!series) return [issueAt(["step"], "is none: the notice is not a series; leave it out")];
  const steps = series.map((one) => one.step);
  return [issueAt(["step"], `is not a step of the notice${closestName(step, steps)}`)];
}

/** Each joined event is held to the declaration like the first. */
function digestIssues(notice: Notice, { digest = [] }: PreviewQuestion, variables: Variables | undefined): Issue[] {
  if (digest.length === 0) return [];
  if (!notice.digest) return [issueAt(["digest"], "is for notices that are digests, and this one is none; leave it out")];
  const { max = DIGEST_MAX } = notice.digest;
  if (digest.length >= max)
    return [issueAt(["digest"], `has ${digest.length} events besides the first, and the digest holds at most ${max}`)];
  if (!variables) return [];
  return digest.flatMap((data, at) =>
    dataIssues(data, variables).map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/data/, `/digest/${at}`), detail })),
  );
}
