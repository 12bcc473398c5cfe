import { isAlwaysQuiet } from "../admit/quiet-hours.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, pointerOf } from "../support/issues.ts";
import { conditionFault } from "../support/liquid.ts";
import { templateFault } from "../support/text-engine.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { NOTICE_CLASSES, type QuietWindow } from "../vocabulary/classes.ts";

/** What admission could not keep: rules that leave no minute free, contradict each other or cannot be read (spec: publishing refuses). */
export function ruleIssues(catalog: Catalog): Issue[] {
  const classes = NOTICE_CLASSES.flatMap((name) => {
    const own = catalog.classes?.[name];
    return [
      ...windowIssues(own?.quiet_hours ?? [], ["classes", name, "quiet_hours"]),
      ...capIssues(own?.caps ?? [], ["classes", name, "caps"]),
    ];
  });
  return [...classes, ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(notice, ["notices", name]))];
}

function noticeIssues(notice: Notice, at: readonly PropertyKey[]): Issue[] {
  const { dedupe, digest, series, cancel, when } = notice;
  return [
    ...windowIssues(notice.quiet_hours ?? [], [...at, "quiet_hours"]),
    ...capIssues(notice.caps ?? [], [...at, "caps"]),
    ...(dedupe ? [...keyIssues(dedupe.key, [...at, "dedupe", "key"]), ...lengthIssues(dedupe.window, [...at, "dedupe", "window"])] : []),
    ...(digest ? [...keyIssues(digest.key, [...at, "digest", "key"]), ...lengthIssues(digest.window, [...at, "digest", "window"])] : []),
    ...(cancel ? keyIssues(cancel.key, [...at, "cancel", "key"]) : []),
    ...(digest && series ? [issue([...at, "digest"], "does not go with series: a notice is either gathered or dated")] : []),
    ...(when === undefined ? [] : whenIssues(when, [...at, "when"])),
    ...seriesIssues(notice, at),
  ];
}

function seriesIssues({ series, templates }: Notice, at: readonly PropertyKey[]): Issue[] {
  const seen = new Set<string>();
  return (series ?? []).flatMap((step, place) => {
    const path = [...at, "series", place];
    const found: Issue[] = [];
    if (seen.has(step.step)) found.push(issue([...path, "step"], "is the name of a step above"));
    seen.add(step.step);
    if (step.from !== "time" && !step.from.startsWith("data."))
      found.push(issue([...path, "from"], "must be time or a path into data, such as data.due_date"));
    if (step.time !== undefined && !/^-?P\d+D$/.test(step.offset))
      found.push(issue([...path, "offset"], "must have days only, such as -P3D, where there is a time"));
    const name = step.template ?? step.step;
    if (!Object.hasOwn(templates ?? {}, name))
      found.push(issue([...at, "templates", name], `is missing: the step ${step.step} has no words`));
    return found;
  });
}

/** A window from a time to the same time is empty or the whole day; windows may not cover the day together. */
function windowIssues(windows: readonly QuietWindow[], path: readonly PropertyKey[]): Issue[] {
  const empty = windows.flatMap(({ from, to }, at) => (from === to ? [issue([...path, at], "begins and ends at the same time")] : []));
  if (empty.length > 0) return empty;
  return isAlwaysQuiet(windows) ? [issue(path, "leaves no minute of the day free")] : [];
}

function capIssues(caps: readonly { readonly per: string }[], path: readonly PropertyKey[]): Issue[] {
  return caps.flatMap(({ per }, at) => lengthIssues(per, [...path, at, "per"]));
}

function lengthIssues(duration: string, path: readonly PropertyKey[]): Issue[] {
  return durationMs(duration) === 0 ? [issue(path, "must be longer than nothing")] : [];
}

function keyIssues(key: string, path: readonly PropertyKey[]): Issue[] {
  const fault = templateFault(key);
  return fault === undefined ? [] : [issue(path, `is not Liquid: ${fault}`)];
}

function whenIssues(when: string, path: readonly PropertyKey[]): Issue[] {
  const fault = conditionFault(when);
  return fault === undefined ? [] : [issue(path, `is not a Liquid condition: ${fault}`)];
}

function issue(path: readonly PropertyKey[], detail: string): Issue {
  return { pointer: pointerOf(path), detail };
}
