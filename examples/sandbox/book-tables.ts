import * as z from "zod";
import { Message } from "./message.ts";

/**
 * What is counted: calls that send and calls that ask, by carrier; and texts, each of which is accepted, refused or broken:
 * by carrier, then by code or fault, with a space between.
 */
export type CountKind = "call" | "query" | "accepted" | "refused" | "broken" | "fault" | FaultMemory;
/** What the draw of faults remembers: strikes per rule, calls per To and Body. */
export type FaultMemory = "strike" | "occurrence";

/** A page of messages, newest first, within an account. Bounds are epoch seconds, both included. */
export interface MessageFilter {
  account: string;
  to?: string;
  from?: string;
  sent_from?: number;
  sent_until?: number;
  /** Epoch milliseconds: only messages that were sent by then, as the clock stands. */
  sent_by?: number;
  /** Rows after this one in the order of the list (older), or before it (newer). */
  older_than?: number;
  newer_than?: number;
  limit: number;
}

/** Messages of an account to one number that were taken in a span of time: epoch milliseconds, the end not included. */
export interface NumberFilter {
  account: string;
  handset: string;
  from: number;
  until: number;
  told_id?: string;
}

/**
 * One row holds a message with all its receipts, so that taking it is one write. The partial index is the schedule:
 * it only holds messages with something left to post, however many are done.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS book (
    n INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, carrier TEXT NOT NULL, channel TEXT NOT NULL,
    account TEXT NOT NULL, told_id TEXT NOT NULL, reference TEXT, to_number TEXT NOT NULL, handset TEXT NOT NULL,
    from_sender TEXT NOT NULL, messaging_service_sid TEXT, template TEXT, body TEXT NOT NULL, num_segments INTEGER NOT NULL,
    media TEXT NOT NULL, status_callback TEXT, push TEXT, accepted_at INTEGER NOT NULL, sent_at INTEGER,
    final_at INTEGER NOT NULL, final_status TEXT NOT NULL, error_code TEXT NOT NULL, receipts TEXT NOT NULL,
    faults TEXT NOT NULL, next_at INTEGER);
  CREATE INDEX IF NOT EXISTS book_by_handset ON book (handset, n);
  CREATE INDEX IF NOT EXISTS book_by_next ON book (next_at) WHERE next_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS counts (
    kind TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`;

const Count = z.object({ name: z.string(), n: z.number() });
const Due = z.object({ sid: z.string(), push: z.string().nullable() });
const RowNumber = z.object({ n: z.number() });
const Setting = z.object({ name: z.string(), value: z.string() });

/** The SQL of the book, without decisions; rows come out parsed. Each call is synchronous, so calls in a row are one step. */
export class BookTables {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    // A book of the first shape, which knew one carrier only, is let go.
    const isOld = this.query("SELECT 1 FROM sqlite_master WHERE name = 'messages'").length > 0;
    if (isOld) sql.exec("DROP TABLE messages; DROP TABLE counts; DROP TABLE settings;");
    sql.exec(SCHEMA);
  }

  /** @returns the message with its number in the order of the book. */
  insertMessage(message: Omit<Message, "n">): Message {
    const row = { ...message, ...packJson(message) };
    const names = Object.keys(row);
    const marks = names.map(() => "?");
    const inserted = this.query(`INSERT INTO book (${names.join(", ")}) VALUES (${marks.join(", ")}) RETURNING n`, ...Object.values(row));
    return { n: RowNumber.parse(inserted[0]).n, ...message };
  }

  /** Does nothing when the message is gone, as after a reset in the middle of a post. */
  updateReceipts({ sid, receipts, next_at }: Message): void {
    this.sql.exec("UPDATE book SET receipts = ?, next_at = ? WHERE sid = ?", JSON.stringify(receipts), next_at, sid);
  }

  findMessage(sid: string): Message | undefined {
    return this.messages("WHERE sid = ?", sid)[0];
  }

  /** Messages whose next receipt is due at `now` (epoch ms), the longest overdue first. */
  due(now: number, limit: number): z.infer<typeof Due>[] {
    const rows = this.query("SELECT sid, push FROM book WHERE next_at <= ? ORDER BY next_at, n LIMIT ?", now, limit);
    return z.array(Due).parse(rows);
  }

  /** When the next receipt is due (epoch ms), overdue ones included; null when none is left. */
  nextDue(): number | null {
    const row = this.sql.exec("SELECT MIN(next_at) AS at FROM book WHERE next_at IS NOT NULL").one();
    return z.number().nullable().parse(row.at);
  }

  listMessages(filter: MessageFilter): Message[] {
    const terms = ["account = ?"];
    const values: (string | number)[] = [filter.account];
    const add = (term: string, value: string | number | undefined) => {
      if (value === undefined) return;
      terms.push(term);
      values.push(value);
    };
    add("to_number = ?", filter.to);
    add("from_sender = ?", filter.from);
    // The vendor's dates have whole seconds, so its bounds are compared in whole seconds.
    add("sent_at / 1000 >= ?", filter.sent_from);
    add("sent_at / 1000 <= ?", filter.sent_until);
    add("sent_at <= ?", filter.sent_by);
    add("n < ?", filter.older_than);
    add("n > ?", filter.newer_than);
    const order = filter.newer_than === undefined ? "DESC" : "ASC";
    const rows = this.messages(`WHERE ${terms.join(" AND ")} ORDER BY n ${order} LIMIT ?`, ...values, filter.limit);
    return order === "DESC" ? rows : rows.reverse();
  }

  /** Newest first. RCS messages are not among them: no vendor's query by number shows those. */
  listToNumber({ account, handset, from, until, told_id }: NumberFilter): Message[] {
    const span = "account = ? AND handset = ? AND channel = 'sms' AND accepted_at >= ? AND accepted_at < ?";
    const rows = this.messages(`WHERE ${span} ORDER BY n DESC`, account, handset, from, until);
    return told_id === undefined ? rows : rows.filter((row) => row.told_id === told_id);
  }

  /** In the order in which they were taken, from the one after number `n`. */
  messagesAfter(n: number, limit: number): Message[] {
    return this.messages("WHERE n > ? ORDER BY n LIMIT ?", n, limit);
  }

  /** A handset has a message from the moment it is taken, unless it is to fail: tests need not wait for a clock. */
  messagesOnHandset(handset: string): Message[] {
    return this.messages("WHERE handset = ? AND final_status = 'delivered' ORDER BY n", handset);
  }

  /** Rows as SQLite gives them; whoever asks parses them. */
  query(statement: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.sql.exec(statement, ...values).toArray();
  }

  count(kind: CountKind, name: string, by = 1): void {
    this.sql.exec("INSERT INTO counts VALUES (?1, ?2, ?3) ON CONFLICT (kind, name) DO UPDATE SET n = n + ?3", kind, name, by);
  }

  counts(kind: CountKind): Map<string, number> {
    const rows = z.array(Count).parse(this.query("SELECT name, n FROM counts WHERE kind = ? ORDER BY name", kind));
    return new Map(rows.map(({ name, n }) => [name, n]));
  }

  countOf(kind: CountKind, name: string): number {
    const rows = z.array(Count).parse(this.query("SELECT name, n FROM counts WHERE kind = ? AND name = ?", kind, name));
    return rows[0]?.n ?? 0;
  }

  clearCounts(...kinds: FaultMemory[]): void {
    for (const kind of kinds) this.sql.exec("DELETE FROM counts WHERE kind = ?", kind);
  }

  /** What was set, by name, still to be parsed. */
  readSettings(): Record<string, unknown> {
    const rows = z.array(Setting).parse(this.query("SELECT name, value FROM settings"));
    return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]));
  }

  writeSetting(name: string, value: unknown): void {
    this.sql.exec("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, JSON.stringify(value));
  }

  clear(): void {
    this.sql.exec("DELETE FROM book; DELETE FROM counts; DELETE FROM settings;");
  }

  private messages(where: string, ...values: (string | number)[]): Message[] {
    return z.array(Message).parse(this.query(`SELECT * FROM book ${where}`, ...values));
  }
}

function packJson({ media, receipts, faults, error_code }: Pick<Message, "media" | "receipts" | "faults" | "error_code">) {
  const pack = JSON.stringify;
  return { media: pack(media), receipts: pack(receipts), faults: pack(faults), error_code: pack(error_code) };
}
