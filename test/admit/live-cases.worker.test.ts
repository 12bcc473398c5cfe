import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import type { SimulatedDecision } from "../../src/accept/simulate.ts";
import { readSimulatedLine, readSimulatedRecipient } from "../../src/accept/simulation-input.ts";
import type { Decision } from "../../src/admit/decision.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import type { Event } from "../../src/vocabulary/event.ts";
import type { Message } from "../../src/vocabulary/message.ts";
import { type LivePerson, livePerson } from "./live-person.ts";

const files = import.meta.glob<string>("../fixtures/cases/*/*", { query: "?raw", import: "default", eager: true });
const textOf = (name: string, file: string): string => files[`../fixtures/cases/${name}/${file}`] ?? "";
const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

interface Waiting {
  readonly person: LivePerson;
  readonly event: Event;
  readonly order: number;
  readonly send_at: number;
}

/** Plays a case through Recipients: the clock is set for each line, what comes due leaves by the alarm, what leaves is delivered. */
class Play {
  readonly #rulebook;
  readonly #tenant: string;
  readonly #people = new Map<string, LivePerson>();
  readonly #waiting = new Map<string, Waiting>();
  #order = 0;

  constructor(name: string) {
    this.#tenant = name;
    this.#rulebook = rulebookOf(catalog.parse(JSON.parse(textOf(name, "catalog.yaml"))), 1);
  }

  person(id: string): LivePerson {
    const person = this.#people.get(id) ?? livePerson(this.#rulebook, id, this.#tenant);
    this.#people.set(id, person);
    return person;
  }

  /** Decisions in catalog order, and then as recipients are listed. */
  async post(event: Event, recipients: readonly string[] | undefined): Promise<SimulatedDecision[]> {
    const plan = planEvent(event, recipients, this.#rulebook);
    const decided = new Map<string, SimulatedDecision[]>();
    for (const id of planByRecipient(plan).keys()) decided.set(id, await this.#postTo(id, event, recipients));
    return plan.notices.flatMap(({ rule, recipients: ids }) =>
      ids.flatMap((id) => (decided.get(id) ?? []).filter(({ notice }) => notice === rule.notice)),
    );
  }

  async #postTo(id: string, event: Event, recipients: readonly string[] | undefined): Promise<SimulatedDecision[]> {
    const person = this.person(id);
    const admitted = (await person.post(event, undefined, recipients)) ?? [];
    await person.deliver(admitted.filter(({ enqueue }) => enqueue).map((one) => one.id));
    return admitted.map(({ id: message, notice, step, decision, joined, replayed }) => {
      if (decision.kind === "defer" && !replayed)
        this.#waiting.set(message, { person, event, order: this.#order++, send_at: decision.send_at });
      const opener = joined === undefined ? {} : { into: joined };
      return { ...named(event, notice, id, step), ...detailOf(decision), ...opener, ...(replayed ? { replayed: true as const } : {}) };
    });
  }

  /** All that is due leaves; what is refused at release is told, in order of `send_at`, then of admission. */
  async depart(now: number): Promise<SimulatedDecision[]> {
    const due = [...this.#waiting]
      .filter(([, { send_at }]) => send_at <= now)
      .sort(([, a], [, b]) => a.send_at - b.send_at || a.order - b.order);
    for (const person of new Set(due.map(([, waiting]) => waiting.person))) await person.wake();
    const told: SimulatedDecision[] = [];
    for (const [id, { person, event }] of due) {
      this.#waiting.delete(id);
      const message: Message | undefined = (await person.stub.message(id))?.message;
      if (message?.state === "queued") await person.deliver([id]);
      else if (message && (message.state === "suppressed" || message.state === "expired"))
        told.push({
          ...named(event, message.notice, person.recipient.id, message.step),
          decision: "suppress",
          reason: message.reason ?? "none",
          at_release: true,
        });
    }
    return told;
  }
}

function named(
  event: Event,
  notice: string,
  recipient: string,
  step: string | undefined,
): Pick<SimulatedDecision, "event" | "source" | "notice" | "recipient" | "step"> {
  return { event: event.id, source: event.source, notice, recipient, ...(step === undefined ? {} : { step }) };
}

function detailOf(decision: Decision): Pick<SimulatedDecision, "decision" | "reason" | "into" | "channel" | "send_at"> {
  switch (decision.kind) {
    case "send":
    case "defer":
      return { decision: decision.kind, channel: decision.channel, send_at: new Date(decision.send_at).toISOString() };
    case "suppress":
      return { decision: "suppress", reason: decision.reason };
    case "merge":
      return { decision: "merge", into: decision.into };
  }
}

async function play(name: string): Promise<SimulatedDecision[]> {
  const stage = new Play(name);
  for (const value of linesOf(textOf(name, "recipients.ndjson"))) {
    const read = readSimulatedRecipient(value);
    if (!read.ok) throw new Error("a recipient of the case cannot be read");
    await stage.person(read.value.id).change(read.value.change);
  }
  const told: SimulatedDecision[] = [];
  for (const value of linesOf(textOf(name, "events.ndjson"))) {
    const read = readSimulatedLine(value, Number.NEGATIVE_INFINITY);
    if (!read.ok) throw new Error("a line of the case cannot be read");
    const line = read.value;
    vi.setSystemTime(line.clock);
    told.push(...(await stage.depart(line.clock)));
    if (line.kind === "preference") {
      await stage.person(line.recipient).change({ how: "merge", profile: { id: "" }, addresses: {}, preferences: [line.entry] });
      continue;
    }
    told.push(...(await stage.post(line.event, line.recipients)));
  }
  return told;
}

describe("The spec's cases through the Recipient", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  for (const name of env.SOAK === "" ? ["small"] : ["small", "spring", "autumn"]) {
    it(`are decided as expected: ${name}`, { timeout: 600_000 }, async () => {
      expect(await play(name)).toEqual(linesOf(textOf(name, "expected.ndjson")));
    });
  }
});
