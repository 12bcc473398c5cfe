import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseCarrier } from "../../src/deliver/choose-carrier.ts";
import type { ClaimedMessage, Told, ToldAnswer } from "../../src/deliver/recipient-port.ts";
import { mayHaveSent, outcomeOf } from "../../src/settle/attempt-outcome.ts";
import { isFinal } from "../../src/settle/message-state.ts";
import { closesAccount } from "../../src/settle/what-follows.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { CLASS_DEFAULTS } from "../../src/vocabulary/class-defaults.ts";
import { type Channel, NOTICE_CLASSES, type NoticeClass } from "../../src/vocabulary/classes.ts";
import type { Message, MessageState } from "../../src/vocabulary/message.ts";
import { drawsOf } from "../deliver/world/virtual-clock.ts";
import { ID, LEASE_MS } from "../settle/messages.ts";
import { OneMessage } from "./one-message.ts";

const RUNS = process.env.SOAK ? 20_000 : 1_000;
const FALLBACK_MS = 60_000;
const HOUR_MS = 3_600_000;

function rulesOf(noticeClass: NoticeClass): Partial<Message> {
  const { on_unclear } = CLASS_DEFAULTS[noticeClass];
  const resend = noticeClass === "verification" ? { resend_after_ms: 20_000 } : {};
  return { class: noticeClass, on_unclear, fallback_after_ms: FALLBACK_MS, expires_at: 12 * HOUR_MS, ...resend };
}

describe("Words about attempts on several channels", () => {
  /** Attempts whose answers did not come in time: on RCS, of a code twice, and then on SMS, whose answer may still come. */
  function attempted(noticeClass: NoticeClass): { one: OneMessage; from: number } {
    const one = new OneMessage(rulesOf(noticeClass));
    one.send(0);
    const twice = noticeClass === "verification" || noticeClass === "transactional";
    const second = LEASE_MS + (noticeClass === "verification" ? 0 : 60_000);
    if (twice) one.send(second);
    const from = (twice ? second : 0) + LEASE_MS + FALLBACK_MS;
    one.send(from);
    return { one, from };
  }

  const late = fc.constantFrom<CarrierAnswer>({ kind: "taken" }, { kind: "unclear" });
  const inTime = fc.oneof(
    late,
    fc.constantFrom<CarrierAnswer>({ kind: "throttled" }, { kind: "unreachable" }, { kind: "refused", because: "content" }),
  );
  const heard = fc.record({
    n: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom("sent" as const, "delivered" as const, "undelivered" as const),
    at: fc.integer({ min: 1, max: 50_000 }),
    part: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  });

  it.each(NOTICE_CLASSES)("leave the same message, compared whole, in every order and repetition: %s", (noticeClass) => {
    const last = noticeClass === "verification" || noticeClass === "transactional" ? 3 : 2;
    const histories = fc
      .tuple(fc.array(late, { minLength: 2, maxLength: 2 }), inTime, fc.array(heard, { maxLength: 5 }), fc.nat(2))
      .chain(([lates, lastAnswer, receipts, untried]) => {
        const answers = [...lates.slice(0, last - 1), lastAnswer].map((answer, at): Told => {
          const reference = answer.kind === "taken" ? { reference: `SM${at + 1}` } : {};
          return { kind: "answer", id: ID, n: at + 1, carrier: "main", answer: { ...answer, ...reference }, untried, open: 3 };
        });
        const reported = receipts
          // A carrier that refused reports nothing.
          .filter(
            ({ n }) =>
              n < last ||
              (n === last && mayHaveSent(lastAnswer.kind === "taken" ? "sent" : lastAnswer.kind === "unclear" ? "unclear" : "not_sent")),
          )
          .map(({ n, status, at, part }): { word: Told; at: number } => ({
            word: {
              kind: "receipt",
              id: ID,
              attempt: n,
              carrier: "main",
              reference: `SM${n}`,
              status,
              arrived_at: at,
              ...(part === undefined ? {} : { part, parts: 2 }),
            },
            at,
          }));
        const words = [...answers.map((word, at) => ({ word, at: 700 + at })), ...reported];
        return fc.tuple(
          fc.constant(words),
          fc.shuffledSubarray(words).chain((more) => fc.shuffledSubarray([...words, ...more], { minLength: words.length + more.length })),
        );
      });
    fc.assert(
      fc.property(histories, ([plain, shuffled]) => {
        const [first, second] = [plain, shuffled].map((words) => {
          const { one, from } = attempted(noticeClass);
          for (const { word, at } of words) one.tell(from + at, word);
          return { ...one.message, state: one.state(from + LEASE_MS) };
        });
        expect(first).toEqual(second);
      }),
      { numRuns: RUNS },
    );
  });
});

/** States never go back to a lower rank, but that what was sent may become unknown. A late "not sent" makes `unknown` failed. */
const RANK: Partial<Record<MessageState, number>> = { unknown: 1, failed: 1, expired: 1, sent: 2, delivered: 3, undelivered: 3 };

/** One message from its first claim to its end, over carriers, consumers and queues that do what they like. */
class Story {
  readonly one: OneMessage;
  readonly texts: { readonly n: number; readonly channel: Channel }[] = [];
  readonly #draw: () => number;
  readonly #carriers: readonly string[];
  readonly #events: { at: number; run: (now: number) => void }[] = [];
  #rank = 0;
  #claims = 0;

  constructor(seed: number, noticeClass: NoticeClass) {
    this.#draw = drawsOf(seed);
    this.#carriers = ["one", "two", "three"].slice(0, 1 + this.#upTo(3));
    const channels = (["rcs", "sms", "email"] as const).slice(0, 1 + this.#upTo(3));
    const patience = this.#chance(0.2) ? { fallback_after_ms: undefined } : {};
    this.one = new OneMessage({ ...rulesOf(noticeClass), ...patience }, channels);
    for (let copies = 0; copies <= this.#upTo(2); copies++) this.#at(this.#upTo(5_000), (now) => this.#consume(now));
  }

  /** Plays until nothing is left to happen. */
  play(): void {
    let rung: number | undefined;
    for (let steps = 0; ; steps++) {
      if (steps > 2_000) throw new Error("the story has no end");
      const { alarm } = this.one;
      this.#events.sort((a, b) => a.at - b.at);
      const [next] = this.#events;
      if (alarm !== undefined && alarm !== rung && (!next || alarm <= next.at)) {
        rung = alarm;
        const due = this.one.wake(alarm);
        for (const _ of due) this.#at(alarm + this.#upTo(2_000), (now) => this.#consume(now));
        this.#check(alarm);
      } else if (next) {
        this.#events.shift();
        next.run(next.at);
        this.#check(next.at);
      } else return;
    }
  }

  #consume(now: number): void {
    const claim = this.one.claim(now, this.#chance(0.1) ? { has_slots: true } : {});
    if (claim.kind === "wait") this.#at(claim.until, (at) => this.#consume(at));
    if (claim.kind !== "send") return;
    if (++this.#claims > 300) throw new Error("it is claimed again and again");
    const { message } = claim;
    expect(now, "nothing is sent after its time").toBeLessThan(message.expires_at);
    if (this.#chance(0.1)) {
      const until = now + this.#upTo(90_000);
      this.one.returned(now + 5, message.n, until);
      this.#at(Math.max(until, now + 5), (at) => this.#consume(at));
      return;
    }
    this.#call(now, message);
  }

  /** The consumer may die after its call, or be so slow that it is thought to be: then its copy comes again when the lease is over. */
  #call(now: number, { n, channel, before }: ClaimedMessage): void {
    const choice = chooseCarrier(this.#carriers, before);
    if (choice.kind !== "carrier") {
      this.#answer(now, { n, carrier: "", answer: { kind: "refused", because: "config" }, untried: 0, open: 0 });
      return;
    }
    const { name, untried } = choice;
    const taken = this.#chance(0.7);
    const answer = taken ? this.#takenAs(n) : this.#refusedAs();
    if (taken) {
      this.texts.push({ n, channel });
      for (let receipts = this.#upTo(4); receipts > 0; receipts--) {
        const status = (["sent", "delivered", "delivered", "undelivered"] as const)[this.#upTo(4)] ?? "sent";
        this.#at(now + this.#upTo(this.#chance(0.8) ? 100_000 : 6 * HOUR_MS), (at) =>
          this.one.tell(at, { kind: "receipt", id: ID, attempt: n, carrier: name, reference: `SM${n}`, status, arrived_at: at }),
        );
      }
    }
    const late = this.#chance(0.15);
    if (late) this.#at(now + LEASE_MS, (at) => this.#consume(at));
    if (late && this.#chance(0.6)) return;
    const open = closesAccount(answer) ? choice.open - 1 : choice.open;
    this.#at(now + (late ? LEASE_MS + this.#upTo(300_000) : this.#upTo(10_000)), (at) =>
      this.#answer(at, { n, carrier: name, answer, untried, open }),
    );
  }

  #answer(now: number, answered: Omit<ToldAnswer, "kind" | "id">): void {
    const { again_at } = this.one.tell(now, { kind: "answer", id: ID, ...answered });
    if (again_at !== undefined) this.#at(Math.max(again_at, now), (then) => this.#consume(then));
  }

  #takenAs(n: number): CarrierAnswer {
    return this.#chance(0.2) ? { kind: "unclear", code: "timeout" } : { kind: "taken", reference: `SM${n}` };
  }

  #refusedAs(): CarrierAnswer {
    const answers: readonly CarrierAnswer[] = [
      { kind: "refused", because: "recipient" },
      { kind: "refused", because: "content" },
      { kind: "refused", because: "config" },
      { kind: "refused", because: "balance", account: true },
      { kind: "throttled", retry_after_seconds: 30 },
      { kind: "unreachable" },
      { kind: "unclear", code: "503" },
    ];
    return answers[this.#upTo(answers.length)] ?? { kind: "unreachable" };
  }

  /** What holds after every step. */
  #check(now: number): void {
    const { message } = this.one;
    const state = this.one.state(now);
    const rank = RANK[state] ?? 0;
    if (rank < this.#rank && !(state === "unknown" && this.#rank === 2)) throw new Error(`the state went back to ${state}`);
    this.#rank = Math.max(rank, this.#rank);
    const sending = message.attempts.filter((attempt) => mayHaveSent(outcomeOf(attempt, now)));
    const byChannel = [...Map.groupBy(sending, ({ channel }) => channel).values()].map(({ length }) => length);
    const extras = byChannel.reduce((sum, count) => sum + count - 1, 0);
    const most = message.class === "verification" || message.class === "transactional" ? 1 : 0;
    if (extras > most) throw new Error(`${extras} extras of ${message.class}`);
  }

  #at(at: number, run: (now: number) => void): void {
    this.#events.push({ at, run });
  }

  #upTo(limit: number): number {
    return Math.floor(this.#draw() * limit);
  }

  #chance(share: number): boolean {
    return this.#draw() < share;
  }
}

describe("A message's story, whatever carriers, consumers and queues do", () => {
  it.each(NOTICE_CLASSES)("comes to an end, never goes back from sent on, and has one extra at most: %s", (noticeClass) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const story = new Story(seed, noticeClass);
        story.play();
        const { message } = story.one;
        const end = 13 * HOUR_MS;
        const state = story.one.state(end);
        expect(isFinal(state)).toBe(true);
        expect(message.state).toBe(state);
        if (state === "delivered" || state === "undelivered" || state === "unknown")
          expect(story.texts.length + message.attempts.length).toBeGreaterThan(0);
        // It fails only when every channel has, or by a late word after it was given up.
        if (state === "failed" && !message.closed)
          expect(new Set(message.attempts.map(({ channel }) => channel)).size).toBe(message.channels.length);
        expect(message.attempts.map(({ n }) => n)).toEqual([...new Set(message.attempts.map(({ n }) => n))].toSorted((a, b) => a - b));
        const most = noticeClass === "verification" || noticeClass === "transactional" ? 1 : 0;
        const channels = new Set(story.texts.map(({ channel }) => channel)).size;
        expect(story.texts.length - channels).toBeLessThanOrEqual(most);
      }),
      // A follow-up that only a receipt started, after the copy that had been told to wait was gone.
      { numRuns: RUNS, examples: [[-1228509929]] },
    );
  });
});
