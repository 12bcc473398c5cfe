import * as z from "zod";
import { type Message, message } from "../vocabulary/message.ts";
import type { PastRows, RowWrite } from "./book.ts";
import type { RecipientDocument } from "./document.ts";
import { readDocument } from "./read-document.ts";

const historyRow = z.object({ seq: z.number(), body: z.string() });
const documentRow = z.object({ body: z.string() });
const textRow = z.object({ text: z.string() });

/** Every text of a Recipient: table, key and column, in the order in which they are rewritten. Keys are greater than `before`. */
const TEXTS = [
  { table: "document", key: "id", text: "body", before: 0 },
  { table: "beside", key: "name", text: "text", before: "" },
  { table: "history", key: "seq", text: "body", before: 0 },
] as const;
const rewrittenRow = z.object({ key: z.union([z.string(), z.number()]), text: z.string() });

/** A row of `TEXTS`: which table, and the row's key. */
export interface RowPlace {
  readonly table: number;
  readonly key: string | number;
}

/** A row of history: final messages that left the document together. */
export interface HistoryRow {
  readonly seq: number;
  readonly messages: Message[];
}

const OWN_TABLES: ReadonlySet<string> = new Set(["document", "beside", "history"]);

/**
 * The tables of one Recipient: `document` is one row, `beside` holds rows of the past and large data by name, `history` final
 * messages, 64 to a row. Each is made by its first write, so that a look at an unknown recipient writes nothing.
 */
export class RecipientStorage implements PastRows {
  readonly #sql: SqlStorage;
  #tables: Set<string>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const names = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    this.#tables = new Set(names.map(({ name }) => String(name)));
  }

  readDocument(): RecipientDocument | undefined {
    if (!this.#tables.has("document")) return undefined;
    const [row] = this.#sql.exec("SELECT body FROM document WHERE id = 1").toArray();
    return row && readDocument(documentRow.parse(row).body);
  }

  writeDocument(document: RecipientDocument): void {
    this.#make("document", "id INTEGER PRIMARY KEY, body TEXT NOT NULL");
    this.#sql.exec(
      "INSERT INTO document (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
      JSON.stringify(document),
    );
  }

  /** Takes all that is kept away: tables come again with their first write. */
  clear(): void {
    for (const name of this.#tables) if (OWN_TABLES.has(name)) this.#sql.exec(`DROP TABLE ${name}`);
    this.#tables = new Set();
  }

  read(name: string): string | undefined {
    if (!this.#tables.has("beside")) return undefined;
    const [row] = this.#sql.exec("SELECT text FROM beside WHERE name = ?", name).toArray();
    return row ? textRow.parse(row).text : undefined;
  }

  write({ row, text }: RowWrite): void {
    this.#make("beside", "name TEXT PRIMARY KEY, text TEXT NOT NULL", "WITHOUT ROWID");
    if (text === undefined) this.#sql.exec("DELETE FROM beside WHERE name = ?", row);
    else this.#sql.exec("INSERT INTO beside (name, text) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text", row, text);
  }

  /** Adds a row that is kept until then; of the rows whose time is over the two oldest go, so that history never outgrows its term. */
  addHistory(messages: readonly Message[], until: number, now: number): void {
    this.#make("history", "seq INTEGER PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL");
    this.#sql.exec("INSERT INTO history (until, body) VALUES (?, ?)", until, JSON.stringify(messages));
    this.#sql.exec("DELETE FROM history WHERE seq IN (SELECT seq FROM history ORDER BY seq LIMIT 2) AND until < ?", now);
  }

  changeHistory({ seq, messages }: HistoryRow): void {
    this.#sql.exec("UPDATE history SET body = ? WHERE seq = ?", JSON.stringify(messages), seq);
  }

  /** The newest row that holds this text, such as a message's id or a carrier's reference. */
  findHistory(text: string): HistoryRow | undefined {
    if (!this.#tables.has("history")) return undefined;
    const [row] = this.#sql
      .exec("SELECT seq, body FROM history WHERE instr(body, ?) > 0 ORDER BY seq DESC LIMIT 1", JSON.stringify(text))
      .toArray();
    return row && historyRowOf(row);
  }

  /** The newest row older than this one; without one, the newest. */
  historyBefore(seq: number | undefined): HistoryRow | undefined {
    if (!this.#tables.has("history")) return undefined;
    const [row] = this.#sql
      .exec("SELECT seq, body FROM history WHERE seq < ? ORDER BY seq DESC LIMIT 1", seq ?? Number.MAX_SAFE_INTEGER)
      .toArray();
    return row && historyRowOf(row);
  }

  /**
   * Rewrites the texts of the rows after a place, whatever they hold, until so many characters are read. Answers the place of the last
   * row; undefined where there is none after it.
   */
  rewrite(after: RowPlace | undefined, charactersMax: number, rewrite: (text: string) => string): RowPlace | undefined {
    let left = charactersMax;
    for (let table = after?.table ?? 0; table < TEXTS.length; table++) {
      const place = TEXTS[table];
      if (!place || !this.#tables.has(place.table)) continue;
      const next = `SELECT ${place.key} AS key, ${place.text} AS text FROM ${place.table} WHERE ${place.key} > ? ORDER BY ${place.key} LIMIT 1`;
      for (let key: string | number = after?.table === table ? after.key : place.before; ; ) {
        const [row] = this.#sql.exec(next, key).toArray();
        if (!row) break;
        if (left <= 0) return { table, key };
        const { text, ...found } = rewrittenRow.parse(row);
        key = found.key;
        left -= text.length;
        const written = rewrite(text);
        if (written !== text) this.#sql.exec(`UPDATE ${place.table} SET ${place.text} = ? WHERE ${place.key} = ?`, written, key);
      }
    }
    return undefined;
  }

  #make(name: string, columns: string, options = ""): void {
    if (this.#tables.has(name)) return;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${name} (${columns}) ${options}`);
    this.#tables = new Set([...this.#tables, name]);
  }
}

function historyRowOf(row: unknown): HistoryRow {
  const { seq, body } = historyRow.parse(row);
  return { seq, messages: z.array(message).parse(JSON.parse(body)) };
}
