import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { changeProfile } from "../../src/admit/change-profile.ts";
import { type DecidedEvents, decideEvents } from "../../src/admit/decide-events.ts";
import { emptyDocument, type RecipientDocument, recipientDocument } from "../../src/admit/document.ts";
import type { EventOrder } from "../../src/admit/notice-rules.ts";
import { type AdmissionContext, IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { keyedHashOf } from "../../src/support/keyed-hash.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { event as eventSchema } from "../../src/vocabulary/event.ts";
import { REASONS } from "../../src/vocabulary/message.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const hash = keyedHashOf("test");
const rulebook = rulebookOf(
  catalog.parse({
    classes: { service: { caps: [{ max: 2, per: "P1D", over: "suppress" }], quiet_hours: [{ from: "10:30", to: "11:00" }] } },
    notices: {
      paid: { class: "transactional", channels: ["sms"], dedupe: { key: "{{ data.k }}", window: "PT1H" } },
      offer: { class: "marketing", channels: ["sms", "email"], caps: [{ max: 1, per: "PT1H", over: "defer" }], ttl: "PT3H" },
      view: {
        class: "service",
        channels: ["sms"],
        digest: { key: "{{ data.k }}", window: "PT1H", max: 3 },
        cancel: { on: ["paid"], key: "{{ data.k }}" },
      },
      bill: {
        class: "service",
        channels: ["sms"],
        series: [
          { step: "a", from: "time", offset: "PT1H" },
          { step: "b", from: "data.day", offset: "P0D", time: "09:00" },
        ],
        cancel: { on: ["bill"], key: "{{ data.k }}" },
      },
    },
  }),
  4,
);

function person(): RecipientDocument {
  return changeProfile(emptyDocument(), {
    how: "replace",
    profile: { id: "", time_zone: "UTC" },
    addresses: { sms: { sealed: "", hash: "" } },
    preferences: [{ scope: "marketing", channel: "sms", state: "in", at: 0 }],
  });
}

function contextAt(now: number): AdmissionContext {
  return {
    now,
    recipient: { id: "u1", key: "K".repeat(22), sealed: "" },
    hash,
    rows: { read: () => undefined },
    identities_kept_ms: IDENTITIES_KEPT_MS,
  };
}

interface Brief {
  readonly id: string;
  readonly type: string;
  readonly k: string;
  readonly before?: number;
}

function orderOf({ id, type, k, before = 0 }: Brief, bodyHash = "body-hash"): EventOrder {
  const event = eventSchema.parse({
    id,
    source: "/t",
    type,
    time: new Date(NOW - before * 60_000).toISOString(),
    subject: "u1",
    data: { k, day: "2026-03-03" },
    extensions: {},
  });
  const plan = planByRecipient(planEvent(event, undefined, rulebook)).get("u1") ?? { cancels: [], notices: [] };
  return { ...plan, event, body_hash: bodyHash, sealed: `sealed ${id}`, data: `data ${id}` };
}

/** What is stored is text: nothing may hide between two requests. */
function stored(document: RecipientDocument): RecipientDocument {
  return recipientDocument.parse(JSON.parse(JSON.stringify(document)));
}

const decisionsOf = (step: DecidedEvents) =>
  step.outcomes.flatMap((outcome) =>
    outcome.kind === "decided" ? outcome.decided.map(({ id, decision, replayed }) => ({ id, decision, replayed })) : [],
  );

const brief = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`),
  type: fc.constantFrom("paid", "offer", "view", "bill"),
  k: fc.constantFrom("x", "y", ""),
  before: fc.integer({ min: 0, max: 300 }),
});
const stories = fc.uniqueArray(brief, { selector: ({ id, type }) => id + type, maxLength: 25 });

describe("the admission step", () => {
  it("decides the same however events are split over requests", () => {
    fc.assert(
      fc.property(stories, fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }), (briefs, cuts) => {
        const together = decideEvents(
          person(),
          briefs.map((each) => orderOf(each)),
          contextAt(NOW),
        );
        let document = person();
        const apart: unknown[] = [];
        let request: EventOrder[] = [];
        briefs.forEach((each, at) => {
          request.push(orderOf(each));
          if (!cuts[at] && at < briefs.length - 1) return;
          const step = decideEvents(stored(document), request, contextAt(NOW));
          apart.push(...decisionsOf(step));
          document = step.document;
          request = [];
        });
        expect(apart).toEqual(decisionsOf(together));
        expect(stored(document)).toEqual(stored(together.document));
      }),
      { numRuns: 150 },
    );
  });

  it("deciding twice is deciding once: the same answers, marked replayed, and nothing changes but cancels", () => {
    fc.assert(
      fc.property(stories, (briefs) => {
        const orders = briefs.filter(({ type }) => type !== "paid" && type !== "bill").map((each) => orderOf(each));
        const once = decideEvents(person(), orders, contextAt(NOW));
        const twice = decideEvents(stored(once.document), orders, contextAt(NOW + 86_400_000));
        expect(decisionsOf(twice)).toEqual(decisionsOf(once).map((each) => ({ ...each, replayed: true })));
        expect(twice.document).toEqual(stored(once.document));
        expect(decideEvents(once.document, orders, contextAt(NOW)).document).toBe(once.document);
      }),
      { numRuns: 100 },
    );
  });

  it("gives every suppressed message exactly one reason, and none to the others", () => {
    fc.assert(
      fc.property(stories, (briefs) => {
        for (const outcome of decideEvents(
          person(),
          briefs.map((each) => orderOf(each)),
          contextAt(NOW),
        ).outcomes) {
          for (const { decision, message } of outcome.kind === "decided" ? outcome.decided : []) {
            expect([decision.kind === "suppress", message?.reason !== undefined]).toEqual([
              message?.state === "suppressed",
              message?.state === "suppressed",
            ]);
            if (decision.kind === "suppress") expect(REASONS).toContain(decision.reason);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("refuses an event that was decided with another body, whole, and changes nothing", () => {
    const first = decideEvents(person(), [orderOf({ id: "e", type: "paid", k: "x" })], contextAt(NOW));
    const changed = decideEvents(first.document, [orderOf({ id: "e", type: "paid", k: "y" }, "other-hash")], contextAt(NOW));
    expect(changed.outcomes).toEqual([{ kind: "changed", ids: [expect.stringMatching(/^K{22}[\w-]{22}$/)] }]);
    expect(changed.document).toBe(first.document);
  });

  it("takes the data of a merged event into the digest and changes nothing else of it", () => {
    const step = decideEvents(
      person(),
      ["a", "b", "c", "d"].map((id) => orderOf({ id, type: "view", k: "x" })),
      contextAt(NOW),
    );
    const [first, second] = step.document.messages;
    expect(first).toMatchObject({
      state: "scheduled",
      sealed: "sealed a",
      digest: { events: 3, merged: ["data b", "data c"] },
    });
    expect(second).toMatchObject({ digest: { events: 1, merged: [] } });
    expect(step.document.messages).toHaveLength(2);
  });

  it("names what it cancels, and keeps rendered keys out of the document", () => {
    const step = decideEvents(
      person(),
      [orderOf({ id: "v", type: "view", k: "secret-key" }), orderOf({ id: "p", type: "paid", k: "secret-key" })],
      contextAt(NOW),
    );
    expect(step.canceled).toMatchObject([{ notice: "view", state: "canceled" }]);
    expect(JSON.stringify(step.document)).not.toContain("secret-key");
  });

  it("says when the recipient may next be told, where that is known", () => {
    const next = (briefs: readonly Brief[]) =>
      decisionsOf(
        decideEvents(
          person(),
          briefs.map((each) => orderOf(each)),
          contextAt(NOW),
        ),
      ).at(-1);
    expect(
      next([
        { id: "1", type: "paid", k: "x" },
        { id: "2", type: "paid", k: "x" },
      ]),
    ).toMatchObject({ decision: { reason: "duplicate", next_eligible_at: NOW + 3_600_000 } });
    expect(
      next([
        { id: "1", type: "view", k: "x" },
        { id: "2", type: "view", k: "y" },
        { id: "3", type: "view", k: "z" },
      ]),
    ).toMatchObject({ decision: { reason: "capped", next_eligible_at: NOW + 25 * 3_600_000 } });
    expect(next([{ id: "1", type: "paid", k: "x", before: 2000 }])).toMatchObject({ decision: { kind: "suppress", reason: "expired" } });
  });
});
