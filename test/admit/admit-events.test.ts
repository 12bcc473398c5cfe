import { describe, expect, it } from "vitest";
import { type AdmitEntry, admitEvents } from "../../src/admit/admit-events.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { type AdmissionContext, IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { keyedHashOf } from "../../src/support/keyed-hash.ts";
import { entry, idOf, recipientOf } from "./recipient-calls.ts";

function contextOf(recipient: string, now = 0): AdmissionContext {
  const rows = { read: () => undefined };
  return { now, recipient: recipientOf(recipient), hash: keyedHashOf("test"), rows, identities_kept_ms: IDENTITIES_KEPT_MS };
}
const admit = (entries: readonly AdmitEntry[], document: RecipientDocument = emptyDocument(), now = 0) =>
  admitEvents(document, entries, contextOf("u1", now));
const digest = { key: "all", window_ms: 1_000, max: 5 };

describe("admitEvents", () => {
  it("derives ids: the same event, notice and recipient is the same message, and the id begins with the recipient's key", () => {
    const idsOf = (recipient: string, told: AdmitEntry) => {
      const { outcomes } = admitEvents(emptyDocument(), [told], contextOf(recipient));
      return outcomes.flatMap((outcome) => (outcome.kind === "decided" ? outcome.admitted.map(({ id }) => id) : []));
    };
    const [id = ""] = idsOf("u1", entry(1));
    expect(id, "stays the same for ever").toBe("u1rrrrrrrrrrrrrrrrrrrrmRfCn1pibOWebNaQQf1EjZ");
    expect(id.startsWith(recipientOf("u1").key)).toBe(true);
    expect(idsOf("u1", entry(1, { order: { body_hash: "other", sealed: "x" } }))).toEqual([id]);
    const steps = entry(1, { rules: { series: ["a", "b"].map((step) => ({ step, from: "time", offset: "P1D" })) } });
    for (const others of [
      idsOf("u2", entry(1)),
      idsOf("u1", entry(2)),
      idsOf("u1", entry(1, { rules: { notice: "other" } })),
      idsOf("u1", steps),
    ])
      expect(others).not.toContain(id);
    expect(new Set(idsOf("u1", steps)).size).toBe(2);
  });

  it("applies the profile that an event brings before the event is decided, and not that of a later one", () => {
    const { outcomes } = admit([entry(1), entry(2, { profile: true }), entry(3)]);
    expect(outcomes).toMatchObject([
      { admitted: [{ decision: { kind: "suppress", reason: "unreachable" }, enqueue: false }] },
      { admitted: [{ id: idOf("u1", 2), class: "transactional", decision: { kind: "send", channel: "sms" }, enqueue: true }] },
      { admitted: [{ decision: { kind: "send" }, enqueue: true }] },
    ]);
  });

  it("applies no profile of an event that comes again, also within one command", () => {
    const once = admit([entry(1, { profile: true })]).document;
    const gone: AdmitEntry = { profile: { how: "replace", profile: { id: "k1.x.y" }, addresses: {}, preferences: [] } };
    const moved = admit([gone], once).document;
    expect(moved.profile?.addresses).toEqual({});
    expect(admit([entry(1, { profile: true })], moved, 5).document.profile).toEqual(moved.profile);
    const within = admit([entry(1, { profile: true }), gone, entry(1, { profile: true })]);
    expect(within.document.profile?.addresses).toEqual({});
    expect(within.outcomes[2]).toMatchObject({ admitted: [{ replayed: true }] });
  });

  it("applies a profile that comes without notices as often as it comes", () => {
    const { profile } = entry(1, { profile: true });
    const { document, outcomes } = admit([profile ? { profile } : {}]);
    expect([document.profile?.revision, outcomes]).toEqual([1, [{ kind: "decided", admitted: [] }]]);
  });

  it("keeps suppressed and merged messages for people to see, without their data", () => {
    const order = { data: "k1.d.d" };
    const document = admit([
      entry(1, { order }),
      entry(2, { rules: { digest }, order, profile: true }),
      entry(3, { rules: { digest }, order }),
    ]).document;
    expect(document.messages).toMatchObject([
      { id: idOf("u1", 1), state: "suppressed", reason: "unreachable" },
      { id: idOf("u1", 2), state: "scheduled", data: { sealed: "k1.d.d" }, digest: { events: 2, merged: ["k1.d.d"] } },
      { id: idOf("u1", 3), state: "merged" },
    ]);
    for (const at of [0, 2]) expect(document.messages[at]).not.toHaveProperty("data");
  });

  it("answers a merge by the message that gathers, and replays it so", () => {
    const entries = [entry(1, { rules: { digest }, profile: true }), entry(2, { rules: { digest } }), entry(2, { rules: { digest } })];
    const merged = { decision: { kind: "merge", into: idOf("u1", 1) }, enqueue: false };
    expect(admit(entries).outcomes).toMatchObject([
      { admitted: [{ decision: { kind: "defer", send_at: 1_000 }, enqueue: false }] },
      { admitted: [{ ...merged, replayed: false }] },
      { admitted: [{ ...merged, replayed: true }] },
    ]);
  });

  it("refuses an event whose body has changed and changes nothing, while the others of the command stand", () => {
    const before = admit([entry(1, { profile: true })]).document;
    const changed = entry(1, { order: { body_hash: "other" } });
    const { outcomes, document } = admit([changed, entry(2)], before);
    expect(outcomes).toMatchObject([{ kind: "changed" }, { kind: "decided", admitted: [{ decision: { kind: "send" } }] }]);
    expect(document.messages.map(({ id }) => id)).toEqual([idOf("u1", 1), idOf("u1", 2)]);
  });

  it("keeps the sealed id of who is not known yet", () => {
    expect(admit([entry(1)]).document).toMatchObject({ id: "k1.i.d" });
  });
});
