import { DurableObject } from "cloudflare:workers";
import { listPhones, type PhoneSummary, readTotals, type Totals } from "./book-reports.ts";
import { BookTables, type MessageFilter, type NumberFilter } from "./book-tables.ts";
import type { Draft, Question, Refusal, SendCall } from "./call.ts";
import type { LoggedCall } from "./call-log.ts";
import { type Config, readConfig, type Vars } from "./config.ts";
import { type Breakage, combineFaults, type FaultEffects } from "./fault-effects.ts";
import { judgeTexts } from "./judge-texts.ts";
import type { Message } from "./message.ts";
import { planMessage } from "./plan-message.ts";
import { RateWindow } from "./rate-window.ts";
import { ReceiptPoster } from "./receipt-poster.ts";
import { defaultSettings, SettingName, Settings, type SettingsPart } from "./settings.ts";
import { strikeTexts } from "./strike-texts.ts";
import { type CountedCall, Tally } from "./tally.ts";
import { writeBody } from "./templates.ts";
import { TRAITS } from "./traits.ts";
import { UsedNonces } from "./used-nonces.ts";

/** What became of one text of a call. */
export type Outcome = { message: Message; early: boolean } | { refusal: Refusal };

/** What the book says to a call; `wait_ms` passes before any answer. */
export type Verdict =
  | { kind: "taken"; outcomes: Outcome[]; wait_ms: number; breakage: Breakage | null }
  | { kind: "refused"; refusal: Refusal; wait_ms: number }
  | { kind: "broken"; breakage: Breakage; wait_ms: number };

/** What the book says to a call that asks; where nothing hinders it, it is answered. */
export type Hindrance = Exclude<Verdict, { kind: "taken" }> | { kind: "none"; wait_ms: number };

const NO_FAULTS = combineFaults([]);

/**
 * What the carriers know: one object, so that a call is judged and written in one step and nothing is counted twice.
 * Nothing waits in here but the posts of receipts, which let other calls through; slow answers are the Worker's work.
 */
export class Book extends DurableObject<Vars> {
  private readonly tables: BookTables;
  private readonly config: Config;
  private readonly rate = new RateWindow();
  private readonly nonces = new UsedNonces();
  private readonly tally: Tally;
  private readonly poster: ReceiptPoster;
  private settings: Settings;

  constructor(ctx: DurableObjectState, env: Vars) {
    super(ctx, env);
    this.config = readConfig(env);
    this.tables = new BookTables(ctx.storage.sql);
    this.tally = new Tally(this.tables);
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

  /** Judges a call, and keeps a message for each of its texts that is taken. */
  take(call: SendCall): Verdict {
    const now = Date.now();
    const replayed = this.refuseReplay(call, now);
    if (replayed) return this.refuse(call, replayed, 0, now);
    const texts = call.texts.map((text) => this.complete(call, text));
    const { carrier, channel, account } = call;
    const drawn = texts.map(({ to, from, body }) => ({ carrier, channel, account, to, from, body }));
    const effects = strikeTexts(this.tables, this.settings.faults, drawn);
    const { latency_ms: wait_ms, before, after } = effects[0] ?? NO_FAULTS;
    if (before) {
      this.tally.broken(call, before, now);
      return { kind: "broken", breakage: before, wait_ms };
    }
    const judgement = judgeTexts(call, effects, this.settings, () => this.admits(call, now));
    if ("refusal" in judgement) return this.refuse(call, judgement.refusal, wait_ms, now);
    this.tally.taken(
      call,
      judgement.texts.flatMap((refusal) => refusal ?? []),
      now,
    );
    const outcomes = texts.map((text, place): Outcome => {
      const refusal = judgement.texts[place];
      return refusal ? { refusal } : this.keep(call, text, effects[place] ?? NO_FAULTS, now);
    });
    return { kind: "taken", outcomes, wait_ms, breakage: after ?? null };
  }

  /** Judges a call that asks. What it asks for is read by other methods, which nothing hinders. */
  ask(question: Question): Hindrance {
    const now = Date.now();
    const { carrier, account, to } = question;
    const drawn = { carrier, channel: "sms", of: "query", account, to, from: "", body: "" } as const;
    const [effects = NO_FAULTS] = strikeTexts(this.tables, this.settings.faults, [drawn]);
    const { latency_ms: wait_ms, before: breakage = effects.after } = effects;
    const struck = effects.refusal && { code: TRAITS[carrier].codes.throttled, ...effects.refusal };
    const refusal = this.refuseReplay(question, now) ?? (breakage ? undefined : struck);
    if (refusal) {
      this.tally.asked(question, now, { answer: "refused", code: String(refusal.code) });
      return { kind: "refused", refusal, wait_ms };
    }
    this.tally.asked(question, now, breakage && { answer: "broken", code: breakage.fault });
    return breakage ? { kind: "broken", breakage, wait_ms } : { kind: "none", wait_ms };
  }

  /** Counts a call that was turned away before it came to the book. */
  turnAway(call: CountedCall, code: number | string): void {
    this.tally.refused(call, code, Date.now());
  }

  /** Posts receipts of messages now; what is not taken is tried again by the alarm. */
  async postEarly(sids: string[]): Promise<void> {
    for (const sid of sids) await this.poster.postAllNow(sid);
  }

  /** A message of this account; another account's is as unknown as one that never was. */
  find(account: string, sid: string): Message | null {
    const message = this.tables.findMessage(sid);
    return message?.account === account ? message : null;
  }

  /** A page of an account's messages, newest first. */
  list(filter: MessageFilter): Message[] {
    return this.tables.listMessages(filter);
  }

  /** An account's messages to one number, newest first. */
  listToNumber(filter: NumberFilter): Message[] {
    return this.tables.listToNumber(filter);
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

  callsAfter(n: number, limit: number): LoggedCall[] {
    return this.tally.log.after(n, limit);
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
    this.tally.log.clear();
    this.settings = this.loadSettings();
  }

  private loadSettings(): Settings {
    return Settings.parse({ ...defaultSettings(this.config), ...this.tables.readSettings() });
  }

  /** The text with what the settings say of it: its words, and where its receipts go. */
  private complete({ carrier, account }: SendCall, text: Draft): Draft {
    if (carrier === "twilio") return text;
    const callback = this.settings.callbacks[carrier][account] ?? text.callback;
    return { ...text, callback, body: writeBody(text, this.settings.templates[carrier]) };
  }

  private admits({ carrier, account }: SendCall, now: number): boolean {
    const { per_second, carriers } = this.settings.rate;
    const own = carriers[carrier];
    return this.rate.admits(`${carrier} ${account}`, own === undefined ? per_second : own, now);
  }

  /** A nonce that was used before; where a vendor has none, a call has none. */
  private refuseReplay({ carrier, nonce }: SendCall | Question, now: number): Refusal | undefined {
    const code = TRAITS[carrier].codes.nonce_used;
    return nonce !== undefined && code !== undefined && !this.nonces.use(nonce, now) ? { code } : undefined;
  }

  private refuse(call: SendCall, refusal: Refusal, wait_ms: number, now: number): Verdict {
    this.tally.refused(call, refusal.code, now);
    return { kind: "refused", refusal, wait_ms };
  }

  private keep(call: SendCall, text: Draft, effects: FaultEffects, now: number): Outcome {
    const message = this.tables.insertMessage(planMessage(call, text, effects, this.settings, now));
    this.poster.wakeAt(message.next_at);
    return { message, early: effects.receipts.early };
  }
}
