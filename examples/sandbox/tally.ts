import type { BookTables } from "./book-tables.ts";
import type { CarrierName, Refusal } from "./call.ts";
import { CallLog, type LoggedCall } from "./call-log.ts";
import type { Breakage } from "./fault-effects.ts";

/** A call as far as it is counted; `texts` is empty where it asks, and where it was turned away unread. */
export interface CountedCall {
  carrier: CarrierName;
  account: string;
  action: string;
  texts?: readonly unknown[];
}

/** Counts what becomes of calls and of their texts, and keeps the log of calls. Each call is told here once. */
export class Tally {
  readonly log = new CallLog();
  private readonly tables: BookTables;

  constructor(tables: BookTables) {
    this.tables = tables;
  }

  /** @param refusals of the texts that were not taken; the others were. */
  taken(call: CountedCall, refusals: readonly Refusal[], at: number): void {
    const { carrier, texts = [] } = call;
    this.tables.count("call", carrier);
    const accepted = texts.length - refusals.length;
    if (accepted > 0) this.tables.count("accepted", carrier, accepted);
    for (const { code } of refusals) this.tables.count("refused", `${carrier} ${code}`);
    this.note(call, "taken", null, at);
  }

  refused(call: CountedCall, code: number | string, at: number): void {
    this.tables.count("call", call.carrier);
    this.tables.count("refused", `${call.carrier} ${code}`, call.texts?.length || 1);
    this.note(call, "refused", String(code), at);
  }

  broken(call: CountedCall, { fault }: Breakage, at: number): void {
    this.tables.count("call", call.carrier);
    this.tables.count("broken", `${call.carrier} ${fault}`, call.texts?.length || 1);
    this.note(call, "broken", fault, at);
  }

  /** A call that asks; what kept it from being answered is noted and not summed. */
  asked(call: CountedCall, at: number, hindrance?: { answer: "refused" | "broken"; code: string }): void {
    this.tables.count("query", call.carrier);
    this.note(call, hindrance?.answer ?? "asked", hindrance?.code ?? null, at);
  }

  private note({ carrier, account, action, texts }: CountedCall, answer: LoggedCall["answer"], code: string | null, at: number): void {
    this.log.add({ at, carrier, account, action, texts: texts?.length ?? 0, answer, code });
  }
}
