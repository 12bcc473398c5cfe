import { createExecutionContext, createMessageBatch, createScheduledController, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { wire } from "../../src/wiring.ts";
import { type OpenTenant, openTenant } from "./open-tenant.ts";
import { smallCatalog } from "./small-catalog.ts";

const ON_CALL = "+8613800138999";
const FINE = { sid: `SM${"0".repeat(32)}`, status: "queued", num_segments: "1", error_code: null, error_message: null };

/** A catalog that tells one person of dead letters and low balances, and has a carrier that tells its balance. */
function catalogOf(tenant: string) {
  const small = smallCatalog(tenant);
  const alarm = (text: string, ...types: string[]) => ({
    class: "transactional" as const,
    on: types.map((type) => `carillon.alert.${type}`),
    to: "recipient:on-call",
    channels: ["sms" as const],
    templates: { sms: { "zh-CN": text } },
  });
  const counted = {
    adapter: "tencent",
    base_url: "https://sms.tencentcloudapi.com",
    settings: { secret_id: "AKID0000000000000001", sdk_app_id: "1400006666", sign_name: "鲸落商城" },
    secrets: { secret_key: `CARRIER_${tenant.toUpperCase()}_TWILIO` },
    balance_low: "500 messages",
  };
  return {
    ...small,
    carriers: { ...small.carriers, counted },
    notices: {
      ...small.notices,
      "ops.letters": alarm("{{ data.count }} {{ data.reason }} {{ data.notice }}{{ data.carrier }}{{ data.code }}", "dead_letters"),
      "ops.balance": alarm("{{ data.carrier }} {{ data.amount }}/{{ data.low }}", "balance.low"),
    },
  };
}

let shop: OpenTenant;
const told: string[] = [];
beforeAll(async () => {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (url.includes("tencent")) {
      const left = { PackageEffectiveTime: 0, PackageExpiredTime: 4_000_000_000, PackageAmount: 100, CurrentUsage: 90 };
      return Response.json({ Response: { SmsPackagesStatisticsSet: [left], RequestId: "r" } });
    }
    const form = new URLSearchParams(String(init.body));
    if (form.get("To") === ON_CALL) told.push(form.get("Body") ?? "");
    return Response.json(FINE, { status: 201 });
  });
  shop = await openTenant("shop", catalogOf("shop"));
  await openTenant("other");
  await shop.put("/v1/recipients/on-call", { addresses: { sms: ON_CALL } });
});

/** Hands bodies to the consumer of a dead-letter queue, as the platform would. */
async function giveUp(bodies: readonly unknown[]) {
  const messages = bodies.map((body, at) => ({ id: `q${at}`, timestamp: 0, attempts: 1, body }));
  const batch = createMessageBatch("carillon-service-dead", messages);
  const context = createExecutionContext();
  await worker.queue(batch, env);
  return getQueueResult(batch, context);
}
/** How often the person on call was told of alerts whose ids begin so, and in how many hours: a test may go on into the next one. */
async function tellings(of: string): Promise<{ readonly messages: number; readonly hours: number }> {
  const { text } = await shop.get("/v1/messages?recipient=on-call");
  const ids = text.match(/(?<="event":\{"id":")[^"]+/g)?.filter((id) => id.startsWith(of)) ?? [];
  return { messages: ids.length, hours: new Set(ids).size };
}

describe("The run every ten minutes", () => {
  it("asks the balance of accounts whose catalog names a lowest one, and alerts of what is low", async () => {
    await worker.scheduled(createScheduledController({ scheduledTime: 0, cron: "*/10 * * * *" }), env);
    await vi.waitFor(() => expect(told).toEqual(["counted 10/500 messages"]), 30_000);
  });
});

describe("An alert", () => {
  it("that another isolate posted this hour is not told again, whatever it says", async () => {
    const detail = { carrier: "counted", amount: "1", unit: "messages", low: "2 messages" };
    for (const amount of ["1", "0"])
      await (await wire(env)).balances.postAlerts("shop", [{ type: "balance.low", cause: "counted", detail: { ...detail, amount } }]);
    const { messages, hours } = await tellings("balance.low/counted/");
    expect(messages).toBeGreaterThan(0);
    expect(messages).toBe(hours);
  });

  it("of what a lane gave up goes by the tenant's catalog to whom it names, once", async () => {
    told.length = 0;
    const id = "m".repeat(44);
    const body = { v: 1, tenant: "shop", class: "service", ids: [id] };
    const result = await giveUp([body, body]);
    expect(result.explicitAcks).toEqual(["q0", "q1"]);
    expect(await shop.get("/v1/dead-letters")).toMatchObject({ body: { dead_letters: [{ id, class: "service", reason: "faults" }] } });
    await vi.waitFor(() => expect(told).toContain("1 faults"), 30_000);
    await giveUp([{ ...body, ids: ["n".repeat(44)] }]);
    const { messages, hours } = await tellings("dead_letters/faults/service/");
    expect(messages).toBe(hours);
  });

  it("that no notice is for, or whose tenant has no catalog, is nobody's and no fault", async () => {
    const { balances } = await wire(env);
    const alert = { type: "breaker.opened", cause: "main", detail: {} } as const;
    for (const tenant of ["shop", "other", "nobody"]) await expect(balances.postAlerts(tenant, [alert])).resolves.toBeUndefined();
    expect((await tellings("breaker.opened/")).messages).toBe(0);
  });
});
