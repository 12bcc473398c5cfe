import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Admitted } from "../../src/admit/admit-events.ts";
import type { Recipient } from "../../src/admit/recipient.ts";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const ROUNDS = env.SOAK === "" ? 10 : 200;
const EVENTS = 200;
const CAP = 2;

/** Ten notices of one class with a cap of two, over three channels. */
const NOTICES = Array.from({ length: 10 }, (_, at) => `offer.${at}`);
const rules = rulesFor({
  classes: { marketing: { quiet_hours: [], caps: [{ max: CAP, per: "P7D", over: "suppress" }] } },
  notices: Object.fromEntries(
    NOTICES.map((name, at) => [name, { class: "marketing", channels: [["sms"], ["email"], ["push", "sms"]][at % 3] }]),
  ),
});
const reachable = profileWith({
  addresses: { sms: { sealed: "s", hash: "s" }, email: { sealed: "e", hash: "e" }, push: { sealed: "p", hash: "p" } },
});

/** Posts until it is answered, as a service does: a failed call says nothing about what was kept. */
async function posted(person: LivePerson, round: number, at: number): Promise<readonly Admitted[]> {
  const event = eventOf(`r${round}-e${at}`, NOTICES[at % NOTICES.length] ?? "", person.recipient.id, Date.now());
  for (let tries = 0; ; tries++) {
    try {
      return (await person.post(event)) ?? [];
    } catch (error) {
      if (tries > 50) throw error;
    }
  }
}

async function burst(
  person: LivePerson,
  round: number,
  disturb: (at: number) => Promise<void> | undefined = () => undefined,
): Promise<void> {
  await person.change(reachable);
  const answers = await Promise.all(
    Array.from({ length: EVENTS }, async (_, at) => {
      const [answer] = await Promise.all([posted(person, round, at), disturb(at)]);
      return answer;
    }),
  );
  const decisions = answers.flat().map(({ decision }) => decision);
  expect(decisions).toHaveLength(EVENTS);
  expect(decisions.filter(({ kind }) => kind === "send")).toHaveLength(CAP);
  expect(decisions.filter((decision) => decision.kind === "suppress" && decision.reason === "capped")).toHaveLength(EVENTS - CAP);
  for (const decision of decisions) if (decision.kind === "suppress") expect(decision.next_eligible_at).toBeGreaterThan(Date.now());
}

/** From now on one write of the document in fifty fails, until the object is evicted. */
async function failing(person: LivePerson): Promise<void> {
  await runInDurableObject(person.stub, (_: Recipient, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    let writes = 0;
    Reflect.set(storage.sql, "exec", (query: string, ...bindings: unknown[]) => {
      if (query.startsWith("INSERT INTO document") && ++writes % 50 === 7) throw new Error("disk full");
      return exec(query, ...bindings);
    });
  });
}

describe(`${EVENTS} events at once against a cap of ${CAP}`, () => {
  it(`are exactly ${CAP} messages and ${EVENTS - CAP} reasons, in each of ${ROUNDS} rounds`, { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) await burst(livePerson(rules, `plain-${round}`), round);
  });

  it("are the same when the object is evicted in between", { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const person = livePerson(rules, `evicted-${round}`);
      await burst(person, round, (at) => (at % 50 === 25 ? evictDurableObject(person.stub) : undefined));
    }
  });

  it("are the same when one write in fifty fails", { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const person = livePerson(rules, `failing-${round}`);
      await person.change(reachable);
      await failing(person);
      await burst(person, round);
    }
  });
});
