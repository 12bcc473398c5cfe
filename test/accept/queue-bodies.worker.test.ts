import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { routerOf } from "../../src/routes.ts";
import { laneMessage } from "../../src/vocabulary/lane-message.ts";
import { wire } from "../../src/wiring.ts";
import { SEEDS, somebody } from "../busy-hour-seeds.ts";
import { tracesIn } from "../find-traces.ts";
import { type OpenTenant, ORIGIN, openTenant } from "./open-tenant.ts";
import { stubCarrier } from "./stub-carrier.ts";

let shop: OpenTenant;
beforeAll(async () => {
  stubCarrier();
  shop = await openTenant("shop");
});

const LANES = ["LANE_VERIFICATION", "LANE_TRANSACTIONAL", "LANE_SERVICE", "LANE_MARKETING"] as const;

describe("What is put into the queues", () => {
  it("is ids, and nothing of the people and events that it is about", async () => {
    const bodies: unknown[] = [];
    const recording = Object.fromEntries(
      LANES.map((lane) => [
        lane,
        {
          async send(body: unknown) {
            bodies.push(body);
          },
          async sendBatch(messages: Iterable<{ readonly body: unknown }>) {
            for (const { body } of messages) bodies.push(body);
          },
        },
      ]),
    );
    const router = routerOf(await wire(Object.assign({}, env, recording)));
    const ask = (method: string, path: string, body?: unknown) =>
      router.fetch(
        new Request(`${ORIGIN}${path}`, {
          method,
          headers: { authorization: `Bearer ${shop.admin}`, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    const people = Array.from({ length: 30 }, (_, at) => somebody(at));
    for (const type of ["login.code", "order.paid", "parcel.late", "sale.offer"]) {
      const events = people.map(({ id, number, email, name, code }) => ({
        id: `${type}-${email}`,
        source: `/${code}`,
        type,
        data: { name, code },
        recipients: [
          {
            id,
            addresses: { sms: number, email },
            preferences: [{ scope: "marketing", channel: "*", state: "in", at: "2026-03-01T09:30:00Z" }],
          },
        ],
      }));
      expect((await ask("POST", "/v1/events", events)).status).toBe(202);
    }
    const before = bodies.length;
    expect((await ask("POST", "/v1/recover")).status).toBe(200);
    expect(bodies.length).toBeGreaterThan(before);
    const ids = bodies.flatMap((body) => laneMessage.parse(body).ids);
    expect(new Set(ids).size).toBe(4 * people.length);
    const text = Buffer.from(JSON.stringify(bodies));
    expect(tracesIn("queues", text, [ids[0] ?? ""]).length).toBeGreaterThan(0);
    expect(tracesIn("queues", text, Object.values(SEEDS))).toEqual([]);
  });
});
