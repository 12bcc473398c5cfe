import { DurableObject } from "cloudflare:workers";
import { listPhones, type PhoneSummary, readTotals, type Totals } from "./book-reports";
import { BookTables, type MessageFilter } from "./book-tables";
import { type Config, readConfig, type Vars } from "./config";
import { type Breakage, combineFaults, type FaultEffects } from "./fault-effects";
import { drawFaults } from "./faults";
import type { Message } from "./message";
import { handsetOf, type MessageForm, refuseForm } from "./message-form";
import { planMessage } from "./plan-message";
import { RateWindow } from "./rate-window";
import { ReceiptPoster } from "./receipt-poster";
import { defaultSettings, SettingName, Settings, type SettingsPart } from "./settings";
import type { Refusal } from "./twilio-errors";

/** What the book says to a call that wants a message sent; `wait_ms` passes before any answer. */
export type Verdict =
  | { kind: "accepted"; message: Message; early: boolean; wait_ms: number; breakage: Breakage | null }
  | { kind: "refused"; refusal: Refusal; wait_ms: number }
  | { kind: "broken"; breakage: Breakage; wait_ms: number };

/**
 * What the carrier knows: one object, so that a call is judged and written in one step and nothing is counted twice.
 * Nothing waits in here but the posts of receipts, which let other calls through; slow answers are the Worker's work.
 */
export class Book extends DurableObject<Vars> {
  private readonly tables: BookTables;
  private readonly config: Config;
  private readonly rate = new RateWindow();
  private readonly poster: ReceiptPoster;
  private settings: Settings;

  constructor(ctx: DurableObjectState, env: Vars) {
    super(ctx, env);
    this.config = readConfig(env);
    this.tables = new BookTables(ctx.storage.sql);
    this.settings = this.loadSettings();
    this.poster = new ReceiptPoster({
      tables: this.tables,
      storage: ctx.storage,
      accounts: this.config.accounts,
      delays: () => this.settings.delays,
    });
    this.poster.wakeForNext();
  }

  /** Rings when a receipt is due. The platform calls it again after a restart in the middle. */
  override async alarm(): Promise<void> {
    await this.poster.postDue();
  }

  /** Judges a call, and keeps the message if it is taken. */
  take(accountSid: string, form: MessageForm): Verdict {
    const now = Date.now();
    this.tables.count("call");
    const effects = this.strike(accountSid, form);
    const wait_ms = effects.latency_ms;
    if (effects.before) {
      this.tables.count("broken", effects.before.fault);
      return { kind: "broken", breakage: effects.before, wait_ms };
    }
    const refusal = effects.refusal ?? this.refuse(accountSid, form, now);
    if (refusal) {
      this.tables.count("refused", String(refusal.code));
      return { kind: "refused", refusal, wait_ms };
    }
    this.tables.count("accepted");
    const message = this.keep(accountSid, form, effects, now);
    return { kind: "accepted", message, early: effects.receipts.early, wait_ms, breakage: effects.after ?? null };
  }

  /** Counts a call that was turned away before it came to the book. */
  turnAway(code: number): void {
    this.tables.count("call");
    this.tables.count("refused", String(code));
  }

  /** Posts a message's receipts now; what is not taken is tried again by the alarm. */
  async postEarly(sid: string): Promise<void> {
    await this.poster.postAllNow(sid);
  }

  /** A message of this account; another account's is as unknown as one that never was. */
  find(accountSid: string, sid: string): Message | null {
    const message = this.tables.findMessage(sid);
    return message?.account_sid === accountSid ? message : null;
  }

  /** A page of an account's messages, newest first. */
  list(filter: MessageFilter): Message[] {
    return this.tables.listMessages(filter);
  }

  /** The handsets that got something, the latest first. */
  phones(limit: number): PhoneSummary[] {
    return listPhones(this.tables, limit);
  }

  /** What a handset got, oldest first, whichever account sent it. */
  phone(number: string): Message[] {
    return this.tables.messagesOnHandset(number);
  }

  totals(): Totals {
    return readTotals(this.tables);
  }

  messagesAfter(n: number, limit: number): Message[] {
    return this.tables.messagesAfter(n, limit);
  }

  readSettings(): Settings {
    return this.settings;
  }

  /** New faults start with a clean memory, so that the same settings and calls give the same faults again. */
  configure(part: SettingsPart): Settings {
    for (const name of SettingName.options) {
      if (part[name] !== undefined) this.tables.writeSetting(name, part[name]);
    }
    if (part.faults) this.tables.clearCounts("strike", "occurrence");
    this.settings = this.loadSettings();
    return this.settings;
  }

  /** Forgets everything: messages, counts and settings. */
  reset(): void {
    this.tables.clear();
    this.settings = this.loadSettings();
  }

  private loadSettings(): Settings {
    return Settings.parse({ ...defaultSettings(this.config), ...this.tables.readSettings() });
  }

  /** Draws the faults of a call and remembers that it did. Without rules nothing is written. */
  private strike(account: string, form: MessageForm): FaultEffects {
    const { faults } = this.settings;
    if (faults.rules.length === 0) return combineFaults([]);
    const repeated = JSON.stringify([form.to, form.body]);
    const occurrence = this.tables.countOf("occurrence", repeated);
    this.tables.count("occurrence", repeated);
    const call = { account, to: form.to, from: form.from, body: form.body, occurrence };
    const strikes = drawFaults(faults, call, (index) => this.tables.countOf("strike", String(index)));
    for (const { index, rule } of strikes) {
      this.tables.count("strike", String(index));
      this.tables.count("fault", rule.fault);
    }
    return combineFaults(strikes);
  }

  /** The vendor's own reasons, in the order in which it looks. */
  private refuse(accountSid: string, form: MessageForm, now: number): Refusal | undefined {
    if (!this.rate.admits(accountSid, this.settings.rate.per_second, now)) return { code: 20429 };
    const refusal = refuseForm(form, this.config.senders);
    if (refusal) return refusal;
    return this.settings["opted-out"].numbers.includes(handsetOf(form.to)) ? { code: 21610 } : undefined;
  }

  private keep(accountSid: string, form: MessageForm, effects: FaultEffects, now: number): Message {
    const message = this.tables.insertMessage(planMessage(accountSid, form, effects, this.settings.delays, now));
    this.poster.wakeAt(message.next_at);
    return message;
  }
}
