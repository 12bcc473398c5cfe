import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { TimelineCursor } from "../../src/admit/timeline.ts";
import { type Counted, costOf, counting } from "./counting.ts";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const PAST = env.SOAK === "" ? 2_000 : 100_000;
const POSTED_TOGETHER = 50;

const rules = rulesFor({
  classes: { service: { quiet_hours: [], caps: [] } },
  notices: {
    told: { class: "transactional", channels: ["sms"] },
    later: { class: "service", channels: ["sms"] },
    gathered: { class: "service", channels: ["sms"], digest: { key: "{{ data.key }}", window: "PT1H" } },
    unwanted: { class: "marketing", channels: ["email"] },
  },
});

/** Makes that many messages past, by the object's own doing: admitted, claimed, taken, delivered, spilled. */
async function live(person: LivePerson, messages: number): Promise<void> {
  await person.change(profileWith());
  for (let at = 0; at < messages; at += POSTED_TOGETHER) {
    const together = Math.min(POSTED_TOGETHER, messages - at);
    const answers = await Promise.all(
      Array.from({ length: together }, (_, step) => person.post(eventOf(`past-${at + step}`, "told", person.recipient.id, Date.now()))),
    );
    await person.deliver(answers.flatMap((answer) => (answer ?? []).map(({ id }) => id)));
  }
}

/** What each kind of event costs: the middle of nine, since one admission in some tens moves lines of the past to a row. */
async function costs(person: LivePerson): Promise<Record<string, Counted>> {
  const counted = await counting(person.stub);
  const now = Date.now();
  const post = (id: string, type: string, data: object = {}, deliverat?: number) =>
    person.post(
      eventOf(id, type, person.recipient.id, now, data, deliverat === undefined ? {} : { deliverat: new Date(deliverat).toISOString() }),
    );
  const kinds: Record<string, (at: number) => Promise<unknown>> = {
    admitted: (at) => post(`admitted-${at}`, "told"),
    deferred: (at) => post(`deferred-${at}`, "later", {}, now + 3_600_000 + at),
    suppressed: (at) => post(`suppressed-${at}`, "unwanted"),
    repeated: () => post("admitted-1", "told"),
    merged: (at) => post(`merged-${at}`, "gathered", { key: "k" }),
  };
  await post("merged-opener", "gathered", { key: "k" });
  const found: Record<string, Counted> = {};
  for (const [kind, step] of Object.entries(kinds)) {
    await step(0);
    const each: Counted[] = [];
    for (let at = 1; at <= 9; at++) each.push(await costOf(counted, () => step(at)));
    found[kind] = { written: middle(each.map(({ written }) => written)), read: middle(each.map(({ read }) => read)) };
  }
  return found;
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

describe("History", () => {
  it(`does not make admission dearer: rows read and written are the same with 10 and with ${PAST} past messages`, {
    timeout: 3_600_000,
  }, async () => {
    const few = livePerson(rules, "few-messages");
    const many = livePerson(rules, "many-messages");
    await live(few, 10);
    await live(many, PAST);
    const [after10, afterMany] = [await costs(few), await costs(many)];
    console.log(`rows written and read after 10: ${JSON.stringify(after10)}, after ${PAST}: ${JSON.stringify(afterMany)}`);
    for (const [kind, cost] of Object.entries(afterMany)) {
      expect(cost.written, kind).toBe(after10[kind]?.written);
      expect(cost.read, kind).toBeLessThanOrEqual((after10[kind]?.read ?? 0) + 1);
    }
    expect(afterMany.admitted?.written).toBe(1);
    expect(afterMany.deferred?.written).toBe(1);
    expect(afterMany.suppressed?.written).toBe(1);
    expect(afterMany.merged?.written).toBe(1);
    expect(afterMany.repeated?.written).toBe(0);
  });

  it("is listed newest first, page by page, over document and history, and each message is found by its id", async () => {
    const person = livePerson(rules, "listed");
    await live(person, 300);
    await evictDurableObject(person.stub);
    const seen: string[] = [];
    let after: TimelineCursor | undefined;
    do {
      const page = await person.stub.timeline({ limit: 70, ...(after ? { after } : {}) });
      seen.push(...page.found.map(({ message }) => message.id));
      after = page.next;
    } while (after);
    expect(seen).toHaveLength(300);
    expect(new Set(seen).size).toBe(300);
    for (const id of [seen[0], seen[150], seen[299]])
      expect((await person.stub.message(id ?? ""))?.message).toMatchObject({ id, state: "delivered" });
    const delivered = await person.stub.timeline({ notice: "told", state: "delivered", limit: 5 });
    expect(delivered.found).toHaveLength(5);
    expect((await person.stub.timeline({ state: "failed" })).found).toEqual([]);
  });

  it("still takes a late receipt, and gives the slot back when the message was not delivered after all", async () => {
    const capped = rulesFor({
      classes: { service: { quiet_hours: [], caps: [{ max: 300, per: "P30D", over: "suppress" }] } },
      notices: { told: { class: "service", channels: ["sms"] } },
    });
    const person = livePerson(capped, "late-receipt");
    await live(person, 300);
    const [full] = (await person.post(eventOf("full", "told", person.recipient.id, Date.now()))) ?? [];
    expect(full?.decision).toMatchObject({ kind: "suppress", reason: "capped" });
    const oldest = (await person.stub.timeline({ limit: 400 })).found.at(-1)?.message.id ?? "";
    const late = { kind: "receipt", id: oldest, carrier: "main", reference: oldest, status: "undelivered", arrived_at: 5 } as const;
    expect(await person.stub.tell([late, late])).toMatchObject([
      { matched: true, state: "undelivered" },
      { matched: true, state: "undelivered" },
    ]);
    const [first] = (await person.post(eventOf("free", "told", person.recipient.id, Date.now()))) ?? [];
    const [second] = (await person.post(eventOf("full-again", "told", person.recipient.id, Date.now()))) ?? [];
    expect([first?.decision.kind, second?.decision.kind]).toEqual(["send", "suppress"]);
  });

  it("leaves data of 60 KB in a row of its own until the message is final, and none after", async () => {
    const person = livePerson(rules, "large-data");
    await person.change(profileWith());
    const counted = await counting(person.stub);
    const big = "k1.d.".padEnd(60_000, "d");
    const order = {
      event: eventOf("big", "told", person.recipient.id, Date.now()),
      body_hash: "b",
      sealed: "k1.x.y",
      data: big,
      cancels: [],
      notices: [rules.notices.get("told")?.[0]?.rule].flatMap((rule) => rule ?? []),
    };
    const { outcomes } = await person.stub.admit({ recipient: person.recipient, entries: [{ order }] });
    const [outcome] = outcomes;
    const id = outcome?.kind === "decided" ? (outcome.admitted[0]?.id ?? "") : "";
    await evictDurableObject(person.stub);
    expect(counted.written).toBeGreaterThanOrEqual(2);
    const [claim] = await person.stub.claim({ ids: [id], lease_ms: 60_000, paused: [] });
    expect(claim).toMatchObject({ kind: "send", message: { data: big } });
    await person.stub.tell([{ kind: "receipt", id, carrier: "main", reference: "SM", status: "delivered", arrived_at: 1 }]);
    expect((await person.stub.message(id))?.message).toMatchObject({ state: "delivered" });
    expect((await person.stub.message(id))?.message.data).toBeUndefined();
  });
});
