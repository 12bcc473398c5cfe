import { DurableObject } from "cloudflare:workers";
import type { Claim, ClaimCommand, Told, ToldResult } from "../deliver/recipient-port.ts";
import type { Timing } from "../settle/timing.ts";
import { clock } from "../support/clock.ts";
import { readConfig } from "../support/config.ts";
import { errorName } from "../support/error-name.ts";
import { type KeyedHash, keyedHashOf } from "../support/keyed-hash.ts";
import { log } from "../support/log.ts";
import type { Message } from "../vocabulary/message.ts";
import { type AdmitEntry, type AdmitOutcome, admitEvents } from "./admit-events.ts";
import type { RowWrite } from "./book.ts";
import { claimMessages } from "./claim-messages.ts";
import { emptyDocument, type Profile, type RecipientDocument } from "./document.ts";
import { isFull, keepData } from "./keep-data.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { IDENTITIES_KEPT_MS } from "./question.ts";
import { type HistoryRow, RecipientStorage } from "./recipient-storage.ts";
import { type Replayed, type ReplayHow, replayMessages } from "./replay-messages.ts";
import { spill } from "./spill.ts";
import { cancelMessages, type Move, rescheduleMessages, type TakenBack, verifyMessage, type Which } from "./take-back.ts";
import { tellHistory } from "./tell-history.ts";
import { tellMessages } from "./tell-messages.ts";
import { type Timeline, type TimelinePage, type TimelineQuestion, timelineOf } from "./timeline.ts";
import { type Due, dueIn, letGo, overdueIn, waitingIn, wake, withAlarm } from "./wake.ts";

/** Who is asked, and for what. The id is in clear in memory only: conditions may look at it. */
export interface AdmitCommand {
  readonly recipient: { readonly id: string; readonly key: string /** The id, sealed. */; readonly sealed: string };
  readonly entries: readonly AdmitEntry[];
}

export interface AdmitAnswer {
  /** By entry. */
  readonly outcomes: readonly AdmitOutcome[];
  /** The profile as it now stands, to be copied. */
  readonly profile: Profile | undefined;
  /** What should have left its lane long ago: a lost queue is made good when its Recipient is next touched. */
  readonly waiting: readonly Due[];
}

/** Codes are short-lived and few: they find room where nothing else does. */
const isUrgent = ({ class: noticeClass }: Message): boolean => noticeClass === "verification";

/** What has waited this long for a claim is put into its lane once more, and then as long not again. */
const WAITS_TOO_LONG_MS = 5 * 60_000;
const HISTORY_KEPT_MS = 90 * 86_400_000;
const ALARM_AGAIN_MS = 60_000;

/**
 * One recipient of one tenant: the door through which all that concerns this person goes, one command after the other.
 * A command loads the document, steps and writes one row without ever awaiting in between, so nothing comes between.
 * The platform holds the answer back until the row is durable. Memory is a cache of the row, written after it.
 */
export class Recipient extends DurableObject<Env> {
  readonly #timing: Timing;
  readonly #hash: KeyedHash;
  readonly #lanes: Lanes;
  #storage: RecipientStorage;
  #document: RecipientDocument | undefined;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    const config = readConfig(env);
    this.#timing = { unknown_after_seconds: config.UNKNOWN_AFTER_SECONDS, receipt_wait_seconds: config.RECEIPT_WAIT_SECONDS };
    this.#hash = keyedHashOf(config.NAMING_KEY);
    this.#lanes = lanesOf(env);
    this.#storage = new RecipientStorage(state.storage.sql);
  }

  /** Takes events in their order of arrival: of each first the profile, then every notice. One row for all. */
  admit({ recipient, entries }: AdmitCommand): AdmitAnswer {
    const now = clock();
    const context = { now, recipient, hash: this.#hash, rows: this.#storage, identities_kept_ms: IDENTITIES_KEPT_MS };
    const before = this.#load();
    const { document, outcomes, rows } = admitEvents(before, entries, context);
    if (
      isFull(document) &&
      document.messages.length > before.messages.length &&
      !document.messages.slice(before.messages.length).every(isUrgent)
    ) {
      return { outcomes: entries.map(() => ({ kind: "full" })), profile: before.profile, waiting: [] };
    }
    const since = now - WAITS_TOO_LONG_MS;
    const waiting = (before.requeued_at ?? 0) < since ? overdueIn(before, since, now, this.#timing) : [];
    this.#save(waiting.length > 0 ? { ...document, requeued_at: now } : document, now, rows);
    return { outcomes, profile: document.profile, waiting };
  }

  /** Opens an attempt for each message that may be sent now; to be called before a carrier is. */
  claim(command: ClaimCommand): Claim[] {
    const now = clock();
    const { document, claims } = claimMessages(this.#load(), command, this.#storage, now, this.#timing);
    this.#save(document, now);
    return claims;
  }

  /** Takes carriers' answers and receipts, in any order and as often as they come. */
  tell(told: readonly Told[]): ToldResult[] {
    const now = clock();
    const isNew = (reference: string | undefined): boolean => reference === undefined || !this.#storage.findHistory(reference);
    const { document, results } = tellMessages(this.#load(), told, now, this.#timing, isNew);
    this.#save(document, now);
    return results.map((result, at) => (result.matched ? result : this.#tellHistory(told[at], result, now)));
  }

  /** Takes back what still waits: one message, or those of a notice with this key (in clear). */
  cancel(which: Which): readonly TakenBack[] {
    const now = clock();
    const { document, results } = cancelMessages(this.#load(), this.#hashed(which), now, this.#timing);
    this.#save(document, now);
    return results;
  }

  /** Moves what is left of a series in one step. */
  reschedule(which: Which, move: Move): readonly TakenBack[] {
    const now = clock();
    const { document, results } = rescheduleMessages(this.#load(), this.#hashed(which), move, now);
    this.#save(document, now);
    return results;
  }

  /** The code of this message was used: nothing repeats it. */
  verified(id: string): readonly TakenBack[] {
    const now = clock();
    const { document, results } = verifyMessage(this.#load(), id, now, this.#timing);
    this.#save(document, now);
    return results;
  }

  /** Begins messages anew that failed or expired, and names those that are to be put into their lanes. */
  replay(ids: readonly string[], how: ReplayHow): readonly Replayed[] {
    const now = clock();
    const find = (id: string): HistoryRow | undefined => this.#storage.findHistory(id);
    const { document, history, results } = replayMessages(this.#load(), find, ids, how, this.#storage, now, this.#timing);
    this.#save(document, now, [], history);
    return results;
  }

  /** Ids for whoever puts them into a lane: accepted and never claimed, or due again. Writes only what it lets go of. */
  waiting(): readonly Due[] {
    const now = clock();
    const waiting = waitingIn(this.#load(), now, this.#timing);
    const letGone = letGo(this.#load(), waiting, now);
    if (letGone !== this.#load()) this.#save(letGone, now);
    return waiting;
  }

  /** Messages as they stand now, newest first, over open and past ones. Writes nothing. */
  timeline(question: TimelineQuestion): TimelinePage {
    return timelineOf(this.#load(), this.#storage, question, clock(), this.#timing);
  }

  /** One message, open or past. Writes nothing. */
  message(id: string): Timeline | undefined {
    return timelineOf(this.#load(), this.#storage, { id }, clock(), this.#timing).found[0];
  }

  /** Who it is and what they want, as it is kept. Writes nothing. */
  profile(): Pick<RecipientDocument, "profile" | "preferences"> {
    const { profile, preferences } = this.#load();
    return { ...(profile ? { profile } : {}), preferences };
  }

  /**
   * What has come due goes to its lane first and is written down after: if this fails between the two, the claim finds that
   * it is due. At least once, perhaps late: a failure is caught and the alarm set again, since the platform gives up after six.
   */
  override async alarm(): Promise<void> {
    try {
      const due = dueIn(this.#load(), clock(), this.#timing);
      await this.#lanes.enqueue(this.ctx.id.name, due);
      const now = clock();
      const { alarm_at: _spent, ...woken } = wake(this.#load(), due, now, this.#timing);
      this.#save(woken, now);
    } catch (error) {
      log("error", "recipient.alarm.failed", { error: errorName(error) });
      await this.ctx.storage.setAlarm(clock() + ALARM_AGAIN_MS);
    }
  }

  #hashed(which: Which): Which {
    return "id" in which ? which : { notice: which.notice, key: this.#hash("cancel", which.notice, which.key) };
  }

  #tellHistory(told: Told | undefined, result: ToldResult, now: number): ToldResult {
    const text = told && (told.id ?? (told.kind === "receipt" ? told.reference : undefined));
    const row = text === undefined ? undefined : this.#storage.findHistory(text);
    if (!told || !row) return result;
    const heard = tellHistory(this.#load(), row, told, this.#storage, now, this.#timing);
    this.#save(heard.document, now, heard.rows, heard.row === row ? [] : [heard.row]);
    return heard.result;
  }

  #load(): RecipientDocument {
    this.#document ??= this.#storage.readDocument() ?? emptyDocument();
    return this.#document;
  }

  /** All or nothing: the document, what the step wants written beside it, and what leaves it for history or changes there. */
  #save(stepped: RecipientDocument, now: number, rows: readonly RowWrite[] = [], changed: readonly HistoryRow[] = []): void {
    const before = this.#load();
    const kept = keepData(before, stepped);
    const spilled = spill(kept.document, this.#storage, now);
    const next = withAlarm(spilled.document, now, this.#timing);
    if (next === before && rows.length === 0 && changed.length === 0) return;
    try {
      this.ctx.storage.transactionSync(() => {
        for (const row of [...rows, ...kept.rows, ...spilled.rows]) this.#storage.write(row);
        for (const row of changed) this.#storage.changeHistory(row);
        if (spilled.history.length > 0) this.#storage.addHistory(spilled.history, now + HISTORY_KEPT_MS, now);
        if (next !== before) this.#storage.writeDocument(next);
      });
    } catch (error) {
      this.#storage = new RecipientStorage(this.ctx.storage.sql);
      throw error;
    }
    if (next.alarm_at !== undefined && next.alarm_at !== stepped.alarm_at) void this.ctx.storage.setAlarm(next.alarm_at);
    this.#document = next;
  }
}
