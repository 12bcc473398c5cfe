import { isoOf } from "../support/clock.ts";
import { cut } from "../support/cut.ts";
import { errorName } from "../support/error-name.ts";
import { log } from "../support/log.ts";
import { ALERT_FIGURE_MAX, ALERT_FIGURES, ALERT_TEXTS, ALERT_TYPES, type AlertName, alertType } from "../vocabulary/alerts.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import type { GateAlert } from "./gate-port.ts";

/** Something that people must hear of. `cause` says about what, such as a carrier's name: each is told once per cause and hour. */
export interface Alert {
  readonly type: AlertName;
  readonly cause: string;
  /** What is known of it: templates see it as `data`, beside `alert`, the type, and `about`, the cause. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** An event of our own, which goes the way of any other. */
export interface OwnEvent {
  readonly id: string;
  readonly source: "carillon";
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** `known`: it was posted before, perhaps by another isolate. `unheard`: the catalog in force has no notice for it. */
export type OwnPost = { readonly kind: "kept" | "known" | "unheard" } | { readonly kind: "refused"; readonly why: string };

export interface AlertDeps {
  readonly now: () => number;
  readonly post: (tenant: string, event: OwnEvent) => Promise<OwnPost>;
}

/** Posts alerts; never throws, since no batch may fail because of one. */
export type PostAlerts = (tenant: string, alerts: readonly Alert[]) => Promise<void>;

const HOUR_MS = 3_600_000;
/** One that could not be posted is tried again after this: a broken Recipient is not asked by every batch. */
const AGAIN_MS = 60_000;
const KNOWN_MAX = 1_000;
const SOURCE = "carillon";
const SUBJECT = "operations";

/**
 * The poster of one isolate. An alert's id is derived from its type, its cause and the hour, so that of many isolates that see
 * the same one is heard; the first that comes says its detail, since the same event with another body is not taken.
 */
export function alertPoster({ now, post }: AlertDeps): PostAlerts {
  const quietUntil = new Map<string, number>();
  return async (tenant, alerts) => {
    for (const alert of alerts) {
      const event = eventOf(alert, now());
      const name = `${tenant}/${event.id}`;
      if (now() < (quietUntil.get(name) ?? 0)) continue;
      quietUntil.delete(name);
      quietUntil.set(name, now() + HOUR_MS);
      for (const oldest of quietUntil.keys()) {
        if (quietUntil.size <= KNOWN_MAX) break;
        quietUntil.delete(oldest);
      }
      if (!(await posted(tenant, alert, event, post))) quietUntil.set(name, now() + AGAIN_MS);
    }
  };
}

/** False where it is to be tried again. What alerts say stands in the log too, whoever hears of it. */
async function posted(tenant: string, { type, cause, detail }: Alert, event: OwnEvent, post: AlertDeps["post"]): Promise<boolean> {
  const about = { tenant, alert: type, about: cause };
  try {
    const outcome = await post(tenant, event);
    if (outcome.kind === "refused") log("error", "alert.refused", { ...about, why: outcome.why });
    else if (outcome.kind !== "known") log("warn", "alert", { ...detail, ...about, heard: outcome.kind === "kept" });
    return outcome.kind !== "refused";
  } catch (error) {
    log("error", "alert.failed", { ...about, error: errorName(error) });
    return false;
  }
}

function eventOf({ type, cause, detail }: Alert, now: number): OwnEvent {
  const hour = isoOf(now - (now % HOUR_MS));
  return {
    id: `${type}/${cause}/${hour}`,
    source: SOURCE,
    type: alertType(type),
    time: isoOf(now),
    subject: SUBJECT,
    data: bounded({ ...NOTHING_KNOWN, ...detail, alert: type, about: cause }),
  };
}

/** What is longer or greater than alerts say they bring is cut: publishing measures words by that, and nothing looks at it later. */
function bounded(data: OwnEvent["data"]): OwnEvent["data"] {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === "string" ? cut(value, ALERT_TEXTS[name] ?? 0) : Math.max(0, Math.min(value, ALERT_FIGURE_MAX)),
    ]),
  );
}

/** All that any alert may say: a template whose variable is missing fails, and one template may serve several types. */
const NOTHING_KNOWN = Object.fromEntries([...Object.keys(ALERT_TEXTS), ...Object.keys(ALERT_FIGURES)].map((key) => [key, ""]));

/** What a carrier's gate found: each is about the carrier, and, of a breaker, about what moved it. */
export function carrierAlerts(carrier: string, alerts: readonly GateAlert[]): Alert[] {
  return alerts.map(({ type, detail }) => ({
    type,
    cause: detail.cause === undefined ? carrier : `${carrier}/${detail.cause}`,
    detail: { ...detail, carrier },
  }));
}

/** Whether a notice tells of alerts: what becomes of its own messages raises none, or one would feed the next. */
export function tellsOfAlerts({ notices }: Catalog, notice: string): boolean {
  return Object.hasOwn(notices, notice) && (notices[notice]?.on ?? []).some((type) => ALERT_TYPES.includes(type));
}
