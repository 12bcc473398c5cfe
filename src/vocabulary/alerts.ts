/** Event types and notices that begin so are Carillon's own: no tenant posts or defines them. */
export const RESERVED_PREFIX = "carillon.";

/** What people can be alerted of. */
export const ALERTS = [
  "breaker.opened",
  "breaker.closed",
  "credentials.refused",
  "balance.empty",
  "balance.low",
  "dead_letters",
  "verification.slow",
  "unclear.many",
] as const;
export type AlertName = (typeof ALERTS)[number];

/** The type of the event that tells of an alert, e.g. `carillon.alert.breaker.opened`; a notice may be `on` it. */
export function alertType(name: AlertName): string {
  return `${RESERVED_PREFIX}alert.${name}`;
}

export const ALERT_TYPES: readonly string[] = ALERTS.map(alertType);

/** Texts that an alert's `data` has, with their greatest length in UTF-16 units. One of which nothing is known is empty. */
export const ALERT_TEXTS: Readonly<Record<string, number>> = {
  alert: 32,
  about: 128,
  carrier: 64,
  cause: 32,
  breaker: 32,
  code: 64,
  amount: 32,
  unit: 32,
  low: 32,
  reason: 32,
  class: 32,
  notice: 128,
};

/** Greatest figure that an alert brings; all are whole numbers from 0. */
export const ALERT_FIGURE_MAX = 999_999_999;

/** Figures that it has, and the alerts that always know them; in others they may be empty texts. */
export const ALERT_FIGURES: Readonly<Record<string, readonly AlertName[]>> = {
  errors: [],
  calls: ["unclear.many"],
  missing: [],
  unclear: ["unclear.many"],
  wait_p95_ms: ["verification.slow"],
  count: ["dead_letters"],
};
