import { rulebookOf } from "../../src/accept/rulebook.ts";
import { type SimulatedDecision, Simulation } from "../../src/accept/simulate.ts";
import { readSimulatedLine, readSimulatedRecipient } from "../../src/accept/simulation-input.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";

export interface Setting {
  readonly notices: object;
  readonly classes?: object;
  readonly defaults?: object;
  readonly recipients?: readonly object[];
}

export type Line = { readonly [attribute: string]: unknown };

let drawn = 0;

/** An event of a type at a time, to `u1`, with an id of its own unless one is given. */
export function eventAt(time: string, type: string, data: unknown = {}, more: object = {}): Line {
  return { id: `e${++drawn}`, source: "/test", type, time, subject: "u1", data, ...more };
}

/** A preference of `u1`. */
export function preferenceAt(time: string, scope: string, channel: string, state: string): Line {
  return eventAt(time, "carillon.preference", { recipient: "u1", scope, channel, state });
}

/** A recipient `u1` in UTC with an SMS address and a yes to everything. */
export function recipient(more: object = {}): Line {
  return {
    id: "u1",
    addresses: { sms: "+8613800138000" },
    time_zone: "UTC",
    preferences: [{ scope: "all", channel: "*", state: "in", at: "2020-01-01T00:00:00Z" }],
    ...more,
  };
}

/** All that is printed over these lines. */
export function tell(setting: Setting, lines: readonly Line[]): SimulatedDecision[] {
  const { notices, classes = {}, defaults = {}, recipients = [recipient()] } = setting;
  const simulation = new Simulation(
    rulebookOf(catalog.parse({ notices, classes, defaults }), 0),
    recipients.map((value) => takenOf(readSimulatedRecipient(value))),
  );
  let clock = Number.NEGATIVE_INFINITY;
  return lines.flatMap((value) => {
    const line = takenOf(readSimulatedLine(value, clock));
    clock = line.clock;
    return simulation.take(line);
  });
}

/** The same, one short text a decision: what, why or when, and what else is said. */
export function tellShort(setting: Setting, lines: readonly Line[]): string[] {
  return tell(setting, lines).map(({ decision, reason, into, send_at, step, at_release, replayed, channel }) =>
    [
      step && `${step}:`,
      decision,
      reason,
      into,
      channel !== "sms" && channel,
      send_at?.replace(/:00\.000Z$/, "Z"),
      at_release && "at release",
      replayed && "again",
    ]
      .filter(Boolean)
      .join(" "),
  );
}

function takenOf<Value>(read: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly issues: unknown }): Value {
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value;
}
