import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Recipient } from "../../src/admit/recipient.ts";
import { routerOf } from "../../src/routes.ts";
import { bytesOf } from "../../src/support/base64.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { recipientKeyOf } from "../../src/support/names.ts";
import type { LaneMessage } from "../../src/vocabulary/lane-message.ts";
import { wire } from "../../src/wiring.ts";
import { drawsOf } from "../deliver/world/virtual-clock.ts";
import { flakyDatabase } from "../store/flaky-database.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

/** `npm run soak` makes the number of changes that is asked, `npm test` a twentieth. */
const CHANGES = env.SOAK === "" ? 100 : 2_000;
const PEOPLE = env.SOAK === "" ? 5 : 40;
const SHARE = 0.1;
const START = Date.UTC(2026, 0, 1);

type Word = "in" | "out";
type Scope = "service" | "marketing";
const NOTICES = { service: "parcel.late", marketing: "sale.offer" } as const;

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The Worker on a D1 that fails; what would go to a lane is caught instead. */
async function openShop(seed: number) {
  const draw = drawsOf(seed);
  const flaky = flakyDatabase(env.DB, SHARE, draw);
  const unlimited = { limit: async () => ({ success: true }) };
  const wiring = await wire({ ...env, DB: flaky.database, KEY_RATE: unlimited, ADDRESS_RATE: unlimited });
  const lane: LaneMessage[] = [];
  const enqueue = async (packs: readonly LaneMessage[]): Promise<void> => void lane.push(...packs);
  const { fetch } = routerOf({ ...wiring, accept: { ...wiring.accept, enqueue } });
  const headers = { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" };
  const tally = { repeated: 0, uncopied: 0 };
  return {
    draw,
    flaky,
    lane,
    tally,
    /** Asks until it is answered, as services do. */
    async ask(method: string, path: string, body: object): Promise<string> {
      for (;;) {
        const response = await fetch(new Request(ORIGIN + path, { method, headers, body: JSON.stringify(body) }));
        const text = await response.text();
        if (response.ok) return text;
        expect(response.status, text).toBe(503);
        tally.repeated++;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

type OpenShop = Awaited<ReturnType<typeof openShop>>;

/** One person, who changes their mind again and again, and what was acknowledged of it. */
class Person {
  readonly id: string;
  readonly key: string;
  readonly entries: { readonly scope: Scope; readonly state: Word; readonly at: string }[] = [];
  /** By scope: the last word that was acknowledged, how many were begun, and whether one is under way. */
  readonly said: Record<Scope, { word: Word | undefined; begun: number; open: boolean }> = {
    service: { word: undefined, begun: 0, open: false },
    marketing: { word: undefined, begun: 0, open: false },
  };

  constructor(id: string, key: string) {
    this.id = id;
    this.key = key;
  }

  get stub(): DurableObjectStub<Recipient> {
    return env.RECIPIENT.getByName(`shop/${this.key}`);
  }

  rows() {
    return env.DB.prepare("SELECT scope, state, at, source FROM preferences WHERE recipient = ? ORDER BY at").bind(this.key).all();
  }

  async change(open: OpenShop): Promise<void> {
    const scope: Scope = open.draw() < 0.5 ? "service" : "marketing";
    const state: Word = open.draw() < 0.5 ? "in" : "out";
    const entry = { scope, state, at: new Date(START + this.entries.length * 60_000).toISOString() };
    const said = this.said[scope];
    said.begun++;
    said.open = true;
    const preferences = [{ ...entry, channel: "*", proof: { source: "checkout" } }];
    const whole = open.draw() < 0.3;
    const path = `/v1/recipients/${this.id}${whole ? "" : "/preferences"}`;
    const text = await open.ask("PUT", path, { ...(whole ? { addresses: { sms: "13800138000" } } : {}), preferences });
    this.entries.push(entry);
    if (text.includes('"copied":false')) open.tally.uncopied++;
    if (state === "in") expect((await this.rows()).results).toContainEqual({ ...entry, source: "checkout" });
    said.word = state;
    said.open = false;
  }

  /** Claims one message, and tells what is wrong with it if it is sent. */
  async claim(id: string, scope: Scope): Promise<string | undefined> {
    const { word, begun, open } = this.said[scope];
    const [claim] = await this.stub.claim({ ids: [id], lease_ms: 60_000, paused: [] });
    if (claim?.kind !== "send") return undefined;
    if (word === "out" && !open && this.said[scope].begun === begun) return `${this.id}: sent after an acknowledged out`;
    if (scope === "service") return undefined;
    const { results } = await this.rows();
    const proven = results.some((row) => row.scope === scope && row.state === "in");
    return proven ? undefined : `${this.id}: sent by an "in" without proof`;
  }
}

async function openPeople(open: OpenShop): Promise<Person[]> {
  const naming = await namingKeyOf(bytesOf(Buffer.alloc(32, 1).toString("base64")));
  return Promise.all(
    Array.from({ length: PEOPLE }, async (_, at) => {
      const person = new Person(`p${at}`, await recipientKeyOf(naming, "shop", `p${at}`));
      await open.ask("PUT", `/v1/recipients/${person.id}`, { addresses: { sms: "13800138000" } });
      return person;
    }),
  );
}

/** Posts and claims for somebody as long as they change their mind. */
async function tellMeanwhile(person: Person, over: () => boolean, open: OpenShop): Promise<{ wrong: string[]; claims: number }> {
  const wrong: string[] = [];
  let claims = 0;
  for (let at = 0; !over(); at++) {
    const batch = (["service", "marketing", "service", "marketing"] as const).map((scope, n) => ({
      id: `${person.id}-${at}-${n}`,
      source: "/shop",
      type: NOTICES[scope],
      subject: person.id,
      data: { name: "x" },
    }));
    const text = await open.ask("POST", "/v1/events", batch);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ids = [...text.matchAll(/"id":"([A-Za-z0-9_-]{44})"[^}]*?"notice":"([^"]*)"[^}]*?"decision":"send"/g)];
    for (const [, id = "", notice] of ids) {
      // They wait a while in their lane.
      await new Promise((resolve) => setTimeout(resolve, open.draw() * 30));
      claims++;
      const found = await person.claim(id, notice === NOTICES.service ? "service" : "marketing");
      if (found !== undefined) wrong.push(found);
    }
  }
  return { wrong, claims };
}

/** Fires alarms until nothing is left to be copied; the first of each comes while D1 takes nothing. */
async function copyTheRest(people: readonly Person[]): Promise<number> {
  vi.useFakeTimers({ toFake: ["Date"] });
  let late = 0;
  for (const person of people) {
    if ((await person.stub.profile()).uncopied_since === undefined) continue;
    late++;
    for (const table of ["gone", "preferences"]) {
      await env.DB.exec(`ALTER TABLE ${table === "gone" ? "preferences" : "gone"} RENAME TO ${table}`);
      vi.setSystemTime(Date.now() + 700_000);
      await runInDurableObject(person.stub, (instance: Recipient) => instance.alarm());
      expect((await person.stub.profile()).uncopied_since !== undefined).toBe(table === "gone");
    }
  }
  return late;
}

describe("While D1 fails one time in ten", () => {
  it(`${CHANGES} changes of mind are each in force when they are acknowledged, and D1 has all of them in the end`, async () => {
    for (const level of ["error", "warn", "info"] as const) vi.spyOn(console, level).mockImplementation(() => {});
    const open = await openShop(7);
    const people = await openPeople(open);
    const told = await Promise.all(
      people.map(async (person) => {
        let over = false;
        const telling = tellMeanwhile(person, () => over, open);
        for (let at = 0; at < CHANGES / PEOPLE; at++) await person.change(open);
        over = true;
        return telling;
      }),
    );
    const late = await copyTheRest(people);
    expect(told.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const person of people) {
      const { results } = await person.rows();
      expect(results.map(({ source: _, ...entry }) => entry)).toEqual(person.entries);
      const { preferences, uncopied_since } = await person.stub.profile();
      const newest = (["service", "marketing"] as const).flatMap(
        (scope) => person.entries.findLast((entry) => entry.scope === scope) ?? [],
      );
      expect(preferences.map(({ scope, state, at }) => ({ scope, state, at: new Date(at).toISOString() }))).toEqual(
        newest.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
      );
      expect(uncopied_since).toBeUndefined();
    }
    // The faults were there, and so were the messages.
    const claims = told.reduce((sum, one) => sum + one.claims, 0);
    const { counts } = open.flaky;
    vi.restoreAllMocks();
    console.info(
      `${CHANGES} changes of ${PEOPLE} people; D1 failed ${counts.failures} of ${counts.calls} calls; ${open.tally.repeated} requests repeated, ` +
        `${open.tally.uncopied} copies left to Recipients, of ${late} people at the end; ${claims} claims`,
    );
    expect(counts.failures).toBeGreaterThan(CHANGES / 10);
    expect(open.tally.repeated).toBeGreaterThan(0);
    expect(claims).toBeGreaterThan(CHANGES / 10);
  });
});
