import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstFit } from "../../src/admit/caps.ts";
import { findSlot } from "../../src/admit/find-slot.ts";
import type { CapRule } from "../../src/admit/notice-rules.ts";
import { eventAt, tell } from "./story.ts";

const RUNS = Number(process.env.CARILLON_CAP_RUNS ?? (process.env.SOAK ? 20_000 : 300));
const MINUTE_MS = 60_000;

/** The definition, word for word: no window `(s - per, s]` that contains `t` would hold more than `max`. */
function fits(taken: readonly number[], { max, per_ms }: Pick<CapRule, "max" | "per_ms">, t: number, unit = 1): boolean {
  for (let s = t; s - per_ms < t; s += unit) {
    if ([...taken, t].filter((instant) => s - per_ms < instant && instant <= s).length > max) return false;
  }
  return true;
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe("a cap", () => {
  it("is fitted first where the definition says, for any messages before and after", () => {
    const history = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 60 }),
        (taken, max, per_ms, from) => {
          let expected = from;
          while (!fits(taken, { max, per_ms }, expected)) expected++;
          expect(firstFit(ascending(taken), { max, per_ms }, from)).toBe(expected);
        },
      ),
      { numRuns: RUNS * 10 },
    );
  });

  it("looks at later messages too: a window may begin with this one", () => {
    expect(firstFit([100], { max: 1, per_ms: 50 }, 50)).toBe(50);
    expect(firstFit([100], { max: 1, per_ms: 50 }, 51)).toBe(150);
    expect(firstFit([100], { max: 1, per_ms: 50 }, 150)).toBe(150);
    expect(firstFit([100, 149], { max: 2, per_ms: 50 }, 120)).toBe(150);
    expect(firstFit([100, 150], { max: 2, per_ms: 50 }, 120)).toBe(120);
  });
});

describe("quiet hours and caps together", () => {
  const quiet = fc.constantFrom(
    [],
    [{ from: "00:20", to: "00:50" }],
    [
      { from: "23:30", to: "00:10" },
      { from: "00:05", to: "00:40" },
    ],
  );
  const cap = fc.record({
    of: fc.constantFrom("class", "notice"),
    max: fc.integer({ min: 1, max: 3 }),
    per_ms: fc.integer({ min: 1, max: 40 }).map((n) => n * MINUTE_MS),
    over: fc.constantFrom("suppress", "defer"),
  });
  const minuteList = fc.array(
    fc.integer({ min: -60, max: 180 }).map((n) => n * MINUTE_MS),
    { maxLength: 8 },
  );

  /** The gates in their words, minute by minute. */
  function oracle(
    from: number,
    expires: number,
    windows: readonly { from: string; to: string }[],
    caps: readonly CapRule[],
    taken: (of: string) => readonly number[],
  ): string {
    const minuteOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    const silent = (t: number) =>
      windows.some((each) => {
        const minute = (((t / MINUTE_MS) % 1440) + 1440) % 1440;
        const [a, b] = [minuteOf(each.from), minuteOf(each.to)];
        return a < b ? a <= minute && minute < b : minute >= a || minute < b;
      });
    let t = from;
    let moved = false;
    for (;;) {
      if (t >= expires) return moved ? "capped" : "expired";
      if (silent(t)) {
        t += MINUTE_MS;
        continue;
      }
      const first = caps.find((each) => !fits(taken(each.of), each, t, MINUTE_MS));
      if (!first) return String(t);
      if (first.over === "suppress") return "capped";
      do t += MINUTE_MS;
      while (!fits(taken(first.of), first, t, MINUTE_MS));
      moved = true;
    }
  }

  it("put a message at the first instant that both allow, or say why there is none", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 200 }),
        quiet,
        fc.array(cap, { maxLength: 3 }),
        minuteList,
        minuteList,
        (from, ttl, windows, caps, ofNotice, others) => {
          const taken = (of: string) => (of === "notice" ? ofNotice : [...ofNotice, ...others]);
          const planned = { at: from * MINUTE_MS, expires_at: (from + ttl) * MINUTE_MS };
          const slot = findSlot(planned, {
            quiet_hours: windows,
            zone: "UTC",
            caps,
            taken: ({ of, per_ms }, instant) => ascending(taken(of)).filter((t) => t > instant - per_ms),
          });
          expect(slot.kind === "at" ? String(slot.instant) : slot.reason).toBe(
            oracle(planned.at, planned.expires_at, windows, caps, taken),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("caps over a person's story", () => {
  const event = fc.record({
    gap: fc.integer({ min: 0, max: 180 }),
    type: fc.constantFrom("a", "b", "c"),
    late: fc.option(fc.integer({ min: 1, max: 600 })),
  });
  const cap = fc.record({
    max: fc.integer({ min: 1, max: 3 }),
    per: fc.constantFrom("PT1H", "PT5H", "P1D", "P2D"),
    over: fc.constantFrom("suppress", "defer"),
  });
  const perMs: Record<string, number> = { PT1H: 60 * MINUTE_MS, PT5H: 300 * MINUTE_MS, P1D: 1440 * MINUTE_MS, P2D: 2880 * MINUTE_MS };

  it("are never exceeded in any window, of the class or of a notice", () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 10, maxLength: 60 }),
        fc.array(cap, { maxLength: 2 }),
        fc.array(cap, { maxLength: 2 }),
        (events, classCaps, noticeCaps) => {
          let minute = Date.parse("2026-03-02T00:00:00Z") / MINUTE_MS;
          const lines = events.map(({ gap, type, late }) => {
            minute += gap;
            const iso = (at: number) => new Date(at * MINUTE_MS).toISOString();
            return eventAt(iso(minute), type, {}, late === null ? {} : { deliverat: iso(minute + late) });
          });
          const note = { class: "service", channels: ["sms"], ttl: "P9D" };
          const setting = {
            notices: { a: { ...note, caps: noticeCaps }, b: note, c: { ...note, class: "transactional" } },
            classes: { service: { caps: classCaps } },
          };
          const sent = tell(setting, lines).flatMap(({ notice, send_at }) =>
            send_at === undefined ? [] : [{ notice, at: Date.parse(send_at) }],
          );
          const isKept = (instants: readonly number[], { max, per }: { max: number; per: string }) =>
            instants.every((s) => instants.filter((t) => s - (perMs[per] ?? 0) < t && t <= s).length <= max);
          const instantsOf = (...names: readonly string[]) => sent.filter(({ notice }) => names.includes(notice)).map(({ at }) => at);
          expect(classCaps.every((each) => isKept(instantsOf("a", "b"), each))).toBe(true);
          expect(noticeCaps.every((each) => isKept(instantsOf("a"), each))).toBe(true);
          expect(instantsOf("c").length).toBe(events.filter(({ type }) => type === "c").length);
        },
      ),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});
