import { closestName } from "../support/closest-name.ts";
import { type Issue, issueAt } from "../support/issues.ts";
import { ALERT_FIGURE_MAX, ALERT_FIGURES, ALERT_TEXTS, ALERT_TYPES, ALERTS, type AlertName, alertType } from "../vocabulary/alerts.ts";
import type { Notice } from "../vocabulary/catalog.ts";
import type { NumberVariable, StringVariable, Variable, Variables } from "../vocabulary/variables.ts";

const KNOWN = [...Object.keys(ALERT_TEXTS), ...Object.keys(ALERT_FIGURES)];
/** A figure as a text: as many digits as a number has, a point, a sign and an exponent. */
const FIGURE_MAX_UNITS = 24;

/**
 * What a notice of alerts declares and they do not bring. Alerts are not checked when they come, since nobody could post them again;
 * so what they bring must be known to fit here.
 */
export function alertDataIssues({ on = [] }: Notice, variables: Variables, at: readonly PropertyKey[]): Issue[] {
  if (!on.some((type) => ALERT_TYPES.includes(type))) return [];
  const alerts = ALERTS.filter((name) => on.includes(alertType(name)));
  return Object.entries(variables).flatMap(([name, variable]) => {
    if (!KNOWN.includes(name)) return variable.required ? [issueAt([...at, name], notBrought(name))] : [];
    const fault = faultOf(name, variable, alerts);
    return fault === undefined ? [] : [issueAt([...at, name], fault)];
  });
}

function notBrought(name: string): string {
  return `is not brought by alerts, which have ${KNOWN.join(", ")}${closestName(name, KNOWN)}; leave it out or write required: false`;
}

function faultOf(name: string, variable: Variable, alerts: readonly AlertName[]): string | undefined {
  if (variable.type === "string") return textFault(variable, ALERT_TEXTS[name] ?? FIGURE_MAX_UNITS);
  const figure = ALERT_FIGURES[name];
  if (!figure || (variable.type !== "integer" && variable.type !== "number"))
    return `is a ${figure ? "figure" : "text"} in an alert; declare it as ${figure ? "an integer" : "a string"}`;
  const empty = alerts.filter((alert) => !figure.includes(alert));
  return empty.length === 0
    ? figureFault(variable)
    : `may be empty in ${empty.map(alertType).join(", ")}; declare it as a string with max: ${FIGURE_MAX_UNITS}`;
}

/** Any text may come, and the empty one where nothing is known. */
function textFault({ min, max, charset, over }: StringVariable, longest: number): string | undefined {
  if (charset !== "any") return "may hold any characters in an alert; leave charset out";
  if (min > 1) return "may be empty in an alert; leave min out";
  return over !== "reject" || max >= longest
    ? undefined
    : `may have ${longest} UTF-16 units in an alert; write max: ${longest}, or over: shorten`;
}

function figureFault({ min, max }: NumberVariable): string | undefined {
  return min <= 0 && max >= ALERT_FIGURE_MAX
    ? undefined
    : `may be from 0 to ${ALERT_FIGURE_MAX} in an alert; write min: 0 and max: ${ALERT_FIGURE_MAX}, or leave them out`;
}
