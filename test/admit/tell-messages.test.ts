import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimMessages } from "../../src/admit/claim-messages.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import type { Told } from "../../src/deliver/recipient-port.ts";
import type { CarrierAnswer, ReceiptStatus } from "../../src/vocabulary/carrier.ts";
import { ID, LEASE_MS, messageOf, TIMING } from "../settle/messages.ts";

const PROFILE = {
  revision: 1,
  id: "k1.x.y",
  addresses: { sms: { sealed: "k1.x.y", hash: "h", country: "CN" } },
  tags: [],
  quiet_hours: [],
};

function queued(over: Parameters<typeof messageOf>[0] = {}): RecipientDocument {
  return { ...emptyDocument(), profile: PROFILE, messages: [messageOf(over)] };
}

function claimed(over: Parameters<typeof messageOf>[0] = {}): RecipientDocument {
  return claimMessages(queued(over), { ids: [ID], lease_ms: LEASE_MS, paused: [] }, { read: () => undefined }, 0, TIMING).document;
}

const answer = (kind: CarrierAnswer, n = 1): Told => ({ kind: "answer", id: ID, n, carrier: "main", answer: kind, untried: 0, open: 1 });
const receipt = (status: ReceiptStatus, at: number, part?: number): Told => ({
  kind: "receipt",
  id: ID,
  attempt: 1,
  carrier: "main",
  reference: "SM1",
  status,
  arrived_at: at,
  ...(part === undefined ? {} : { part, parts: 2 }),
});

interface Step {
  readonly told: Told;
  /** When it is told; it belongs to the word and not to its place in the order. */
  readonly at: number;
}

function told(document: RecipientDocument, steps: readonly Step[]): RecipientDocument {
  return steps.reduce((current, { told: word, at }) => tellMessages(current, [word], at, TIMING).document, document);
}

describe("Answers and receipts", () => {
  const ANSWERS: readonly CarrierAnswer[] = [
    { kind: "taken", reference: "SM1", segments: 1 },
    { kind: "unclear", code: "timeout" },
  ];

  it("leave the same message, compared whole, in every order and repetition", () => {
    const step = fc.oneof(
      fc.record({
        status: fc.constantFrom<ReceiptStatus>("sent", "delivered", "undelivered"),
        at: fc.integer({ min: 1, max: 50_000 }),
        part: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
      }),
    );
    const histories = fc.tuple(fc.constantFrom(...ANSWERS), fc.array(step, { minLength: 1, maxLength: 5 })).chain(([kind, receipts]) => {
      const steps: Step[] = [
        { told: answer(kind), at: 700 },
        ...receipts.map(({ status, at, part }) => ({ told: receipt(status, at, part), at })),
      ];
      const again = fc.shuffledSubarray(steps, { minLength: 0 });
      return fc.tuple(
        fc.constant(steps),
        again.chain((more) => fc.shuffledSubarray([...steps, ...more], { minLength: steps.length + more.length })),
      );
    });
    fc.assert(
      fc.property(histories, ([plain, shuffled]) => {
        expect(finished(told(claimed(), shuffled))).toEqual(finished(told(claimed(), plain)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("leave the same message in all 120 orders of an answer and four receipts", () => {
    const steps: Step[] = [
      { told: answer({ kind: "taken", reference: "SM1" }), at: 700 },
      { told: receipt("sent", 800), at: 800 },
      { told: receipt("delivered", 900), at: 900 },
      { told: receipt("delivered", 950), at: 950 },
      { told: receipt("sent", 990), at: 990 },
    ];
    const plain = told(claimed(), steps);
    expect(plain.messages).toMatchObject([
      { state: "delivered", attempts: [{ reference: "SM1", receipts: [{ status: "delivered", at: 900 }] }] },
    ]);
    const orders = permutations(steps);
    expect(orders).toHaveLength(120);
    for (const order of orders) expect(told(claimed(), order)).toEqual(plain);
  });

  it("of which an attempt has one: a second answer changes nothing", () => {
    const once = told(claimed(), [{ told: answer({ kind: "taken", reference: "SM1" }), at: 5 }]);
    expect(told(once, [{ told: answer({ kind: "refused", because: "content" }), at: 6 }])).toBe(once);
  });

  it("that come when the message was given up do not send it back to its lane", () => {
    const lost = claimMessages(
      claimed({ on_unclear: "stop" }),
      { ids: [ID], lease_ms: LEASE_MS, paused: [] },
      { read: () => undefined },
      LEASE_MS,
      TIMING,
    ).document;
    expect(lost.messages[0]?.state).toBe("unknown");
    const { document, results } = tellMessages(lost, [answer({ kind: "throttled" })], LEASE_MS + 5, TIMING);
    expect(document.messages[0]).toMatchObject({ state: "failed", closed: true });
    expect(results[0]?.again_at).toBeUndefined();
  });

  it("that belong to no message or no attempt are said to be unmatched and change nothing", () => {
    const before = claimed();
    const { document, results } = tellMessages(
      before,
      [{ ...answer({ kind: "taken" }), id: `${ID.slice(0, -1)}x` }, answer({ kind: "taken" }, 7)],
      5,
      TIMING,
    );
    expect(document).toBe(before);
    expect(results.map(({ matched }) => matched)).toEqual([false, false]);
  });

  it("send a message back to its lane when nothing was sent, not before its time and not after its end", () => {
    const again = (kind: CarrierAnswer, over = {}): unknown =>
      tellMessages(claimed(over), [answer(kind)], 1_000, TIMING).results[0]?.again_at;
    expect(again({ kind: "unreachable" })).toBe(3_000);
    expect(again({ kind: "unclear" })).toBe(61_000);
    expect(again({ kind: "unclear" }, { expires_at: 30_000 })).toBe(30_000);
    expect(again({ kind: "unclear" }, { on_unclear: "stop" })).toBeUndefined();
    expect(again({ kind: "unclear" }, { on_unclear: "elsewhere" })).toBe(1_000);
    expect(again({ kind: "taken" })).toBeUndefined();
    expect(again({ kind: "refused", because: "recipient" })).toBeUndefined();
  });
});

/** The clock that a reader has; states that wait for it are compared too. */
function finished(document: RecipientDocument): RecipientDocument {
  return tellMessages(document, [], 60_000, TIMING).document;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
