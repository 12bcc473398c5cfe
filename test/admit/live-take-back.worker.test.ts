import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventOf, type LivePerson, livePerson, profileWith, rulesFor } from "./live-person.ts";

const PEOPLE = env.SOAK === "" ? 50 : 1_000;
const HOUR_MS = 3_600_000;
const rules = rulesFor({
  classes: { service: { quiet_hours: [], caps: [] } },
  notices: {
    reminder: { class: "service", channels: ["sms"], cancel: { on: ["done"], key: "{{ data.bill }}" } },
    bill: {
      class: "transactional",
      channels: ["sms"],
      cancel: { on: ["paid"], key: "{{ data.bill }}" },
      series: [
        { step: "first", from: "time", offset: "PT1H" },
        { step: "second", from: "time", offset: "PT3H" },
      ],
    },
    code: { class: "verification", channels: ["sms"] },
  },
});

async function waiting(name: string, type = "reminder"): Promise<{ person: LivePerson; ids: readonly string[] }> {
  const person = livePerson(rules, name);
  await person.change(profileWith());
  const now = Date.now();
  const more = type === "reminder" ? { deliverat: new Date(now + HOUR_MS).toISOString() } : {};
  const admitted = (await person.post(eventOf("e", type, name, now, { bill: "b1" }, more))) ?? [];
  return { person, ids: admitted.map(({ id }) => id) };
}

const silence = { quiet_hours: [], own: false, time_zone: "UTC" };
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

describe("Taking back", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it(`races the release of ${PEOPLE} messages: who was told "canceled" gets nothing, and the books agree on the rest`, {
    timeout: 600_000,
  }, async () => {
    const all = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => waiting(`race-${at}`)));
    later(HOUR_MS);
    const outcomes = await Promise.all(
      all.map(async ({ person, ids }, at) => {
        const takeBack = async (): Promise<boolean> => {
          if (at % 3 === 0) return (await person.stub.cancel({ id: ids[0] ?? "" })).some(({ changed }) => changed);
          if (at % 3 === 1) return (await person.stub.cancel({ notice: "reminder", key: "b1" })).some(({ changed }) => changed);
          await person.change(profileWith({ preferences: [{ scope: "all", channel: "*", state: "out", at: Date.now() }] }));
          return true;
        };
        const leave = async (): Promise<string[]> => {
          await person.wake();
          return person.deliver(ids);
        };
        const [back, sent] = await (at % 2 === 0
          ? Promise.all([takeBack(), leave()])
          : Promise.all([leave(), takeBack()]).then(([b, a]) => [a, b] as const));
        return { back, sent, state: (await person.stub.message(ids[0] ?? ""))?.message.state, stopped: at % 3 === 2 };
      }),
    );
    for (const { back, sent, state, stopped } of outcomes) {
      if (!stopped) expect(sent.length === 0).toBe(back);
      expect(state).toBe(sent.length > 0 ? "delivered" : stopped ? "suppressed" : "canceled");
    }
  });

  it("one second before the time means that nothing is sent", async () => {
    const { person, ids } = await waiting("second-before");
    later(HOUR_MS - 1_000);
    expect(await person.stub.cancel({ notice: "reminder", key: "b1" })).toMatchObject([{ state: "canceled", changed: true }]);
    later(2_000);
    await person.wake();
    expect(await person.deliver(ids)).toEqual([]);
  });

  it("works while the message stands in its lane, and not once it is claimed", async () => {
    const { person, ids } = await waiting("in-lane");
    later(HOUR_MS);
    await person.wake();
    expect((await person.stub.message(ids[0] ?? ""))?.message.state).toBe("queued");
    expect(await person.stub.cancel({ id: ids[0] ?? "" })).toMatchObject([{ changed: true }]);
    expect(await person.deliver(ids)).toEqual([]);
    const other = await waiting("claimed");
    later(HOUR_MS);
    await other.person.stub.claim({ ids: other.ids, lease_ms: 60_000, paused: [] });
    expect(await other.person.stub.cancel({ id: other.ids[0] ?? "" })).toMatchObject([{ state: "sending", changed: false }]);
  });

  it("moves what is left of a series in one step, by a time or to an instant", async () => {
    const { person, ids } = await waiting("moved", "bill");
    const planned = async (): Promise<number[]> =>
      Promise.all(ids.map(async (id) => ((await person.stub.message(id))?.message.send_at ?? 0) - start));
    const start = Date.now();
    expect(await planned()).toEqual([HOUR_MS, 3 * HOUR_MS]);
    await person.stub.reschedule({ notice: "bill", key: "b1" }, { by_ms: 2 * HOUR_MS, silence });
    expect(await planned()).toEqual([3 * HOUR_MS, 5 * HOUR_MS]);
    await person.stub.reschedule({ notice: "bill", key: "b1" }, { to: start + HOUR_MS, silence });
    expect(await planned()).toEqual([HOUR_MS, 3 * HOUR_MS]);
    later(HOUR_MS);
    await person.wake();
    await person.deliver(ids);
    expect(await person.stub.reschedule({ notice: "bill", key: "b1" }, { by_ms: HOUR_MS, silence })).toMatchObject([
      { changed: false },
      { state: "scheduled", changed: true },
    ]);
    expect(await planned()).toEqual([HOUR_MS, 4 * HOUR_MS]);
  });

  it("moves nothing into hours of silence, the notice's or the recipient's own, nor into the past", async () => {
    vi.setSystemTime(new Date("2026-06-01T09:00:00Z"));
    const { person, ids } = await waiting("moved-to-night", "bill");
    const planned = async (): Promise<string[]> =>
      Promise.all(ids.map(async (id) => new Date((await person.stub.message(id))?.message.send_at ?? 0).toISOString()));
    const night = { quiet_hours: [{ from: "22:00", to: "08:00" }], own: true, time_zone: "Asia/Shanghai" };
    await person.stub.reschedule({ notice: "bill", key: "b1" }, { by_ms: 5 * HOUR_MS, silence: night });
    expect(await planned()).toEqual(["2026-06-02T00:00:00.000Z", "2026-06-02T00:00:00.000Z"]);
    await person.change(profileWith({ profile: { id: "k1.x.y", quiet_hours: [{ from: "08:00", to: "09:30" }] } }));
    await person.stub.reschedule({ notice: "bill", key: "b1" }, { by_ms: 0, silence: night });
    expect(await planned()).toEqual(["2026-06-02T01:30:00.000Z", "2026-06-02T01:30:00.000Z"]);
    await person.stub.reschedule({ notice: "bill", key: "b1" }, { by_ms: -100 * HOUR_MS, silence });
    expect(await planned()).toEqual(["2026-06-01T09:00:00.000Z", "2026-06-01T09:00:00.000Z"]);
  });

  it("stops what would repeat a code that was used, and keeps the state of what may have arrived", async () => {
    const { person, ids } = await waiting("verified", "code");
    await person.stub.claim({ ids, lease_ms: 10_000, paused: [] });
    later(20_000);
    expect(await person.stub.verified(ids[0] ?? "")).toMatchObject([{ state: "unknown", changed: true }]);
    expect(await person.deliver(ids)).toEqual([]);
    const unsent = await waiting("verified-unsent", "code");
    expect(await unsent.person.stub.verified(unsent.ids[0] ?? "")).toMatchObject([{ state: "suppressed" }]);
    expect((await unsent.person.stub.message(unsent.ids[0] ?? ""))?.message.reason).toBe("verified");
  });
});

describe("An address that a carrier refuses", () => {
  it("is not tried again until it is set anew, and the reason says so", async () => {
    const { person, ids } = await waiting("refused", "code");
    const now = Date.now();
    const post = async (id: string): Promise<object | undefined> => (await person.post(eventOf(id, "code", "refused", now)))?.[0]?.decision;
    await person.stub.claim({ ids, lease_ms: 60_000, paused: [] });
    const refused = { kind: "refused", because: "recipient", code: "21610" } as const;
    await person.stub.tell([{ kind: "answer", id: ids[0] ?? "", n: 1, carrier: "main", answer: refused, untried: 0, open: 1 }]);
    expect(await post("after")).toMatchObject({ kind: "suppress", reason: "suppressed_address" });
    await person.change(profileWith());
    expect(await post("named-again")).toMatchObject({ kind: "suppress", reason: "suppressed_address" });
    await person.change(profileWith({ how: "replace" }));
    expect(await post("set-anew")).toMatchObject({ kind: "send" });
    await person.change(profileWith({ addresses: { sms: { sealed: "k1.n.n", hash: "another" } } }));
    expect(await post("another")).toMatchObject({ kind: "send" });
  });
});
