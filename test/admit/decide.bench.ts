import { readFileSync } from "node:fs";
import { planByRecipient, planEvent } from "../../src/accept/plan-event.ts";
import { rulebookOf } from "../../src/accept/rulebook.ts";
import { changeProfile } from "../../src/admit/change-profile.ts";
import { decideEvents } from "../../src/admit/decide-events.ts";
import { emptyDocument, type RecipientDocument } from "../../src/admit/document.ts";
import { leaveDocument } from "../../src/admit/leave-document.ts";
import { IDENTITIES_KEPT_MS } from "../../src/admit/question.ts";
import { releaseDue } from "../../src/admit/release.ts";
import { isoOf } from "../../src/support/clock.ts";
import { keyedHashOf, plainHash } from "../../src/support/keyed-hash.ts";
import { catalog } from "../../src/vocabulary/catalog.ts";
import { type Event, event as eventSchema } from "../../src/vocabulary/event.ts";

/**
 * Decisions a second of the core alone, on one core, for ordinary people: 300 of them, each with a yes to marketing, quiet
 * hours of their own and some messages a day, over weeks. Rounds are timed one by one: on a busy machine the best says
 * what the code costs, the median what the machine had left. `node test/admit/decide.bench.ts`
 */
const ROUNDS = Number(process.env.CARILLON_BENCH_ROUNDS ?? 11);
const PER_ROUND = 6_000;
const PEOPLE = 300;
const START_MS = Date.parse("2026-03-01T08:00:00Z");
const ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe"];

const rulebook = rulebookOf(catalog.parse(JSON.parse(JSON.stringify(catalogOf()))), 1);
const hash = keyedHashOf("bench");
const people = Array.from({ length: PEOPLE }, (_, at) => personOf(at));
const byKind = new Map<string, number>();
let stepNanoseconds = 0n;

const rounds = Array.from({ length: ROUNDS }, (_, round) => {
  const events = Array.from({ length: PER_ROUND }, (_, at) => eventOf(round * PER_ROUND + at));
  let decided = 0;
  stepNanoseconds = 0n;
  const began = process.hrtime.bigint();
  for (const [at, event] of events.entries()) {
    const person = people[at % PEOPLE];
    if (person) decided += decideOne(person, event, START_MS + (round * PER_ROUND + at) * 60_000);
  }
  const all = process.hrtime.bigint() - began;
  return { step: (decided * 1e9) / Number(stepNanoseconds), path: (decided * 1e9) / Number(all) };
});
const figures = (name: "step" | "path"): string => {
  const sorted = rounds.map((round) => Math.round(round[name])).sort((a, b) => b - a);
  return `${sorted[0]} a second at best, ${sorted[ROUNDS >> 1]} in the median round`;
};
const bytes = people.map(({ document }) => JSON.stringify(document).length).sort((a, b) => a - b)[PEOPLE >> 1];
console.log(`decisions of the admission step: ${figures("step")}`);
console.log(`with planning, release and leaving: ${figures("path")}; a person's document has ${bytes} bytes`);
console.log(Object.fromEntries(byKind));

interface Person {
  readonly id: string;
  readonly key: string;
  document: RecipientDocument;
  readonly rows: Map<string, string>;
}

/** Plans, releases what is due, decides and lets leave; answers how many decisions there were. */
function decideOne(person: Person, event: Event, now: number): number {
  const rows = { read: (row: string) => person.rows.get(row) };
  const released = releaseDue(person.document, now).document;
  const plan = planByRecipient(planEvent(event, undefined, rulebook)).get(person.id);
  if (!plan) return 0;
  const context = { now, recipient: { ...person, sealed: "" }, hash, rows, identities_kept_ms: IDENTITIES_KEPT_MS };
  const before = process.hrtime.bigint();
  const step = decideEvents(released, [{ ...plan, event, body_hash: "0123456789", sealed: "" }], context);
  stepNanoseconds += process.hrtime.bigint() - before;
  const gone = step.document.messages.filter(({ state }) => state !== "scheduled");
  const left = leaveDocument(step.document, gone, rows, now);
  person.document = left.document;
  for (const { row, text } of [...step.rows, ...left.rows]) if (text !== undefined) person.rows.set(row, text);
  const decided = step.outcomes.flatMap((outcome) => (outcome.kind === "decided" ? outcome.decided : []));
  for (const { decision } of decided) byKind.set(decision.kind, (byKind.get(decision.kind) ?? 0) + 1);
  return decided.length;
}

function personOf(at: number): Person {
  const id = `u${at}`;
  const change = {
    how: "replace" as const,
    profile: { id, tags: ["new"], time_zone: ZONES[at % ZONES.length] ?? "UTC", quiet_hours: [{ from: "12:00", to: "13:30" }] },
    addresses: { sms: { sealed: "", hash: "a" }, email: { sealed: "", hash: "b" } },
    preferences: [{ scope: "marketing" as const, channel: "*" as const, state: "in" as const, at: 0 }],
  };
  return { id, key: plainHash("recipient", id), document: changeProfile(emptyDocument(), change), rows: new Map() };
}

function eventOf(at: number): Event {
  const types = ["order.shipped", "item.viewed", "price.changed", "sale.offer", "order.paid", "login.code"];
  const data = { order_id: `o${at % 977}`, item_id: `i${at % 7}`, price: at % 5, amount: 10, cart_id: "c1", code: "1" };
  const given = {
    id: `e${at}`,
    source: "/shop",
    type: types[(at + Math.trunc(at / PEOPLE)) % 6],
    time: isoOf(START_MS + at * 60_000),
    subject: `u${at % PEOPLE}`,
    data,
    extensions: {},
  };
  return eventSchema.parse(given);
}

function catalogOf(): unknown {
  return JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/cases/small/catalog.yaml`, "utf8"));
}
