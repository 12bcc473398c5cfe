import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { type Book, OpenBook } from "../../src/admit/book.ts";
import { changeProfile } from "../../src/admit/change-profile.ts";
import { type Decided, decideEvents } from "../../src/admit/decide-events.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { giveBack, leaveDocument } from "../../src/admit/leave-document.ts";
import { IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { keyedHashOf } from "../../src/support/keyed-hash.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import type { Event } from "../../src/vocabulary/event.ts";
import type { Message } from "../../src/vocabulary/message.ts";

/** Days of 10,000 messages; 31 is the full number. */
const DAYS = Number(process.env.CARILLON_ALARM_DAYS ?? (process.env.SOAK ? 31 : 1));
const PER_DAY = 10_000;
const DAY_MS = 86_400_000;
const START = Date.parse("2026-03-02T00:00:00Z");
const DOCUMENT_MAX_BYTES = 256 * 1024;
const MOST = 9_990;

const rulebook = rulebookOf(
  catalog.parse({
    notices: {
      alarm: {
        class: "transactional",
        channels: ["sms"],
        dedupe: { key: "{{ data.n }}", window: "P3D" },
        cancel: { on: ["over"], key: "{{ data.n }}" },
        caps: [{ max: MOST, per: "P1D", over: "suppress" }],
      },
    },
  }),
  1,
);

/** A Recipient's shell in memory: one document, rows beside it, and how often they were touched. */
function alarmReceiver() {
  const rows = new Map<string, string>();
  const counts = { read: 0, readMost: 0, written: 0, bytes: 0, rowBytes: 0 };
  let document: RecipientDocument = changeProfile(emptyDocument(), {
    how: "replace",
    profile: { id: "" },
    addresses: { sms: { sealed: "", hash: "" } },
    preferences: [],
  });
  let readNow = new Set<string>();
  const beside = {
    read(row: string) {
      readNow.add(row);
      return rows.get(row);
    },
  };
  const context = {
    recipient: { id: "alarms", key: "K".repeat(22), sealed: "" },
    hash: keyedHashOf("k"),
    rows: beside,
    identities_kept_ms: IDENTITIES_KEPT_MS,
  };
  const write = (written: readonly { row: string; text: string | undefined }[]) => {
    for (const { row, text } of written) {
      counts.written++;
      counts.rowBytes = Math.max(counts.rowBytes, text?.length ?? 0);
      if (text === undefined) rows.delete(row);
      else rows.set(row, text);
    }
  };
  return {
    counts,
    rows,
    document: () => document,
    tell(type: string, id: string, time: number, now: number, n: string): readonly Decided[] {
      readNow = new Set();
      const event: Event = {
        id,
        source: "/plant",
        type,
        time: new Date(time).toISOString(),
        subject: "alarms",
        data: { n },
        extensions: {},
      };
      const plan = planByRecipient(planEvent(event, undefined, rulebook)).get("alarms");
      if (!plan) return [];
      const step = decideEvents(document, [{ ...plan, event, body_hash: "0123456789", sealed: "" }], { ...context, now });
      counts.read += readNow.size;
      counts.readMost = Math.max(counts.readMost, readNow.size);
      write(step.rows);
      const left = leaveDocument(
        step.document,
        step.document.messages.map((each): Message => ({ ...each, state: "delivered" })),
        beside,
        now,
      );
      write(left.rows);
      document = left.document;
      const [outcome] = step.outcomes;
      return outcome?.kind === "decided" ? outcome.decided : [];
    },
    measure() {
      counts.bytes = Math.max(counts.bytes, JSON.stringify(document).length);
    },
  };
}

describe("a recipient with 10,000 messages a day", () => {
  it(`stays within 256 KB over ${DAYS} days, reads at most 3 rows more, and forgets nothing that a rule needs`, {
    timeout: 3_600_000,
  }, () => {
    const receiver = alarmReceiver();
    const sentAt: number[] = [];
    const ids: string[] = [];
    for (let at = 0; at < DAYS * PER_DAY; at++) {
      const now = START + Math.floor((at * DAY_MS) / PER_DAY);
      const [told] = receiver.tell("alarm", `a${at}`, now, now, `n${at}`);
      const inDay = sentAt.length - (sentAt.findLastIndex((instant) => instant <= now - DAY_MS) + 1);
      expect(told?.decision.kind).toBe(inDay < MOST ? "send" : "suppress");
      if (told?.decision.kind === "send") sentAt.push(now);
      ids.push(told?.id ?? "");
      if (at % 7 === 0) receiver.tell("over", `o${at}`, now, now, `late${at}`);
      if (at % 500 === 0) receiver.measure();
    }
    const end = START + DAYS * DAY_MS;
    const { counts } = receiver;
    for (let at = 0; at < ids.length; at += 97) {
      const time = START + Math.floor((at * DAY_MS) / PER_DAY);
      if (time <= end - IDENTITIES_KEPT_MS) continue;
      expect(receiver.tell("alarm", `a${at}`, time, end, `n${at}`)).toMatchObject([{ id: ids[at], replayed: true }]);
      if (sentAt.includes(time) && time > end - 3 * DAY_MS)
        expect(receiver.tell("alarm", `again${at}`, end, end, `n${at}`)[0]?.decision).toMatchObject({ reason: "duplicate" });
      if (at % 7 === 0)
        expect(receiver.tell("alarm", `late${at}`, time - 1, end, `late${at}`)[0]?.decision).toMatchObject({ reason: "canceled" });
    }
    console.log(
      `document ≤ ${counts.bytes} bytes, ≤ ${counts.readMost} rows read an admission, ${(counts.written / ids.length).toFixed(3)} rows written, a row ≤ ${counts.rowBytes} bytes, ${receiver.rows.size} rows`,
    );
    expect(counts.bytes).toBeLessThan(DOCUMENT_MAX_BYTES);
    expect(counts.readMost).toBeLessThanOrEqual(3);
    expect(counts.written / ids.length).toBeLessThan(0.25);
  });
});

describe("the past", () => {
  it("forgets what is due, and the rows of a recipient who went quiet", () => {
    const receiver = alarmReceiver();
    for (let at = 0; at < 3000; at++) receiver.tell("alarm", `a${at}`, START, START, `n${at}`);
    const busy = JSON.stringify(receiver.document()).length;
    expect(receiver.rows.size).toBeGreaterThan(100);
    receiver.tell("alarm", "one", START + 40 * DAY_MS, START + 40 * DAY_MS, "one");
    expect(receiver.rows.size).toBe(0);
    expect(JSON.stringify(receiver.document()).length).toBeLessThan(busy / 10);
  });

  it("decides an event anew 30 days after the end of its message's time, and not while that waits", () => {
    const receiver = alarmReceiver();
    const [first] = receiver.tell("alarm", "a", START, START, "n");
    expect(receiver.tell("alarm", "a", START, START + 31 * DAY_MS - 1, "n")).toMatchObject([{ id: first?.id, replayed: true }]);
    expect(receiver.tell("alarm", "a", START, START + 31 * DAY_MS, "n")).toMatchObject([
      { id: first?.id, replayed: false, decision: { reason: "expired" } },
    ]);
  });

  it("keeps one line of cancels that say the same again and again", () => {
    const receiver = alarmReceiver();
    for (let at = 0; at < 2000; at++) receiver.tell("over", `o${at}`, START + at, START + at, "same");
    expect(receiver.rows.size).toBe(1);
    expect(receiver.counts.rowBytes).toBeLessThan(100);
  });

  it("gives a slot and a content back when a message that has left ends unsent after all", () => {
    const receiver = alarmReceiver();
    const [told] = receiver.tell("alarm", "a", START, START, "n");
    if (!told?.message) throw new Error("nothing was decided");
    const { document } = giveBack(receiver.document(), told.message, { read: () => undefined }, START);
    expect(document.past?.counted[0]?.at).toEqual([]);
    expect(document.past?.contents.tails.join("")).toBe("");
  });
});

describe("a book", () => {
  it("finds what was added and not taken back or due, however much there is", () => {
    const hashOf = keyedHashOf("book");
    const change = fc.record({
      key: fc.integer({ min: 0, max: 60 }),
      for: fc.integer({ min: 1, max: 400 }),
      rest: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom("add", "add", "add", "remove", "sweep"),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const rows = new Map<string, string>();
        let kept: Book | undefined;
        let expected: { hash: string; until: number; rest: string }[] = [];
        changes.forEach(({ key, for: length, rest, kind }, now) => {
          const written = new Map<string, string | undefined>();
          const open: OpenBook = new OpenBook("b", kept, { read: (row) => rows.get(row) }, written);
          const hash = `A${hashOf(String(key))}`;
          if (kind === "add") {
            open.add(hash, now + length, String(rest), now);
            expected.push({ hash, until: now + length, rest: String(rest) });
          } else if (kind === "remove") {
            const alive = open.find(hash, now);
            open.remove(hash, String(rest));
            if (alive.includes(String(rest)) && open.find(hash, now).length < alive.length) {
              const mine = expected.findLastIndex((each) => each.hash === hash && each.rest === String(rest) && each.until > now);
              expected = expected.toSpliced(mine, 1);
            }
          } else open.sweep(now);
          kept = open.close();
          for (const [row, text] of written) text === undefined ? rows.delete(row) : rows.set(row, text);
        });
        const now = changes.length;
        const open = new OpenBook("b", kept, { read: (row) => rows.get(row) }, new Map());
        for (const { hash } of expected) {
          const all = expected.filter((each) => each.hash === hash && each.until > now).map(({ rest }) => rest);
          if (!changes.some(({ kind }) => kind === "remove")) expect(open.find(hash, now).toSorted()).toEqual(all.toSorted());
          else expect(open.find(hash, now).length).toBeLessThanOrEqual(expected.filter((each) => each.hash === hash).length);
        }
      }),
      { numRuns: 60 },
    );
  });
});
