import { type AdmitEntry, admitEvents } from "../../../src/admit/admit-events.ts";
import type { PastRows } from "../../../src/admit/book.ts";
import { claimMessages } from "../../../src/admit/claim-messages.ts";
import { emptyDocument, type RecipientDocument } from "../../../src/admit/document.ts";
import { laneMessagesOf } from "../../../src/admit/lane-messages.ts";
import { IDENTITIES_KEPT_MS } from "../../../src/admit/question.ts";
import { tellMessages } from "../../../src/admit/tell-messages.ts";
import { dueIn, wake, withAlarm } from "../../../src/admit/wake.ts";
import type { Claim, ClaimCommand, Told, ToldResult } from "../../../src/deliver/recipient-port.ts";
import { stateOf } from "../../../src/settle/message-state.ts";
import { plainHash } from "../../../src/support/keyed-hash.ts";
import { recipientKeyOfMessage } from "../../../src/support/names.ts";
import type { Message, MessageState } from "../../../src/vocabulary/message.ts";
import { recipientOf } from "../../admit/recipient-calls.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { VirtualLanes } from "./virtual-lanes.ts";

export const TIMING = { unknown_after_seconds: 259_200, receipt_wait_seconds: 60 };
const NOTHING: PastRows = { read: () => undefined };
export const TENANT = "shop";

/** Recipients by the real pure steps, with their alarms, on a clock that is only virtual. */
export class VirtualPeople {
  readonly #clock: VirtualClock;
  readonly #lanes: VirtualLanes;
  readonly #documents = new Map<string, RecipientDocument>();
  readonly #alarms = new Map<string, number>();

  constructor(clock: VirtualClock, lanes: VirtualLanes) {
    this.#clock = clock;
    this.#lanes = lanes;
  }

  /** Admits events of one person; what may go out stands in its lane. */
  admit(name: string, entries: readonly AdmitEntry[]): void {
    const recipient = recipientOf(name);
    const context = { now: this.#clock.now(), recipient, hash: plainHash, rows: NOTHING, identities_kept_ms: IDENTITIES_KEPT_MS };
    const { document, outcomes } = admitEvents(this.#of(recipient.key), entries, context);
    this.#save(recipient.key, document);
    const admitted = outcomes.flatMap((outcome) => (outcome.kind === "decided" ? outcome.admitted : []));
    for (const message of laneMessagesOf(
      TENANT,
      admitted.filter(({ enqueue }) => enqueue),
    ))
      this.#lanes.send(message);
  }

  async claim(key: string, command: ClaimCommand): Promise<Claim[]> {
    const { document, claims } = claimMessages(this.#of(key), command, NOTHING, this.#clock.now(), TIMING);
    this.#save(key, document);
    return claims;
  }

  async tell(key: string, told: readonly Told[]): Promise<ToldResult[]> {
    const { document, results } = tellMessages(this.#of(key), told, this.#clock.now(), TIMING);
    this.#save(key, document);
    return results;
  }

  change(id: string, step: (document: RecipientDocument, now: number) => RecipientDocument): void {
    const key = recipientKeyOfMessage(id);
    this.#save(key, step(this.#of(key), this.#clock.now()));
  }

  message(id: string): Message {
    const found = this.#of(recipientKeyOfMessage(id)).messages.find((message) => message.id === id);
    if (!found) throw new Error(`there is no message ${id}`);
    return found;
  }

  state(id: string): MessageState {
    return stateOf(this.message(id), this.#clock.now(), TIMING);
  }

  #of(key: string): RecipientDocument {
    return this.#documents.get(key) ?? emptyDocument();
  }

  #save(key: string, stepped: RecipientDocument): void {
    const document = withAlarm(stepped, this.#clock.now(), TIMING);
    this.#documents.set(key, document);
    const { alarm_at } = document;
    if (alarm_at === undefined || this.#alarms.get(key) === alarm_at) return;
    this.#alarms.set(key, alarm_at);
    this.#clock.at(alarm_at, () => {
      // The platform has one alarm for each object: one that was set anew does not ring at its old time.
      if (this.#alarms.get(key) === alarm_at) this.#wake(key);
    });
  }

  #wake(key: string): void {
    const now = this.#clock.now();
    const document = this.#of(key);
    const due = dueIn(document, now, TIMING);
    for (const message of laneMessagesOf(TENANT, due)) this.#lanes.send(message);
    const { alarm_at: _spent, ...woken } = wake(document, due, now, TIMING);
    this.#alarms.delete(key);
    this.#save(key, woken);
  }
}
