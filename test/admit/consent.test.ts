import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseChannel } from "../../src/admit/consent.ts";
import type { KeptPreference } from "../../src/admit/document.ts";
import { eventAt, preferenceAt, recipient, tell, tellShort } from "./story.ts";

/** Fuzzed marketing events; 100000 is the full number. */
const EVENTS = Number(process.env.CARILLON_CONSENT_EVENTS ?? (process.env.SOAK ? 100_000 : 20_000));
const PER_HISTORY = 20;

const question = { notice: "sale", class: "marketing", consent: "opt_in", channels: ["rcs", "sms", "email"] } as const;
const entry = fc.record({
  scope: fc.constantFrom("all", "marketing", "service", "sale", "other"),
  channel: fc.constantFrom("*", "sms", "email", "rcs"),
  state: fc.constantFrom("in", "out"),
  at: fc.integer({ min: 1, max: 9 }),
});

/** The rule in another way: every entry gets a rank, the greatest decides. */
function word(entries: readonly KeptPreference[], notice: string, noticeClass: string, channel: string): "in" | "out" | undefined {
  const numbered = entries.map((each, added) => ({ ...each, added }));
  const last = (some: typeof numbered) => some.toSorted((a, b) => a.at - b.at || a.added - b.added).at(-1);
  const door = last(numbered.filter((each) => each.scope === "all" && each.channel === "*"));
  const heard = numbered.filter((each) => door?.state !== "out" || each.added === door.added || each.at > door.at);
  const rank = (each: KeptPreference) => ["all", noticeClass, notice].indexOf(each.scope) * 2 + (each.channel === "*" ? 0 : 1);
  const meant = heard.filter((each) => ["all", noticeClass, notice].includes(each.scope) && ["*", channel].includes(each.channel));
  const top = Math.max(...meant.map(rank));
  return last(meant.filter((each) => rank(each) === top))?.state;
}

describe("gate 4, consent and channel", () => {
  it("decides as the rule says for any entries, in any order of times", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        fc.subarray(["rcs", "sms", "email"] as const),
        fc.constantFrom("required", "opt_out", "opt_in"),
        (entries, addresses, consent) => {
          const open = question.channels.filter((channel) => addresses.includes(channel));
          const words = open.map((channel) => word(entries, "sale", "marketing", channel));
          const yes = open.find((_, at) => consent === "required" || words[at] === "in" || (consent === "opt_out" && words[at] !== "out"));
          const reason = open.length === 0 ? "unreachable" : words.includes("out") ? "opted_out" : "no_consent";
          expect(chooseChannel({ ...question, consent }, new Set(addresses), entries)).toEqual(
            yes ? { kind: "yes", channel: yes } : { kind: "no", reason },
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it(`lets none of ${EVENTS} marketing events go without a yes`, () => {
    let told = 0;
    let sent = 0;
    const step = fc.record({
      kind: fc.constantFrom("event", "preference"),
      scope: fc.constantFrom("all", "marketing", "sale", "service"),
      channel: fc.constantFrom("*", "sms", "email"),
      state: fc.constantFrom("in", "out"),
      wait: fc.integer({ min: 0, max: 90 }),
    });
    const histories = fc.sample(fc.array(step, { minLength: PER_HISTORY, maxLength: PER_HISTORY * 3 }), {
      numRuns: Math.ceil(EVENTS / PER_HISTORY),
      seed: 7,
    });
    const setting = {
      notices: { sale: { class: "marketing", channels: ["sms", "email"] } },
      classes: { marketing: { quiet_hours: [{ from: "21:00", to: "08:00" }], caps: [] } },
    };
    for (const steps of histories) {
      let clock = Date.parse("2026-03-02T00:00:00Z");
      const entries: KeptPreference[] = [];
      const asked = new Map<string, number>();
      const lines = steps.map(({ kind, scope, channel, state, wait }) => {
        clock += wait * 60_000;
        const time = new Date(clock).toISOString();
        if (kind === "preference") {
          entries.push({ scope, channel, state, at: clock });
          return preferenceAt(time, scope, channel, state);
        }
        const line = eventAt(time, "sale");
        asked.set(String(line.id), clock);
        return line;
      });
      const known = recipient({ preferences: [], addresses: { sms: "+8613800138000", email: "a@example.com" } });
      const end = eventAt(new Date(clock + 9 * 86_400_000).toISOString(), "end");
      const printed = tell({ ...setting, recipients: [known] }, [...lines, end]);
      const refused = new Set(printed.filter((each) => each.at_release).map(({ event }) => event));
      for (const { event, decision, reason, channel, send_at } of printed.filter((each) => !each.at_release)) {
        told++;
        const then = entries.filter(({ at }) => at <= (asked.get(event) ?? 0));
        const before = (at: number) => entries.filter((each) => each.at < at);
        const words = ["sms", "email"].map((where) =>
          word(laterOnly(then, entries, asked.get(event) ?? 0, lines, event), "sale", "marketing", where),
        );
        if (decision === "suppress") expect(reason).toBe(words.includes("out") ? "opted_out" : "no_consent");
        else expect(words[channel === "sms" ? 0 : 1]).toBe("in");
        if (decision !== "defer") continue;
        sent++;
        const atRelease = ["sms", "email"].map((where) => word(before(Date.parse(send_at ?? "")), "sale", "marketing", where));
        expect(refused.has(event)).toBe(!atRelease.includes("in"));
      }
    }
    expect([told > EVENTS * 0.8, sent > 0]).toEqual([true, true]);
  });

  /** Entries that stood on a line above the event's, since lines of one time are taken in their order. */
  function laterOnly(
    then: readonly KeptPreference[],
    all: readonly KeptPreference[],
    at: number,
    lines: readonly Readonly<Record<string, unknown>>[],
    event: string,
  ): KeptPreference[] {
    const above = lines
      .slice(
        0,
        lines.findIndex((line) => line.id === event),
      )
      .filter((line) => line.type === "carillon.preference").length;
    return all.slice(0, above).filter((each) => each.at <= at && then.includes(each));
  }

  const told = (addresses: object, preferences: readonly object[], notice: object) =>
    tellShort(
      {
        notices: { note: { channels: ["rcs", "sms"], ...notice } },
        classes: { service: { quiet_hours: [] }, marketing: { quiet_hours: [] } },
        recipients: [recipient({ addresses, preferences })],
      },
      [eventAt("2026-03-02T10:00:00Z", "note")],
    )[0]?.replace(/ 2026.*/, "");
  const says = (scope: string, state: string, at = "2026-01-01T00:00:00Z", channel = "*") => ({ scope, channel, state, at });

  it("takes an empty address for none, and the next channel then", () => {
    expect(told({ rcs: "", sms: "+8613800138000" }, [], { class: "service" })).toBe("send");
    expect(told({ rcs: "", sms: "" }, [], { class: "service" })).toBe("suppress unreachable");
    expect(told({ email: "a@example.com" }, [], { class: "service" })).toBe("suppress unreachable");
  });

  it("tells what is required whatever the preferences say, and asks a yes for marketing", () => {
    const sms = { sms: "+8613800138000" };
    expect(told(sms, [says("all", "out")], { class: "verification" })).toBe("send");
    expect(told(sms, [says("marketing", "out")], { class: "service" })).toBe("send");
    expect(told(sms, [], { class: "marketing" })).toBe("suppress no_consent");
    expect(told(sms, [says("all", "out"), says("all", "in", "2026-02-01T00:00:00Z")], { class: "marketing" })).toBe("send");
  });

  it("counts entries dated after now like any other", () => {
    expect(told({ sms: "+8613800138000" }, [says("note", "out", "2030-01-01T00:00:00Z")], { class: "service" })).toBe("suppress opted_out");
  });

  it("adds a repeated preference again, at its new clock", () => {
    const out = preferenceAt("2026-03-02T09:00:00Z", "all", "*", "out");
    const back = preferenceAt("2026-03-02T10:00:00Z", "all", "*", "in");
    const printed = tell({ notices: { note: { class: "service", channels: ["sms"] } } }, [
      out,
      back,
      { ...out, arrives: "2026-03-02T11:00:00Z" },
      eventAt("2026-03-02T12:00:00Z", "note"),
    ]);
    expect(printed.map(({ reason }) => reason)).toEqual(["opted_out"]);
  });
});
