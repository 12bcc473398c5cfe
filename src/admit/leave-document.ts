import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import { counts } from "./counted.ts";
import type { RecipientDocument } from "./document.ts";
import { OpenPast } from "./past.ts";

interface Left {
  readonly document: RecipientDocument;
  /** Rows of the past to be written with the document. */
  readonly rows: readonly RowWrite[];
}

/**
 * Takes messages out of the document (to history, or for good) and keeps what the rules still need of them: of those that
 * count, when they were to leave and which content they told. Each message leaves once.
 */
export function leaveDocument(document: RecipientDocument, leaving: readonly Message[], beside: PastRows, now: number): Left {
  const past = new OpenPast(document.past, beside, now);
  for (const message of leaving) {
    if (!counts(message.state)) continue;
    past.count(message.class, message.notice, message.send_at, now);
    if (message.dedupe && message.dedupe.until > now) past.addContent(message.dedupe.key, message.dedupe.until, message.accepted_at, now);
  }
  const gone = new Set(leaving.map(({ id }) => id));
  return closed({ ...document, messages: document.messages.filter(({ id }) => !gone.has(id)) }, past);
}

/** Gives back the slot of a message that has left the document and ends unsent after all (a late `undelivered`); once. */
export function giveBack(document: RecipientDocument, message: Message, beside: PastRows, now: number): Left {
  const past = new OpenPast(document.past, beside, now);
  past.uncount(message.class, message.notice, message.send_at);
  if (message.dedupe) past.removeContent(message.dedupe.key, message.accepted_at);
  return closed(document, past);
}

function closed(document: RecipientDocument, open: OpenPast): Left {
  const { past, rows } = open.close();
  return { document: past ? { ...document, past } : document, rows };
}
