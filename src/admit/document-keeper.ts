import type { Timing } from "../settle/timing.ts";
import type { RowWrite } from "./book.ts";
import { emptyDocument, type RecipientDocument } from "./document.ts";
import { keepData } from "./keep-data.ts";
import { type HistoryRow, RecipientStorage, type RowPlace } from "./recipient-storage.ts";
import { spill } from "./spill.ts";
import { withAlarm } from "./wake.ts";

const HISTORY_KEPT_MS = 90 * 86_400_000;

/** The document of one Recipient with its rows and its alarm. Memory is a cache of the row, written after it. */
export class DocumentKeeper {
  readonly #storage: DurableObjectStorage;
  readonly #timing: Timing;
  #rows: RecipientStorage;
  #document: RecipientDocument | undefined;

  constructor(storage: DurableObjectStorage, timing: Timing) {
    this.#storage = storage;
    this.#timing = timing;
    this.#rows = new RecipientStorage(storage.sql);
  }

  get rows(): RecipientStorage {
    return this.#rows;
  }

  load(): RecipientDocument {
    this.#document ??= this.#rows.readDocument() ?? emptyDocument();
    return this.#document;
  }

  /** Rewrites the texts of some rows after a place, the document's among them, in one step; answers the place to go on from. */
  rewrite(after: RowPlace | undefined, charactersMax: number, rewrite: (text: string) => string): RowPlace | undefined {
    const next = this.#storage.transactionSync(() => this.#rows.rewrite(after, charactersMax, rewrite));
    this.#document = undefined;
    return next;
  }

  /** All or nothing: the document, what the step wants written beside it, and what leaves it for history or changes there. */
  save(stepped: RecipientDocument, now: number, rows: readonly RowWrite[] = [], changed: readonly HistoryRow[] = []): void {
    const before = this.load();
    const kept = keepData(before, stepped);
    const spilled = spill(kept.document, this.#rows, now);
    const next = withAlarm(spilled.document, now, this.#timing);
    if (next === before && rows.length === 0 && changed.length === 0) return;
    this.#write(() => {
      for (const row of [...rows, ...kept.rows, ...spilled.rows]) this.#rows.write(row);
      for (const row of changed) this.#rows.changeHistory(row);
      if (spilled.history.length > 0) this.#rows.addHistory(spilled.history, now + HISTORY_KEPT_MS, now);
      if (next !== before) this.#rows.writeDocument(next);
    });
    if (next.alarm_at !== undefined && next.alarm_at !== stepped.alarm_at) void this.#storage.setAlarm(next.alarm_at);
    this.#document = next;
  }

  /** This document instead of all that is there. One transaction: were it two, an "out" that is kept could be lost between them. */
  replace(document: RecipientDocument, now: number): void {
    if (document === this.load()) return;
    const next = withAlarm(document, now, this.#timing);
    this.#write(() => {
      this.#rows.clear();
      this.#rows.writeDocument(next);
    });
    void (next.alarm_at === undefined ? this.#storage.deleteAlarm() : this.#storage.setAlarm(next.alarm_at));
    this.#document = next;
  }

  #write(rows: () => void): void {
    try {
      this.#storage.transactionSync(rows);
    } catch (error) {
      this.#rows = new RecipientStorage(this.#storage.sql);
      throw error;
    }
  }
}
