import { isFinal } from "../settle/message-state.ts";
import type { Message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import type { RecipientDocument } from "./document.ts";
import { forHistory, rowsOf } from "./keep-data.ts";
import { leaveDocument } from "./leave-document.ts";

/** Final messages that go to one history row together, and how many may stand in the document before they do. */
export const SPILLED_TOGETHER = 64;
const FINAL_MAX = 96;

export interface Spilled {
  readonly document: RecipientDocument;
  /** Messages for one row of history, oldest first; empty where nothing spills. */
  readonly history: readonly Message[];
  readonly rows: readonly RowWrite[];
}

/**
 * Keeps the document bounded: when many messages are final, the oldest 64 of them leave together for one row of history,
 * and what rules need of them stays behind in the past. So admission neither reads nor writes more as history grows.
 */
export function spill(document: RecipientDocument, beside: PastRows, now: number): Spilled {
  const final = document.messages.filter(({ state }) => isFinal(state));
  if (final.length < FINAL_MAX) return { document, history: [], rows: [] };
  const leaving = final.slice(0, SPILLED_TOGETHER);
  const left = leaveDocument(document, leaving, beside, now);
  const emptied = leaving.flatMap(rowsOf).map((row): RowWrite => ({ row, text: undefined }));
  return { document: left.document, history: leaving.map(forHistory), rows: [...left.rows, ...emptied] };
}
