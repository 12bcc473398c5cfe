import { describe, expect, it } from "vitest";
import { DrivenGate } from "./driven-gate.ts";

type Outcome = (n: number) => boolean | undefined;

/** A carrier in use: what is watched is reported, and its receipt comes some time later, or never (undefined). */
class Used extends DrivenGate {
  readonly #due: { readonly at: number; readonly id: string; readonly delivered: boolean }[] = [];

  /** Sends some a second; how many of them were watched. */
  send(seconds: number, perSecond: number, delivered: Outcome, receiptMs = 2_000): number {
    let watched = 0;
    for (let tick = 0; tick < seconds * 10; tick++, this.now += 100) {
      for (const receipt of this.#due.filter(({ at }) => at === this.now)) this.hear(receipt.id, receipt.delivered);
      if (tick % Math.round(10 / perSecond) !== 0) continue;
      const [slot] = this.reserve("transactional", 1).slots;
      if (slot?.kind !== "now" || !slot.watch) {
        this.report({ answered: 1 });
        continue;
      }
      const id = `m${this.now}`;
      this.report({ answered: 1, watched: [{ id, at: this.now }] });
      const outcome = delivered(watched++);
      if (outcome !== undefined) this.#due.push({ at: this.now + receiptMs, id, delivered: outcome });
    }
    return watched;
  }
}

describe("Receipts", () => {
  it("are watched of every message where there are few, and of one a second where there are many", () => {
    const few = new Used();
    expect(few.send(100, 0.5, () => true)).toBe(50);
    const many = new Used();
    expect(many.send(100, 10, () => true)).toBe(100);
    expect(many.status.receipts).toEqual({ watched: 100, missing: 0, usual_ms: 10_000 });
    many.send(200, 10, () => true);
    expect(many.status.receipts.watched).toBe(200);
  });

  it("halve a carrier's weight where 15 % of fifty are missing after their usual time", () => {
    const gate = new Used();
    gate.send(60, 5, () => true);
    expect(gate.status.health.breaker).toBe("closed");
    gate.send(50, 5, (n) => (n % 5 === 0 ? undefined : true));
    expect(gate.status).toMatchObject({ health: { breaker: "half", share: 0.5 }, cause: "receipts", per_second: 50 });
    expect(gate.alerts).toMatchObject([{ type: "breaker.opened", detail: { cause: "receipts", breaker: "half" } }]);
  });

  it("count as missing where they say that a message did not arrive", () => {
    const gate = new Used();
    gate.send(40, 5, () => true);
    gate.send(60, 5, (n) => n % 4 !== 0);
    expect(gate.status.health.breaker).toBe("half");
  });

  it("say nothing where fewer are missing, and nothing of fewer than fifty", () => {
    const some = new Used();
    some.send(200, 5, (n) => (n % 8 === 0 ? undefined : true));
    expect(some.status.health.breaker).toBe("closed");
    const early = new Used();
    early.send(20, 1, () => true);
    early.send(35, 1, () => undefined);
    expect(early.status.health.breaker).toBe("closed");
  });

  it("say nothing of a carrier that never showed any", () => {
    const gate = new Used();
    gate.send(200, 5, () => undefined);
    expect(gate.status.health.breaker).toBe("closed");
    expect(gate.status.receipts.usual_ms).toBeUndefined();
  });

  it("are not missed before the time that they usually take, which slow ones make longer", () => {
    const gate = new Used();
    gate.send(120, 5, () => true, 20_000);
    expect(gate.status.receipts).toMatchObject({ usual_ms: 40_000, missing: 0 });
    expect(gate.status.health.breaker).toBe("closed");
    gate.send(39, 5, () => undefined);
    expect(gate.status.health.breaker).toBe("closed");
    gate.send(20, 5, () => undefined);
    expect(gate.status.health.breaker).toBe("half");
  });

  it("bring all of the traffic back within a minute when they come again", () => {
    const gate = new Used();
    gate.send(60, 10, () => true);
    gate.send(60, 10, () => undefined);
    expect(gate.status.health.breaker).toBe("half");
    gate.send(59, 10, () => true, 15_000);
    expect(gate.status.health).toEqual({ breaker: "closed", share: 1 });
    expect(gate.alerts.map(({ type }) => type)).toEqual(["breaker.opened", "breaker.closed"]);
  });

  it("leave it at half while they are missing", () => {
    const gate = new Used();
    gate.send(60, 10, () => true);
    gate.send(200, 10, (n) => (n % 3 === 0 ? undefined : true));
    expect(gate.status.health.breaker).toBe("half");
  });

  it("count though they come before their message is told of, or late", () => {
    const gate = new Used();
    gate.hear("early");
    gate.report({
      watched: [
        { id: "early", at: gate.now - 50 },
        { id: "late", at: gate.now },
      ],
    });
    gate.now += 300_000;
    gate.hear("late");
    gate.hear("late", false);
    gate.hear("unknown");
    expect(gate.status.receipts).toMatchObject({ watched: 2, missing: 0 });
  });

  it("are not expected of messages that an earlier memory saw taken", () => {
    const gate = new Used();
    gate.send(60, 5, () => true);
    gate.restart();
    gate.report({ watched: Array.from({ length: 60 }, (_, n) => ({ id: `old${n}`, at: gate.now - 1_000 })) });
    expect(gate.status.receipts.watched).toBe(0);
  });
});
