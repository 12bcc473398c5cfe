import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readDay } from "../../examples/day-plan.ts";
import { SANDBOX_ACCOUNT_SID } from "../../examples/local.ts";
import { SHOP_FOLDER } from "../../examples/open-shop.ts";
import { dataIssues } from "../../src/accept/check-data.ts";
import { loadCatalog } from "../../src/cli-files.ts";
import { catalog as catalogShape } from "../../src/vocabulary/catalog.ts";
import { wholeRecipient } from "../../src/vocabulary/recipient.ts";
import { variablesOf } from "../../src/vocabulary/variables.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** In order of `ttl` as the catalog and the classes' defaults have it. */
const TTL_MS: Readonly<Record<string, number>> = {
  verification: 5 * MINUTE_MS,
  transactional: 24 * HOUR_MS,
  service: 48 * HOUR_MS,
  marketing: 24 * HOUR_MS,
};

const read = (file: string) => readFileSync(join(SHOP_FOLDER, file), "utf8");
const catalog = catalogShape.parse(loadCatalog(SHOP_FOLDER).value);
const people = read("people.ndjson")
  .trimEnd()
  .split("\n")
  .map((line) => wholeRecipient.parse(JSON.parse(line)));
const day = readDay(read("day.ndjson"));
const personById = new Map(people.map((person) => [person.id, person]));
/** Where events say which departments are told. */
const told = z.union([
  z.object({ department: z.array(z.string()) }).transform(({ department }) => department),
  z.object({ told: z.array(z.string()) }).transform((data) => data.told),
]);

/** The one notice that an event's type means. */
function noticeOf(type: string) {
  const found = Object.entries(catalog.notices).filter(([name, notice]) => (notice.on ?? [name]).includes(type));
  expect(found, type).toHaveLength(1);
  const [entry] = found;
  if (entry === undefined) throw new Error(`no notice for ${type}`);
  return { name: entry[0], notice: entry[1] };
}

const saidNo = (preferences: (typeof people)[number]["preferences"], scope: string) =>
  preferences?.some((entry) => entry.scope === scope && entry.state === "out");
const saidYes = (preferences: (typeof people)[number]["preferences"], scope: string) =>
  preferences?.some((entry) => entry.scope === scope && entry.state === "in");

describe("the shop's catalog", () => {
  it("has a notice of every class", () => {
    expect(new Set(Object.values(catalog.notices).map((notice) => notice.class))).toEqual(
      new Set(["verification", "transactional", "service", "marketing"]),
    );
  });

  it("sends through the account that the sandbox knows", () => {
    expect(catalog.carriers?.main?.settings.account_sid).toBe(SANDBOX_ACCOUNT_SID);
  });
});

describe("the shop's people", () => {
  it("are sixty or more, each once", () => {
    expect(people.length).toBeGreaterThanOrEqual(60);
    expect(personById.size).toBe(people.length);
  });

  it("have numbers that phone networks could give, if they have one", () => {
    for (const { id, addresses } of people) {
      for (const number of addresses?.sms === undefined ? [] : [addresses.sms].flat())
        expect(parsePhoneNumberFromString(number)?.isValid(), `${id} ${number}`).toBe(true);
    }
  });

  it("are of many kinds: without a number, opted out, wanting offers, abroad, in departments", () => {
    expect(people.filter((person) => !person.addresses?.sms).length).toBeGreaterThanOrEqual(3);
    expect(people.filter((person) => saidNo(person.preferences, "all")).length).toBeGreaterThanOrEqual(3);
    expect(people.filter((person) => saidNo(person.preferences, "service")).length).toBeGreaterThanOrEqual(3);
    expect(people.filter((person) => saidYes(person.preferences, "marketing")).length).toBeGreaterThanOrEqual(people.length / 4);
    expect(new Set(people.map((person) => person.addresses?.sms?.slice(0, 3))).size).toBeGreaterThanOrEqual(5);
    expect(people.filter((person) => person.tags?.includes("department")).length).toBeGreaterThanOrEqual(2);
  });
});

describe("the recorded day", () => {
  it("has three hundred events or more, and repeats that are equal to the letter", () => {
    expect(day.length).toBeGreaterThanOrEqual(300);
    const first = new Map<string, unknown>();
    const repeats = day.filter((event) => {
      const key = `${event.source} ${event.id}`;
      if (first.has(key)) expect(event).toEqual(first.get(key));
      return first.size === first.set(key, event).size;
    });
    expect(repeats.length).toBeGreaterThanOrEqual(10);
  });

  it("meets people who are unknown, opted out or without a number", () => {
    const subjects = day.map((event) => personById.get(event.subject));
    expect(day.filter((event) => event.subject.startsWith("guest-") && !personById.has(event.subject)).length).toBeGreaterThanOrEqual(5);
    expect(subjects.filter((person) => person !== undefined && !person.addresses?.sms).length).toBeGreaterThanOrEqual(5);
    expect(subjects.filter((person) => saidNo(person?.preferences, "all")).length).toBeGreaterThanOrEqual(5);
  });

  it("has events that come too late for their notice", () => {
    let clock = 0;
    const late = day.filter((event) => {
      const time = Date.parse(event.time);
      clock = Math.max(clock, time);
      return clock - time > (TTL_MS[noticeOf(event.type).notice.class] ?? 0);
    });
    expect(late.length).toBeGreaterThanOrEqual(5);
  });

  it("tells departments that exist", () => {
    const events = day.filter((event) => noticeOf(event.type).notice.to !== undefined);
    expect(events.length).toBeGreaterThanOrEqual(10);
    for (const event of events) for (const id of told.parse(event.data)) expect(personById.get(id)?.tags).toContain("department");
  });

  it("brings what the words of its notices need", () => {
    const unfit = day.flatMap((event) => {
      const { name, notice } = noticeOf(event.type);
      return dataIssues(event.data, variablesOf(notice.data ?? {})).map((issue) => ({ event: event.id, name, issue }));
    });
    expect(unfit).toEqual([]);
  });

  it("has carts that an order ends, looks that are gathered, and most of the kinds of notices", () => {
    const carts = day.filter((event) => event.type === "cart.left");
    const ended = carts.filter((cart) =>
      day.some(({ type, subject, time }) => type === "order.paid" && subject === cart.subject && Date.parse(time) > Date.parse(cart.time)),
    );
    expect(ended.length).toBeGreaterThanOrEqual(3);
    expect(day.filter((event) => event.type === "consignment.viewed").length).toBeGreaterThanOrEqual(10);
    expect(new Set(day.map((event) => noticeOf(event.type).name)).size).toBeGreaterThanOrEqual(30);
  });
});
