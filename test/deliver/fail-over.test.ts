import { describe, expect, it } from "vitest";
import { TAKEN, type Treatment } from "./world/virtual-carriers.ts";
import { openWorld } from "./world/world.ts";

const SECOND_MS = 1_000;
/** A first carrier that fails wholly, each in its own way. */
const FAILURES: readonly [string, Treatment][] = [
  ["answers 503 and has taken nothing", { arrives: false, answer: { kind: "unclear", code: "503" }, ms: 30 }],
  ["does not answer", { arrives: false, answer: { kind: "taken" }, ms: 60_000 }],
  ["cannot be reached", { arrives: false, answer: { kind: "unreachable", code: "521" }, ms: 5 }],
  ["refuses the account", { arrives: false, answer: { kind: "refused", because: "config", account: true, code: "401" }, ms: 30 }],
  ["has no money left", { arrives: false, answer: { kind: "refused", because: "balance", account: true, code: "balance" }, ms: 30 }],
];

describe("When the first carrier fails wholly:", () => {
  it.each(FAILURES)(
    "it %s: codes are on the second within 5 s, then only probes reach the first, and it is back within 60 s of its health",
    async (_, failure) => {
      const world = openWorld({ carriers: ["first", "second"] });
      const { clock } = world;
      const first = world.carrier("first");
      const second = world.carrier("second");
      first.treat = () => failure;
      const begun = clock.now();
      const codes: string[] = [];
      /** Five codes a second. */
      const tellFor = async (seconds: number): Promise<void> => {
        for (let at = 0; at < seconds * 5; at++) {
          codes.push(world.tell({ class: "verification" }));
          await clock.runUntil(() => false, clock.now() + SECOND_MS / 5);
        }
      };
      await tellFor(20);
      const [firstCode = ""] = codes;
      const arrived = second.handsets.find(({ message }) => message === firstCode);
      expect(arrived).toBeDefined();
      expect((arrived?.at ?? Number.POSITIVE_INFINITY) - begun).toBeLessThanOrEqual(5 * SECOND_MS);

      const openAt = clock.now();
      await tellFor(60);
      const probes = first.calls.filter(({ at }) => at >= openAt);
      expect(probes.length).toBeGreaterThan(0);
      expect(probes.length).toBeLessThanOrEqual(60 / 5 + 1);

      first.treat = () => TAKEN;
      const healthy = clock.now();
      await tellFor(75);
      const share = (from: number, to: number): number => {
        const calls = [first, second].map(({ calls }) => calls.filter(({ at }) => at >= from && at < to).length);
        return (calls[0] ?? 0) / Math.max(1, (calls[0] ?? 0) + (calls[1] ?? 0));
      };
      expect(share(healthy + 60 * SECOND_MS, healthy + 75 * SECOND_MS)).toBe(1);
      await clock.runUntil(() => codes.every((id) => world.people.state(id) === "delivered"), clock.now() + 300 * SECOND_MS);
      expect(codes.map((id) => world.people.state(id)).filter((state) => state !== "delivered")).toEqual([]);
      expect(world.alerts.map(({ type }) => type)).toEqual(expect.arrayContaining(["breaker.opened", "breaker.closed"]));
    },
  );
});
