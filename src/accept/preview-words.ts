import { catalogWork } from "../render/bounds/bound-template.ts";
import { type CompiledNotice, findNotice } from "../render/compile-notice.ts";
import { isoOf } from "../support/clock.ts";
import { type Issue, issueAt, pointerOf } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import { dataIssues } from "./check-data.ts";
import { exampleData } from "./example-data.ts";
import type { Preview, PreviewQuestion, Warning } from "./preview.ts";
import { questionIssues, unknownNotice } from "./preview-question.ts";
import { type Asked, type Place, previewText } from "./preview-text.ts";
import { overlongWarnings } from "./preview-warnings.ts";

/** Texts that one question may ask for. */
const PREVIEWS_MAX = 200;

export type PreviewedWords =
  | { readonly kind: "previews"; readonly previews: readonly Preview[] }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] };

/**
 * The words of a notice as people would read them: for each step, channel and locale that the question leaves open, in the catalog's
 * order. `now` is when the event is said to have happened. One text that cannot be made leaves the others standing.
 */
export function previewWords(catalog: Catalog, question: PreviewQuestion, now: number): PreviewedWords {
  const compiled = findNotice(catalog, question.notice);
  const issues = compiled ? questionIssues(compiled, question) : [unknownNotice(Object.keys(catalog.notices), question.notice)];
  if (!compiled || issues.length > 0) return { kind: "invalid", issues };
  const places = placesOf(compiled, question);
  if (places.length > PREVIEWS_MAX) {
    const detail = `has ${places.length} texts, and at most ${PREVIEWS_MAX} are shown at once; name a step, a channel or a locale`;
    return { kind: "invalid", issues: [issueAt(["notice"], detail)] };
  }
  const asked = askedOf(catalog, compiled, question, now);
  return { kind: "previews", previews: places.map((place) => previewText(asked, place)) };
}

function placesOf({ notice, words }: CompiledNotice, { step, channel, locale }: PreviewQuestion): Place[] {
  const steps = step === undefined ? (notice.series?.map((one) => one.step) ?? [undefined]) : [step];
  const channels = channel === undefined ? notice.channels : [channel];
  return steps.flatMap((one) =>
    channels.flatMap((by) => {
      const locales = [...(words(one)?.[by]?.texts.keys() ?? [])];
      const wanted = locale !== undefined || locales.length === 0 ? [locale] : locales;
      return wanted.map((tag) => ({ step: one, channel: by, locale: tag }));
    }),
  );
}

/** What the words are about: the data given, else the declared examples. */
function askedOf(catalog: Catalog, compiled: CompiledNotice, question: PreviewQuestion, now: number): Asked {
  const { notice: name, digest = [] } = question;
  const { notice, variables } = compiled;
  const examples = exampleData(variables ?? {});
  const data = question.data === undefined ? examples.data : question.data;
  const warnings = question.data === undefined ? exampleWarnings(name, compiled, examples) : [];
  const place = ["notices", name, "data"];
  if (variables) for (const one of [data, ...digest]) warnings.push(...overlongWarnings(one, variables, place));
  const event = { id: "preview", source: "/preview", type: notice.on?.[0] ?? name, time: isoOf(now), subject: "preview", extensions: {} };
  const country = question.country ?? catalog.defaults?.country;
  return { catalog, compiled, question, told: { event: { ...event, data }, merged: digest }, country, warnings, work: catalogWork() };
}

/** Examples that are made up, and those that do not fit where nothing has checked the catalog. */
function exampleWarnings(name: string, { variables }: CompiledNotice, { data, filled }: ReturnType<typeof exampleData>): Warning[] {
  const place = ["notices", name, "data"];
  if (!variables) return [{ pointer: pointerOf(place), detail: "nothing is declared, so that there are no examples to show; give data" }];
  const unfit = dataIssues(data, variables).map(({ pointer, detail }) => ({
    pointer: `${pointerOf(["notices", name])}${pointer}`,
    detail: `the example ${detail}`,
  }));
  if (filled.length === 0) return unfit;
  const detail = `${filled.join(", ")} ${filled.length === 1 ? "has no example: a made-up value stands" : "have no examples: made-up values stand"} in the text`;
  return [{ pointer: pointerOf(place), detail }, ...unfit];
}
