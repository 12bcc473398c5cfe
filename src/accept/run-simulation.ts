import { type Issue, pointerOf } from "../support/issues.ts";
import type { Catalog } from "../vocabulary/catalog.ts";
import { planEvent, withMembers } from "./plan-event.ts";
import { rulebookOf } from "./rulebook.ts";
import { type SimulatedDecision, type SimulatedLine, type SimulatedRecipient, type SimulatedTopics, simulate } from "./simulate.ts";
import { type Read, readSimulatedLine, readSimulatedRecipient } from "./simulation-input.ts";

/** What became of one event, notice, recipient and step in the end; `none`: the notice was not meant, or does not exist. */
export interface SimulatedOutcome {
  readonly decision: string;
  readonly reason?: string;
}

/** How many outcomes changed alike. Where both say the same, it is the time, the channel or the digest that changed. */
export interface SimulatedChange {
  readonly notice: string;
  readonly before: SimulatedOutcome;
  readonly after: SimulatedOutcome;
  readonly count: number;
}

/** Recipients and lines of a simulation, ready to be decided. */
export interface SimulationInput {
  readonly recipients: readonly SimulatedRecipient[];
  readonly lines: readonly SimulatedLine[];
  readonly topics?: SimulatedTopics;
}

/** Reads recipients and events as a request gives them; each issue has a pointer such as `/events/3/time`. */
export function readSimulation(recipients: readonly unknown[], events: readonly unknown[]): Read<SimulationInput> {
  const issues: Issue[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  const taken = <Value>(read: Read<Value>, path: readonly PropertyKey[]): Value[] => {
    if (read.ok) return [read.value];
    issues.push(...read.issues.map(({ pointer, detail }) => ({ pointer: pointerOf(path) + pointer, detail })));
    return [];
  };
  const ids = new Set<string>();
  const isKnown = (id: string) => ids.has(id) || !ids.add(id);
  const people = recipients.flatMap((value, at) => {
    const read = taken(readSimulatedRecipient(value), ["recipients", at]);
    for (const { id } of read) if (isKnown(id)) issues.push({ pointer: pointerOf(["recipients", at, "id"]), detail: "is named before" });
    return read;
  });
  const lines = events.flatMap((value, at) => {
    const read = taken(readSimulatedLine(value, clock), ["events", at]);
    clock = read[0]?.clock ?? clock;
    return read;
  });
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: { recipients: people, lines } };
}

/** Whether more than so many decisions are to be made: one for each event, and each recipient of a notice or cancel that it brings. */
export function decidesMoreThan(max: number, catalog: Catalog, { lines, topics }: SimulationInput): boolean {
  const rulebook = rulebookOf(catalog, 0);
  let room = max;
  return lines.some((line) => {
    if (line.kind !== "event") return false;
    const { cancels, notices } = withMembers(planEvent(line.event, line.recipients, rulebook), (topic) => topics?.get(topic) ?? []);
    for (const { recipients } of [...cancels, ...notices]) room -= recipients.length;
    return room < 0;
  });
}

/** Decides the same events over the same recipients under one catalog; nothing is written. */
export function runSimulation(catalog: Catalog, { recipients, lines, topics }: SimulationInput): SimulatedDecision[] {
  return simulate(rulebookOf(catalog, 0), recipients, lines, topics);
}

/** What is decided otherwise under `after` than under `before`, summed by notice, outcome and reason; the most frequent first. */
export function compareSimulations(before: readonly SimulatedDecision[], after: readonly SimulatedDecision[]): SimulatedChange[] {
  const [was, is] = [outcomesOf(before), outcomesOf(after)];
  const sums = new Map<string, SimulatedChange>();
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [then, now] = [was.get(key), is.get(key)];
    if (then?.exactly === now?.exactly) continue;
    const change = { notice: (then ?? now)?.notice ?? "", before: then?.outcome ?? NONE, after: now?.outcome ?? NONE };
    const sum = JSON.stringify(change);
    sums.set(sum, { ...change, count: (sums.get(sum)?.count ?? 0) + 1 });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || (a.notice < b.notice ? -1 : 1));
}

const NONE: SimulatedOutcome = { decision: "none" };

interface Known {
  readonly notice: string;
  readonly outcome: SimulatedOutcome;
  /** Equal where nothing at all changed. */
  readonly exactly: string;
}

/** The last word on each event, notice, recipient and step: a refusal at release outweighs the decision. */
function outcomesOf(decisions: readonly SimulatedDecision[]): Map<string, Known> {
  const outcomes = new Map<string, Known>();
  for (const told of decisions) {
    if (told.replayed) continue;
    const key = JSON.stringify([told.source, told.event, told.notice, told.recipient, told.step]);
    const outcome = { decision: told.decision, ...(told.reason !== undefined && { reason: told.reason }) };
    outcomes.set(key, { notice: told.notice, outcome, exactly: JSON.stringify(told) });
  }
  return outcomes;
}
