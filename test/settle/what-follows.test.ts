import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AnsweredCall, closesAccount, refusesAccount, whatFollows } from "../../src/settle/what-follows.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { CLASS_DEFAULTS } from "../../src/vocabulary/class-defaults.ts";
import { NOTICE_CLASSES } from "../../src/vocabulary/classes.ts";

const WAIT_SECONDS = 60;

/** The rows of docs/delivery.md, by the name that stands in their first cell, with the call that each is about. */
const ROWS: Readonly<Record<string, { readonly answer: CarrierAnswer; readonly call?: Partial<AnsweredCall> }>> = {
  taken: { answer: { kind: "taken" } },
  "refused: recipient": { answer: { kind: "refused", because: "recipient" }, call: { untried: 1, open: 2 } },
  "refused: content": { answer: { kind: "refused", because: "content" }, call: { untried: 1, open: 2 } },
  "refused: config or balance, a carrier untried": { answer: { kind: "refused", because: "config" }, call: { untried: 1, open: 1 } },
  "refused: config or balance, only tried ones open": { answer: { kind: "refused", because: "balance" }, call: { untried: 0, open: 1 } },
  "refused: config or balance, none open": { answer: { kind: "refused", because: "config" }, call: { untried: 0, open: 0 } },
  "refused: the last open account": {
    answer: { kind: "refused", because: "balance", account: true },
    call: { untried: 0, open: 0 },
  },
  "throttled, a carrier untried": { answer: { kind: "throttled", retry_after_seconds: 30 }, call: { untried: 1, open: 2 } },
  "throttled, none untried": { answer: { kind: "throttled", retry_after_seconds: 30 } },
  "unreachable, a carrier untried": { answer: { kind: "unreachable" }, call: { untried: 1, open: 2 } },
  "unreachable, none untried": { answer: { kind: "unreachable" } },
  "unclear or lost, first time": { answer: { kind: "unclear" } },
  "unclear or lost, second time": { answer: { kind: "unclear" }, call: { may_have_sent: 2 } },
};

const callOf = (row: string, onUnclear: AnsweredCall["on_unclear"]): AnsweredCall => {
  const known = ROWS[row];
  if (!known) throw new Error(`docs/delivery.md has a row that no case is for: ${row}`);
  const sent = known.answer.kind === "taken" || known.answer.kind === "unclear";
  return {
    answer: known.answer,
    on_unclear: onUnclear,
    untried: 0,
    open: 1,
    may_have_sent: sent ? 1 : 0,
    not_sent: sent ? 0 : 1,
    ...known.call,
  };
};

/** What a cell of the table says, in the words of the code. */
function cellOf(row: string, onUnclear: AnsweredCall["on_unclear"]): string {
  const follow = whatFollows(callOf(row, onUnclear), WAIT_SECONDS);
  return "delay_seconds" in follow ? `${follow.kind}, ${follow.delay_seconds} s` : follow.kind;
}

const docs = readFileSync(join(import.meta.dirname, "../../docs/delivery.md"), "utf8");
const table = docs
  .split("\n")
  .filter((line) => line.startsWith("| ") && Object.keys(ROWS).some((row) => line.startsWith(`| ${row} |`)))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("The table of what follows a carrier's answer", () => {
  it("has a row in docs/delivery.md for every case, and a column for every class", () => {
    expect(table.map(([row]) => row).toSorted()).toEqual(Object.keys(ROWS).toSorted());
    for (const cells of table) expect(cells).toHaveLength(1 + NOTICE_CLASSES.length);
  });

  for (const [row = "", ...cells] of table) {
    it.each(NOTICE_CLASSES.map((noticeClass, at) => [noticeClass, cells[at]] as const))(
      `says of "${row}" for %s: %s`,
      (noticeClass, cell) => {
        expect(cellOf(row, CLASS_DEFAULTS[noticeClass].on_unclear)).toBe(cell);
      },
    );
  }
});

describe("What follows a carrier's answer", () => {
  it("backs off twice as long each time, to five minutes at most", () => {
    const delays = [1, 2, 3, 8, 9, 50].map((not_sent) =>
      whatFollows({ ...callOf("unreachable, none untried", "stop"), not_sent }, WAIT_SECONDS),
    );
    expect(delays).toEqual([2, 4, 8, 256, 300, 300].map((delay_seconds) => ({ kind: "again", delay_seconds })));
  });

  it("waits as long as a throttling carrier asks, to fifteen minutes at most", () => {
    const paused = (seconds: number) =>
      whatFollows(
        { ...callOf("throttled, none untried", "stop"), answer: { kind: "throttled", retry_after_seconds: seconds } },
        WAIT_SECONDS,
      );
    expect([paused(0), paused(40), paused(100_000)]).toEqual([2, 40, 900].map((delay_seconds) => ({ kind: "again", delay_seconds })));
  });

  it("never sends a third time what may be with the person twice", () => {
    for (const onUnclear of ["stop", "resend_without_receipt", "elsewhere"] as const) {
      for (const may_have_sent of [2, 3, 9])
        expect(whatFollows({ ...callOf("unclear or lost, first time", onUnclear), may_have_sent }, WAIT_SECONDS)).toEqual({ kind: "stop" });
    }
  });

  it("closes a carrier for the message when the account is at fault, and only then", () => {
    expect((["recipient", "content", "config", "balance"] as const).map((because) => closesAccount({ kind: "refused", because }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect([closesAccount({ kind: "unclear" }), closesAccount(undefined)]).toEqual([false, false]);
  });

  it("tells a refusal of the account as a whole from one that concerns a message", () => {
    expect(refusesAccount({ kind: "refused", because: "config", account: true })).toBe(true);
    expect(refusesAccount({ kind: "refused", because: "config" })).toBe(false);
    expect(refusesAccount({ kind: "refused", because: "recipient", account: true })).toBe(false);
    expect([refusesAccount({ kind: "throttled" }), refusesAccount(undefined)]).toEqual([false, false]);
  });

  it("waits longer each time for the last open account, as for a carrier that cannot be reached", () => {
    const delays = [1, 2, 3, 50].map((not_sent) =>
      whatFollows({ ...callOf("refused: the last open account", "stop"), not_sent }, WAIT_SECONDS),
    );
    expect(delays).toEqual([2, 4, 8, 300].map((delay_seconds) => ({ kind: "again", delay_seconds })));
  });
});
