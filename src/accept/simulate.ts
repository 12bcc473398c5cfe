import { changeProfile, type ProfileChange, withPreference } from "../admit/change-profile.ts";
import { type Decided, decideEvents } from "../admit/decide-events.ts";
import { emptyDocument, type KeptPreference, type RecipientDocument } from "../admit/document.ts";
import { leaveDocument } from "../admit/leave-document.ts";
import type { AdmissionContext } from "../admit/question.ts";
import { nextRelease, releaseDue } from "../admit/release.ts";
import { isoOf } from "../support/clock.ts";
import { type KeyedHash, keyedHashOf, plainHash } from "../support/keyed-hash.ts";
import type { Event } from "../vocabulary/event.ts";
import type { Message } from "../vocabulary/message.ts";
import { planByRecipient, planEvent, withMembers } from "./plan-event.ts";
import type { Rulebook } from "./rulebook.ts";

/** One recipient as a simulation begins. */
export interface SimulatedRecipient {
  readonly id: string;
  readonly change: ProfileChange;
}

/** Members' ids, each once, by topic; one that is not named has none. */
export type SimulatedTopics = ReadonlyMap<string, readonly string[]>;

/** One line in order of the clock (milliseconds): an event, with the recipients that it names, or a preference. */
export type SimulatedLine =
  | {
      readonly kind: "event";
      readonly clock: number;
      readonly event: Event;
      readonly recipients: readonly string[] | undefined;
      /** Recipients that the event brings whole. */
      readonly brought: readonly SimulatedRecipient[];
    }
  | { readonly kind: "preference"; readonly clock: number; readonly recipient: string; readonly entry: KeptPreference };

/** One decision as a simulation prints it, its keys in this order. */
export interface SimulatedDecision {
  readonly event: string;
  readonly source: string;
  readonly notice: string;
  readonly recipient: string;
  readonly step?: string;
  readonly decision: string;
  readonly channel?: string;
  readonly reason?: string;
  readonly into?: string;
  /** UTC with milliseconds. */
  readonly send_at?: string;
  readonly at_release?: true;
  readonly replayed?: true;
}

/** A simulation remembers decisions for ever. */
const FOR_EVER_MS = 100_000 * 86_400_000;

interface Person {
  readonly id: string;
  readonly key: string;
  document: RecipientDocument;
  /** The rows beside the document. */
  readonly rows: Map<string, string>;
}

/** What a waiting message's departure prints, should it be refused; in order of admission. */
interface Waiting {
  readonly order: number;
  readonly event: string;
  readonly source: string;
}

/** Decides events over recipients as the Recipient does, without sending: what leaves is taken to be delivered (spec: simulating). */
export class Simulation {
  readonly #rulebook: Rulebook;
  readonly #hash: KeyedHash = keyedHashOf("simulation");
  readonly #people = new Map<string, Person>();
  readonly #waiting = new Map<string, Waiting>();
  /** Ids of events by those of the messages that they opened: digests are told by their first event. */
  readonly #openers = new Map<string, string>();
  #admitted = 0;
  /** No message leaves before this. */
  #nextDeparture = Number.POSITIVE_INFINITY;

  readonly #topics: SimulatedTopics;

  constructor(rulebook: Rulebook, recipients: readonly SimulatedRecipient[], topics: SimulatedTopics = new Map()) {
    this.#rulebook = rulebook;
    this.#topics = topics;
    for (const recipient of recipients) this.#change(recipient);
  }

  /** Takes the next line; answers what it prints: first departures that are refused, then its decisions. */
  take(line: SimulatedLine): SimulatedDecision[] {
    const refused = this.#depart(line.clock);
    switch (line.kind) {
      case "preference": {
        const person = this.#person(line.recipient);
        person.document = { ...person.document, preferences: withPreference(person.document.preferences, line.entry) };
        return refused;
      }
      case "event":
        for (const recipient of line.brought) this.#change(recipient);
        return [...refused, ...this.#admit(line)];
    }
  }

  #change({ id, change }: SimulatedRecipient): void {
    const person = this.#person(id);
    person.document = changeProfile(person.document, change);
  }

  #person(id: string): Person {
    const known = this.#people.get(id);
    if (known) return known;
    const person: Person = { id, key: plainHash("recipient", id), document: emptyDocument(), rows: new Map() };
    this.#people.set(id, person);
    return person;
  }

  #admit({ event, recipients, clock }: Extract<SimulatedLine, { kind: "event" }>): SimulatedDecision[] {
    const plan = withMembers(planEvent(event, recipients, this.#rulebook), (topic) => this.#topics.get(topic) ?? []);
    const decided = new Map<string, readonly Decided[]>();
    for (const [id, orders] of planByRecipient(plan))
      decided.set(id, this.#decide(this.#person(id), { ...orders, event, body_hash: "", sealed: "" }, clock));
    return plan.notices.flatMap(({ rule, recipients: ids }) =>
      ids.flatMap((id) =>
        (decided.get(id) ?? []).filter(({ notice }) => notice === rule.notice).map((each) => this.#print(each, event, id)),
      ),
    );
  }

  #decide(person: Person, order: Parameters<typeof decideEvents>[1][number], now: number): readonly Decided[] {
    const context: AdmissionContext = {
      now,
      recipient: { id: person.id, key: person.key, sealed: "" },
      hash: this.#hash,
      rows: { read: (row) => person.rows.get(row) },
      identities_kept_ms: FOR_EVER_MS,
    };
    const { document, outcomes, rows } = decideEvents(person.document, [order], context);
    this.#keep(person, document, rows);
    this.#leave(person, now);
    const [outcome] = outcomes;
    return outcome?.kind === "decided" ? outcome.decided : [];
  }

  #print({ id, notice, step, decision, replayed }: Decided, event: Event, recipient: string): SimulatedDecision {
    if (decision.kind === "defer" && !replayed) {
      this.#waiting.set(id, { order: this.#admitted++, event: event.id, source: event.source });
      this.#openers.set(id, event.id);
    }
    const what =
      decision.kind === "suppress"
        ? { reason: decision.reason }
        : decision.kind === "merge"
          ? { into: this.#openers.get(decision.into) ?? decision.into }
          : { channel: decision.channel, send_at: isoOf(decision.send_at) };
    const who = { event: event.id, source: event.source, notice, recipient, ...(step !== undefined && { step }) };
    return { ...who, decision: decision.kind, ...what, ...(replayed && { replayed }) };
  }

  /** All that has come due leaves, over all people in order of `send_at`, then of admission; what is refused is printed. */
  #depart(clock: number): SimulatedDecision[] {
    if (clock < this.#nextDeparture) return [];
    this.#nextDeparture = Number.POSITIVE_INFINITY;
    const released: { readonly message: Message; readonly person: Person; readonly waiting: Waiting }[] = [];
    for (const person of this.#people.values()) {
      const step = releaseDue(person.document, clock);
      person.document = step.document;
      for (const message of step.released) {
        const waiting = this.#waiting.get(message.id);
        if (waiting) released.push({ message, person, waiting });
        this.#waiting.delete(message.id);
      }
      this.#leave(person, clock);
    }
    return released
      .sort((a, b) => a.message.send_at - b.message.send_at || a.waiting.order - b.waiting.order)
      .flatMap(({ message, person, waiting: { event, source } }) => {
        if (message.reason === undefined) return [];
        const { notice, step, reason } = message;
        return [
          {
            event,
            source,
            notice,
            recipient: person.id,
            ...(step !== undefined && { step }),
            decision: "suppress",
            reason,
            at_release: true as const,
          },
        ];
      });
  }

  /** What was let go is delivered; what no longer waits leaves the document. */
  #leave(person: Person, now: number): void {
    const leaving = person.document.messages.filter(({ state }) => state !== "scheduled");
    if (leaving.length > 0) {
      const delivered = leaving.map((message): Message => (message.state === "queued" ? { ...message, state: "delivered" } : message));
      const { document, rows } = leaveDocument(person.document, delivered, { read: (row) => person.rows.get(row) }, now);
      this.#keep(person, document, rows);
    }
    this.#nextDeparture = Math.min(this.#nextDeparture, nextRelease(person.document) ?? Number.POSITIVE_INFINITY);
  }

  #keep(person: Person, document: RecipientDocument, rows: ReturnType<typeof decideEvents>["rows"]): void {
    person.document = document;
    for (const { row, text } of rows) {
      if (text === undefined) person.rows.delete(row);
      else person.rows.set(row, text);
    }
  }
}

/** All decisions of a simulation, in order. */
export function simulate(
  rulebook: Rulebook,
  recipients: readonly SimulatedRecipient[],
  lines: readonly SimulatedLine[],
  topics?: SimulatedTopics,
): SimulatedDecision[] {
  const simulation = new Simulation(rulebook, recipients, topics);
  return lines.flatMap((line) => simulation.take(line));
}
