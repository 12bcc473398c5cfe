import { isAlwaysQuiet } from "../admit/quiet-hours.ts";
import { durationMs } from "../support/duration.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { conditionFault, textFault } from "../support/liquid.ts";
import type { Catalog, Notice } from "../vocabulary/catalog.ts";
import { classSettingsOf } from "../vocabulary/class-defaults.ts";
import { NOTICE_CLASSES, type NoticeClass, type QuietWindow } from "../vocabulary/classes.ts";
import { type Malformed, NOTHING_MALFORMED } from "./read-shape.ts";

/** What admission could not keep: rules that leave no minute free, contradict each other or cannot be read (spec: publishing refuses). */
export function ruleIssues(catalog: Catalog, malformed = NOTHING_MALFORMED): Issue[] {
  const classes = NOTICE_CLASSES.flatMap((name) => {
    const own = catalog.classes?.[name];
    return [
      ...windowIssues(own?.quiet_hours ?? [], ["classes", name, "quiet_hours"]),
      ...capIssues(own?.caps ?? [], ["classes", name, "caps"]),
      ...resendIssues(own?.resend_after, name, ["classes", name, "resend_after"]),
    ];
  });
  return [
    ...classes,
    ...Object.entries(catalog.notices).flatMap(([name, notice]) => noticeIssues(notice, catalog, ["notices", name], malformed)),
  ];
}

function noticeIssues(notice: Notice, catalog: Catalog, at: readonly PropertyKey[], malformed: Malformed): Issue[] {
  const { dedupe, digest, series, cancel, when } = notice;
  return [
    ...windowIssues(notice.quiet_hours ?? [], [...at, "quiet_hours"]),
    ...capIssues(notice.caps ?? [], [...at, "caps"]),
    ...(dedupe ? [...keyIssues(dedupe.key, [...at, "dedupe", "key"]), ...lengthIssues(dedupe.window, [...at, "dedupe", "window"])] : []),
    ...(digest ? [...keyIssues(digest.key, [...at, "digest", "key"]), ...lengthIssues(digest.window, [...at, "digest", "window"])] : []),
    ...(cancel ? keyIssues(cancel.key, [...at, "cancel", "key"]) : []),
    ...(digest && series ? [issueAt([...at, "digest"], "does not go with series: a notice is either gathered or dated")] : []),
    ...(when === undefined ? [] : whenIssues(when, [...at, "when"])),
    ...seriesIssues(notice, at, malformed.isLost([...at, "templates"])),
    ...fallbackIssues(notice, catalog, [...at, "fallback_after"], malformed.isPartial([...at, "channels"])),
    ...resendIssues(notice.resend_after, notice.class, [...at, "resend_after"]),
  ];
}

function seriesIssues({ series, templates }: Notice, at: readonly PropertyKey[], wordsLost: boolean): Issue[] {
  const seen = new Set<string>();
  return (series ?? []).flatMap((step, place) => {
    const path = [...at, "series", place];
    const found: Issue[] = [];
    if (seen.has(step.step)) found.push(issueAt([...path, "step"], "is the name of a step above"));
    seen.add(step.step);
    if (step.from !== "time" && !step.from.startsWith("data."))
      found.push(issueAt([...path, "from"], "must be time or a path into data, such as data.due_date"));
    if (step.time !== undefined && !/^-?P\d+D$/.test(step.offset))
      found.push(issueAt([...path, "offset"], "must have days only, such as -P3D, where there is a time"));
    const name = step.template ?? step.step;
    if (!wordsLost && !Object.hasOwn(templates ?? {}, name))
      found.push(issueAt([...at, "templates", name], `is missing: the step ${step.step} has no words`));
    return found;
  });
}

/** There must be a channel to fall back to, and time left to do so. */
function fallbackIssues(
  { channels, fallback_after, ...notice }: Notice,
  catalog: Catalog,
  path: readonly PropertyKey[],
  channelsLost: boolean,
): Issue[] {
  if (fallback_after === undefined) return [];
  const found = lengthIssues(fallback_after, path);
  if (channels.length < 2 && !channelsLost)
    found.push(issueAt(path, "needs a second channel to fall back to; add one to channels or leave it out"));
  const ttl = notice.ttl ?? classSettingsOf(notice.class, catalog).ttl;
  if (durationMs(fallback_after) >= durationMs(ttl))
    found.push(issueAt(path, `must be shorter than the ttl, which is ${ttl}: by then the message has expired`));
  return found;
}

/** Another carrier for want of a receipt is for codes alone, which are of no use later. */
function resendIssues(resendAfter: string | undefined, noticeClass: NoticeClass, path: readonly PropertyKey[]): Issue[] {
  if (resendAfter === undefined) return [];
  if (noticeClass !== "verification") return [issueAt(path, `is for the class verification only; leave it out of ${noticeClass}`)];
  return lengthIssues(resendAfter, path);
}

/** A window from a time to the same time is empty or the whole day; windows may not cover the day together. */
function windowIssues(windows: readonly QuietWindow[], path: readonly PropertyKey[]): Issue[] {
  const empty = windows.flatMap(({ from, to }, at) => (from === to ? [issueAt([...path, at], "begins and ends at the same time")] : []));
  if (empty.length > 0) return empty;
  return isAlwaysQuiet(windows) ? [issueAt(path, "leaves no minute of the day free")] : [];
}

function capIssues(caps: readonly { readonly per: string }[], path: readonly PropertyKey[]): Issue[] {
  return caps.flatMap(({ per }, at) => lengthIssues(per, [...path, at, "per"]));
}

function lengthIssues(duration: string, path: readonly PropertyKey[]): Issue[] {
  return durationMs(duration) === 0 ? [issueAt(path, "must be longer than nothing")] : [];
}

function keyIssues(key: string, path: readonly PropertyKey[]): Issue[] {
  const fault = textFault(key);
  return fault === undefined ? [] : [issueAt(path, `is not Liquid: ${fault}`)];
}

function whenIssues(when: string, path: readonly PropertyKey[]): Issue[] {
  const fault = conditionFault(when);
  return fault === undefined ? [] : [issueAt(path, `is not a Liquid condition: ${fault}`)];
}
