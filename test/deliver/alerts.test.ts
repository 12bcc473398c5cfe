import { describe, expect, it } from "vitest";
import { type Alert, alertPoster, carrierAlerts, type OwnEvent, type OwnPost, tellsOfAlerts } from "../../src/deliver/alerts.ts";
import { ALERTS } from "../../src/vocabulary/alerts.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 11, 9, 20);
/** What docs/operations.md promises of every alert. */
const NOTHING_KNOWN = Object.fromEntries(
  [
    ...["carrier", "cause", "breaker", "code", "errors", "calls", "missing", "unclear", "wait_p95_ms"],
    ...["amount", "unit", "low", "reason", "class", "notice", "count"],
  ].map((key) => [key, ""]),
);
const OPENED: Alert = { type: "breaker.opened", cause: "main", detail: { carrier: "main", errors: 12 } };

function posting(answer: () => OwnPost | Promise<OwnPost> = () => ({ kind: "kept" })) {
  const posted: { readonly tenant: string; readonly event: OwnEvent }[] = [];
  const clock = { now: START };
  const post = alertPoster({
    now: () => clock.now,
    async post(tenant, event) {
      posted.push({ tenant, event });
      return answer();
    },
  });
  return { post, posted, clock };
}

describe("An alert", () => {
  it("is an event of our own whose id is that of its type, cause and hour", async () => {
    const { post, posted } = posting();
    await post("shop", [OPENED]);
    expect(posted).toEqual([
      {
        tenant: "shop",
        event: {
          id: "breaker.opened/main/2026-11-11T09:00:00.000Z",
          source: "carillon",
          type: "carillon.alert.breaker.opened",
          time: "2026-11-11T09:20:00.000Z",
          subject: "operations",
          data: { ...NOTHING_KNOWN, alert: "breaker.opened", about: "main", carrier: "main", errors: 12 },
        },
      },
    ]);
  });

  it("of any type has every key that a template may name, empty where nothing is known", async () => {
    const { post, posted } = posting();
    await post(
      "shop",
      ALERTS.map((type) => ({ type, cause: "main", detail: { code: 7 } })),
    );
    expect(posted.map(({ event }) => event.data)).toEqual(ALERTS.map((alert) => ({ ...NOTHING_KNOWN, code: 7, alert, about: "main" })));
  });

  it("brings nothing longer or greater than publishing takes it to", async () => {
    const { post, posted } = posting();
    await post("shop", [{ type: "unclear.many", cause: "鲸".repeat(200), detail: { carrier: "c".repeat(70), calls: 1e12, unclear: -1 } }]);
    expect(posted[0]?.event.data).toMatchObject({ about: "鲸".repeat(128), carrier: "c".repeat(64), calls: 999_999_999, unclear: 0 });
  });

  it("is posted once an hour for each tenant, type and cause, whatever else it says", async () => {
    const { post, posted, clock } = posting();
    const others: Alert[] = [
      { ...OPENED, detail: { errors: 99 } },
      { ...OPENED, cause: "spare" },
      { ...OPENED, type: "breaker.closed" },
    ];
    for (let at = 0; at < 3; at++) await post("shop", [OPENED, ...others]);
    await post("other", [OPENED]);
    expect(posted).toHaveLength(4);
    clock.now = START + HOUR_MS;
    await post("shop", [OPENED]);
    expect(posted.at(-1)?.event.id).toBe("breaker.opened/main/2026-11-11T10:00:00.000Z");
  });

  it("is posted once by batches that raise it at the same time", async () => {
    const { post, posted } = posting();
    await Promise.all([post("shop", [OPENED]), post("shop", [OPENED]), post("shop", [OPENED])]);
    expect(posted).toHaveLength(1);
  });

  it("that was posted by another isolate, or is heard by nobody, counts as told", async () => {
    for (const kind of ["known", "unheard"] as const) {
      const { post, posted, clock } = posting(() => ({ kind }));
      await post("shop", [OPENED]);
      clock.now = START + 30 * 60_000;
      await post("shop", [OPENED]);
      expect(posted).toHaveLength(1);
    }
  });

  it("that cannot be posted fails nobody, and is tried again after a minute and not before", async () => {
    const answers: (() => OwnPost | Promise<OwnPost>)[] = [
      () => Promise.reject(new Error("away")),
      () => ({ kind: "refused", why: "full" }),
      () => ({ kind: "kept" }),
    ];
    const { post, posted, clock } = posting(() => answers.shift()?.() ?? { kind: "known" });
    for (const [minutes, count] of [
      [0, 1],
      [0.9, 1],
      [1, 2],
      [2, 3],
      [10, 3],
    ] as const) {
      clock.now = START + minutes * 60_000;
      await expect(post("shop", [OPENED])).resolves.toBeUndefined();
      expect(posted).toHaveLength(count);
    }
  });

  it("of a gate is about its carrier and what moved its breaker", () => {
    expect(
      carrierAlerts("main", [
        { type: "verification.slow", detail: { wait_p95_ms: 2_400 } },
        { type: "breaker.opened", detail: { cause: "receipts", missing: 12, breaker: "half" } },
      ]),
    ).toEqual([
      { type: "verification.slow", cause: "main", detail: { wait_p95_ms: 2_400, carrier: "main" } },
      {
        type: "breaker.opened",
        cause: "main/receipts",
        detail: { cause: "receipts", missing: 12, breaker: "half", carrier: "main" },
      },
    ]);
  });
});

describe("A notice", () => {
  it("tells of alerts where it is on one of their types", () => {
    const notice = { class: "service", channels: ["sms"] } as const;
    const catalog = {
      notices: {
        ops: { ...notice, on: ["deploy.failed", "carillon.alert.balance.low"], channels: ["sms" as const] },
        "order.paid": { ...notice, channels: ["sms" as const] },
      },
    };
    expect(["ops", "order.paid", "unknown", "constructor"].map((name) => tellsOfAlerts(catalog, name))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
