import * as z from "zod";
import { callerId } from "../vocabulary/identifiers.ts";
import { type Rejected, wrong } from "./problem.ts";
import type { Rulebook } from "./rulebook.ts";

/** What a key is limited to besides its scopes; what is left out limits nothing. */
export interface KeyLimits {
  readonly notices?: readonly string[];
  /** Event types, or their beginnings: `order.*` is every type that begins with `order.`. */
  readonly event_types?: readonly string[];
}

/** An event type as a key may name it. */
export const typePattern = callerId.regex(/^[^*]+?(\.\*)?$/, "must be an event type, or its beginning such as order.*");

/** Whether a key may see, and take back, messages of this notice. */
export function mayTouch({ notices }: KeyLimits, notice: string): boolean {
  return notices?.includes(notice) ?? true;
}

const typed = z.object({ type: z.string(), recipients: z.array(z.unknown()).catch([]) });

/**
 * The problem of an event that a key may not post; undefined where it may, or where the event is so wrong that it is refused
 * for that. An event may be posted where all that it can bring, and all that it can take back, is of the key's notices, and where it
 * names people by their ids: a profile is about everything that they get, login codes too.
 */
export function refusedByLimits(event: unknown, limits: KeyLimits, rulebook: Rulebook): Rejected | undefined {
  const parsed = typed.safeParse(event);
  if (!parsed.success) return undefined;
  const { type, recipients } = parsed.data;
  const { event_types: patterns, notices } = limits;
  if (patterns && !patterns.some((pattern) => isMeant(pattern, type)))
    return wrong("forbidden", `The key may post events of the types ${patterns.join(", ")} only.`, [
      { pointer: "/type", detail: "is not an event type that the key may post" },
    ]);
  const whole = recipients.findIndex((one) => typeof one !== "string");
  if (whole >= 0)
    return wrong("forbidden", "The key is limited, and may name recipients by their ids alone.", [
      { pointer: `/recipients/${whole}`, detail: "is a recipient given whole; put it by a key without limits, and give its id here" },
    ]);
  if (!notices) return undefined;
  const meant = [...(rulebook.notices.get(type) ?? []), ...(rulebook.cancels.get(type) ?? [])].map(({ rule }) => rule.notice);
  const others = [...new Set(meant)].filter((notice) => !notices.includes(notice));
  if (others.length === 0) return undefined;
  return wrong("forbidden", `The key is for the notices ${notices.join(", ")} only.`, [
    { pointer: "/type", detail: `is also for ${others.join(", ")}, which the key is not for` },
  ]);
}

/** Whether a type is this one, or begins as the pattern says. */
export function isMeant(pattern: string, type: string): boolean {
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
