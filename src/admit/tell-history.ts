import type { Told, ToldResult } from "../deliver/recipient-port.ts";
import { nextOf } from "../settle/next-attempt.ts";
import type { Timing } from "../settle/timing.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import { counts } from "./counted.ts";
import type { RecipientDocument } from "./document.ts";
import { aimOf } from "./find-attempt.ts";
import { closedAs, hearWord } from "./hear-word.ts";
import { forHistory } from "./keep-data.ts";
import { giveBack, leaveDocument } from "./leave-document.ts";
import type { HistoryRow } from "./recipient-storage.ts";
import { watchedBy } from "./tell-messages.ts";

export interface ToldHistory {
  readonly document: RecipientDocument;
  readonly row: HistoryRow;
  readonly rows: readonly RowWrite[];
  readonly result: ToldResult;
}

/**
 * A late word about a message that has left the document; nothing more is sent of it. One that counted and now does not gives its
 * slot back.
 */
export function tellHistory(
  document: RecipientDocument,
  row: HistoryRow,
  word: Told,
  beside: PastRows,
  now: number,
  timing: Timing,
): ToldHistory {
  const aimed = aimOf(row.messages, word, () => false);
  const heard = aimed && hearWord(aimed, now, timing);
  if (!aimed || !heard) return { document, row, rows: [], result: { id: word.id ?? "", matched: false } };
  const { message } = aimed;
  if (heard === message) return { document, row, rows: [], result: { id: message.id, matched: true, state: message.state } };
  const settled = forHistory(nextOf(heard, now, timing).kind === "nothing" ? heard : closedAs(heard, now, timing));
  const result = { id: message.id, matched: true, state: settled.state, ...watchedBy(message, settled, word) };
  const next = { ...row, messages: row.messages.map((other) => (other === message ? settled : other)) };
  const given = slotMoved(document, message, settled, beside, now);
  return { document: given.document, row: next, rows: given.rows, result };
}

/** A slot is given back when a message counts no more, and taken again when a late word makes it count after all. */
function slotMoved(
  document: RecipientDocument,
  before: Message,
  after: Message,
  beside: PastRows,
  now: number,
): Pick<ToldHistory, "document" | "rows"> {
  if (counts(before.state) && !counts(after.state)) return giveBack(document, before, beside, now);
  if (!counts(before.state) && counts(after.state)) return leaveDocument(document, [after], beside, now);
  return { document, rows: [] };
}
