import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stateOf } from "../../src/settle/message-state.ts";
import { channelsLeft, mayFollow, nextOf } from "../../src/settle/next-attempt.ts";
import type { CarrierAnswer } from "../../src/vocabulary/carrier.ts";
import { CLASS_DEFAULTS } from "../../src/vocabulary/class-defaults.ts";
import { NOTICE_CLASSES, type NoticeClass } from "../../src/vocabulary/classes.ts";
import type { Attempt, KeptReceipt, Message } from "../../src/vocabulary/message.ts";
import { attemptOf, LEASE_MS, messageOf, TIMING } from "./messages.ts";

const ANSWERED_AT = 500;
const NOW = 1_000;
const TAKEN: CarrierAnswer = { kind: "taken", reference: "SM1" };
const UNCLEAR: CarrierAnswer = { kind: "unclear", code: "timeout" };
const ACCOUNT: CarrierAnswer = { kind: "refused", because: "config", account: true };
const NOT_THERE: CarrierAnswer = { kind: "unreachable" };

const made = (answer: CarrierAnswer, over: Partial<Attempt> = {}): Attempt =>
  attemptOf({ channel: "rcs", answer, answered_at: ANSWERED_AT, untried: 0, open: 1, ...over });
const receipt = (status: KeptReceipt["status"]): { receipts: KeptReceipt[] } => ({ receipts: [{ status, at: 900 }] });
const twice = (over: Partial<Attempt>): Attempt[] => [made(TAKEN, over), made(TAKEN, { n: 2, ...over })];

/** The rows of docs/delivery.md, by the name that stands in their first cell, with the attempts that each is about. */
const ROWS: Readonly<Record<string, readonly Attempt[]>> = {
  "one taken, a carrier untried": [made(TAKEN, { untried: 1 })],
  "one taken, no carrier untried": [made(TAKEN)],
  "one unclear": [made(UNCLEAR)],
  "one undelivered, a carrier untried": [made(TAKEN, { untried: 1, ...receipt("undelivered") })],
  "one undelivered, no carrier untried": [made(TAKEN, receipt("undelivered"))],
  "two that may have arrived": [made(UNCLEAR, { untried: 1 }), made(TAKEN, { n: 2, untried: 1 })],
  "two undelivered": twice({ untried: 1, ...receipt("undelivered") }),
  "refused for good": [made({ kind: "refused", because: "recipient" }, { untried: 1, open: 2 })],
  "the last open account refused": [made(ACCOUNT, { open: 0 })],
  "unreachable, tried for less than 60 s": [made(NOT_THERE)],
  "unreachable, tried for 60 s": [made(NOT_THERE), made(NOT_THERE, { n: 2, claimed_at: 59_990, answered_at: 60_000 })],
  "one delivered": [made(TAKEN, { untried: 1, ...receipt("delivered") })],
};

function inUse(noticeClass: NoticeClass, attempts: readonly Attempt[], over: Partial<Message> = {}): Message {
  return messageOf({
    class: noticeClass,
    on_unclear: CLASS_DEFAULTS[noticeClass].on_unclear,
    channels: ["rcs", "sms"],
    channel: "rcs",
    next_channel: "sms",
    fallback_after_ms: 60_000,
    ...(noticeClass === "verification" ? { resend_after_ms: 20_000 } : {}),
    state: "sending",
    attempts: [...attempts],
    ...over,
  });
}

/** What follows in the words of the table, in seconds after the last answer. */
function cellOf(message: Message): string {
  const next = nextOf(message, NOW, TIMING);
  if (next.kind !== "attempt") return next.kind;
  return `${next.on}, ${(next.at - (message.attempts.at(-1)?.answered_at ?? 0)) / 1000} s`;
}

const [, section = ""] = readFileSync(join(import.meta.dirname, "../../docs/delivery.md"), "utf8").split("## Which channel, and once more");
const table = section
  .slice(0, section.indexOf("\n## "))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([row = ""]) => row !== "the channel's attempts" && row !== "---");

describe("The table of channels", () => {
  it("has a row in docs/delivery.md for every case, and a column for every class", () => {
    expect(table.map(([row]) => row).toSorted()).toEqual(Object.keys(ROWS).toSorted());
    for (const cells of table) expect(cells).toHaveLength(1 + NOTICE_CLASSES.length);
  });

  for (const [row = "", ...cells] of table) {
    it.each(NOTICE_CLASSES.map((noticeClass, at) => [noticeClass, cells[at] ?? ""] as const))(
      `says of "${row}" for %s: %s`,
      (noticeClass, cell) => {
        expect(cellOf(inUse(noticeClass, ROWS[row] ?? []))).toBe(cell);
      },
    );
    it(`says of "${row}" that without a next channel there is none, and what is made here is made all the same`, () => {
      for (const [at, noticeClass] of NOTICE_CLASSES.entries()) {
        const { next_channel: _, ...alone } = inUse(noticeClass, ROWS[row] ?? []);
        const waits =
          row === "the last open account refused" ? "here, 2 s" : row === "unreachable, tried for 60 s" ? "here, 4 s" : "nothing";
        expect(cellOf(alone)).toBe(cells[at]?.startsWith("next") ? waits : cells[at]);
      }
    });
  }
});

describe("What comes next", () => {
  it("is begun by the alarm where it depends on silence or a receipt, and by who holds the message where an answer says it", () => {
    const by = (attempts: readonly Attempt[], noticeClass: NoticeClass = "transactional") => {
      const next = nextOf(inUse(noticeClass, attempts), NOW, TIMING);
      return next.kind === "attempt" ? next.by : next.kind;
    };
    expect([by([made(TAKEN)]), by([made(TAKEN, receipt("undelivered"))]), by([made(UNCLEAR)], "service")]).toEqual([
      "alarm",
      "alarm",
      "alarm",
    ]);
    expect([by([made(TAKEN, { untried: 1 })], "verification")]).toEqual(["alarm"]);
    expect([by([made({ kind: "refused", because: "content" })]), by([made(NOT_THERE)]), by([made(UNCLEAR)])]).toEqual([
      "lane",
      "lane",
      "lane",
    ]);
  });

  it("is not changed by a `sent` receipt, and is nothing once one part of a contradiction says delivered", () => {
    expect(cellOf(inUse("service", [made(TAKEN, receipt("sent"))]))).toBe("next, 60 s");
    const both = { receipts: [...receipt("undelivered").receipts, ...receipt("delivered").receipts] };
    expect(cellOf(inUse("verification", [made(TAKEN, { untried: 1, ...both })]))).toBe("nothing");
  });

  it("counts the attempts of the channel in use alone: a second channel begins with all its carriers and no backoff", () => {
    const before = [made(NOT_THERE), made(NOT_THERE, { n: 2 }), made({ kind: "refused", because: "recipient" }, { n: 3 })];
    const message = inUse("service", [...before, made(NOT_THERE, { n: 4, channel: "sms" })], { channel: "sms", next_channel: undefined });
    expect(cellOf(message)).toBe("here, 2 s");
  });

  it("is one extra over all channels: what had its second attempt on the first has none on the next", () => {
    const first = [made(UNCLEAR), made(TAKEN, { n: 2 })];
    const second = made(TAKEN, { n: 3, channel: "sms", untried: 1 });
    const onSms = (attempts: readonly Attempt[]) => inUse("verification", attempts, { channel: "sms", next_channel: undefined });
    expect(cellOf(onSms([...first, second]))).toBe("nothing");
    expect(cellOf(onSms([...first.slice(0, 1), second]))).toBe("here, 20 s");
    expect(cellOf(onSms([...first, made(UNCLEAR, { n: 3, channel: "sms" })]))).toBe("nothing");
  });

  it("tries the extra again only at a carrier that is untried, and no more once that refuses for good", () => {
    const taken = made(TAKEN, { untried: 2 });
    const extra = (answer: CarrierAnswer, untried: number) =>
      cellOf(
        inUse("verification", [taken, made(answer, { n: 2, untried, open: 3, answered_at: 21_000 })], { fallback_after_ms: undefined }),
      );
    expect(extra(NOT_THERE, 1)).toBe("here, 0 s");
    expect(extra(NOT_THERE, 0)).toBe("nothing");
    expect(extra({ kind: "refused", because: "recipient" }, 1)).toBe("nothing");
  });

  it("waits for the answer to say whether a carrier is left, where the receipt came first", () => {
    const early = attemptOf({ channel: "rcs", ...receipt("undelivered") });
    const message = inUse("verification", [early]);
    expect(nextOf(message, NOW, TIMING)).toEqual({ kind: "call", until: LEASE_MS });
    expect(stateOf(message, NOW, TIMING)).toBe("sent");
    expect(nextOf(message, LEASE_MS, TIMING)).toMatchObject({ kind: "attempt", on: "next" });
    expect(nextOf(inUse("transactional", [early]), NOW, TIMING)).toMatchObject({ kind: "attempt", on: "next", at: 0 });
  });

  it("is nothing from the end of the message's time on, nor planned for later than that", () => {
    expect(cellOf(inUse("service", [made(TAKEN)], { expires_at: 60_500 }))).toBe("nothing");
    expect(cellOf(inUse("service", [made(TAKEN)], { expires_at: 60_501 }))).toBe("next, 60 s");
    expect(cellOf(inUse("service", [made(TAKEN, receipt("undelivered"))], { expires_at: NOW }))).toBe("nothing");
    const extraTooLate = inUse("transactional", [made(UNCLEAR)], { expires_at: 40_000, fallback_after_ms: 30_000 });
    expect(cellOf(extraTooLate)).toBe("next, 30 s");
  });

  it("is nothing once the message is closed, but a call that is under way is", () => {
    expect(cellOf(inUse("service", [made(TAKEN, receipt("undelivered"))], { closed: true }))).toBe("nothing");
    expect(cellOf(inUse("service", [made(TAKEN), attemptOf({ n: 2, channel: "sms" })], { closed: true }))).toBe("call");
  });

  it("of a message that was replayed forgets what its attempts came to, and counts what may have arrived after all", () => {
    const before = made({ kind: "refused", because: "content" });
    const replayed = { replayed: { at: 700, after: 1 }, send_at: 700 };
    expect(nextOf(inUse("service", [before], replayed), NOW, TIMING)).toEqual({ kind: "attempt", at: 700, on: "here", by: "lane" });
    expect(stateOf(inUse("service", [before], replayed), NOW, TIMING)).toBe("queued");
    const arrived = inUse("service", [made({ kind: "refused", because: "content" }, receipt("sent"))], replayed);
    expect(cellOf(arrived)).toBe("next, 60 s");
  });
});

describe("The channels that are left", () => {
  const channels = ["push", "rcs", "sms"] as const;
  const left = (over: Partial<Message>, on: "here" | "next") => channelsLeft(messageOf({ channels: [...channels], ...over }), { on }, NOW);

  it("are all before the first attempt, then the one in use and those without an attempt, in order", () => {
    expect(left({ channel: "rcs" }, "here")).toEqual(["push", "rcs", "sms"]);
    expect(left({ channel: "rcs", attempts: [made(NOT_THERE)] }, "here")).toEqual(["rcs", "push", "sms"]);
    expect(left({ channel: "rcs", attempts: [made(NOT_THERE)] }, "next")).toEqual(["push", "sms"]);
  });

  it("begin with the one that a returned attempt was for", () => {
    expect(left({ channel: "sms", attempts: [made(TAKEN)] }, "here")).toEqual(["push", "sms"]);
  });

  it("are all again for a message that was replayed", () => {
    expect(left({ channel: "rcs", attempts: [made(NOT_THERE)], replayed: { at: 1, after: 1 } }, "here")).toEqual(["push", "rcs", "sms"]);
  });
});

describe("Whether anything may follow", () => {
  it("is so with a next channel, or for a code whose carriers are not all known to be tried", () => {
    expect(mayFollow(inUse("service", [made(TAKEN)]))).toBe(true);
    const alone = (noticeClass: NoticeClass, over: Partial<Attempt>) =>
      mayFollow(inUse(noticeClass, [made(TAKEN, over)], { next_channel: undefined }));
    expect([alone("service", { untried: 1 }), alone("verification", { untried: 1 }), alone("verification", { untried: 0 })]).toEqual([
      false,
      true,
      false,
    ]);
    expect(alone("verification", { untried: undefined })).toBe(true);
    expect(mayFollow(inUse("service", [made(TAKEN)], { closed: true }))).toBe(false);
  });
});
