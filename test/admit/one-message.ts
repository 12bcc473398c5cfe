import type { PastRows } from "../../src/admit/book.ts";
import { claimMessages } from "../../src/admit/claim-messages.ts";
import { emptyDocument, type KeptPreference, type Profile, type RecipientDocument } from "../../src/admit/document.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import { type Due, dueIn, wake, withAlarm } from "../../src/admit/wake.ts";
import type { Claim, ClaimCommand, ClaimedMessage, Told, ToldResult } from "../../src/deliver/recipient-port.ts";
import { stateOf } from "../../src/settle/message-state.ts";
import type { CarrierAnswer, ReceiptStatus } from "../../src/vocabulary/carrier.ts";
import type { Channel } from "../../src/vocabulary/classes.ts";
import type { Message, MessageState } from "../../src/vocabulary/message.ts";
import { ID, LEASE_MS, messageOf, TIMING } from "../settle/messages.ts";

export const NOTHING_BESIDE: PastRows = { read: () => undefined };
export const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };
export const UNCLEAR: CarrierAnswer = { kind: "unclear", code: "timeout" };

/** Somebody with an address on each of these channels, whose hash is the channel's name. */
export function reachableOn(...channels: readonly Channel[]): Profile {
  const addresses = Object.fromEntries(channels.map((channel) => [channel, { sealed: "k1.x.y", hash: channel, country: "CN" }]));
  return { revision: 1, id: "k1.x.y", addresses, tags: [], quiet_hours: [] };
}

/** One message of one recipient, by the real steps on a clock of the test's own: every save sets the alarm as the shell does. */
export class OneMessage {
  document: RecipientDocument;

  constructor(over: Partial<Message>, channels: readonly Channel[] = ["rcs", "sms"], preferences: KeptPreference[] = []) {
    const message = messageOf({ channels: [...channels], channel: channels[0], ...over });
    this.document = { ...emptyDocument(), profile: reachableOn(...channels), preferences, messages: [message] };
  }

  get message(): Message {
    const [message] = this.document.messages;
    if (!message) throw new Error("the message is gone");
    return message;
  }

  get alarm(): number | undefined {
    return this.document.alarm_at;
  }

  state(now: number): MessageState {
    return stateOf(this.message, now, TIMING);
  }

  claim(now: number, over: Partial<ClaimCommand> = {}): Claim {
    const command = { ids: [ID], lease_ms: LEASE_MS, paused: [], ...over };
    const { document, claims } = claimMessages(this.document, command, NOTHING_BESIDE, now, TIMING);
    this.save(document, now);
    const [claim] = claims;
    if (!claim) throw new Error("nothing was claimed");
    return claim;
  }

  /** A claim that is given. */
  send(now: number, over: Partial<ClaimCommand> = {}): ClaimedMessage {
    const claim = this.claim(now, over);
    if (claim.kind !== "send") throw new Error(`the claim was not given: ${JSON.stringify(claim)}`);
    return claim.message;
  }

  tell(now: number, word: Told): ToldResult {
    const { document, results } = tellMessages(this.document, [word], now, TIMING);
    this.save(document, now);
    const [result] = results;
    if (!result) throw new Error("nothing was answered");
    return result;
  }

  answer(now: number, n: number, answer: CarrierAnswer, left: { untried?: number; open?: number; carrier?: string } = {}): ToldResult {
    return this.tell(now, { kind: "answer", id: ID, n, answer, carrier: "main", untried: 0, open: 1, ...left });
  }

  receipt(now: number, n: number, status: ReceiptStatus): ToldResult {
    const { carrier = "main", reference = `SM${n}` } = this.message.attempts.find((attempt) => attempt.n === n) ?? {};
    return this.tell(now, { kind: "receipt", id: ID, attempt: n, carrier, reference, status, arrived_at: now });
  }

  returned(now: number, n: number, until: number): ToldResult {
    return this.tell(now, { kind: "returned", id: ID, n, until });
  }

  /** The alarm rings: gives what it puts into its lane. */
  wake(now: number): Due[] {
    const due = dueIn(this.document, now, TIMING);
    const { alarm_at: _spent, ...woken } = wake(this.document, due, now, TIMING);
    this.save(woken, now);
    return due;
  }

  save(document: RecipientDocument, now: number): void {
    this.document = withAlarm(document, now, TIMING);
  }
}
