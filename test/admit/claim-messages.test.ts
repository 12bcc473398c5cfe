import { describe, expect, it } from "vitest";
import type { PastRows } from "../../src/admit/book.ts";
import { claimMessages } from "../../src/admit/claim-messages.ts";
import { emptyDocument, type KeptPreference, type RecipientDocument } from "../../src/admit/document.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import type { Claim } from "../../src/deliver/recipient-port.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { ID, LEASE_MS, messageOf, TIMING } from "../settle/messages.ts";

const PROFILE = {
  revision: 1,
  id: "k1.x.y",
  addresses: { sms: { sealed: "k1.x.y", hash: "h", country: "CN" } },
  tags: [],
  quiet_hours: [],
};
const NOTHING: PastRows = { read: () => undefined };
const OUT: KeptPreference = { scope: "all", channel: "*", state: "out", at: 1 };

function documentOf(over: Parameters<typeof messageOf>[0] = {}, preferences: KeptPreference[] = []): RecipientDocument {
  return { ...emptyDocument(), profile: PROFILE, preferences, messages: [messageOf(over)] };
}

function claim(
  document: RecipientDocument,
  now: number,
  paused: readonly string[] = [],
  beside = NOTHING,
): { document: RecipientDocument; claim: Claim | undefined } {
  const { document: next, claims } = claimMessages(document, { ids: [ID], lease_ms: LEASE_MS, paused }, beside, now, TIMING);
  return { document: next, claim: claims[0] };
}

function answered(
  document: RecipientDocument,
  n: number,
  answer: CarrierAnswer,
  now: number,
  left = { untried: 0, open: 1 },
): RecipientDocument {
  return tellMessages(document, [{ kind: "answer", id: ID, n, carrier: "main", answer, ...left }], now, TIMING).document;
}

describe("A claim", () => {
  it("is written before anything is sent, and names what is to be sent", () => {
    const { document, claim: got } = claim(documentOf(), 10);
    expect(document.messages[0]).toMatchObject({ state: "sending", attempts: [{ n: 1, claimed_at: 10, lease_until: 10 + LEASE_MS }] });
    expect(got).toMatchObject({ kind: "send", message: { id: ID, n: 1, channel: "sms", address: { country: "CN" }, before: [] } });
  });

  it("is given once: who asks while the call is under way waits for the end of the lease", () => {
    const { document } = claim(documentOf(), 10);
    expect(claim(document, 11)).toEqual({ document, claim: { kind: "wait", id: ID, until: 10 + LEASE_MS } });
  });

  it("is refused for a message that is not there", () => {
    expect(claim(emptyDocument(), 10).claim).toEqual({ kind: "done", id: ID, state: "gone" });
  });

  it("is refused after an out, where the class lets people leave", () => {
    const { document, claim: got } = claim(documentOf({ consent: "opt_out" }, [OUT]), 10);
    expect(got).toEqual({ kind: "done", id: ID, state: "suppressed" });
    expect(document.messages[0]).toMatchObject({ state: "suppressed", reason: "opted_out", attempts: [] });
    expect(claim(documentOf({ consent: "required" }, [OUT]), 10).claim?.kind).toBe("send");
  });

  it("is refused when the address is gone", () => {
    const document = { ...documentOf(), profile: { ...PROFILE, addresses: {} } };
    expect(claim(document, 10).document.messages[0]).toMatchObject({ state: "suppressed", reason: "unreachable" });
  });

  it("is refused from the end of its ttl on", () => {
    expect(claim(documentOf({ expires_at: 11 }), 10).claim?.kind).toBe("send");
    expect(claim(documentOf({ expires_at: 10 }), 10).claim).toEqual({ kind: "done", id: ID, state: "expired" });
  });

  it.each(["canceled", "expired", "suppressed", "merged"] as const)("is refused for a message that is %s", (state) => {
    expect(claim(documentOf({ state }), 10).claim).toEqual({ kind: "done", id: ID, state });
  });

  it("is given when the message is due, though the alarm has not written that yet, and not before", () => {
    expect(claim(documentOf({ state: "scheduled", send_at: 10 }), 9).claim).toEqual({ kind: "done", id: ID, state: "scheduled" });
    expect(claim(documentOf({ state: "scheduled", send_at: 10 }), 10)).toMatchObject({
      claim: { kind: "send" },
      document: { messages: [{ state: "sending" }] },
    });
  });

  it("waits while the notice is paused, and within the ttl only", () => {
    const document = documentOf({ expires_at: 20_000 });
    expect(claim(document, 10, ["order.shipped"])).toEqual({ document, claim: { kind: "wait", id: ID, until: 15_010 } });
    expect(claim(document, 10, ["order.paid"]).claim?.kind).toBe("send");
    expect(claim(document, 20_000, ["order.shipped"]).claim).toEqual({ kind: "done", id: ID, state: "expired" });
  });

  it("brings the data of the event, also where it stands beside the document, and of all that joined", () => {
    const digest = { max: 3, events: 2, opener: "e1", merged: ["k1.b.b"] };
    expect(claim(documentOf({ data: { sealed: "k1.a.a" }, digest }), 10).claim).toMatchObject({
      message: { data: "k1.a.a", merged: ["k1.b.b"] },
    });
    const beside: PastRows = { read: (row) => (row === `data ${ID}` ? "k1.long.long" : undefined) };
    expect(claim(documentOf({ data: { beside: true } }), 10, [], beside).claim).toMatchObject({
      message: { data: "k1.long.long", merged: [] },
    });
  });

  it("is refused once a receipt shows that the carrier has it, though the answer never came", () => {
    const told = tellMessages(
      claim(documentOf(), 0).document,
      [{ kind: "receipt", id: ID, attempt: 1, carrier: "main", reference: "SM1", status: "sent", arrived_at: 5 }],
      5,
      TIMING,
    ).document;
    expect(claim(told, LEASE_MS + 100_000).claim).toEqual({ kind: "done", id: ID, state: "sent" });
  });
});

describe("After an unclear or lost call", () => {
  const lost = claim(documentOf(), 0).document;

  it("a transactional message waits a minute for a receipt, then is sent once more and never a third time", () => {
    const end = LEASE_MS + 60_000;
    expect(claim(lost, end - 1).claim).toEqual({ kind: "wait", id: ID, until: end });
    const again = claim(lost, end);
    expect(again.claim).toMatchObject({ kind: "send", message: { n: 2, before: [{ closed: false }] } });
    const unclear = answered(again.document, 2, { kind: "unclear" }, end + 5);
    expect(claim(unclear, end + 1_000_000).claim).toEqual({ kind: "done", id: ID, state: "unknown" });
  });

  it("a message that may be with the person is not sent once more after its ttl, nor after an out; it is unknown", () => {
    const late = claim(documentOf({ expires_at: 100_000 }), 0).document;
    expect(claim(late, 200_000).claim).toEqual({ kind: "done", id: ID, state: "unknown" });
    const optedOut = { ...claim(documentOf({ consent: "opt_out" }), 0).document, preferences: [OUT] };
    const { document, claim: got } = claim(optedOut, 200_000);
    expect(got).toEqual({ kind: "done", id: ID, state: "unknown" });
    expect(document.messages[0]?.reason).toBeUndefined();
  });

  it("marketing and service are not sent again", () => {
    const stopped = claim(documentOf({ on_unclear: "stop" }), 0).document;
    expect(claim(stopped, LEASE_MS).claim).toEqual({ kind: "done", id: ID, state: "unknown" });
  });

  it("verification is sent at once, elsewhere", () => {
    const unclear = answered(claim(documentOf({ on_unclear: "elsewhere" }), 0).document, 1, { kind: "unclear" }, 500);
    expect(claim(unclear, 500).claim).toMatchObject({ kind: "send", message: { n: 2, before: [{ carrier: "main", closed: false }] } });
  });
});

describe("After a call that is proven not sent", () => {
  it("the message is claimed again when its pause is over, however early it is asked for", () => {
    const refused = answered(claim(documentOf(), 0).document, 1, { kind: "throttled", retry_after_seconds: 30 }, 1_000);
    expect(claim(refused, 30_999).claim).toEqual({ kind: "wait", id: ID, until: 31_000 });
    expect(claim(refused, 31_000).claim).toMatchObject({ kind: "send", message: { n: 2 } });
  });

  it("a message in the lane can still expire", () => {
    const refused = answered(claim(documentOf({ expires_at: 2_500 }), 0).document, 1, { kind: "unreachable" }, 1_000);
    expect(claim(refused, 3_000).claim).toEqual({ kind: "done", id: ID, state: "expired" });
  });

  it("however many attempts there were, a few are kept and numbers are never given twice", () => {
    let document = documentOf();
    let now = 0;
    for (let n = 1; n <= 100; n++) {
      const got = claim(document, now);
      expect(got.claim).toMatchObject({ kind: "send", message: { n } });
      document = answered(got.document, n, { kind: "unreachable" }, now);
      now += 400_000;
    }
    expect(document.messages[0]?.attempts.length).toBeLessThanOrEqual(14);
    expect(document.messages[0]?.attempts.at(-1)?.n).toBe(100);
  });
});
