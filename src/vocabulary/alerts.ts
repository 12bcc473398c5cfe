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
