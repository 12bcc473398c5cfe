import { describe, expect, it } from "vitest";
import { admitEvents } from "../../src/admit/admit-events.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { type AdmissionContext, IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { keyedHashOf } from "../../src/support/keyed-hash.ts";
import { MESSAGE_STATES, type MessageState } from "../../src/vocabulary/message.ts";
import { entry, recipientOf } from "./recipient-calls.ts";

const OPEN: readonly MessageState[] = ["queued", "sending"];

function contextAt(now: number): AdmissionContext {
  const rows = { read: () => undefined };
  return { now, recipient: recipientOf("someone"), hash: keyedHashOf("test"), rows, identities_kept_ms: IDENTITIES_KEPT_MS };
}

/** A recipient whose one message is in this state. */
function documentWith(state: MessageState): RecipientDocument {
  const { document } = admitEvents(emptyDocument(), [entry(1, { profile: true })], contextAt(0));
  return { ...document, messages: document.messages.map((message) => ({ ...message, state })) };
}

describe("An event that is posted again", () => {
  it.each(MESSAGE_STATES)("goes into its lane again only while its message may still have to be sent: %s", (state) => {
    const { outcomes, document } = admitEvents(documentWith(state), [entry(1)], contextAt(1));
    expect(outcomes).toMatchObject([{ kind: "decided", admitted: [{ replayed: true, enqueue: OPEN.includes(state) }] }]);
    expect(document).toEqual(documentWith(state));
  });
});
