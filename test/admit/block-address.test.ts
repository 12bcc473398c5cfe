import { describe, expect, it } from "vitest";
import { admitEvents } from "../../src/admit/admit-events.ts";
import { liftBlock } from "../../src/admit/block-address.ts";
import { claimMessages } from "../../src/admit/claim-messages.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { tellMessages } from "../../src/admit/tell-messages.ts";
import type { Told } from "../../src/deliver/recipient-port.ts";
import { plainHash } from "../../src/support/keyed-hash.ts";
import type { Channel } from "../../src/vocabulary/classes.ts";
import { entry, idOf, type Otherwise, recipientOf } from "./recipient-calls.ts";

const TIMING = { unknown_after_seconds: 259_200, receipt_wait_seconds: 60 };
const NOTHING = { read: () => undefined };
const NUMBER = { sealed: "k1.x.y", hash: "h", country: "CN" };
const OTHER = { sealed: "k1.y.z", hash: "g", country: "CN" };
const ID = idOf("ann", 1);

/** Somebody who is told one thing, and the steps of a consumer. */
function person(otherwise: Otherwise = {}) {
  const context = { recipient: recipientOf("ann"), hash: plainHash, rows: NOTHING, identities_kept_ms: IDENTITIES_KEPT_MS };
  const admit = (document: RecipientDocument, event: number) =>
    admitEvents(document, [entry(event, { profile: event === 1, ...otherwise })], { ...context, now: 1_000 }).document;
  let document = admit(emptyDocument(), 1);
  const message = (id = ID) => document.messages.find((one) => one.id === id);
  return {
    message,
    get document() {
      return document;
    },
    more: (event: number) => {
      document = admit(document, event);
      return message(idOf("ann", event));
    },
    claim(now: number) {
      const step = claimMessages(document, { ids: [ID], lease_ms: 60_000, paused: [] }, NOTHING, now, TIMING);
      document = step.document;
      const [claim] = step.claims;
      return claim?.kind === "send"
        ? { n: claim.message.n, channel: claim.message.channel, hash: claim.message.address.hash }
        : claim?.kind;
    },
    tell(word: Told, now: number) {
      const step = tellMessages(document, [word], now, TIMING);
      document = step.document;
      return step.results[0];
    },
    change(step: (document: RecipientDocument) => RecipientDocument) {
      document = step(document);
    },
  };
}

const blocked = (n: number, looked_at = 2_000): Told => ({ kind: "blocked", id: ID, n, looked_at });
const channels = (...order: Channel[]): Otherwise => ({ rules: { channels: order } });

describe("A Recipient that hears of a block", () => {
  it("ends the message that has no other way, marks the address, and suppresses what comes after", () => {
    const ann = person();
    expect(ann.claim(2_000)).toMatchObject({ n: 1 });
    expect(ann.tell(blocked(1), 2_001)).toEqual({ id: ID, matched: true, state: "suppressed" });
    expect(ann.message()).toMatchObject({ state: "suppressed", reason: "suppressed_address", attempts: [], last_n: 1 });
    expect(ann.document.profile).toMatchObject({ revision: 2, addresses: { sms: { suppressed: "blocked" } } });
    expect(ann.more(2)).toMatchObject({ state: "suppressed", reason: "suppressed_address" });
    // The same word again, since the answer was lost.
    const before = ann.document;
    expect(ann.tell(blocked(1), 2_002)).toEqual({ id: ID, matched: true, state: "suppressed" });
    expect(ann.document).toBe(before);
  });

  it("has the message go on to its next channel, and to the channel's next address first", () => {
    const addresses = { sms: NUMBER, email: { sealed: "k1.e.e", hash: "e" } };
    const ann = person({ ...channels("sms", "email"), addresses });
    ann.claim(2_000);
    expect(ann.tell(blocked(1), 2_001)).toMatchObject({ state: "queued", again_at: expect.any(Number) });
    expect(ann.claim(2_002)).toEqual({ n: 2, channel: "email", hash: "e" });

    const two = person();
    two.change((document) => ({
      ...document,
      ...(document.profile ? { profile: { ...document.profile, more_addresses: { sms: [OTHER] } } } : {}),
    }));
    two.claim(2_000);
    expect(two.tell(blocked(1), 2_001)).toMatchObject({ state: "queued", again_at: expect.any(Number) });
    expect(two.claim(2_002)).toEqual({ n: 2, channel: "sms", hash: "g" });
  });

  it("does not go on to a channel that the person does not want", () => {
    const addresses = { sms: NUMBER, email: { sealed: "k1.e.e", hash: "e" } };
    const ann = person({ rules: { channels: ["sms", "email"], class: "service", consent: "opt_out" }, addresses });
    ann.change((document) => ({ ...document, preferences: [{ scope: "service", channel: "email", state: "out", at: 1 }] }));
    ann.claim(2_000);
    expect(ann.tell(blocked(1), 2_001)).toEqual({ id: ID, matched: true, state: "suppressed" });
    expect(ann.message()).toMatchObject({ reason: "suppressed_address" });
  });

  it("never calls suppressed what may be with the person already", () => {
    const ann = person();
    ann.claim(2_000);
    const answer = { kind: "unclear", code: "timeout" } as const;
    ann.tell({ kind: "answer", id: ID, n: 1, carrier: "main", answer, untried: 0, open: 1 }, 3_000);
    expect(ann.claim(63_001)).toMatchObject({ n: 2 });
    expect(ann.tell(blocked(2, 63_001), 63_002)).toMatchObject({ state: "unknown" });
    expect(ann.message()).toMatchObject({ closed: true });
  });

  it("believes no word about a call that was made after all", () => {
    const ann = person();
    ann.claim(2_000);
    ann.tell({ kind: "answer", id: ID, n: 1, carrier: "main", answer: { kind: "taken", reference: "SM1" }, untried: 0, open: 1 }, 2_500);
    const before = ann.document;
    expect(ann.tell(blocked(1), 2_600)).toMatchObject({ state: "sent" });
    expect(ann.document).toBe(before);
  });
});

describe("A block that is lifted", () => {
  it("frees the address, and only one that was blocked", () => {
    const ann = person();
    ann.claim(2_000);
    ann.tell(blocked(1), 2_001);
    ann.change((document) => liftBlock(document, "h", 10_000));
    expect(ann.document.profile).toMatchObject({ revision: 3, addresses: { sms: NUMBER } });
    expect(ann.more(2)).toMatchObject({ state: "queued" });

    const refused = person({ addresses: { sms: { ...NUMBER, suppressed: "21610" } } });
    refused.change((document) => liftBlock(document, "h", 10_000));
    expect(refused.document.profile).toMatchObject({ revision: 1, addresses: { sms: { suppressed: "21610" } } });
  });

  it("lets a message go on that was looked at before it was lifted, and marks nothing", () => {
    const ann = person();
    ann.claim(2_000);
    ann.change((document) => liftBlock(document, "h", 3_000));
    expect(ann.tell(blocked(1, 2_000), 3_001)).toEqual({ id: ID, matched: true, state: "queued", again_at: 6_001 });
    expect(ann.document.profile).toMatchObject({ addresses: { sms: NUMBER } });
    expect(ann.claim(6_001)).toMatchObject({ n: 2 });
    // It was blocked anew, and that look is newer.
    expect(ann.tell(blocked(2, 9_000), 9_001)).toMatchObject({ state: "suppressed" });
    expect(ann.document.profile).toMatchObject({ addresses: { sms: { suppressed: "blocked" } } });
  });

  it("is nothing to who does not have the address any more", () => {
    const ann = person();
    const before = ann.document;
    ann.change((document) => liftBlock(document, "another", 3_000));
    expect(ann.document).toBe(before);
  });

  it("is forgotten after an hour, when the next one is lifted", () => {
    const ann = person({ addresses: { sms: NUMBER, rcs: OTHER } });
    ann.change((document) => liftBlock(document, "h", 1_000));
    ann.change((document) => liftBlock(document, "g", 2_000));
    expect(ann.document.lifted).toHaveLength(2);
    ann.change((document) => liftBlock(document, "g", 3_602_000));
    expect(ann.document.lifted).toEqual([{ hash: "g", at: 3_602_000 }]);
  });
});
