import { DurableObject } from "cloudflare:workers";
import type { Claim, ClaimCommand, Told, ToldResult } from "../deliver/recipient-port.ts";
import type { Timing } from "../settle/timing.ts";
import { clock } from "../support/clock.ts";
import { type Config, readConfig } from "../support/config.ts";
import { errorName } from "../support/error-name.ts";
import { type KeyedHash, keyedHashOf } from "../support/keyed-hash.ts";
import { log } from "../support/log.ts";
import { resealerOf } from "../support/reseal-texts.ts";
import { admitEvents } from "./admit-events.ts";
import { liftBlock } from "./block-address.ts";
import type { RowWrite } from "./book.ts";
import type { ProfileChange } from "./change-profile.ts";
import { type ChangeAnswer, changeProfiles } from "./change-profiles.ts";
import { claimMessages } from "./claim-messages.ts";
import { type Copies, copiesOf, copyMissing } from "./copies.ts";
import type { KeptPreference, RecipientDocument } from "./document.ts";
import { DocumentKeeper } from "./document-keeper.ts";
import { eraseDocument } from "./erase.ts";
import { heldIn } from "./held-in.ts";
import { hasNoRoom } from "./keep-data.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { isOutdated, withActivation } from "./newest-catalog.ts";
import { beginCopy, noteUncopied } from "./note-uncopied.ts";
import { IDENTITIES_KEPT_MS } from "./question.ts";
import { type AdmitAnswer, type AdmitCommand, type Held, type Preferred, refusalOf, type Stepped } from "./recipient-commands.ts";
import type { HistoryRow, RecipientStorage, RowPlace } from "./recipient-storage.ts";
import { type Replayed, type ReplayHow, replayMessages } from "./replay-messages.ts";
import { type ResealAnswer, resealRecipient } from "./reseal-recipient.ts";
import { cancelMessages, type Move, rescheduleMessages, type TakenBack, verifyMessage, type Which } from "./take-back.ts";
import { takePreferences } from "./take-preferences.ts";
import { tellHistory } from "./tell-history.ts";
import { tellMessages } from "./tell-messages.ts";
import { type Timeline, type TimelinePage, type TimelineQuestion, timelineOf } from "./timeline.ts";
import type { Missing } from "./uncopied.ts";
import { type Due, dueIn, letGo, overdueIn, waitingIn, wake } from "./wake.ts";
import { withJoined } from "./with-joined.ts";

/** What has waited this long for a claim is put into its lane once more, and then as long not again. */
const WAITS_TOO_LONG_MS = 5 * 60_000;
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
  readonly #copies: Copies;
  readonly #keeper: DocumentKeeper;
  readonly #sealingKeys: Config["SEALING_KEYS"];

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    const config = readConfig(env);
    this.#timing = { unknown_after_seconds: config.UNKNOWN_AFTER_SECONDS, receipt_wait_seconds: config.RECEIPT_WAIT_SECONDS };
    this.#hash = keyedHashOf(config.NAMING_KEY);
    this.#lanes = lanesOf(env);
    this.#copies = copiesOf(env);
    this.#sealingKeys = config.SEALING_KEYS;
    this.#keeper = new DocumentKeeper(state.storage, this.#timing);
  }

  /** Takes events in their order of arrival: of each first the profile, then every notice. One row for all. */
  admit({ recipient, activation, entries }: AdmitCommand): AdmitAnswer {
    const now = clock();
    const context = { now, recipient, hash: this.#hash, rows: this.#storage, identities_kept_ms: IDENTITIES_KEPT_MS };
    const before = this.#load();
    if (isOutdated(before, activation)) return refusalOf("outdated", entries, before.profile);
    const { document: decided, outcomes, rows } = admitEvents(before, entries, context);
    const document = withActivation(before, decided, activation);
    if (hasNoRoom(before, document)) return refusalOf("full", entries, before.profile);
    const since = now - WAITS_TOO_LONG_MS;
    const waiting = (before.requeued_at ?? 0) < since ? overdueIn(before, since, now, this.#timing) : [];
    this.#save(waiting.length > 0 ? { ...document, requeued_at: now } : document, now, rows);
    const past = (id: string): HistoryRow["messages"] => this.#storage.findHistory(id)?.messages ?? [];
    return { outcomes: withJoined(outcomes, document.messages, past), profile: document.profile, waiting };
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
    return this.#step((document, now) => cancelMessages(document, this.#hashed(which), now, this.#timing));
  }

  /** What `cancel`, or with a move `reschedule`, would answer now. Writes nothing. */
  foresee(which: Which, move?: Move): readonly TakenBack[] {
    const [document, meant, now] = [this.#load(), this.#hashed(which), clock()];
    return (move ? rescheduleMessages(document, meant, move, now) : cancelMessages(document, meant, now, this.#timing)).results;
  }

  /** Moves what is left of a series in one step. */
  reschedule(which: Which, move: Move): readonly TakenBack[] {
    return this.#step((document, now) => rescheduleMessages(document, this.#hashed(which), move, now));
  }

  /** The code of this message was used: nothing repeats it. */
  verified(id: string): readonly TakenBack[] {
    return this.#step((document, now) => verifyMessage(document, id, now, this.#timing));
  }

  /** Begins messages anew that failed or expired, and names those that are to be put into their lanes; foreseen, nothing is written. */
  replay(ids: readonly string[], how: ReplayHow): readonly Replayed[] {
    const now = clock();
    const find = (id: string): HistoryRow | undefined => this.#storage.findHistory(id);
    const { document, history, results } = replayMessages(this.#load(), find, ids, how, this.#storage, now, this.#timing);
    if (!how.foresee) this.#save(document, now, [], history);
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
  profile(): Held {
    return heldIn(this.#load());
  }

  /** Changes the profile, one change after the other. One row for all, none where they change nothing. */
  change(changes: readonly ProfileChange[]): ChangeAnswer {
    const { document, ...answer } = changeProfiles(this.#load(), changes);
    this.#save(document, clock());
    return { ...answer, profile: document.profile };
  }

  /**
   * Erases what is known of this person. What was under way is gone: its claim says so, and late words about it change nothing. Answers the
   * count of changes, for copies. May be repeated.
   */
  erase(): number {
    const now = clock();
    const erased = eraseDocument(this.#load(), now);
    this.#keeper.replace(erased, now);
    return erased.erased?.revision ?? 0;
  }

  /** Takes entries of preferences, of one without a profile too. `sealed` is the recipient's id. */
  prefer(sealed: string, entries: readonly KeptPreference[]): Preferred {
    const { document, ...answer } = takePreferences(this.#load(), sealed, entries);
    this.#save(document, clock());
    return { ...this.profile(), ...answer };
  }

  /** Remembers what its caller could not copy to D1; the alarm copies it. False where that is too much. */
  notCopied(missing: Missing): boolean {
    const now = clock();
    const document = noteUncopied(this.#load(), missing, now);
    if (document) this.#save(document, now);
    return document !== undefined;
  }

  /** The block of an address was lifted, by its hash. */
  unblock(hash: string): void {
    const now = clock();
    this.#save(liftBlock(this.#load(), hash, now), now);
  }

  /** Seals rows anew under the key `current`; throws where it is not this object's own yet, since new settings come to it late. */
  reseal(current: string, after: RowPlace | undefined): ResealAnswer {
    if (this.#sealingKeys[0]?.[0] !== current) throw new Error("the key is not this object's current one");
    return resealRecipient(this.#keeper, this.ctx.id.name, after, resealerOf(this.#sealingKeys));
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
      const { document, copying } = beginCopy(woken, now);
      this.#save(document, now);
      if (copying) await copyMissing(copying, this.#copies, this.ctx.id.name, this.#keeper);
    } catch (error) {
      log("error", "recipient.alarm.failed", { error: errorName(error) });
      await this.ctx.storage.setAlarm(clock() + ALARM_AGAIN_MS);
    }
  }

  #step<Results>(step: (document: RecipientDocument, now: number) => Stepped<Results>): Results {
    const now = clock();
    const { document, results } = step(this.#load(), now);
    this.#save(document, now);
    return results;
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

  get #storage(): RecipientStorage {
    return this.#keeper.rows;
  }

  #load(): RecipientDocument {
    return this.#keeper.load();
  }

  #save(stepped: RecipientDocument, now: number, rows: readonly RowWrite[] = [], changed: readonly HistoryRow[] = []): void {
    this.#keeper.save(stepped, now, rows, changed);
  }
}
